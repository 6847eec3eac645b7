"""The page of an evaluation: whole, readable in both directions, and without anything from outside."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

from painpoints.classify import Verdicts, measure
from painpoints.report import render_evaluation
from painpoints.report.evaluationpage import heat_rows, reliability_diagram

NASTY = "\"><script>alert(1)</script>"
CLASSES = ("سالن", "استخر", NASTY)


def evaluation(worst: str | None = "fa", second: bool = True) -> dict[str, Any]:
    """The plain values of an evaluation with labels in Persian and one that tries to be mark-up."""
    source = np.random.default_rng(3)
    gold = [CLASSES[at % 3] for at in range(90)]
    predicted = [CLASSES[at % 3 if source.random() < 0.8 else 0] for at in range(90)]
    verdicts = Verdicts(gold, list(gold) if second else None, predicted, source.random(90), source.random(90) > 0.3,
                        np.arange(90))
    few = measure(verdicts.take(np.arange(10)), CLASSES)
    task = {"task": "touchpoint", "overall": asdict(measure(verdicts, CLASSES)), "worst": worst, "unlabelled": 1234,
            "languages": {"fa": asdict(measure(verdicts, CLASSES)), "ru": asdict(few)}}
    return {"gold": f"{NASTY}.csv", "judge": "default", "taxonomy": "built-in", "framework": "own", "rows": 90,
            "left_out": {"empty_text": 2, "not_judged": 1}, "tasks": {"touchpoint": task}}


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(render_evaluation(evaluation(), least_rows=30, version="9.9"), "html.parser")


def test_labels_never_become_markup(page: BeautifulSoup) -> None:
    assert page.find("script") is None
    assert any(NASTY in bdi.get_text() for bdi in page.find_all("bdi"))


def test_nothing_is_loaded_from_outside(page: BeautifulSoup) -> None:
    assert not page.find_all(["link", "img", "iframe", "script"])
    assert "http" not in re.sub(r'http-equiv="', "", str(page))
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy is not None and "default-src 'none'" in str(policy["content"])


def test_labels_and_names_stand_in_their_own_direction(page: BeautifulSoup) -> None:
    for text in page.find_all(string=re.compile("سالن|استخر")):
        assert text.parent is not None and text.parent.name == "bdi" and text.parent["dir"] == "auto"


def test_every_figure_of_a_task_is_there(page: BeautifulSoup) -> None:
    overall = evaluation()["tasks"]["touchpoint"]["overall"]
    text = page.get_text(" ")
    for value in (overall["accuracy"], overall["macro_f1"], overall["ece"], overall["brier"],
                  overall["accuracy_interval"]["low"], overall["macro_f1_interval"]["high"],
                  overall["certain"]["accuracy"], *(c["f1"] for c in overall["classes"])):
        assert f"{value:.3f}" in text
    assert "1,234 rows with a text have no label" in text
    assert "2 have no text, 1 have no judgement." in " ".join(text.split())


def test_the_worst_language_and_those_with_few_rows_are_marked(page: BeautifulSoup) -> None:
    rows = {row.find("bdi").get_text(): row for row in page.find("table").find("tbody").find_all("tr")}
    assert "worst" in rows["fa"].get_text() and "worst" not in rows["all"].get_text()
    assert "few" in rows["ru"]["class"]
    assert "class=\"small worst\"" not in render_evaluation(evaluation(worst=None), least_rows=30)


def test_the_ceiling_is_there_only_with_a_second_annotator(page: BeautifulSoup) -> None:
    assert "second annotator" in page.get_text()
    assert "second annotator" not in render_evaluation(evaluation(second=False), least_rows=30)


def test_the_confusion_table_adds_up_to_the_rows(page: BeautifulSoup) -> None:
    cells = page.find("table", {"class": "matrix"}).find("tbody").find_all("td")
    assert sum(int(cell.get_text() or 0) for cell in cells) == 90
    assert len([cell for cell in cells if "right" in cell.get("class", [])]) == len(CLASSES)
    (row,) = heat_rows(["a"], [[0]])
    assert row["cells"][0]["share"] == 0.0


def test_a_judge_that_is_right_as_often_as_it_says_lies_on_the_diagonal() -> None:
    svg = reliability_diagram([{"confidence": 0.5, "accuracy": 0.5, "n": 9}], 9, NASTY)
    x, y = map(float, re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)[0])
    x1, y1, x2, y2 = map(float, re.findall(r'honest" x1="(.+?)" y1="(.+?)" x2="(.+?)" y2="(.+?)"', svg)[0])
    assert (x, y) == pytest.approx(((x1 + x2) / 2, (y1 + y2) / 2))
    assert 'role="img"' in svg and "<script" not in svg and "&lt;script&gt;" in svg
    assert "nan" not in reliability_diagram([], 0, "")


def test_numbers_run_from_left_to_right_in_every_script(page: BeautifulSoup) -> None:
    assert {svg["direction"] for svg in page.find_all("svg", {"class": "reliability"})} == {"ltr"}
    assert page.html is not None and page.html["dir"] == "ltr"
