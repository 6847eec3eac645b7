"""The random number on which every address in a cache of vectors depends: with it, all that is kept goes."""

from __future__ import annotations

import os
import secrets
import shutil
from hashlib import blake2b
from pathlib import Path

from painpoints.encode.vectorcache.segment import ENDING

_FILE = "generation"
_BYTES = 32


def generation(root: Path) -> bytes:
    """The number of the cache in ``root``, made when there is none. Raises OSError."""
    root.mkdir(0o700, parents=True, exist_ok=True)
    path = root / _FILE
    found = _read(path)
    if found is None:
        partial = root / f".{_FILE}-{secrets.token_hex(4)}"
        _write(partial)
        try:
            os.link(partial, path)  # whole, and only where no other process was quicker
        except OSError:
            if _read(path) is None:
                partial.replace(path)
        partial.unlink(missing_ok=True)
        found = _read(path)
    if found is None:
        raise OSError(f"{path} cannot be kept")
    return found


def name_of(number: bytes) -> str:
    """The beginning of the names of a generation's folders."""
    return blake2b(number, digest_size=4, person=b"painpoints").hexdigest()


def drop_vectors(root: Path) -> int:
    """Takes away all that the cache in ``root`` holds; how many bytes. What other processes still hold of it cannot
    be found by any later one. Raises OSError."""
    if not (root / _FILE).exists():
        return 0
    partial = root / f".{_FILE}-{secrets.token_hex(4)}"
    _write(partial)
    partial.replace(root / _FILE)
    dropped = sum(path.stat().st_size for path in root.glob(f"*/*{ENDING}"))
    for folder in folders(root):
        shutil.rmtree(folder)
    return dropped


def sweep(root: Path, number: bytes) -> None:
    """Removes the folders of other generations."""
    for folder in folders(root):
        if not folder.name.startswith(name_of(number)):
            shutil.rmtree(folder, ignore_errors=True)


def folders(root: Path) -> list[Path]:
    """The folders of the cache in ``root``; nothing else that may lie there."""
    parts = (path for path in root.iterdir() if path.is_dir())
    return sorted(path for path in parts if len(path.name) == 25 and path.name[8] == "-"
                  and not set(path.name.replace("-", "")) - set("0123456789abcdef"))


def _read(path: Path) -> bytes | None:
    try:
        found = bytes.fromhex(path.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return found if len(found) == _BYTES else None


def _write(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(secrets.token_hex(_BYTES))
        handle.flush()
        os.fsync(handle.fileno())
