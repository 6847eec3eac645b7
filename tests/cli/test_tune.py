"""painpoints tune: exit codes, what is written when, and no text of a customer anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Run

CORRECTIONS = Path(__file__).parents[1] / "pipeline" / "corrections.csv"
ADD = ("--add", "gift_wrap=during")


def test_what_was_learnt_is_written_and_told(run: Run) -> None:
    ended = run("tune", CORRECTIONS, "--out", "own/heads.safetensors", *ADD, "--force")
    assert ended.code == 0, ended.err
    assert Path("own/heads.safetensors").stat().st_size < 200_000
    assert [path.name for path in Path("own").iterdir()] == ["heads.safetensors"]
    lines = ended.out.splitlines()
    assert lines[0] == f"{CORRECTIONS}: 96 rows"
    assert {"sentiment", "touchpoint", "problem"} <= {line.split(" ")[0] for line in lines if line}
    assert "added: gift_wrap (during)" in lines
    assert any("has learnt from all rows" in line for line in lines)
    for text in pl.read_csv(CORRECTIONS)["text"]:
        assert text not in ended.out + ended.err


def test_json_holds_the_figures_before_and_after(run: Run) -> None:
    ended = run("tune", CORRECTIONS, "-o", "own.safetensors", *ADD, "--force", "--json")
    found = json.loads(ended.out)
    assert (found["written"], found["rows"], found["added"]) == ("own.safetensors", 96, {"gift_wrap": "during"})
    overall = found["tasks"]["touchpoint"]["overall"]
    assert overall["n"] == found["tasks"]["touchpoint"]["held_out"] >= 20
    assert 0 <= overall["accuracy_before"] < overall["accuracy_after"] <= 1


def test_too_few_rows_end_with_3_and_force_writes_them(run: Run) -> None:
    Path("few.csv").write_text("text,sentiment\nThe bow came crushed,neg\nLovely ribbon,pos\nTorn paper,neg\n", "utf8")
    ended = run("tune", "few.csv", "--out", "own.safetensors")
    assert (ended.code, Path("own.safetensors").exists()) == (3, False)
    assert ended.err.splitlines()[0].startswith("error: Nothing was written: sentiment has ")
    assert "20 are needed to measure it" in ended.err and "--force" in ended.err
    assert "bow" not in ended.out + ended.err
    forced = run("tune", "few.csv", "--out", "own.safetensors", "--force")
    assert (forced.code, Path("own.safetensors").exists()) == (0, True)
    assert "Forced although sentiment has " in forced.out


@pytest.mark.parametrize(("arguments", "said"), [
    (("--out", "own.bin"), "End the name in .safetensors."),
    (("--out", "own.safetensors"), "touchpoints that the taxonomy lacks: gift_wrap."),
    (("--out", "own.safetensors", "--add", "gift_wrap"), "Write CODE=STAGE"),
    (("--out", "own.safetensors", "--add", "gift_wrap=during", "--add", "gift_wrap=after"), "two stages"),
    (("--out", "own.safetensors", "--add", "gift_wrap=durring"), "Did you mean 'during'?"),
    (("--out", "own.safetensors", *ADD, "--touchpoint", "nowhere"), "nowhere"),
    (("--out", "own.safetensors", *ADD, "--taxonomy", "absent.toml"), "absent.toml: no such file."),
    ((), "--out"),
])
def test_wrong_use_ends_with_2_and_writes_nothing(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ended = run("tune", CORRECTIONS, *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert list(Path().iterdir()) == []


def test_a_file_that_is_not_there_ends_with_2(run: Run) -> None:
    assert run("tune", "absent.csv", "--out", "own.safetensors").code == 2


def test_columns_go_by_other_names(run: Run) -> None:
    renamed = pl.read_csv(CORRECTIONS).select(pl.col("text").alias("words"), pl.col("sentiment").alias("mood"))
    renamed.write_csv("in.csv")
    ended = run("tune", "in.csv", "--out", "own.safetensors", "--text", "words", "--sentiment", "mood", "--force",
                "--json")
    assert ended.code == 0, ended.err
    assert list(json.loads(ended.out)["tasks"]) == ["sentiment"]
