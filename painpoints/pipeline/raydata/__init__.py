"""The judging of a run's shards on a Ray cluster, with the results of the local engine.

Comes in: a run folder whose documents are read. Goes out: the same shard files, and what the manifest says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.pipeline.raydata.engine import RayUse, judge_on_ray
    from painpoints.pipeline.raydata.joining import check_ray

__all__ = ["RayUse", "check_ray", "judge_on_ray"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "engine": ["RayUse", "judge_on_ray"],
    "joining": ["check_ray"],
})
