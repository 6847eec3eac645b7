"""Units of a passage from the rules' candidates and a boundary probability at every token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .segmentation import Block, Span, trimmed

if TYPE_CHECKING:
    import numpy as np


class Cut(NamedTuple):
    """A unit ``start:end`` of a passage, and the wider range ``reach_start:reach_end`` up to its neighbours, with the
    marks and emoji that colour it: what its vector is pooled from."""

    start: int
    end: int
    reach_start: int
    reach_end: int


@dataclass(frozen=True)
class Decoding:
    """How the boundary head and the rules decide together: a unit begins where the head's log-odds plus
    ``rule_weight`` (where the rules begin a unit) pass the threshold of the language. Languages without a threshold
    are cut by the rules alone. Fitted by ``scripts/publish_adapter.py``."""

    rule_weight: Mapping[str, float]
    threshold: Mapping[str, float]


def rule_cuts(blocks: Sequence[Block], begin: int = 0, stop: int | None = None) -> list[Cut]:
    """The rules' units of ``blocks``, as far as they begin in ``begin:stop``."""
    return [cut for block in blocks for cut in _reaching(block, block.units)
            if begin <= cut.start and (stop is None or cut.start < stop)]


def decide(text: str, lang: str, blocks: Sequence[Block], window: tuple[int, int], starts: np.ndarray,
           ends: np.ndarray, log_odds: np.ndarray, decoding: Decoding) -> list[Cut]:
    """The units that begin in the ``window`` (characters) of ``text`` that the tokens stand for.

    ``starts``, ``ends`` (m,) are the tokens' characters, ``log_odds`` (m,) says how likely a unit begins at each.
    No unit crosses a block; blocks that are items stay whole. Only words begin a unit: what the head says at a mark
    or an emoji counts for the word that follows.
    """
    import numpy as np

    if lang not in decoding.threshold:
        return rule_cuts(blocks, *window)
    weight, threshold = decoding.rule_weight[lang], decoding.threshold[lang]
    found: list[Cut] = []
    for block in blocks:
        first, last = np.searchsorted(starts, [block.start, block.end])
        if block.whole or first == last:
            found += rule_cuts([block], *window)
            continue
        ruled = set((np.searchsorted(starts, [unit.start for unit in block.units], side="right") - 1).tolist())
        edges = [max(block.start, window[0])]
        for at, said in _words(text, starts, ends, log_odds, threshold - weight, int(first), int(last)):
            start = int(starts[at])
            if said + (weight if at in ruled else 0.0) > threshold and start > edges[-1] and _begins_word(text, start):
                edges.append(start)
        edges.append(min(block.end, window[1]))
        reached = [(trimmed(text, a, b), a, b) for a, b in pairwise(edges)]
        found += [Cut(span.start, span.end, a, b) for span, a, b in reached if span is not None]
    return found


def _reaching(block: Block, units: Sequence[Span]) -> list[Cut]:
    edges = [block.start, *(unit.start for unit in units[1:]), block.end]
    return [Cut(unit.start, unit.end, a, b) for unit, a, b in zip(units, edges[:-1], edges[1:], strict=True)]


def _words(text: str, starts: np.ndarray, ends: np.ndarray, log_odds: np.ndarray, floor: float, first: int, last: int
           ) -> list[tuple[int, float]]:
    """The tokens of words in ``first:last`` at which a unit may begin, in order, with the log-odds that say so: those
    over ``floor``, of the word itself or of the marks before it."""
    import numpy as np

    found: dict[int, float] = {}
    for hot in (first + np.flatnonzero(log_odds[first:last] > floor)).tolist():
        at = hot
        while at < last and not _is_word(text, int(starts[at]), int(ends[at])):
            at += 1
        if at < last:
            found[at] = max(found.get(at, -np.inf), float(log_odds[hot]))
    return sorted(found.items())


def _is_word(text: str, start: int, end: int) -> bool:
    return any(character.isalnum() for character in text[start:end])


def _begins_word(text: str, start: int) -> bool:
    return start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "\u200c")
