"""Files that people send: kept in a private folder of the workspace until they are added, or for a day.

No name from outside becomes a name on the disk: a file lies under a random number and an ending that is known.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from painpoints.errors import InputError, StorageError, UsageError, WorkspaceError
from painpoints.read import ROLES, Glimpse, glimpse, safe_ending, safe_endings, unpacked_size
from painpoints.store import storage, write_json
from painpoints.triage.people import same_person

if TYPE_CHECKING:
    from painpoints.config import Settings

E = TypeVar("E", bound=InputError)
FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
_UNPACKED = 10  # times the largest upload
_SPARE = 200 << 20  # bytes that stay free on the disk
_CHUNK = 1 << 18
_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST = 120
_FACTS = ".upload"  # no ending that a file may have
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_TEXTUAL = ("text", "title", "pros", "cons")


class TooLargeError(InputError):
    """A file that is larger than this workspace takes."""


@dataclass(frozen=True)
class Upload:
    """A file that was sent: ``name`` is what its sender called it, for showing; ``size`` in bytes, ``unpacked`` too;
    ``made`` in seconds since 1970."""

    id: str
    name: str
    ending: str
    size: int
    unpacked: int
    made: float
    who: str


@dataclass(frozen=True)
class Preview:
    """A `Glimpse` of an upload and what to tell about it: ``roles`` by column (see ``painpoints.read.ROLES``), ``kept``
    and ``left_out`` columns, codes of ``warnings``."""

    upload: Upload
    glimpse: Glimpse
    roles: Mapping[str, str]
    left_out: Collection[str]
    warnings: tuple[str, ...]

    @property
    def text(self) -> str | None:
        """The column that the texts are in."""
        named = {role: column for column, role in self.roles.items()}
        return next((named[role] for role in _TEXTUAL if role in named), None)


class Uploads:
    """The uploads of the workspace in ``workspace``, each of at most ``most`` bytes."""

    def __init__(self, workspace: Path, most: int) -> None:
        self.most = most
        self._folder = workspace / FOLDER
        self._columns: dict[str, tuple[str, ...]] = {}
        self._talks: dict[str, bool] = {}

    def take(self, stream: BinaryIO, name: str, who: str) -> Upload:
        """Keeps what ``stream`` holds. Raises UsageError for a kind of file that is not taken, TooLargeError,
        InputError for what cannot be read, StorageError when the disk is full; nothing is kept then."""
        shown = shown_name(name)
        ending = safe_ending(shown)
        if ending is None:
            raise UsageError(f"{shown}: this kind of file is not taken.",
                             hint=f"Readable are {', '.join(safe_endings())}; texts also as .gz and .zst.")
        self._make_folder()
        self.sweep()
        number = secrets.token_hex(16)
        path = self._folder / f"{number}{ending}"
        try:
            size = self._write(stream, path, shown)
            unpacked = unpacked_size(path, self.most * _UNPACKED, name=shown)
            upload = Upload(number, shown, ending, size, unpacked, time.time(), who)
            write_json(self._folder / f"{number}{_FACTS}", asdict(upload))
            (self._folder / f"{number}{_FACTS}").chmod(0o600)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return upload

    def find(self, number: str, who: str | None = None) -> Upload:
        """The upload with an id; with ``who`` only one that they sent. Raises WorkspaceError where there is none, or no
        longer."""
        if _ID.fullmatch(number):
            try:
                found = Upload(**json.loads((self._folder / f"{number}{_FACTS}").read_text("utf8")))
                if who is None or same_person(found.who, who):
                    return found
            except (OSError, ValueError, TypeError):
                pass
        raise WorkspaceError("This file is not there any more.", hint="Send it again.")

    def path(self, upload: Upload) -> Path:
        """Where an upload lies."""
        return self._folder / f"{upload.id}{upload.ending}"

    def preview(self, upload: Upload, settings: Settings, roles: Mapping[str, str] | None = None) -> Preview:
        """What would be understood of an upload, or of it with the ``roles`` that a person gave its columns.

        Raises InputError for one that cannot be read, UsageError for roles that no column or two columns have.
        """
        from painpoints.pipeline import read_options

        if roles is not None and self.holds_conversations(upload, settings):
            roles = None
        given: dict[str, Any] = {} if roles is None else role_settings(roles)
        options = read_options(replace(settings, **given))
        try:
            seen = glimpse(self.path(upload), options, size=upload.unpacked)
        except InputError as error:
            raise renamed(error, self.path(upload), upload.name) from None
        self._columns[upload.id] = seen.columns
        talks = seen.plan is not None and seen.plan.transcript is not None
        if roles is None:
            self._talks[upload.id] = talks
        if seen.problem is not None:
            seen = replace(seen, problem=renamed(seen.problem, self.path(upload), upload.name))
        found = {} if seen.plan is None else {column.name: role for role, column in seen.plan.columns.items()
                                              if role in ROLES}
        if seen.plan is None and roles is not None:
            found = {column: role for column, role in roles.items() if role and column in seen.columns}
        left_out = () if seen.plan is None else seen.plan.left_out
        return Preview(upload, seen, found, left_out, tuple(_warnings(seen, found, left_out)))

    def holds_conversations(self, upload: Upload, settings: Settings) -> bool:
        """Whether an upload holds conversations, whose columns have no roles to settle. Raises InputError."""
        if upload.id not in self._talks:
            self.preview(upload, settings)
        return self._talks[upload.id]

    def columns(self, upload: Upload, settings: Settings) -> tuple[str, ...]:
        """The columns of an upload, without looking again at one that was looked at. Raises InputError."""
        return self._columns.get(upload.id) or self.preview(upload, settings).glimpse.columns

    def remove(self, number: str) -> None:
        """Removes an upload, if it is still there."""
        if not _ID.fullmatch(number):
            return
        self._columns.pop(number, None)
        self._talks.pop(number, None)
        for path in self._folder.glob(f"{number}.*"):
            path.unlink(missing_ok=True)

    def sweep(self, kept: Collection[str] = ()) -> int:
        """Removes what was sent a day ago or longer, but for the ids ``kept``; how many files that were."""
        if not self._folder.is_dir():
            return 0
        gone = 0
        for path in self._folder.iterdir():
            old = time.time() - path.stat().st_mtime > KEPT_SECONDS
            if old and path.name[:32] not in kept and _ID.fullmatch(path.name[:32]):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _make_folder(self) -> None:
        with storage(self._folder):
            self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._folder.is_symlink() or not self._folder.is_dir():
            raise StorageError(f"{self._folder}: is no folder.", hint="Remove it.")

    def _write(self, stream: BinaryIO, path: Path, shown: str) -> int:
        size = 0
        with storage(path):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as file:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > self.most:
                        raise TooLargeError(f"{shown}: is larger than {self.most / 1e6:,.0f} MB.",
                                            hint="Split it, pack it with gzip, or add it with painpoints add.")
                    if shutil.disk_usage(self._folder).free < _SPARE:
                        raise StorageError(f"{path.parent}: the disk is almost full.", hint="Free some space.")
                    file.write(chunk)
        return size


def shown_name(name: str) -> str:
    """The last part of a file's name as its sender wrote it, without what could not be shown. Raises UsageError."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(c for c in last if unicodedata.category(c) not in _UNSHOWN or c == "\u200c")
    plain = " ".join(plain.split())
    if not plain.strip(". "):
        raise UsageError("The file has no name.", hint="Give it one, with an ending such as .csv.")
    stem, dot, rest = plain.partition(".")
    return plain if len(plain) <= _LONGEST else f"{stem[:_LONGEST - 20]}…{dot}{rest[-18:]}"


def role_settings(roles: Mapping[str, str]) -> dict[str, str]:
    """The settings that ``roles`` by column make: every role is settled, those that no column has as "". Raises
    UsageError for a role that is none or that two columns have."""
    chosen: dict[str, str] = {}
    for column, role in roles.items():
        if not role:
            continue
        if role not in ROLES:
            raise UsageError(f"{role!r} is no role of a column.", hint=f"Use one of: {', '.join(ROLES)}.")
        if role in chosen:
            raise UsageError(f"Two columns cannot both be the {role}: {chosen[role]!r} and {column!r}.",
                             hint="Choose one of them.")
        chosen[role] = column
    if not any(role in chosen for role in _TEXTUAL):
        raise UsageError("No column holds the texts.", hint="Choose one as the text.")
    return {role: chosen.get(role, "") for role in ROLES}


def renamed(error: E, path: Path, name: str) -> E:
    """``error`` with the name that the sender gave in place of where the file lies."""
    return type(error)(error.message.replace(str(path), name), hint=error.hint)


def _warnings(seen: Glimpse, roles: Mapping[str, str], left_out: Collection[str]) -> list[str]:
    held = set(roles.values())
    plan = seen.plan
    talks = plan is not None and plan.transcript is not None
    told = {
        "no_text": not talks and not held & set(_TEXTUAL),
        "no_time": "time" not in held and not (plan is not None and talks and plan.time_format is not None),
        "unread_time": plan is not None and "time" in plan.columns and plan.time_format is None,
        "unread_rating": plan is not None and "rating" in plan.columns and plan.rating_scale is None,
        "no_header": not talks and not seen.header and len(seen.columns) > 1,
        "one_column": len(seen.columns) == 1 and seen.header,
        "damaged_encoding": plan is not None and any(note.startswith("encoding:") for note in plan.notes),
        "several_sheets": plan is not None and any(note.startswith("sheet ") for note in plan.notes),
        "people_left_out": bool(left_out),
        "few_rows": seen.exact and seen.total < 20,
    }
    return [code for code, true in told.items() if true]
