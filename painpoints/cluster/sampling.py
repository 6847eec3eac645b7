"""A sample of units that hangs on their keys alone: not on the order of rows, nor on what else is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SMALL_SHARE = 0.25
"""The share of a sample that is dealt out evenly over the languages, so that small ones keep their units."""


def draw(keys: Sequence[str], langs: np.ndarray, count: int, salt: int = 0) -> np.ndarray:
    """Rows (m,) int64, ascending, of at most ``count`` of the units called ``keys`` in languages ``langs`` (n,).

    Of each language those whose keys have the lowest hashes; another ``salt`` draws anew.
    """
    import numpy as np

    if len(keys) <= count:
        return np.arange(len(keys))
    person = f"draw{salt}".encode()
    rank = np.fromiter((int.from_bytes(blake2b(key.encode(), digest_size=8, person=person).digest())
                        for key in keys), np.uint64, len(keys))
    names, code = np.unique(langs, return_inverse=True)
    quota = _quotas(np.bincount(code, minlength=len(names)), count)
    order = np.lexsort((rank, code))
    starts = np.searchsorted(code[order], np.arange(len(names)))
    return np.sort(np.concatenate([order[at:at + take] for at, take in zip(starts, quota, strict=True)]))


def _quotas(sizes: np.ndarray, count: int) -> np.ndarray:
    """How many of each language: an even share first, the rest by size."""
    import numpy as np

    even = np.minimum(sizes, int(SMALL_SHARE * count) // len(sizes))
    left = sizes - even
    return np.asarray(even + np.floor(left * ((count - even.sum()) / max(1, left.sum()))).astype(np.int64))
