"""The files under ``static`` by what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@cache
def prints() -> Mapping[str, str]:
    """A short hash of the contents of each file, by its path."""
    return dict(_printed(resources.files("painpoints.triage.web").joinpath("static")))


def _printed(folder: Traversable, before: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _printed(entry, f"{before}{entry.name}/")
        else:
            yield f"{before}{entry.name}", hashlib.sha256(entry.read_bytes()).hexdigest()[:12]
