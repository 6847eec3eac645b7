"""Vectors of several languages brought into one space, by taking each language's own mean out.

Measured on Arabic and English banking questions with the same 77 intents: without it 2 % of clusters hold both
languages, with it half of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SHRINKAGE = 60.0
"""Units of a language that weigh as much as the stored mean it is shrunk to."""

LOOSE_SHRINKAGE = 4.0
"""The same where no mean is stored and the mean of all vectors, a poor guess, must serve."""


def align(vectors: np.ndarray, langs: Sequence[str], stored: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
    """``vectors`` (n, d) with each language's mean removed, L2-normalised again: (n, d) float32.

    A language's mean is shrunk towards its ``stored`` mean (from other corpora), or towards the mean of all vectors
    where none is stored, the more the fewer units it has. A unit equal to its mean stays a zero vector.
    """
    import numpy as np

    aligned = np.asarray(vectors, np.float32).copy()
    if not len(aligned):
        return aligned
    of = np.asarray(langs)
    overall = aligned.mean(0, dtype=np.float64)
    for lang in sorted(set(langs)):
        rows = of == lang
        known = (stored or {}).get(lang)
        prior, weight = (overall, LOOSE_SHRINKAGE) if known is None else (known, SHRINKAGE)
        mean = (aligned[rows].sum(0, dtype=np.float64) + weight * prior) / (int(rows.sum()) + weight)
        aligned[rows] -= mean.astype(np.float32)
    length = np.linalg.norm(aligned, axis=1, keepdims=True)
    return np.asarray(np.divide(aligned, length, out=np.zeros_like(aligned), where=length > 1e-9))
