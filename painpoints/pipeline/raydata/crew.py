"""How many workers a cluster can hold, and what each of them gets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from painpoints.errors import WorkerError

WORKER_MEMORY = 1536 << 20
"""Bytes that a worker reserves: measured 1.1 GB at its peak, with models and a shard of 2,000 reviews."""
_SHARE_GPU = 16


@dataclass(frozen=True)
class Crew:
    """``workers`` actors, each with ``cpus`` cores, ``gpus`` of a GPU and ``memory`` bytes reserved."""

    workers: int
    cpus: int
    gpus: float
    memory: int


def crew_of(nodes: list[Mapping[str, float]], shards: int, wanted: int | None = None) -> Crew:
    """The crew for ``shards`` on ``nodes``, whose resources (CPU, GPU, memory in bytes) are given.

    One worker a core, as far as memory goes: text work and encoding of different workers then overlap. Where there are
    GPUs, workers share them. ``wanted`` workers are asked for even when the cluster has no room yet: it may grow.
    Raises WorkerError when not one worker finds room and none was wanted.
    """
    gpus = sum(node.get("GPU", 0.0) for node in nodes)
    if gpus:
        nodes = [node for node in nodes if node.get("GPU", 0.0)]
    room = sum(_room(node) for node in nodes)
    if wanted is None and not room:
        raise WorkerError("The Ray cluster has no node with a free core and "
                       f"{WORKER_MEMORY >> 20} MB of memory for a worker.",
                       hint="Add nodes, or give --workers N where the cluster grows on demand.")
    workers = max(1, min(wanted or room, shards))
    share = 0.0
    if gpus:
        # Ray counts in ten-thousandths of a GPU; rounded down, so that all who share one find room.
        share = 10_000 // math.ceil(workers / gpus) / 10_000 if workers > gpus else 1.0
    return Crew(workers, 1, share, WORKER_MEMORY)


def _room(node: Mapping[str, float]) -> int:
    by_memory = int(node.get("memory", 0.0) // WORKER_MEMORY)
    cores = int(node.get("CPU", 0.0))
    gpus = node.get("GPU", 0.0)
    return min(cores, by_memory, int(gpus * _SHARE_GPU)) if gpus else min(cores, by_memory)
