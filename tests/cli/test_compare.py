"""painpoints compare: figures of both judges, a paired test, and one verdict a task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Run

GOLD = Path(__file__).parents[1] / "pipeline" / "gold.csv"
SCORED = GOLD.with_name("gold_scored.csv")
TEXTS = pl.read_csv(GOLD)["text"].to_list()


@pytest.fixture
def worse() -> Path:
    """A scored file that is right about the gold file but for the sentiment of every third row."""
    turned = pl.when(pl.int_range(pl.len()) % 3 == 0).then(
        pl.col("sentiment").replace({"neg": "pos", "pos": "neg"})).otherwise(pl.col("sentiment"))
    pl.read_csv(SCORED).with_columns(sentiment=turned).write_csv("worse.csv")
    return Path("worse.csv")


def test_a_model_against_scores_that_are_worse(run: Run, worse: Path) -> None:
    ended = run("compare", worse, "default", GOLD)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[:3] == [f"{GOLD}: 40 rows", "A: worse.csv", "B: default"]
    (verdict,) = [line for line in lines if line.startswith("sentiment: ")]
    assert verdict.startswith("sentiment: B is better (only A right ")
    for task in ("touchpoint", "stage", "problem"):
        assert any(line.startswith(f"{task}: no difference shown (only A right ") for line in lines)
    assert "mid-p" in lines[-1] and "Holm" in lines[-1]
    assert not any(text in ended.out + ended.err for text in TEXTS)


def test_json_holds_both_judges_and_every_language(run: Run, worse: Path) -> None:
    found = json.loads(run("compare", SCORED, worse, GOLD, "--json").out)
    assert (found["a"], found["b"], found["correction"]) == (str(SCORED), "worse.csv", "Holm")
    sentiment = found["tasks"]["sentiment"]
    assert sentiment["overall"]["verdict"] == "A is better"
    assert sentiment["overall"]["accuracy_interval"]["high"] < 0
    assert set(sentiment["languages"]) == {"fa", "ar", "ru", "en"}
    assert sum(d["only_a"] for d in sentiment["languages"].values()) == sentiment["overall"]["only_a"]


@pytest.mark.parametrize(("arguments", "line"), [
    (["default", "default", GOLD], "default is compared with itself."),
    (["default", "no.csv", GOLD], "no.csv: no such file."),
    (["default", "./no-such-folder", GOLD], "no-such-folder"),
    (["default", "a.csv"], "GOLD"),
])
def test_a_mistake_is_one_line_and_its_remedy(arguments: list[object], line: str, run: Run) -> None:
    ended = run("compare", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[0].startswith("error: ") and line in ended.err.splitlines()[0]


def test_help_names_the_three_kinds_of_judge(run: Run) -> None:
    shown = " ".join(run("compare", "--help").out.split())
    assert "default" in shown and "--model" in shown and "score" in shown
