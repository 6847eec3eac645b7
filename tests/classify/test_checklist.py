"""Behaviour that the shipped judge must keep, phenomenon by phenomenon, in all four languages."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from painpoints import score
from painpoints.classify.checklist import Case, read_cases, run_cases

HOME = Path(__file__).with_name("checklist")
LANGUAGES = ("fa", "ar", "ru", "en")
PHENOMENA = ("negation", "sarcasm", "comparison", "code-mixing", "dialect", "latin-script", "emoji-only", "typos")
FLOORS = json.loads((HOME / "floors.json").read_text("utf8"))
"""Pass rates that the models had when they were published, less .04; `scripts/evaluate_checklist.py` writes them."""


def judge(texts: Sequence[str], langs: Sequence[str]) -> list[dict[str, Any]]:
    frame = score(list(texts), whole=True).with_columns(problem="is_problem").to_dicts()
    by_place = {int(row["source_id"]): {**row, "problem": int(row["problem"])} for row in frame}
    return [by_place[at] for at in range(len(texts))]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for lang in LANGUAGES for case in read_cases(HOME / f"{lang}.jsonl", lang)]


def test_every_phenomenon_has_25_cases_in_every_language_and_all_kinds(cases: list[Case]) -> None:
    counts = Counter((case.lang, case.phenomenon) for case in cases)
    assert {(lang, p) for lang in LANGUAGES for p in PHENOMENA} == set(counts)
    assert min(counts.values()) >= 25
    assert {(case.lang, case.kind) for case in cases} == {(lang, k) for lang in LANGUAGES
                                                          for k in ("minimum", "invariance", "direction")}


def test_no_phenomenon_is_passed_less_often_than_when_the_models_were_published(cases: list[Case]) -> None:
    passed = defaultdict(list)
    for case, right in run_cases(cases, judge):
        passed[f"{case.lang} {case.phenomenon}"].append(right)
    worse = {name: (sum(of) / len(of), FLOORS[name]) for name, of in passed.items() if sum(of) / len(of) < FLOORS[name]}
    assert not worse


def test_a_judge_that_says_the_same_of_everything_fails_what_expects_something_else(cases: list[Case]) -> None:
    def flat(texts: Sequence[str], langs: Sequence[str]) -> list[dict[str, Any]]:
        return [{"sentiment": "neu", "touchpoint": "none", "problem": 0, "p_neg": 0.3, "p_neu": 0.4, "p_pos": 0.3}
                for _ in texts]

    passed = Counter((case.kind, right) for case, right in run_cases(cases, flat))
    assert passed["invariance", False] == 0
    assert passed["minimum", True] < 0.15 * passed["minimum", False]
