"""The secret of this user, kept outside every run folder and workspace, and the keys that are made from it.

Whoever has a run folder or a workspace alone cannot tell who wrote what, nor try which number is behind a pseudonym.
"""

from __future__ import annotations

import functools
import os
import secrets
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

_NEW_BYTES = 32
_lent: list[UserSecret] = []


class UserSecret(NamedTuple):
    """The secret, and whether it is there again for the next run; ``why`` says what stood in the way if it is not."""

    secret: bytes
    kept: bool
    why: str = ""


def user_secret() -> UserSecret:
    """$PAINPOINTS_KEY, else a random secret made once for this user in their folder of settings.

    Where that folder cannot be written, or holds something else, the secret holds for this process only.
    """
    if _lent:
        return _lent[0]
    given = os.environ.get("PAINPOINTS_KEY")
    if given:
        return UserSecret(given.encode(), True)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "painpoints"
    return _secret_in(home / "author.key")


def lend(secret: UserSecret) -> None:
    """Has `user_secret` give that of another process, for which this one works."""
    _lent[:] = [secret]


def author_key(secret: bytes) -> bytes:
    """The key of the authors' pseudonyms: the secret itself, as in workspaces that are older than `value_key`."""
    return secret


def value_key(secret: bytes) -> bytes:
    """The key of the pseudonyms of telephone numbers, addresses and other values: of no use for those of authors."""
    return _derived(secret, b"values")


def vector_key(secret: bytes) -> bytes:
    """The key of the addresses under which vectors are kept for later runs."""
    return _derived(secret, b"vectors")


def _derived(secret: bytes, purpose: bytes) -> bytes:
    root = secret if len(secret) <= 64 else blake2b(secret).digest()
    return blake2b(purpose, key=root, person=b"painpoints", digest_size=32).digest()


def _secret_in(path: Path) -> UserSecret:
    try:
        return UserSecret(_read(path), True)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        return UserSecret(_passing(), False, f"{path} cannot be read ({type(error).__name__})")
    new = secrets.token_bytes(_NEW_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(new.hex())
        return UserSecret(new, True)
    except FileExistsError:  # another process was quicker
        try:
            return UserSecret(_read(path), True)
        except (OSError, ValueError) as error:
            return UserSecret(_passing(), False, f"{path} cannot be read ({type(error).__name__})")
    except OSError as error:
        return UserSecret(_passing(), False, f"{path} cannot be written ({type(error).__name__})")


def _read(path: Path) -> bytes:
    secret = bytes.fromhex(path.read_text("ascii").strip())
    if not secret:
        raise ValueError("empty")
    return secret


@functools.cache
def _passing() -> bytes:
    """One secret for all files that this process reads."""
    return secrets.token_bytes(_NEW_BYTES)
