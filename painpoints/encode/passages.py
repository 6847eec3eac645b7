"""Passages to units with vectors: every passage is read once, its units are found and pooled from its tokens.

A unit's vector is the mean of its token states, so that it knows its context ("still the same") and no token is
encoded twice; that of a short answer is the mean with its question. Passages longer than
the model reads are divided between units, or, where one unit is longer, inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from painpoints.encode.adapter import TokenHead
from painpoints.text import Block, Cut, Passage, decide, rule_cuts

if TYPE_CHECKING:
    import numpy as np
    import torch

    from painpoints.encode.encoder import Encoder, Progress

LEAST_WORDS = 2
"""Words of an expectation; single words were mostly wrong."""
_INNER = re.compile(r"\w.*\w|\w", re.DOTALL)


@dataclass(frozen=True)
class EncodedPassages:
    """``cuts`` holds the units of each passage; ``vectors`` (units, d) and ``passages`` (n, d) are L2-normalised
    float32, units in the order of passages and places; ``expectations`` has for each unit the characters of its
    passage that say what was expected, or None."""

    cuts: list[list[Cut]]
    vectors: np.ndarray
    passages: np.ndarray
    expectations: list[tuple[int, int] | None]


@dataclass(frozen=True)
class _Window:
    """A run of tokens of one passage: ids without frame, and the characters of each; all characters it stands for
    are ``begin:stop``."""

    passage: int
    begin: int
    stop: int
    ids: list[int]
    starts: np.ndarray
    ends: np.ndarray


@dataclass
class _Pooled:
    """What one passage has so far: its units and the sums of their token states, whose direction is the mean's."""

    cuts: list[Cut]
    sums: list[np.ndarray]
    expected: list[tuple[int, int] | None]


def encode_passages(encoder: Encoder, head: TokenHead, passages: Sequence[Passage], *, rules: bool,
                    progress: Progress | None = None) -> EncodedPassages:
    """The units of ``passages`` and their vectors, from one pass. ``rules`` cuts by the rules alone.

    Identical passages of one language, with the same blocks, are read once.
    """
    import numpy as np

    place: dict[tuple[str, str, tuple[Block, ...], int], int] = {}
    inverse = [place.setdefault((p.text, p.lang, p.blocks, p.context), len(place)) for p in passages]
    distinct = _first_of(passages, inverse, len(place))
    windows = list(_windows(encoder, distinct))
    found: list[dict[int, _Pooled]] = [{} for _ in distinct]
    width = encoder.info.dimension
    whole = np.zeros((len(distinct), width), np.float32)
    done = 0
    for batch, (odds, sums), framed in encoder.token_states([window.ids for window in windows],
                                                            partial(_odds_and_sums, head)):
        for row, number in enumerate(batch):
            window = windows[number]
            length = len(window.ids)
            asked = int(np.searchsorted(window.starts, distinct[window.passage].context))
            whole[window.passage] += sums[row, framed + length] - sums[row, framed + asked]
            own = sums[row, framed:framed + length + 1]
            found[window.passage][number] = _pool(distinct[window.passage], window, own,
                                                  odds[row, framed:framed + length], head, rules)
        done += len(batch)
        if progress is not None:
            progress(round(done / len(windows) * len(passages)), len(passages))
    joined = [_joined(list(dict(sorted(of.items())).values())) for of in found]
    return _collected(joined, inverse, whole)


def _first_of(passages: Sequence[Passage], inverse: Sequence[int], distinct: int) -> list[Passage]:
    first: list[Passage | None] = [None] * distinct
    for passage, row in zip(passages, inverse, strict=True):
        first[row] = first[row] or passage
    return [passage for passage in first if passage is not None]


def _windows(encoder: Encoder, passages: Sequence[Passage]) -> Iterator[_Window]:
    """Every passage in runs of at most as many tokens as the encoder reads."""
    import numpy as np

    limit = encoder.content_limit
    for number, (ids, offsets) in enumerate(encoder.tokenise([passage.text for passage in passages])):
        starts = np.array([a for a, _ in offsets], np.int64)
        ends = np.array([b for _, b in offsets], np.int64)
        edges = {unit.start for block in passages[number].blocks for unit in block.units} if len(ids) > limit else set()
        at = 0
        while at < len(ids):
            stop = min(len(ids), at + limit)
            if stop < len(ids):
                stop = next((i for i in range(stop, at + limit // 2, -1) if int(starts[i]) in edges), stop)
            begin = int(starts[at]) if at else 0
            end = int(starts[stop]) if stop < len(ids) else len(passages[number].text)
            yield _Window(number, begin, end, ids[at:stop], starts[at:stop], ends[at:stop])
            at = stop


def _odds_and_sums(head: TokenHead, states: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The head's log-odds (rows, tokens, 2), and the sum of all token states before each token (rows, tokens + 1, d),
    in fp32."""
    import numpy as np
    import torch

    sums = torch.nn.functional.pad(states.float().cumsum(1), (0, 0, 1, 0))
    return head.log_odds(states).cpu().numpy(), np.asarray(sums.cpu().numpy())


def _pool(passage: Passage, window: _Window, sums: np.ndarray, odds: np.ndarray, head: TokenHead, rules: bool
          ) -> _Pooled:
    import numpy as np

    if rules:
        cuts = rule_cuts(passage.blocks, window.begin, window.stop)
    else:
        cuts = decide(passage.text, passage.lang, passage.blocks, (window.begin, window.stop), window.starts,
                      window.ends, odds[:, 0], head.decoding)
    pooled = _Pooled([], [], [])
    whole = [cut for cut in _whole(passage) if cut.start < window.begin < cut.reach_end]
    for cut in [*whole, *cuts]:
        first, last = np.searchsorted(window.starts, [cut.reach_start, cut.reach_end])
        if first == last:  # all its characters are in a token that begins before
            first, last = max(0, first - 1), max(1, first)
        pooled.cuts.append(cut)
        pooled.sums.append(sums[last] - sums[0 if passage.context else first])  # an answer counts with its question
        pooled.expected.append(expectation(passage.text, cut, window.starts, window.ends, odds[first:last, 1],
                                           int(first), head.expectation))
    return pooled


def _whole(passage: Passage) -> list[Cut]:
    return rule_cuts([block for block in passage.blocks if block.whole])


def expectation(text: str, cut: Cut, starts: np.ndarray, ends: np.ndarray, odds: np.ndarray, first: int, floor: float
                ) -> tuple[int, int] | None:
    """The longest run of tokens of a unit that say what was expected, as characters, in whole words and at least two of
    them; a gap of one token does not end it.

    ``starts``, ``ends`` are the characters of all tokens of ``text``, ``odds`` the log-odds of the unit's, the first of
    which is number ``first``.
    """
    best, start, last = (0, 0), None, -2
    for at, value in enumerate(odds):
        if value < floor:
            continue
        if start is None or at - last > 2:
            start = at
        last = at
        best = max(best, (at + 1 - start, -start))
    if not best[0]:
        return None
    begin = max(cut.start, int(starts[first - best[1]]))
    end = min(cut.end, int(ends[first - best[1] + best[0] - 1]))
    while begin > cut.start and not text[begin - 1].isspace():
        begin -= 1
    while end < cut.end and not text[end].isspace():
        end += 1
    phrase = _INNER.search(text, begin, end)
    return phrase.span() if phrase and len(phrase[0].split()) >= LEAST_WORDS else None


def _joined(parts: list[_Pooled]) -> _Pooled:
    """The parts of one passage in one; a unit that reaches over two windows is one unit."""
    if len(parts) == 1:
        return parts[0]
    result = _Pooled([], [], [])
    for part in parts:
        for cut, total, expected in zip(part.cuts, part.sums, part.expected, strict=True):
            if cut in result.cuts:
                at = result.cuts.index(cut)
                result.sums[at] = result.sums[at] + total
                result.expected[at] = result.expected[at] or expected
            else:
                result.cuts.append(cut)
                result.sums.append(total)
                result.expected.append(expected)
    return result


def _collected(found: list[_Pooled], inverse: list[int], whole: np.ndarray) -> EncodedPassages:
    import numpy as np

    cuts = [found[row].cuts for row in inverse]
    sums = [total for row in inverse for total in found[row].sums]
    vectors = np.stack(sums).astype(np.float32) if sums else np.zeros((0, whole.shape[1]), np.float32)
    return EncodedPassages(cuts, _unit_length(vectors), _unit_length(whole)[inverse] if inverse else whole,
                           [expected for row in inverse for expected in found[row].expected])


def _unit_length(vectors: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
