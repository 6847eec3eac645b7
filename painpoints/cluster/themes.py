"""Themes: the second level, pain points that lie near each other in the space they were found in.

Average linkage over the centres of the clusters (Sokal and Michener 1958), cut where clusters are less alike than
``ALIKE``. A pain point that has no near neighbour belongs to no theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.cluster.clustering import centres

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

ALIKE = 0.5
"""Mean cosine of the centres of two groups that are one theme."""


def themes(vectors: np.ndarray, labels: np.ndarray, alike: float = ALIKE) -> list[list[int]]:
    """The clusters (numbers in ``labels``) of each theme of two or more, the theme with the lowest number first.

    ``vectors`` (n, d) as clustered, L2-normalised; ``labels`` (n,), -1 for none, every number from 0 on in use.
    """
    import numpy as np
    from scipy.cluster.hierarchy import average, fcluster

    middle = centres(vectors, labels).astype(np.float64)
    if len(middle) < 2:
        return []
    at, other = np.triu_indices(len(middle), 1)
    # Rounded, so that the order of floating-point sums does not decide what is joined first.
    distance = np.round(np.maximum(1.0 - (middle @ middle.T)[at, other], 0.0), 6)
    group = fcluster(average(distance), 1.0 - alike, criterion="distance")
    members: dict[int, list[int]] = {}
    for cluster, name in enumerate(group.tolist()):
        members.setdefault(name, []).append(cluster)
    return sorted(found for found in members.values() if len(found) > 1)


def name_themes(points: pl.DataFrame) -> pl.DataFrame:
    """``points`` with every theme called by the title of its biggest pain point.

    Columns as in ``PAINPOINTS``; those of equal ``theme``, whatever it says, are one theme. When two themes would have
    one name, the second takes that of its next pain point.
    """
    import polars as pl

    names: dict[str, str] = {}
    leads = points.filter(pl.col("theme").is_not_null()).sort(
        ["units", "impact", "painpoint_id"], descending=[True, True, False])
    for theme, title in leads.select("theme", "title").iter_rows():
        if theme not in names and title not in names.values():
            names[theme] = title
    return points.with_columns(pl.col("theme").replace(names))
