"""Files that are one input together: the single mails of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from painpoints.read.bytestream import ByteSource, compression_of, unreadable
from painpoints.read.inputs import StdinMark, suffix_of
from painpoints.read.remote import RemoteFile


@dataclass(frozen=True, slots=True)
class Bundle:
    """Mails that are put into threads together."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return f"{self.paths[0].parent} ({len(self.paths)} mails)"

    def sources(self) -> list[ByteSource]:
        """The files' bytes, in order. Raises InputError for one that is not to be had."""
        found = []
        for path in self.paths:
            try:
                found.append(ByteSource(str(path), path, compression_of(path)))
            except OSError as error:
                raise unreadable(str(path), error) from error
        return found


def bundled(items: Sequence[Path | StdinMark | RemoteFile]) -> list[Path | StdinMark | RemoteFile | Bundle]:
    """The items, where several of them are single mails with these as one, in the place of the first."""
    mails = [item for item in items if isinstance(item, Path) and suffix_of(item.name) == ".eml"]
    if len(mails) < 2:
        return list(items)
    found: list[Path | StdinMark | RemoteFile | Bundle] = []
    for item in items:
        if item == mails[0]:
            found.append(Bundle(tuple(mails)))
        elif item not in mails:
            found.append(item)
    return found
