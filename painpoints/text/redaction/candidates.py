"""What the detectors put forward, and who wins where two of them want the same signs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: how sure a detector is: a form that nothing else has, a word beside it, a checksum or usual form, a guess
SURE, CUED, FORMED, GUESSED = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may hold personal data, or (``kind`` empty) that holds none and must be left alone."""

    kind: str
    start: int
    end: int
    value: str  # canonical: the same for every spelling
    certainty: int


def winners(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that stay, in order of place: the most certain first, of equals the longest."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: (-c.certainty, c.start - c.end, c.start, c.kind)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda c: c.start)
