"""What of the machine this process may use: memory and processors, as container, group or user limit them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from painpoints.errors import UsageError

_ROOT = Path("/")
_SHARE = 0.8
_UNITS = {"": 2**20, "m": 2**20, "g": 2**30, "t": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:([mgt])i?b?)?\s*", re.IGNORECASE)
LEAST_MEMORY = 3 * 2**29
"""Bytes below which the encoder and one window of texts do not fit."""
_OWN = 5 * 2**28
"""Bytes of a process with the encoder, before it has read a text."""
_WORKER = 2**29
_DOCUMENT = 2**16
"""Bytes of a document of some opinions under way: text, places, vectors, judgements, in every stage at once."""


@dataclass(frozen=True)
class Room:
    """How much may be under way: ``documents`` in all, in at most ``workers`` processes besides this one."""

    documents: int
    workers: int


def memory_limit(asked: str | None = None, root: Path = _ROOT) -> int | None:
    """Bytes this run may take: as ``asked`` ("4GB", "800 MB"), else 80 % of what there is; None if nobody tells.

    Raises UsageError for what is no size.
    """
    if asked is not None:
        return parsed_size(asked)
    there = memory_there(root)
    return None if there is None else int(there * _SHARE)


def parsed_size(said: str) -> int:
    """Bytes of a size as people write it, MB where they name no unit. Raises UsageError."""
    found = _SIZE.fullmatch(said)
    size = int(float(found[1]) * _UNITS[(found[2] or "").lower()]) if found else 0
    if size < LEAST_MEMORY:
        raise UsageError(f"memory cannot be {said!r}.",
                         hint=f"Give a size such as 4GB, of at least {LEAST_MEMORY // 2**20} MB.")
    return size


def room_in(limit: int | None, workers: int) -> Room:
    """What fits into ``limit`` bytes, of so many ``workers`` wanted; at least some hundred documents fit."""
    if limit is None:
        return Room(10**9, workers)
    spare = max(0, limit - _OWN)
    fitting = min(workers, int(spare * 0.6 // _WORKER))
    return Room(max(200, (spare - fitting * _WORKER) // (2 * _DOCUMENT)), fitting)


def memory_there(root: Path = _ROOT) -> int | None:
    """Bytes of memory: the machine's, or the least that any group around this process grants; None if not told."""
    limits = [*_machine(root)]
    for place in _group_files(root, "memory", "memory.max", "memory.limit_in_bytes"):
        value = _read(place).split()
        if value and value[0].isdigit():
            limits.append(int(value[0]))
    return min(limits) if limits else None


def quota(root: Path = _ROOT) -> float | None:
    """Processors' worth of time that the groups around this process grant; None without a limit."""
    shares = []
    for place in _group_files(root, "cpu", "cpu.max", "cpu.cfs_quota_us"):
        told = _read(place).split()
        if place.name == "cpu.cfs_quota_us":
            told += _read(place.with_name("cpu.cfs_period_us")).split()
        if len(told) == 2 and told[0].isdigit() and told[1].isdigit() and int(told[1]):
            shares.append(int(told[0]) / int(told[1]))
    return min(shares) if shares else None


def _machine(root: Path) -> Iterator[int]:
    if found := re.findall(r"MemTotal:\s+(\d+)", _read(root / "proc/meminfo")):
        yield int(found[0]) * 1024
    elif root == _ROOT and hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _group_files(root: Path, controller: str, second: str, first: str) -> Iterator[Path]:
    """Files of a controller, in this process's group and all around it: named ``second`` in groups of the second kind,
    ``first`` in those of the first. Inside a container its own group may stand at the top."""
    base = root / "sys/fs/cgroup"
    own = {"": "/"}
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2) if line.count(":") >= 2 else ("", "none", "/")
        own |= dict.fromkeys(names.split(","), path)
    for name in _and_around(own[""]):
        yield base / name / second
    for folder in dict.fromkeys((controller, "cpu,cpuacct" if controller == "cpu" else controller)):
        for name in _and_around(own.get(controller, "/")):
            yield base / folder / name / first


def _and_around(path: str) -> Iterator[str]:
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for length in range(len(parts), -1, -1):
        yield "/".join(parts[:length])


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
