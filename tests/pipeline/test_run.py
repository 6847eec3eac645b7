"""A whole run: what it writes, and that the same input gives the same result whatever happens on the way."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.config import Settings
from painpoints.errors import InputError, ModelError, PainpointsError, RunError, TaxonomyError, UsageError
from painpoints.pipeline import Findings, resume, start, work
from painpoints.store import open_run

OUTPUT = {"campaigns.parquet", "documents.parquet", "units.parquet", "painpoints.parquet", "painpoints.csv",
          "findings.xlsx", "manifest.json", "rejected.jsonl", "report.html", "run.json"}
JUDGEMENTS = {"sentiment", "p_neg", "p_neu", "p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p",
              "is_problem", "certain"}


def folder_of(found: Findings) -> Path:
    assert found.folder is not None
    return found.folder


def test_the_run_folder_holds_every_output_and_nothing_else(found: Findings) -> None:
    assert {path.name for path in folder_of(found).iterdir()} == OUTPUT


def test_tables_have_the_columns_others_rely_on(found: Findings) -> None:
    assert {"doc_id", "source_id", "kind", "source", "author_key", "time", "rating", "text", "parts", "file", "row",
            "meta.product", *JUDGEMENTS} <= set(found.documents.columns)
    assert {"unit_id", "doc_id", "start", "end", "text", "lang", "variety", "field", "model_text", "key", "weight",
            "painpoint_id", "painpoint_strength", *JUDGEMENTS} <= set(found.units.columns)


def test_every_unit_is_the_original_slice(found: Findings) -> None:
    joined = found.units.join(found.documents.select("doc_id", full="text"), on="doc_id")
    assert len(joined) == len(found.units) > 72
    assert all(full[start:end] == text for full, start, end, text in
               joined.select("full", "start", "end", "text").iter_rows())


def test_all_four_languages_and_latin_spellings_are_told(found: Findings) -> None:
    assert {"fa", "ar", "ru", "en"} <= set(found.units["lang"])
    assert {"finglish", "arabizi", "translit"} & set(found.units["variety"].drop_nulls())


def test_pain_points_hold_more_than_one_language(found: Findings) -> None:
    assert len(found.painpoints) >= 2
    assert max(len(langs) for langs in found.painpoints["langs"]) >= 3


def test_pain_points_and_units_agree(found: Findings) -> None:
    counted = found.units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
    sizes = dict(counted.group_by("painpoint_id").len().iter_rows())
    assert sizes == dict(found.painpoints.select("painpoint_id", "units").iter_rows())
    assert found.painpoints["rank"].to_list() == list(range(1, len(found.painpoints) + 1))
    assert found.painpoints["impact"].is_sorted(descending=True)


def test_quotes_are_original_slices_with_their_source(found: Findings) -> None:
    texts = dict(found.units.select("unit_id", "text").iter_rows())
    sources = dict(found.documents.select("doc_id", "source_id").iter_rows())
    for quotes in found.painpoints["quotes"]:
        for quote in quotes:
            assert quote["text"] == texts[quote["unit_id"]]
            assert quote["source_id"] == sources[quote["doc_id"]]


def test_the_manifest_says_how_the_run_was_made(found: Findings) -> None:
    made = json.loads((folder_of(found) / "manifest.json").read_text("utf8"))
    assert made["painpoints"] == painpoints.__version__
    assert made["counts"]["documents"] == 72
    assert made["counts"]["units"] == len(found.units)
    assert made["counts"]["painpoints"] == len(found.painpoints)
    assert made["counts"]["rejected"] == {}
    assert made["settings"]["shard_rows"] == 10
    assert made["framework"] == "three-stage"
    assert made["models"]["encoder"]["source"] in ("embedded", "hub cache")
    assert made["models"]["heads"]["version"]
    assert made["models"]["clustering"]["projection"]
    assert {"torch", "polars", "spacy", "hdbscan"} <= set(made["versions"])
    assert {"read", "judge", "cluster", "report", "total"} <= set(made["timings"])
    assert made["peak_memory_mb"] > 100
    assert made["inputs"][0]["columns"]["text"]["name"] == "text"


def test_neither_names_of_authors_nor_the_key_reach_the_run_folder(found: Findings) -> None:
    for path in folder_of(found).iterdir():
        content = path.read_bytes()
        assert b"Persona " not in content, path.name
        assert b"a-key-for-tests-only" not in content, path.name
    assert found.documents["author_key"].n_unique() == 72


def test_the_report_stands_in_the_language_asked_for(found: Findings) -> None:
    english = (folder_of(found) / "report.html").read_text("utf8")
    assert '<html lang="en"' in english
    persian = found.to_html(lang="fa")
    assert '<html lang="fa"' in persian and 'dir="rtl"' in persian
    assert "http://" not in english.replace("http://www.w3.org", "") and "https://" not in english


def test_a_second_run_gives_identical_tables(found: Findings, feedback: Path) -> None:
    again = painpoints.mine(feedback, shard_rows=10)
    assert again.folder is None
    assert_frame_equal(again.documents, found.documents)
    assert_frame_equal(again.units, found.units)
    assert_frame_equal(again.painpoints, found.painpoints)


def test_the_order_of_rows_changes_no_pain_point(feedback: Path, tmp_path: Path) -> None:
    head, *rows = feedback.read_text("utf8").splitlines()
    shuffled = tmp_path / "feedback.csv"
    random.Random(3).shuffle(rows)
    shuffled.write_text("\n".join([head, *rows]), "utf8")
    straight, mixed = painpoints.mine(feedback, shard_rows=16), painpoints.mine(shuffled, shard_rows=16)
    assert set(mixed.units["unit_id"]) == set(straight.units["unit_id"])
    assert mixed.painpoints["painpoint_id"].to_list() == straight.painpoints["painpoint_id"].to_list()
    assert_frame_equal(mixed.painpoints, straight.painpoints)


@pytest.mark.parametrize("stage", ["read", "judge", "cluster", "report"])
def test_an_interrupted_run_goes_on_to_the_same_result(stage: str, found: Findings, feedback: Path, tmp_path: Path
                                                       ) -> None:
    def stop(now: str, done: int, total: int | None) -> None:
        if now == stage and done >= (30 if now in ("read", "judge") else 1):
            raise KeyboardInterrupt

    settings = Settings(shard_rows=10)
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        work(start([str(feedback)], run, settings), [str(feedback)], settings, stop)
    assert not open_run(run).finished
    with pytest.raises(RunError, match="did not finish"):
        Findings.load(run)
    work(*resume(run))
    after = Findings.load(run)
    assert_frame_equal(after.units, found.units)
    assert_frame_equal(after.painpoints, found.painpoints)
    assert {path.name for path in run.iterdir()} == OUTPUT


def test_relative_names_hold_when_a_run_goes_on_from_elsewhere(feedback: Path, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "few.csv").write_text("text\nThe courier was late\nThe app crashed\n", "utf8")
    settings = Settings()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(start(["few.csv"], tmp_path / "run", settings), ["few.csv"], settings, stop)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    work(*resume(tmp_path / "run"))
    assert len(Findings.load(tmp_path / "run").documents) == 2


def test_a_finished_run_and_one_of_another_version_do_not_go_on(found: Findings, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="finished"):
        resume(folder_of(found))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "run.json").write_text(json.dumps({"painpoints": "0.0.1", "settings": {}, "inputs": ["x"]}))
    with pytest.raises(RunError, match=r"0\.0\.1"):
        resume(tmp_path / "old")


def test_a_run_that_was_reading_stdin_says_that_it_cannot_go_on(tmp_path: Path) -> None:
    start(["-"], tmp_path / "run", Settings())
    with pytest.raises(RunError, match="standard input, which is gone"):
        resume(tmp_path / "run")


@pytest.mark.parametrize(("settings", "error", "words"), [
    ({"framework": "six-stage"}, UsageError, "three-stage"),
    ({"taxonomy": "none.toml"}, TaxonomyError, "no such file"),
    ({"model": "./no-such-model"}, ModelError, "no such model folder"),
    ({"segment": "prodct"}, UsageError, "product"),
    ({"text": "txt"}, InputError, "text"),
    ({"spacy": "no_such_pipeline"}, ModelError, "no_such_pipeline"),
])
def test_a_wrong_setting_leaves_no_run_behind(settings: dict[str, str], error: type[PainpointsError], words: str,
                                              feedback: Path, tmp_path: Path) -> None:
    with pytest.raises(error, match=words):
        painpoints.mine(feedback, tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


def test_a_folder_that_was_there_stays_when_the_input_is_bad(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "bad.csv").write_text("", "utf8")
    with pytest.raises(InputError):
        painpoints.mine(tmp_path / "bad.csv", tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


def test_the_run_tells_who_suffers_what_is_asked_for_and_what_mending_could_bring(found: Findings) -> None:
    points = found.painpoints
    assert len(points) and points["skews"].null_count() == points["asks"].null_count() == 0
    texts = dict(zip(found.units["unit_id"], found.units["text"], strict=True))
    members = dict(zip(found.units["unit_id"], found.units["painpoint_id"], strict=True))
    for row in points.iter_rows(named=True):
        assert all(ask["text"] in texts[ask["unit_id"]] for ask in row["asks"])
        assert all(members[ask["unit_id"]] == row["painpoint_id"] for ask in row["asks"])
        assert all(skew["kind"] in {"lang", "source", "rating", "meta.product"} for skew in row["skews"])
        if row["documents"] >= 8:
            assert row["if_solved_rating_low"] <= row["if_solved_rating"] <= row["if_solved_rating_high"]
            assert row["if_solved_negative_low"] <= row["if_solved_negative"] <= row["if_solved_negative_high"]
    assert points["if_solved_rating"].drop_nulls().len() > 0


def test_another_framework_and_scope(feedback: Path) -> None:
    five = painpoints.mine(feedback, framework="five-stage", cluster="negative", detail="coarse", limit=30)
    stages = {"awareness", "consideration", "decision", "action", "loyalty", "none"}
    assert set(five.units["stage"]) <= stages
    placed = five.units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
    assert set(placed["sentiment"]) <= {"neg"}


def test_a_company_taxonomy_decides_the_touchpoints(feedback: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("""
[[touchpoint]]
name = "Courier"
stage = "purchase"
examples = ["The courier was late", "پیک دیر رسید", "Курьер опоздал", "المندوب تأخر"]
[[touchpoint]]
name = "Application"
stage = "consideration"
examples = ["The app crashes", "اپ هنگ می‌کند", "Приложение зависает", "التطبيق يعلق"]
""", "utf8")
    run = painpoints.mine(feedback, taxonomy=str(own))
    assert set(run.units["touchpoint"]) <= {"courier", "application", "general", "none"}
    text = pl.col("text").str
    assert run.units.filter(text.contains("courier came"))["touchpoint"].to_list() == ["courier"]
    assert run.units.filter(text.contains("app keeps freezing"))["touchpoint"].to_list() == ["application"]
    assert any("left one out" in note for note in run.manifest["notes"])
