"""Rows of numbers in four bits each, with a scale for every 32 of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

GROUP = 32


@dataclass(frozen=True)
class PackedRows:
    """``codes`` (n, d / 2) uint8: column j and, in the high bits, column j + d / 2; ``scales`` (n, d / 32) float16."""

    codes: np.ndarray
    scales: np.ndarray

    def take(self, rows: np.ndarray) -> np.ndarray:
        """The ``rows`` as float32 (m, d)."""
        import numpy as np

        codes = self.codes[rows]
        values = np.concatenate([codes & 15, codes >> 4], 1).astype(np.float32) - 8
        scales = self.scales[rows].astype(np.float32)
        values.reshape(*scales.shape, GROUP)[:] *= scales[:, :, None]
        return values


def pack(values: np.ndarray) -> PackedRows:
    """``values`` (n, d) in four bits, each group of a row with the scale that loses least."""
    import numpy as np

    groups = values.reshape(len(values), values.shape[1] // GROUP, GROUP).astype(np.float32)
    largest = np.abs(groups).max(2, keepdims=True)
    best, least = largest / 7, np.full(largest.shape, np.inf)
    for share in np.linspace(0.6, 1.0, 9):
        scale = (largest * share / 7).astype(np.float16).astype(np.float32)
        lost = ((_coded(groups, scale) * scale - groups) ** 2).sum(2, keepdims=True)
        best, least = np.where(lost < least, scale, best), np.minimum(lost, least)
    codes = (_coded(groups, best) + 8).astype(np.uint8).reshape(values.shape)
    half = values.shape[1] // 2
    return PackedRows(codes[:, :half] | codes[:, half:] << 4, best[:, :, 0].astype(np.float16))


def _coded(groups: np.ndarray, scale: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(np.clip(np.rint(groups / np.maximum(scale, 1e-8)), -8, 7))
