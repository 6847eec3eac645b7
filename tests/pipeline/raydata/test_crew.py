"""How many workers find room on a cluster."""

from __future__ import annotations

import pytest

from painpoints.errors import WorkerError
from painpoints.pipeline.raydata.crew import WORKER_MEMORY, crew_of

GIB = 1 << 30


def node(cores: float, memory: float = 64 * GIB, gpus: float = 0.0) -> dict[str, float]:
    return {"CPU": cores, "memory": memory, **({"GPU": gpus} if gpus else {})}


def test_a_worker_a_core_but_not_more_than_shards() -> None:
    assert crew_of([node(8), node(4)], 100).workers == 12
    assert crew_of([node(8), node(4)], 5).workers == 5


def test_memory_bounds_the_workers_of_each_node() -> None:
    crew = crew_of([node(8, 3.5 * WORKER_MEMORY), node(8, 0.5 * WORKER_MEMORY)], 100)
    assert (crew.workers, crew.memory) == (3, WORKER_MEMORY)


def test_so_many_as_are_wanted_even_where_the_cluster_has_still_to_grow() -> None:
    assert crew_of([node(2)], 100, 30).workers == 30
    assert crew_of([{}], 100, 30).workers == 30


def test_a_cluster_without_room_is_said_to_have_none() -> None:
    with pytest.raises(WorkerError, match="no node with a free core") as caught:
        crew_of([{"memory": 64 * GIB}, node(8, GIB / 4)], 100)
    assert "--workers" in str(caught.value)


@pytest.mark.parametrize(("gpus", "cores", "wanted"), [(1, 16, None), (3, 16, None), (8, 128, None), (2, 16, 7)])
def test_all_workers_find_room_on_the_gpus_they_share(gpus: int, cores: int, wanted: int | None) -> None:
    crew = crew_of([node(cores, 512 * GIB, gpus), node(64)], 10_000, wanted)
    on_one = int(round(1 / crew.gpus, 6))
    assert on_one * gpus >= crew.workers == (wanted or min(cores, 16 * gpus))


def test_a_worker_takes_one_gpu_at_most() -> None:
    assert crew_of([node(16, gpus=8)], 10_000, 2).gpus == 1.0
