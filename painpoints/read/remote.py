"""Files at an address, such as s3://bucket/dump.parquet, by way of fsspec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from painpoints.errors import InputError, MissingExtraError, PainpointsError, UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_LOCAL = "file://"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file at an address."""

    url: str

    def __str__(self) -> str:
        return self.url

    def fetch(self, path: Path) -> None:
        """Copies the file to ``path``. Raises InputError when it is not to be had."""
        with reached(self.url):
            system, place = filesystem(self.url)
            system.get_file(place, str(path))


def is_remote(name: object) -> bool:
    """Whether ``name`` is an address of another place than this machine's files."""
    return isinstance(name, str) and _ADDRESS.match(name) is not None and not name.lower().startswith(_LOCAL)


def local_name(name: str) -> str:
    """``name``, or the path that a file:// address stands for."""
    return unquote(name[len(_LOCAL):]) if name.lower().startswith(_LOCAL) else name


def filesystem(url: str) -> tuple[AbstractFileSystem, str]:
    """Where ``url`` leads, and the path there.

    Raises UsageError for an address of no kind that is known, or with a password in it, which would be kept with the
    run; MissingExtraError when the package for it is absent.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError(f"{parts.scheme}://: an address with a user or password in it would be kept with the run.",
                         hint="Give the access through the environment, for S3 as AWS_ACCESS_KEY_ID and "
                              "AWS_SECRET_ACCESS_KEY.")
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise MissingExtraError("fsspec", "s3", f"{parts.scheme}://") from None
    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        if parts.scheme.lower() in ("s3", "s3a"):
            raise MissingExtraError("s3fs", "s3", "s3://") from None
        raise UsageError(f"{parts.scheme}://: a package for such addresses is missing.", hint=f"{error}.") from None
    except ValueError:
        raise UsageError(f"{url}: addresses of the kind {parts.scheme}:// are not known.",
                         hint="For instance s3://bucket/reviews.csv.") from None
    return system, str(path)


def files_at(url: str, readable: Any) -> list[RemoteFile]:
    """The file at ``url``; those that a pattern (*) means; or all below a folder whose name ``readable`` accepts.

    Raises InputError when nothing is there or the place cannot be reached, and what `filesystem` raises.
    """
    with reached(url):
        system, path = filesystem(url)
        if any(mark in path for mark in "*?["):
            found = sorted(system.glob(path))
        elif system.isfile(path):
            return [RemoteFile(url)]
        else:
            found = sorted(name for name in system.find(path) if readable(name))
        if not found:
            raise InputError(f"{url}: no file to read there.")
        return [RemoteFile(system.unstrip_protocol(name)) for name in found]


@contextmanager
def reached(url: str, kind: type[PainpointsError] = InputError, failed: str = "could not be reached") -> Iterator[None]:
    """Turns what goes wrong on the way to ``url`` into a ``kind`` of error that says which way it ``failed``."""
    try:
        yield
    except PainpointsError:
        raise
    except FileNotFoundError:
        raise kind(f"{url}: nothing is there.") from None
    except Exception as error:  # every kind of store has its own, whose words may hold who asked and with what
        raise kind(f"{url}: {failed} ({type(error).__name__}).",
                   hint="Look at the address and at the access; for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, "
                        "for a store of your own, AWS_ENDPOINT_URL.") from None
