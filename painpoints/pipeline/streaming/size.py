"""How many worker processes an input is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painpoints.config import Settings
from painpoints.encode import memory_limit, room_in, usable_cores
from painpoints.read import expand_inputs

LEAST_DOCUMENTS = 2_000
"""Documents from which on workers take less time than they need to start."""
LEAST_BYTES = 500_000
"""The same for files of which nobody knows how many documents they hold."""
FEW_BYTES = 100_000
"""From here on one process is worth it: it reads and cuts while this one loads the models."""


def workers_for(settings: Settings, documents: int) -> int:
    """Worker processes for so many ``documents``: as the settings have it, else one a core, or none for a few."""
    if settings.workers is not None:
        return settings.workers
    return _fitting(settings) if documents >= LEAST_DOCUMENTS else 0


def workers_for_source(settings: Settings, source: Sequence[str | Path] | Any) -> int:
    """The same for paths, or one frame; for files not large one already, if there is a core for it.

    Raises InputError for a name that is not there.
    """
    return (_workers_for_files(settings, source) if isinstance(source, list | tuple) else
            workers_for(settings, len(source)))


def window_for(settings: Settings, workers: int, most: int) -> int:
    """Documents that are encoded together: ``most``, or as many as fit into the memory beside so many ``workers``."""
    return min(most, room_in(memory_limit(settings.memory), workers).documents)


def _workers_for_files(settings: Settings, inputs: Sequence[str | Path]) -> int:
    """As `workers_for_source`, of what is to be read from ``inputs``."""
    if settings.workers is not None:
        return settings.workers
    size = 0
    for file in expand_inputs(inputs):
        size += file.stat().st_size if isinstance(file, Path) else LEAST_BYTES
    if size >= LEAST_BYTES:
        return _fitting(settings)
    return min(1, _fitting(settings)) if size >= FEW_BYTES and usable_cores() > 1 else 0


def _fitting(settings: Settings) -> int:
    """One process a core, as far as the memory goes."""
    return room_in(memory_limit(settings.memory), usable_cores()).workers
