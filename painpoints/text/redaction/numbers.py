"""Runs of digits with what people put between them, and the numbers that can be read out of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .cues import Cues

#: what may stand between two groups of digits of one number
_BETWEEN = r"(?:[ \u200c]{0,2}[-.()_~/][ \u200c]?[-()]?[ \u200c]{0,2}\n?|[ \u200c]{1,3}|[ ]?\n)"
_RUN = re.compile(rf"\+?[ \u200c]?\(?\d+(?:{_BETWEEN}\d+)*")
_GROUP = re.compile(r"\d+")
_MOST_GROUPS = 24
_MOST_DIGITS = 26
_FEWEST_DIGITS = 5
#: so many digits in one piece are more than a model number, whatever runs into them
_LONG_ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Number:
    """Neighbouring groups of digits, read as one number."""

    digits: str
    start: int
    end: int
    plus: bool
    groups: tuple[int, ...]  # digits in each group
    between: tuple[str, ...]  # what stands between the groups, without spaces and joiners
    alone: bool  # nothing before or after it belongs to the same run without a space between

    @property
    def shape(self) -> str:
        """The sizes of the groups: ``3-3-4``."""
        return "-".join(map(str, self.groups))

    @property
    def parted(self) -> str:
        """The groups of digits with a space between them."""
        starts = [sum(self.groups[:i]) for i in range(len(self.groups))]
        return " ".join(self.digits[s : s + g] for s, g in zip(starts, self.groups, strict=True))

    @property
    def whole(self) -> bool:
        """Whether it is written in one piece."""
        return len(self.groups) == 1


def numbers(drawn: str, cues: Cues) -> Iterator[Number]:
    """Every number of at least five digits that can be read out of the runs of digits of a text."""
    for run in _RUN.finditer(drawn):
        groups = [m.span() for m in _GROUP.finditer(drawn, run.start(), run.end())][:_MOST_GROUPS]
        if sum(e - s for s, e in groups) < _FEWEST_DIGITS:
            continue
        first, last = 0, len(groups)
        if _joined_before(drawn, groups[0], cues):
            first = 1
        if _joined_after(drawn, groups[-1][1]):
            last -= 1
        yield from _readings(drawn, run.start(), groups, first, last)


def _joined_before(drawn: str, group: tuple[int, int], cues: Cues) -> bool:
    """Whether Latin letters run into the digits, as in a model number; «tel0912…» is a word and its number."""
    start, end = group
    before = drawn[start - 1] if start else " "
    if before in "#\\" or (before in "-_/" and drawn[max(0, start - 2) : start - 1].isalpha()):
        return True
    if not "a" <= before <= "z" or end - start >= _LONG_ENOUGH:
        return False
    near = cues.before(start)
    return not (near and near[0].end == start)


def _joined_after(drawn: str, end: int) -> bool:
    after = drawn[end : end + 1]
    return "a" <= after <= "z" or (after in "\\:" and drawn[end + 1 : end + 2].isdigit())


def _readings(drawn: str, run_start: int, groups: list[tuple[int, int]], first: int, last: int) -> Iterator[Number]:
    betweens = [drawn[e:s] for (_, e), (s, _) in pairwise(groups)]
    for i in range(first, last):
        count = 0
        for j in range(i, last):
            count += groups[j][1] - groups[j][0]
            if count > _MOST_DIGITS:
                break
            if count < _FEWEST_DIGITS:
                continue
            start, end = groups[i][0], groups[j][1]
            before = drawn[run_start:start] if i == 0 else betweens[i - 1]
            plus = "+" in before or (i == 0 and drawn[max(0, start - 2) : start] in ("+(", "+ "))
            opened = before.endswith(("(", "(\u200c"))
            if plus:
                start -= len(before) - before.index("+")
            elif opened and ")" in drawn[start:end]:
                start -= len(before) - before.rindex("(")
            parted_before = i == 0 or any(sign in betweens[i - 1] for sign in " (/\n")
            parted_after = j == len(groups) - 1 or any(sign in betweens[j] for sign in " /\n")
            yield Number(
                "".join(drawn[s:e] for s, e in groups[i : j + 1]), start, end, plus,
                tuple(e - s for s, e in groups[i : j + 1]),
                tuple(b.replace(" ", "").replace("\u200c", "") for b in betweens[i:j]),
                parted_before and parted_after,
            )
