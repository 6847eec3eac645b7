"""painpoints score: rows a unit, in three formats and on stdout, whole or absent."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.pipeline import SCORED

if TYPE_CHECKING:
    from conftest import Run


def test_parquet_keeps_ids_and_original_slices(run: Run, feedback: Path) -> None:
    Path("painpoints.toml").write_text("shard_rows = 20\n", "utf8")
    ended = run("score", feedback, "-o", "out/scored.parquet", "--json")
    assert ended.code == 0
    scored = pl.read_parquet("out/scored.parquet")
    assert tuple(scored.columns) == SCORED
    original = dict(pl.read_csv(feedback).select("id", "text").iter_rows())
    assert set(scored["source_id"]) == set(original)
    assert all(original[source][start:end] == text for source, start, end, text in
               scored.select("source_id", "start", "end", "text").iter_rows())
    counts = json.loads(ended.out)
    assert (counts["documents"], counts["units"]) == (72, len(scored))
    assert [path.name for path in Path("out").iterdir()] == ["scored.parquet"]


def test_the_formats_and_stdout_say_the_same(run: Run, feedback: Path) -> None:
    for name in ("a.parquet", "a.csv", "a.jsonl"):
        assert run("score", feedback, "-o", name, "--limit", "12").out == ""
    table = pl.read_parquet("a.parquet")
    assert_frame_equal(pl.read_ndjson("a.jsonl", schema=table.schema), table)
    with Path("a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit_id"] for row in rows] == table["unit_id"].to_list()
    assert [row["text"] for row in rows] == table["text"].to_list()
    piped = run("score", feedback, "--limit", "12")
    assert piped.out == Path("a.jsonl").read_text("utf8")


def test_a_text_is_never_a_formula_in_csv(run: Run) -> None:
    Path("in.jsonl").write_text("\n".join(json.dumps({"id": name, "text": text}) for name, text in (
        ("=1+1", "=HYPERLINK(1) is what I got"), ("b", "+7 900 is not answering"), ("c", "@shop was late"),
        ("d", "-50 percent was a lie"))), "utf8")
    assert run("score", "in.jsonl", "-o", "out.csv", "--whole", "--text", "text", "--id", "id",
               "--no-redact").code == 0
    with Path("out.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert row["text"].startswith("'"), row["text"]
            assert not row["source_id"].startswith("=")


def test_whole_rows_are_one_unit_each(run: Run, feedback: Path) -> None:
    assert run("score", feedback, "-o", "out.parquet", "--whole").code == 0
    scored = pl.read_parquet("out.parquet")
    assert len(scored) == 72
    assert scored["text"].to_list() == pl.read_csv(feedback)["text"].to_list()


def test_rows_left_out_are_counted(run: Run) -> None:
    Path("in.csv").write_text("id,text\n1,The courier was late\n2,\n3,\n", "utf8")
    ended = run("score", "in.csv", "-o", "out.jsonl")
    assert ended.err.splitlines()[-1] == "note: 2 rows were left out: empty_text 2."


def test_what_fails_half_way_leaves_no_file_and_keeps_the_old_one(run: Run, feedback: Path,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.pipeline.judging as judging

    Path("out.csv").write_text("from last week", "utf8")
    Path("painpoints.toml").write_text("shard_rows = 20\n", "utf8")
    judge, calls = judging.judge_shard, []

    def failing(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("broken")
        return judge(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "judge_shard", failing)
    assert run("score", feedback, "-o", "out.csv").code == 1
    assert Path("out.csv").read_text("utf8") == "from last week"
    assert sorted(path.name for path in Path().iterdir()) == ["out.csv", "painpoints.toml"]


def test_a_folder_that_cannot_be_written_is_named(run: Run, feedback: Path) -> None:
    Path("taken").write_text("a file, not a folder", "utf8")
    ended = run("score", feedback, "-o", "taken/out.csv", "--limit", "2")
    assert ended.code == 2 and ended.err.startswith("error: ") and "taken" in ended.err
