"""What runs on the nodes: an actor that holds the models and judges one shard after the other."""

from __future__ import annotations

import os
import pickle
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from painpoints._memory import looking_seldom, release
from painpoints._version import __version__
from painpoints.errors import PainpointsError, WorkerError
from painpoints.pipeline.raydata.exchanges import Exchange, Row
from painpoints.pipeline.raydata.luggage import Luggage

MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Order:
    """What a worker is told when it starts. ``luggage`` and ``ledger`` are a reference and a handle of Ray."""

    version: str
    luggage: Any
    exchange: Exchange
    ledger: Any
    threads: int


class Ledger:
    """Lives beside the leader: how often a shard was begun, whoever began it."""

    def __init__(self) -> None:
        self._begun: Counter[int] = Counter()

    def begin(self, shard: int) -> int:
        """Counts one more attempt at ``shard``; how many there were with this one."""
        self._begun[shard] += 1
        return self._begun[shard]

    def retried(self) -> Mapping[int, int]:
        """The shards that were begun more than once, with how often beyond the first."""
        return {shard: times - 1 for shard, times in sorted(self._begun.items()) if times > 1}


class ShardJudge:
    """Loads the models of ``order`` once, and judges shards with them.

    What goes wrong is an answer like any other: an error that is raised reaches the leader as Ray's own, without ours.
    """

    @looking_seldom()
    def __init__(self, order: Order) -> None:
        import ray

        for pool in ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS"):  # Ray sees to OMP_NUM_THREADS
            os.environ.setdefault(pool, str(order.threads))
        self._exchange = order.exchange
        self._ledger = order.ledger
        self._said: Row = {"node": platform.node(), "node_id": ray.get_runtime_context().get_node_id(),
                           "pid": os.getpid()}
        self._unable: PainpointsError | None = None
        try:
            self._load(order, ray.get(order.luggage))
        except PainpointsError as error:
            self._unable = error

    def _load(self, order: Order, luggage: Luggage) -> None:
        from painpoints.pipeline.models import load_models

        if order.version != __version__:
            raise WorkerError(f"{self._said['node']}: has painpoints {__version__}, the run is led by {order.version}.",
                              hint="Install the same version on all nodes.")
        self._settings = luggage.unpacked()
        self._models = load_models(self._settings)
        info = self._models.encoder.info
        self._said |= {"device": info.device, "precision": info.precision}

    @looking_seldom()
    def __call__(self, row: Row) -> Row:
        """Judges the shard that ``row`` stands for: what was found, or where it was put, and by whom; or under
        ``failure`` the error."""
        shard, started = int(row["shard"]), time.perf_counter()
        try:
            if self._unable is not None:
                raise self._unable
            self._begin(shard)
            found = self._judge(shard, row)
        except PainpointsError as error:
            return {"shard": shard, "failure": pickle.dumps(error)}
        except Exception as error:
            # Its own message may hold a customer's text.
            return {"shard": shard, "failure": pickle.dumps(WorkerError(
                f"Shard {shard} could not be judged on {self._said['node']} ({type(error).__name__}).",
                hint="When that is mended, go on with: painpoints mine --resume RUN"))}
        return {"shard": shard, **self._said, "seconds": time.perf_counter() - started, "peak_mb": _peak(), **found}

    def _begin(self, shard: int) -> None:
        import ray

        if ray.get(self._ledger.begin.remote(shard)) > MOST_ATTEMPTS:
            raise WorkerError(f"Shard {shard} was given up: {MOST_ATTEMPTS} workers died over it.",
                              hint="Probably for want of memory: give fewer --workers, or nodes with more memory.")

    def _judge(self, shard: int, row: Row) -> Row:
        from painpoints.pipeline.judging import judge_shard

        units, vectors, counts = judge_shard(self._exchange.take(row), self._models, whole=self._settings.whole,
                                             fast=self._settings.fast)
        release()  # what a worker holds must not grow with what it has judged
        return self._exchange.give(shard, units, vectors, counts)


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
