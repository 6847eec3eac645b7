"""Ray Data over the shards of a run that are not judged yet."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from painpoints._version import __version__
from painpoints.config import Settings
from painpoints.errors import PainpointsError, WorkerError
from painpoints.pipeline.progress import Progress
from painpoints.pipeline.raydata.crew import Crew, crew_of
from painpoints.pipeline.raydata.exchanges import Row, chosen
from painpoints.pipeline.raydata.joining import heed_interrupts, joined
from painpoints.pipeline.raydata.luggage import packed
from painpoints.pipeline.raydata.worker import Ledger, Order, ShardJudge

if TYPE_CHECKING:
    from painpoints.store import RunFolder

_INIT_DEATHS = 3


@dataclass
class RayUse:
    """What a run was given by Ray: ``judged`` and ``resumed`` count shards, ``retried`` those begun again."""

    version: str = ""
    exchange: str = ""
    crew: Crew | None = None
    judged: int = 0
    resumed: int = 0
    retried: Mapping[int, int] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)
    workers: set[tuple[str, int]] = field(default_factory=set)
    precisions: set[str] = field(default_factory=set)
    peak_mb: int = 0

    def note(self, row: Row) -> None:
        """Takes what a worker said of a shard."""
        self.judged += 1
        self.nodes.add(row["node_id"])
        self.workers.add((row["node_id"], row["pid"]))
        self.precisions.add(f"{row['precision']} on {row['device']}")
        self.peak_mb = max(self.peak_mb, int(row["peak_mb"]))

    def sentences(self, asked: str) -> list[str]:
        """What a user should know; ``asked`` is the leader's own precision and device."""
        said = []
        if self.retried:
            said.append(f"Ray: {len(self.retried)} shards were begun again after a worker had died.")
        if self.precisions - {asked}:
            said.append(f"Ray: workers encoded in {', '.join(sorted(self.precisions))}, this machine would in {asked}: "
                        "judgements may differ in their last digits from those of other machines.")
        return said

    def as_dict(self) -> dict[str, Any]:
        """What the manifest records."""
        crew = self.crew
        return {"name": "ray", "ray": self.version, "exchange": self.exchange, "nodes": len(self.nodes),
                "workers": crew.workers if crew else 0, "worker_processes": len(self.workers),
                "worker_cpus": crew.cpus if crew else 0, "worker_gpus": crew.gpus if crew else 0,
                "worker_memory_mb": crew.memory >> 20 if crew else 0, "worker_peak_mb": self.peak_mb,
                "precisions": sorted(self.precisions), "judged_shards": self.judged,
                "retried_shards": {str(shard): times for shard, times in self.retried.items()}}


def judge_on_ray(folder: RunFolder, shards: Sequence[int], settings: Settings, progress: Progress, documents: int
                 ) -> RayUse:
    """Has those of ``shards`` judged that are not yet, by workers of a Ray cluster; what was used for it.

    ``documents`` is the number in all shards. A worker that dies is replaced and its shard begun again, three times in
    all. Raises WorkerError, MissingExtraError or UsageError, and what a worker's models or the disk raised; what was
    judged until then stays.
    """
    use = RayUse()
    todo = [shard for shard in shards if not folder.judged(shard)]
    use.resumed = len(shards) - len(todo)
    sizes = {shard: folder.document_count(shard) for shard in todo}
    done = documents - sum(sizes.values())
    progress("judge", done, documents)
    if not todo:
        return use
    with joined(settings) as ray:
        use.version = ray.__version__
        use.crew = crew_of([node["Resources"] for node in ray.nodes() if node["Alive"]], len(todo), settings.workers)
        exchange = chosen(ray, folder)
        use.exchange = exchange.name
        ledger = ray.remote(Ledger).options(num_cpus=0, scheduling_strategy=_here(ray)).remote()
        order = Order(__version__, ray.put(packed(settings)), exchange, ledger, use.crew.cpus)
        try:
            for row in _rows(ray, todo, order, use.crew):
                if "failure" in row:
                    raise cast(PainpointsError, pickle.loads(row["failure"]))
                exchange.settle(folder, row)
                use.note(row)
                done += sizes[int(row["shard"])]
                progress("judge", done, documents)
            use.retried = ray.get(ledger.retried.remote())
        except ray.exceptions.RayError as error:
            raise WorkerError(f"Ray stopped the run ({type(error).__name__}).",
                              hint="Look at the cluster with ray status, then go on with: "
                                   f"painpoints mine --resume {folder.path}") from None
    return use


def _rows(ray: Any, todo: list[int], order: Order, crew: Crew) -> Iterator[Row]:
    """What workers say of the shards, in the order in which they are done with them."""
    from ray.data import ActorPoolStrategy, DataContext

    heed_interrupts()
    context = DataContext.get_current()
    context.max_consecutive_actor_init_deaths = _INIT_DEATHS
    # A block a shard: one that fails is begun again alone.
    rows = ray.data.from_items([{"shard": shard} for shard in todo], override_num_blocks=len(todo))
    if order.exchange.travels:
        rows = rows.map(_Loader(order.exchange), num_cpus=0,
                        label_selector={"ray.io/node-id": ray.get_runtime_context().get_node_id()})
    # One task at a time: with more, the first worker that is ready takes what the next could do.
    judged = rows.map(ShardJudge, fn_constructor_kwargs={"order": order}, num_cpus=crew.cpus,
                      num_gpus=crew.gpus or None, memory=crew.memory,
                      compute=ActorPoolStrategy(size=crew.workers, max_tasks_in_flight_per_actor=1))
    yield from judged.iter_rows()


@dataclass(frozen=True)
class _Loader:
    """Puts the documents of a shard into its row, where the run folder is."""

    exchange: Any

    def __call__(self, row: Row) -> Row:
        folder = self.exchange.path / "work"
        return {**row, "documents": (folder / f"documents-{int(row['shard']):06}.parquet").read_bytes()}


def _here(ray: Any) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
