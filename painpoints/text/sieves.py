"""Plain pieces of which one stands in every text that a list of words can be in: what most texts are ruled out by.

Thousands of plain pieces are looked for in one go, many times as fast as the patterns they are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .wordpatterns import PIECE, written_as

MOST = 200
"""An entry gives at most so many pieces, where brackets allow for many ways to say it."""
Ways = frozenset[str]
_START: Ways = frozenset({""})


def needles(entries: Iterable[str], before: str = " ", after: str = " ") -> list[str]:
    """Pieces of which every match of ``before``, one of ``entries``, ``after`` holds one (`any_of` says what matches).

    An entry of which nothing is certain gives "", which stands in every text.
    """
    found = set[str]()
    for entry in entries:
        found |= _rarest(_stretches([before, *PIECE.findall(entry.replace(" ... ", "...")), after]))
    return sorted(found)


def _rarest(stretches: Sequence[Ways]) -> Ways:
    """The stretch that is likely to stand in the fewest texts: the one whose shortest way is longest."""
    return max(stretches, key=lambda ways: (min(map(len, ways)), -len(ways)))


def _stretches(pieces: Sequence[str]) -> list[Ways]:
    """What stands in every match, one stretch after the other: for each all the ways in which it may be written."""
    found, ways, at = [], _START, 0
    while at < len(pieces):
        piece = pieces[at]
        if piece in ("...", "*"):
            found.append(ways)
            ways = frozenset({" "}) if piece == "..." else _START
        elif piece == "(":
            end = _closing(pieces, at)
            each = [_stretches(way) for way in _parted(pieces[at + 1:end])]
            spelt = frozenset().union(*(inner[0] for inner in each))
            if any(len(inner) > 1 for inner in each) or len(ways) * len(spelt) > MOST:
                found += [ways, frozenset().union(*map(_rarest, each))]
                ways = _START
            else:
                ways = _each_with(ways, spelt)
            at = end
        else:
            ways = _each_with(ways, {"", " "} if piece == "\u200c" else {written_as(piece)})
        at += 1
    return [*found, ways]


def _each_with(ways: Iterable[str], more: Iterable[str]) -> Ways:
    more = tuple(more)
    return frozenset(way + end for way in ways for end in more)


def _parted(pieces: Sequence[str]) -> list[list[str]]:
    """The pieces of each of the ways that "|" parts."""
    ways: list[list[str]] = [[]]
    depth = 0
    for piece in pieces:
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            ways.append([])
        else:
            ways[-1].append(piece)
    return ways


def _closing(pieces: Sequence[str], opening: int) -> int:
    depth = 0
    for at in range(opening, len(pieces)):
        depth += (pieces[at] == "(") - (pieces[at] == ")")
        if not depth:
            return at
    raise ValueError(f"{''.join(pieces)}: a bracket is not closed")
