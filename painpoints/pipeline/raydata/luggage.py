"""The user's own files that workers need: they travel with the settings, so that no node need have them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from painpoints.config import Settings
from painpoints.errors import UsageError

_NAMED = ("taxonomy", "model", "spacy")
_MOST = 256 << 20


@dataclass(frozen=True)
class Luggage:
    """``settings`` as they were given, and by the name of a setting the file's name and bytes."""

    settings: Settings
    files: Mapping[str, tuple[str, bytes]]

    def unpacked(self) -> Settings:
        """The settings as they hold on this node, where the files now lie in a folder of their own."""
        if not self.files:
            return self.settings
        place = Path(tempfile.mkdtemp(prefix="painpoints-worker-"))
        there: dict[str, Any] = {}
        for setting, (name, content) in self.files.items():
            (place / setting).mkdir()
            (place / setting / name).write_bytes(content)
            there[setting] = str(place / setting / name)
        return replace(self.settings, **there)


def packed(settings: Settings) -> Luggage:
    """What workers need to load the models of ``settings``. Folders stay, and are named from the root.

    Raises UsageError for a file that is too large to travel.
    """
    files: dict[str, tuple[str, bytes]] = {}
    fixed: dict[str, Any] = {}
    for setting in _NAMED:
        value = getattr(settings, setting)
        path = None if value is None else Path(value).resolve()
        if path is not None and path.is_file():
            if path.stat().st_size > _MOST:
                raise UsageError(f"{path}: too large to send to workers ({path.stat().st_size >> 20} MB).",
                                 hint="Put it into a folder that all nodes have, and name the folder.")
            files[setting] = path.name, path.read_bytes()
        elif path is not None and path.is_dir():
            fixed[setting] = str(path)
    # Whoever is to be forgotten would not be, in caches on other machines.
    return Luggage(replace(settings, cache=False, **fixed), files)
