"""How many worker processes an input is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from painpoints.config import Settings
from painpoints.encode import usable_cores
from painpoints.read import StdinMark, expand_inputs

LEAST_DOCUMENTS = 2_000
"""Documents from which on workers take less time than they need to start."""
LEAST_BYTES = 500_000
"""The same for files of which nobody knows how many documents they hold."""


def workers_for(settings: Settings, documents: int) -> int:
    """Worker processes for so many ``documents``: as the settings have it, else one a core, or none for a few."""
    if settings.workers is not None:
        return settings.workers
    return usable_cores() if documents >= LEAST_DOCUMENTS else 0


def workers_for_files(settings: Settings, inputs: Sequence[str | Path]) -> int:
    """The same for what is to be read from ``inputs``. Raises InputError for a name that is not there."""
    if settings.workers is not None:
        return settings.workers
    size = 0
    for file in expand_inputs(inputs):
        size += LEAST_BYTES if isinstance(file, StdinMark) else file.stat().st_size
    return usable_cores() if size >= LEAST_BYTES else 0
