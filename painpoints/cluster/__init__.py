"""Problem vectors to pain points.

Comes in: judged units with vectors, documents. Goes out: pain points with titles, quotes, counts, impact and trend.
Promise: across languages, the same on every run and in any row order; what fits nowhere stays unassigned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.cluster.clustering import DETAILS, Clustering, ClusterSettings, cluster_units
    from painpoints.cluster.description import PAINPOINTS, describe
    from painpoints.cluster.projection import Projection, load_projection

__all__ = ["DETAILS", "PAINPOINTS", "ClusterSettings", "Clustering", "Projection", "cluster_units", "describe",
           "load_projection"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "clustering": ["DETAILS", "ClusterSettings", "Clustering", "cluster_units"],
    "description": ["PAINPOINTS", "describe"],
    "projection": ["Projection", "load_projection"],
})
