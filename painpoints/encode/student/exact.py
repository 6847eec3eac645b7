"""Products of matrices that come out the same, bit for bit, on every machine and whatever rows they hold.

Both sides are rounded to whole numbers so small that a float32 holds every sum of their products exactly; then the
order in which a library adds them up says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_LEVEL = 127
_EXACT = 2**24
"""Up to here a float32 holds every whole number."""


class ExactProduct:
    """Rows times a matrix of which ``codes`` (k, m) int8 and ``scales`` (m,) of its columns are stored."""

    def __init__(self, codes: np.ndarray, scales: np.ndarray) -> None:
        import numpy as np

        self._codes = codes.astype(np.float32)
        self._scales = scales.astype(np.float32)
        self._level = np.float32(_EXACT // (_LEVEL * len(codes)))

    @classmethod
    def of(cls, matrix: np.ndarray) -> ExactProduct:
        """The product with ``matrix`` (k, m), rounded."""
        return cls(*quantised(matrix))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """``rows`` (n, k) times the matrix: (n, m) float32."""
        import numpy as np

        scale = np.abs(rows).max(1, initial=1e-12, keepdims=True) / self._level
        product = np.rint(rows / scale) @ self._codes
        product *= scale
        product *= self._scales
        return np.asarray(product)


def quantised(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``matrix`` (k, m) as the codes and scales that `ExactProduct` reads."""
    import numpy as np

    scales = np.maximum(np.abs(matrix).max(0), 1e-8) / _LEVEL
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)
