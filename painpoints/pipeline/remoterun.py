"""A run that is to lie at an address: worked on in a folder of this machine, and taken there when it is whole.

At the address ``run.json`` says from the beginning that the place is taken, and by whom; ``manifest.json`` comes last.
Whoever waits for the manifest therefore reads a whole run or none, as in any run folder.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from painpoints.config import Settings
from painpoints.encode import cache_root
from painpoints.errors import PainpointsError, RunError
from painpoints.pipeline.progress import Progress, silent
from painpoints.read import is_remote, local_name
from painpoints.store import RemoteFolder, RunFolder, create_run, open_run, storage

_REQUEST, _MANIFEST = "run.json", "manifest.json"
_ADDRESS, _WORK, _MARK = "address", "work", "mark"
_TABLES = ("documents", "units", "painpoints", "campaigns", "conversations")


def create_remote_run(url: str, request: Mapping[str, Any], settings: Settings) -> RunFolder:
    """The folder of this machine in which a new run is worked on that is to lie at ``url``; the place is taken.

    Raises RunError when a run or anything else is there already or in the folder, StorageError for a store that does
    not let itself be written to.
    """
    there = RemoteFolder(url)
    if names := there.names():
        if _REQUEST not in names:
            raise RunError(f"{there.url}: there are files that are not of a run.", hint="Name another place with -o.")
        raise RunError(f"{there.url}: holds {'a finished' if _MANIFEST in names else 'an interrupted'} run.",
                       hint="Name another place with -o." if _MANIFEST in names
                       else f"Go on with painpoints mine --resume {there.url}, or name another place with -o.")
    path = _workplace(there.url, settings.work)
    with storage(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = create_run(path, {**request, "output": {
        _ADDRESS: there.url, _WORK: str(path), _MARK: secrets.token_hex(8)}})
    try:
        there.put(_REQUEST, path / _REQUEST)
    except PainpointsError:
        folder.discard()
        raise
    return folder


def working_folder(named: str | Path) -> Path:
    """The folder of this machine in which the run at ``named`` is worked on: itself, where it is no address.

    Raises RunError when no run was begun at the address, or not on this machine; StorageError.
    """
    if not is_remote(str(named)):
        return Path(local_name(str(named)))
    there = RemoteFolder(str(named))
    if (request := there.read(_REQUEST)) is None:
        raise RunError(f"{there.url}: no run was begun there.", hint="Name the address that painpoints mine -o had.")
    begun = _said(request)
    path = Path(begun.get(_WORK, "."))
    if begun.get(_MARK) is None or _mark(path) != begun[_MARK]:
        raise RunError(f"{there.url}: the run was worked on in {path}, which is not here.",
                       hint="Go on where it was begun, or start it again at another address.")
    return path


def address_of(folder: RunFolder) -> str | None:
    """Where the run of ``folder`` is to lie, or None where that is the folder itself."""
    return folder.request["output"][_ADDRESS] if "output" in folder.request else None


def release(folder: RunFolder) -> None:
    """Gives the place at the address free, if a new run has taken one and came to nothing."""
    if (url := address_of(folder)) is not None:
        RemoteFolder(url).remove(_REQUEST)


def deliver(folder: RunFolder, progress: Progress = silent) -> None:
    """Takes a finished run to its address, if it has one, the manifest last, and removes it from this machine.

    What fails on the way can be done again. Raises RunError when somebody else has taken the place, StorageError.
    """
    if (url := address_of(folder)) is None:
        return
    there = RemoteFolder(url)
    begun = there.read(_REQUEST)
    if begun is not None and _said(begun).get(_MARK) != folder.request["output"][_MARK]:
        raise RunError(f"{url}: another run was begun there meanwhile.",
                       hint=f"This one lies in {folder.path}: copy it from there.")
    names = sorted(path.name for path in folder.path.iterdir() if path.is_file() and not path.name.startswith("."))
    names.remove(_MANIFEST)
    for done, name in enumerate([*names, _MANIFEST]):
        progress("upload", done, len(names) + 1)
        try:
            there.put(name, folder.path / name)
        except PainpointsError as error:
            raise type(error)(error.message, hint=f"{error.hint or ''} The run is whole; to take it there: "
                                                  f"painpoints mine --resume {url}".strip()) from None
    progress("upload", len(names) + 1, len(names) + 1)
    shutil.rmtree(folder.path, ignore_errors=True)


@contextmanager
def fetched(url: str) -> Iterator[RunFolder]:
    """The tables and the manifest of the finished run at ``url``, in a folder for the while.

    Raises RunError when there is none, StorageError.
    """
    there = RemoteFolder(url)
    names = there.names()
    if _MANIFEST not in names:
        raise RunError(f"{there.url}: {'the run did not finish' if _REQUEST in names else 'there is no run'}.",
                       hint=f"Go on with: painpoints mine --resume {there.url}" if _REQUEST in names
                       else "Name the address that painpoints mine -o had.")
    with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
        for name in (_REQUEST, _MANIFEST, *(f"{table}.parquet" for table in _TABLES)):
            if name in names:
                there.fetch(name, Path(scratch) / name)
        yield open_run(Path(scratch))


def finished_at(url: str) -> bool:
    """Whether a whole run lies at ``url``; what is left of it on this machine is then removed. Raises StorageError."""
    if _MANIFEST not in RemoteFolder(url).names():
        return False
    with suppress(RunError):
        shutil.rmtree(working_folder(url), ignore_errors=True)
    return True


def _workplace(url: str, work: str | None) -> Path:
    """Below the folder that is to be worked in, by default the user's cache, a name that only ``url`` has."""
    base = cache_root() / "runs" if work is None else Path(work).expanduser()
    name = re.sub(r"[^\w.-]+", "-", url.rpartition("/")[2]).strip(".-") or "run"
    return (base / f"{name}-{blake2b(url.encode(), digest_size=6).hexdigest()}").resolve()


def _said(request: bytes) -> dict[str, Any]:
    try:
        said = json.loads(request).get("output", {})
        return said if isinstance(said, dict) else {}
    except (ValueError, AttributeError):
        return {}


def _mark(path: Path) -> str | None:
    try:
        return _said((path / _REQUEST).read_bytes()).get(_MARK)
    except OSError:
        return None
