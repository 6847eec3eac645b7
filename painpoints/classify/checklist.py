"""Behavioural tests of a judge, after CheckList (Ribeiro et al. 2020): what a phenomenon must and must not change.

A case is one JSON line: ``phenomenon``, ``kind`` and ``text``, then by kind

- ``minimum``: ``expect``, the judgements that are beyond doubt (sentiment, touchpoint, problem);
- ``invariance``: ``variant``, a text that must be judged the ``same`` in the judgements listed;
- ``direction``: ``variant``, in which the sentiment ``more`` must not become less likely.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLACK = 0.05
"""How much less likely the sentiment of a direction case may become."""

Judgement = dict[str, Any]
JudgeTexts = Callable[[Sequence[str], Sequence[str]], Sequence[Judgement]]
"""Texts and their languages to judgements: sentiment, p_neg, p_neu, p_pos, touchpoint, problem (0 or 1)."""


@dataclass(frozen=True)
class Case:
    """One test case in one language."""

    lang: str
    phenomenon: str
    kind: str
    text: str
    variant: str | None
    expect: dict[str, Any]
    same: tuple[str, ...]
    more: str | None


def read_cases(path: Path, lang: str) -> list[Case]:
    """The cases of one file in ``lang``. Raises KeyError or ValueError for a line that is no case."""
    found = []
    for line in path.read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        if row["kind"] not in ("minimum", "invariance", "direction"):
            raise ValueError(f"{path.name}: there is no kind {row['kind']!r}.")
        found.append(Case(lang, row["phenomenon"], row["kind"], row["text"], row.get("variant"),
                          row.get("expect", {}), tuple(row.get("same", ())), row.get("more")))
    return found


def run_cases(cases: Iterable[Case], judge: JudgeTexts) -> list[tuple[Case, bool]]:
    """Every case with whether ``judge`` passes it; all texts are judged in one call."""
    listed = list(cases)
    pairs = [(text, case.lang) for case in listed for text in (case.text, case.variant) if text is not None]
    judged = iter(judge([text for text, _ in pairs], [lang for _, lang in pairs]))
    return [(case, _passes(case, next(judged), next(judged) if case.variant is not None else None)) for case in listed]


def _passes(case: Case, first: Judgement, second: Judgement | None) -> bool:
    if case.kind == "minimum":
        return all(first[name] == value for name, value in case.expect.items())
    assert second is not None
    if case.kind == "invariance":
        return all(first[name] == second[name] for name in case.same)
    return bool(second[f"p_{case.more}"] >= first[f"p_{case.more}"] - SLACK)
