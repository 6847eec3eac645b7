"""Clusters that the neighbour graph cannot tell apart become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.neighbours import Neighbours

if TYPE_CHECKING:
    import numpy as np


def merge_alike(neighbours: Neighbours, labels: np.ndarray, limit: float) -> np.ndarray:
    """``labels`` (n,) with clusters merged while two of them mix more than ``limit``.

    Two clusters mix by the share of neighbour links between them, over what their sizes let expect if they were one
    (1.0 = their members choose neighbours as if there were no border). The most mixed pair merges first.
    """
    import numpy as np

    labels = labels.copy()
    while True:
        names = np.unique(labels[labels >= 0])
        if len(names) < 2:
            return labels
        mixing = _mixing(neighbours, labels, names)
        at = int(mixing.argmax())
        first, second = divmod(at, len(names))
        if mixing[first, second] < limit:
            return labels
        labels[labels == names[max(first, second)]] = names[min(first, second)]


def _mixing(neighbours: Neighbours, labels: np.ndarray, names: np.ndarray) -> np.ndarray:
    import numpy as np

    place = np.full(int(names.max()) + 2, -1, np.int64)
    place[names] = np.arange(len(names))
    of = np.where(labels >= 0, place[np.maximum(labels, 0)], -1)
    start = np.repeat(of, neighbours.index.shape[1])
    end = of[neighbours.index.reshape(-1)]
    inside = (start >= 0) & (end >= 0)
    links = np.zeros((len(names), len(names)))
    np.add.at(links, (start[inside], end[inside]), 1.0)
    size = np.bincount(of[of >= 0], minlength=len(names)).astype(np.float64)
    links = links + links.T
    inner = np.diag(links) / 2
    # Were a and b one cluster with random links, 2ab/(a+b)^2 of their common links would cross.
    common = inner[:, None] + inner[None, :] + links
    crossing = 2 * size[:, None] * size[None, :] / (size[:, None] + size[None, :]) ** 2
    mixing = np.divide(links, common * crossing, out=np.zeros_like(links), where=common > 0)
    np.fill_diagonal(mixing, 0.0)
    return np.triu(mixing)
