"""The nearest of thousands of centres for rows that lie in a cluster already: only the centres around their own are
looked at.

With a million rows and thousands of centres, looking at every pair takes longer than all else. Nearly all rows stay
where they are or go to a cluster close by; one that has farther to go does it in more rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from painpoints.cluster.sums import blocks, members_of

if TYPE_CHECKING:
    import numpy as np

WIDE = 192
"""Centres around its own that a row may go to, its own among them."""
_ROWS = 2_048


def around_own(place: np.ndarray, middle: np.ndarray, wide: int = WIDE) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows (m,) that lie in one cluster and the ``wide`` centres nearest to it, ascending, for every cluster.

    ``place`` (n,) is the row of ``middle`` (k, d), L2-normalised, that is the centre of each, -1 for those in none, of
    which nothing is said. With fewer centres all are told.
    """
    import numpy as np

    members = members_of(place)
    single = np.ascontiguousarray(middle, np.float32)
    wide = min(wide, len(single))
    for part in blocks(len(single), _ROWS):
        likeness = single[part] @ single.T
        candidates = np.sort(np.argpartition(-likeness, wide - 1, axis=1)[:, :wide], axis=1)
        for cluster, near in zip(range(part.start, part.stop), candidates, strict=True):
            for some in blocks(len(members[cluster]) if cluster < len(members) else 0, _ROWS):
                yield members[cluster][some], near
