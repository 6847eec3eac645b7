"""Products of many rows with one matrix that are the same for a row whatever stands beside it."""

from __future__ import annotations

import numpy as np

from painpoints._threads import one_thread

_BLOCK = 256


def product(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """``rows`` (n, k) @ ``matrix`` (k, m): a row's result is the same, bit for bit, in every company, order and number
    of threads.

    What BLAS adds up in which order depends on how many rows there are and where one stands, which shows in the last
    bits of float32: so blocks of one size are multiplied in float64, and rounded.
    """
    wide = matrix.astype(np.float64)
    result = np.empty((len(rows), matrix.shape[1]), np.result_type(rows, matrix))
    with one_thread():
        for start in range(0, len(rows), _BLOCK):
            block = np.zeros((_BLOCK, matrix.shape[0]))
            part = rows[start:start + _BLOCK]
            block[:len(part)] = part
            result[start:start + _BLOCK] = (block @ wide)[:len(part)]
    return result
