"""painpoints evaluate: a table, JSON, a page, and a bar that ends in exit code 3."""

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
def scored() -> Path:
    """A scored file that is right about the gold file but for every fifth sentiment and one touchpoint."""
    turned = pl.when(pl.int_range(pl.len()) % 5 == 0).then(
        pl.col("sentiment").replace({"neg": "pos", "pos": "neg"})).otherwise(pl.col("sentiment"))
    touchpoint = pl.when(pl.col("source_id") == "g02").then(pl.lit("app")).otherwise(pl.col("touchpoint"))
    pl.read_csv(SCORED).with_columns(sentiment=turned, touchpoint=touchpoint).write_parquet("scored.parquet")
    return Path("scored.parquet")


def test_the_model_is_measured_in_four_languages(run: Run) -> None:
    ended = run("evaluate", GOLD, "--html", "out/quality.html")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == f"{GOLD}: 40 rows" and lines[1] == "judge: default; stages: three-stage"
    for task in ("sentiment", "touchpoint", "stage", "problem"):
        assert any(line.startswith(f"{task} ") and " all " in line for line in lines)
    assert sum(line.split()[:1] == ["fa"] and line.endswith("few rows") for line in lines) == 4
    assert "second annotator (the ceiling)" in ended.out
    page = Path("out/quality.html").read_text("utf8")
    assert page.lstrip().startswith("<!doctype html>")
    assert page.count('class="reliability"') == 4
    for shown in (ended.out, ended.err, page):
        assert not any(text in shown for text in TEXTS)


def test_json_holds_every_figure(run: Run, scored: Path) -> None:
    ended = run("evaluate", GOLD, "--scored", scored, "--json")
    assert ended.code == 0
    found = json.loads(ended.out)
    assert found["judge"] == "scored.parquet" and found["rows"] == 40
    overall = found["tasks"]["sentiment"]["overall"]
    assert set(overall) >= {"accuracy", "accuracy_interval", "macro_f1", "macro_f1_interval", "ece", "brier", "classes",
                            "confusion", "labels", "reliability", "certain", "agreement"}
    assert 0.7 <= overall["accuracy"] <= 0.85
    assert not any(text in ended.out for text in TEXTS)


@pytest.mark.parametrize(("bar", "code", "words"), [
    (["--min-f1", "0.5"], 0, None),
    (["--min-f1", "0.9"], 3, "error: macro-F1 is below 0.9: sentiment 0."),
    (["--min-f1", "0.9", "--task", "touchpoint"], 0, None),
    (["--min-f1", "1", "--task", "touchpoint"], 3, "error: macro-F1 is below 1: touchpoint 0."),
])
def test_a_missed_bar_ends_with_three_after_the_table(bar: list[str], code: int, words: str | None, run: Run,
                                                      scored: Path) -> None:
    ended = run("evaluate", GOLD, "--scored", scored, *bar)
    assert ended.code == code
    assert ended.out.splitlines()[0].endswith("40 rows")
    assert ended.err == "" if words is None else ended.err.startswith(words)
    assert ended.err.count("\n") <= 1


def test_languages_with_enough_rows_are_held_to_the_bar_too(run: Run, scored: Path) -> None:
    units, gold = pl.read_parquet(scored), pl.read_csv(GOLD, infer_schema_length=0).drop("stage", strict=False)
    places = [str(at) for at in range(3)]
    pl.concat([gold.with_columns(id=pl.col("id") + p) for p in places]).write_csv("many.csv")
    pl.concat([units.with_columns(source_id=pl.col("source_id") + p) for p in places]).write_parquet("many.parquet")
    ended = run("evaluate", "many.csv", "--scored", "many.parquet", "--min-f1", "0.9", "--per-language")
    assert ended.code == 3
    assert "sentiment 0." in ended.err and "sentiment in fa 0." in ended.err
    assert "worst" in ended.out
    alone = run("evaluate", GOLD, "--scored", scored, "--min-f1", "0.9", "--per-language")
    assert alone.code == 3 and " in fa " not in alone.err


@pytest.mark.parametrize(("arguments", "line", "remedy"), [
    (["--task", "sentiment"], "--task and --per-language say what --min-f1 holds for", "Give --min-f1 X"),
    (["--min-f1", "75"], "--min-f1 cannot be 75.", "for instance 0.75"),
    (["--min-f1", "0.5", "--task", "feeling"], "--task cannot be 'feeling'", "Known: sentiment"),
    (["--scored", "a.csv", "--model", "default"], "--scored evaluates finished judgements", "Give one of the two"),
    (["--sentiment", "sentimnt"], "no column 'sentimnt'", "Did you mean 'sentiment'?"),
    (["--scored", "no.csv"], "no.csv: no such file.", None),
    (["--framework", "five-stages"], "--framework cannot be 'five-stages'", "Did you mean 'five-stage'?"),
])
def test_a_mistake_is_one_line_and_its_remedy(arguments: list[str], line: str, remedy: str | None, run: Run) -> None:
    ended = run("evaluate", GOLD, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[0].startswith("error: ") and line in ended.err.splitlines()[0]
    assert remedy is None or remedy in ended.err.splitlines()[1]


def test_unknown_labels_are_named_by_row_and_never_quoted(run: Run) -> None:
    Path("gold.csv").write_text("text,sentiment\nсекретный текст,neg\nmy secret,so so\n", "utf8")
    ended = run("evaluate", "gold.csv")
    assert ended.code == 2 and ended.err.startswith("error: gold.csv: sentiment holds unknown labels in row 2 (")
    assert "hint: Allowed: negative, neutral, positive, neg, neu, pos;" in ended.err
    assert "secret" not in ended.err and "секрет" not in ended.err and "so so" not in ended.err


def test_a_page_that_cannot_be_written_fails(run: Run, scored: Path) -> None:
    Path("taken").write_text("a file, not a folder", "utf8")
    ended = run("evaluate", GOLD, "--scored", scored, "--html", "taken/page.html")
    assert ended.code == 2 and ended.err.startswith("error: ")


def test_labels_of_a_company_stand_last_on_their_line_and_isolated(run: Run, scored: Path) -> None:
    Path("my.toml").write_text("".join(
        f'[[touchpoint]]\nname = {{ fa = "{name}" }}\nstage = "purchase"\n'
        f'examples = ["یک {at}", "دو {at}", "سه {at}"]\n'
        for at, name in enumerate(("سالن", "استخر"))), "utf8")
    units = pl.read_parquet(scored).with_columns(touchpoint=pl.lit("سالن"), stage=pl.lit("during"))
    units.write_parquet("own.parquet")
    Path("gold.csv").write_text("id,text,touchpoint\ng01,آب سرد بود,استخر\ng02,شلوغ بود,سالن\n", "utf8")
    ended = run("evaluate", "gold.csv", "--scored", "own.parquet", "--taxonomy", "my.toml")
    assert ended.code == 0
    assert any(line.endswith("1  \u2068سالن\u2069") for line in ended.out.splitlines())


def test_help_tells_what_a_gold_file_is(run: Run) -> None:
    shown = " ".join(run("evaluate", "--help").out.split())
    assert "--min-f1" in shown and "A gold row is one opinion unit" in shown and "ceiling" in shown
