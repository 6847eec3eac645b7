"""Clusters of the units of a run: found here or, where there are very many units, in a process of its own.

What clustering very many takes of memory is not all given back when it is done. It ends with the process, so that those
who describe the clusters have room. Where it is done makes no difference to what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from painpoints._memory import trim
from painpoints.cluster import Clustering, ClusterSettings, border_cases, cluster_units, measure_stability
from painpoints.errors import WorkerError
from painpoints.pipeline.streaming.child import Child
from painpoints.pipeline.streaming.line import LOOK
from painpoints.pipeline.streaming.worker import Answer, serve
from painpoints.store import RunFolder, storage

if TYPE_CHECKING:
    import numpy as np

ALIGNED = "aligned.npy"
"""Where the vectors lie, as clustered, as long as they are read."""


@dataclass(frozen=True)
class Stored:
    """Of the units of ``shards`` of ``folder`` those of the ``rows`` (m,) ascending; there are ``count`` in all."""

    folder: RunFolder
    shards: range
    rows: np.ndarray
    count: int

    def vectors(self, keep: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Vectors (kept, d) float32 of those of the units for which ``keep`` (m,) is true, each at its ``place``."""
        import numpy as np

        mask = np.zeros(self.count, bool)
        mask[self.rows[keep]] = True
        return self.folder.vectors(self.shards, mask, place)


class Clustered(NamedTuple):
    """Units to cluster: those of ``stored`` for which ``keep`` is true, at their ``place``, called ``keys`` there."""

    stored: Stored
    keep: np.ndarray
    place: np.ndarray
    langs: list[str]
    keys: list[str]
    settings: ClusterSettings
    means: Mapping[str, np.ndarray] | None


class Found(NamedTuple):
    """``labels`` and ``strength`` (n,) as in `painpoints.cluster.Clustering`; in how many ``samples`` so many units
    were ``sampled``."""

    labels: np.ndarray
    strength: np.ndarray
    samples: int
    sampled: int


class Measured(NamedTuple):
    """The ``stability`` of each cluster (k,); the ``distance`` (n,) of each unit to the nearest centre, NaN where there
    is none; and which are ``border`` cases (n,)."""

    stability: list[float]
    distance: np.ndarray
    border: np.ndarray


class Finder:
    """Finds clusters, then measures them; only the vectors are kept after that."""

    def __init__(self) -> None:
        self._clustering: Clustering | None = None
        self._keys: list[str] = []
        self._settings = ClusterSettings()
        self.vectors: np.ndarray | None = None

    def find(self, asked: Clustered) -> Found:
        """The clusters of the units ``asked``."""
        # What was loaded is held by nobody but the clustering, which makes vectors of its own of it.
        found = cluster_units(asked.stored.vectors(asked.keep, asked.place), asked.langs, asked.keys, asked.settings,
                              asked.means)
        self._clustering, self._keys, self._settings, self.vectors = found, asked.keys, asked.settings, found.vectors
        return Found(found.labels, found.strength, len(found.passes), found.sampled)

    def find_and_store(self, asked: Clustered, path: Path) -> Found:
        """The same, with the vectors as clustered at ``path``. Raises StorageError when the disk is full."""
        import numpy as np

        found = self.find(asked)
        assert self.vectors is not None
        with storage(path), path.open("wb") as file:
            np.save(file, self.vectors)
        trim()
        return found

    def measure(self) -> Measured:
        """How steady what was found is."""
        found, keys, how = self._clustering, self._keys, self._settings
        assert found is not None
        self._clustering, self._keys = None, []
        return Measured(measure_stability(found, keys, how).clusters.tolist(), found.distance, border_cases(found, how))


class Call(NamedTuple):
    """A method of `Finder` and what it is given."""

    name: str
    given: tuple[Any, ...] = ()


def work() -> None:
    """Does the calls that come; answers each with `Answer`."""
    serve(_ready)


def _ready() -> Callable[[Call], Any]:
    import torch

    from painpoints.encode import usable_cores

    torch.set_num_threads(usable_cores())
    finder = Finder()
    return lambda call: getattr(finder, call.name)(*call.given)


class Clusters:
    """Clusters of units of the run in ``folder``; beyond the size up to which every pair is looked at, found in a
    process of its own, unless there may be no ``processes``. That one, and what it leaves, ends with the context.

    ``memory`` is the most (MB) that it has held, 0 where there was none.
    """

    def __init__(self, folder: RunFolder, processes: bool) -> None:
        self._run, self._path, self._processes = folder.path, folder.scratch(ALIGNED), processes
        self._here: Finder | None = None
        self._child: Child | None = None
        self.memory = 0

    def __enter__(self) -> Clusters:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        self._here = None
        self._stop()
        self._path.unlink(missing_ok=True)

    def find(self, asked: Clustered) -> Found:
        """The clusters of the units ``asked``. Raises WorkerError when the process for it comes to an end."""
        if not self._processes or len(asked.keys) <= asked.settings.exact:
            self._here = Finder()
            return self._here.find(asked)
        self._child = Child(work, alone=True)
        found: Found = self._told(self._child, Call("find_and_store", (asked, self._path)))
        return found

    def vectors(self) -> np.ndarray:
        """The vectors (n, d) float32 as they were clustered; those of another process are read anew every time, and
        nobody but the caller holds them."""
        import numpy as np

        if self._here is not None:
            assert self._here.vectors is not None
            return self._here.vectors
        # Not mapped: clusters lie all over the file, and a disk that gives page by page would take many minutes.
        return np.asarray(np.load(self._path))

    def measure(self) -> Measured:
        """How steady what was found is. Raises what `find` raises; of the clustering only the vectors stay."""
        if self._here is not None:
            return self._here.measure()
        assert self._child is not None
        measured: Measured = self._told(self._child, Call("measure"))
        self._stop()
        return measured

    def _told(self, child: Child, call: Call) -> Any:
        child.send(call)
        try:
            answer = self._answer(child)
        except EOFError:
            raise WorkerError(
                f"The process that looks for pain points ended {child.ending()}.",
                hint="If memory was short, free some. What is judged is kept: painpoints mine --resume "
                     f"{self._run}") from None
        self.memory = answer.memory
        if answer.error is not None:
            raise answer.error
        return answer.result

    def _answer(self, child: Child) -> Answer:
        # Once polars has been at work, Ctrl-C ends no wait for a pipe.
        with ThreadPoolExecutor(1, "clusters") as line:
            coming = line.submit(child.receive)
            try:
                while not wait([coming], LOOK).done:
                    pass
            except BaseException:
                child.stop()  # or there would be no end to the thread
                raise
            answer: Answer = coming.result()
        return answer

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None
