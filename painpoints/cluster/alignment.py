"""Vectors of several languages brought into one space, by taking each language's own mean out.

Measured on Arabic and English banking questions with the same 77 intents: without it 2 % of clusters hold both
languages, with it half of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from painpoints.cluster.sums import blocks

if TYPE_CHECKING:
    import numpy as np

SHRINKAGE = 60.0
"""Units of a language that weigh as much as the stored mean it is shrunk to."""

LOOSE_SHRINKAGE = 4.0
"""The same where no mean is stored and the mean of all vectors, a poor guess, must serve."""


def align(vectors: np.ndarray, langs: Sequence[str] | np.ndarray, stored: Mapping[str, np.ndarray] | None = None
          ) -> np.ndarray:
    """``vectors`` (n, d) with each language's mean removed, L2-normalised again: (n, d) float32.

    A unit equal to its mean stays a zero vector.
    """
    return without_means(vectors, langs, shrunk_means(vectors, langs, stored))


def shrunk_means(vectors: np.ndarray, langs: Sequence[str] | np.ndarray, stored: Mapping[str, np.ndarray] | None = None
                 ) -> dict[str, np.ndarray]:
    """The mean (d,) float32 of the ``vectors`` (n, d) of each language.

    It is shrunk towards the language's ``stored`` mean (from other corpora), or towards the mean of all vectors where
    none is stored, the more the fewer units the language has.
    """
    import numpy as np

    rows = np.asarray(vectors, np.float32)
    of = np.asarray(langs)
    total = sum((rows[part].sum(0, dtype=np.float64) for part in blocks(len(rows))), np.zeros(rows.shape[1]))
    found = {}
    for lang in sorted(set(langs)):
        mine = of == lang
        known = (stored or {}).get(lang)
        prior, weight = (total / len(rows), LOOSE_SHRINKAGE) if known is None else (known, SHRINKAGE)
        own = sum((rows[part][mine[part]].sum(0, dtype=np.float64) for part in blocks(len(rows))),
                  np.zeros(rows.shape[1]))
        found[lang] = ((own + weight * prior) / (int(mine.sum()) + weight)).astype(np.float32)
    return found


def without_means(vectors: np.ndarray, langs: Sequence[str] | np.ndarray, means: Mapping[str, np.ndarray]
                  ) -> np.ndarray:
    """``vectors`` (n, d) without the mean of their language, L2-normalised: (n, d) float32."""
    import numpy as np

    aligned = np.array(vectors, np.float32)
    of = np.asarray(langs)
    for part in blocks(len(aligned)):
        mine, spoken = aligned[part], of[part]
        for lang, mean in means.items():
            mine[spoken == lang] -= mean
        length = np.linalg.norm(mine, axis=1, keepdims=True)
        near = length[:, 0] <= 1e-9
        np.divide(mine, length, out=mine, where=length > 1e-9)
        mine[near] = 0.0
    return aligned
