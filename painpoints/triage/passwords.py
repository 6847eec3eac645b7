"""Passwords: which will do, and how they are kept: as argon2id hashes, never as they are."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from painpoints.errors import MissingExtraError, UsageError
from painpoints.triage.spelling import name_key

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 1024
_LEAST_DIFFERENT = 4


def checked_password(password: str, name: str) -> str:
    """``password`` as it is hashed, when it will do for ``name``. Raises UsageError, which never repeats it."""
    plain = prepared(password)
    if len(plain) < SHORTEST:
        raise UsageError(f"A password of fewer than {SHORTEST} characters is too short.",
                         hint="Take a few words that do not belong together.")
    if len(plain) > LONGEST:
        raise UsageError(f"A password of more than {LONGEST:,} characters is too long.", hint="Take a shorter one.")
    rest = plain.casefold().replace(name.casefold(), "")
    if name_key(plain) == name_key(name) or len(set(rest)) < _LEAST_DIFFERENT or plain.casefold() in _common():
        raise UsageError("This password would soon be guessed.",
                         hint="Take a few words that do not belong together, and not the name.")
    return plain


def prepared(password: str) -> str:
    """``password`` as every keyboard writes it (RFC 8265, OpaqueString): NFC, one kind of space."""
    return unicodedata.normalize("NFC", "".join(" " if unicodedata.category(c) == "Zs" else c for c in password))


def hashed(password: str) -> str:
    """The argon2id hash of a prepared password, with its salt and parameters."""
    return hasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one of the hash ``kept``; None, of nobody, takes the same time and is never it."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = hasher().verify(nobodys() if kept is None else kept, prepared(password)[:LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than new ones are."""
    return hasher().check_needs_rehash(kept)


@cache
def hasher() -> PasswordHasher:
    """argon2id with the parameters of RFC 9106 for machines with little memory: 64 MiB, 3 passes.

    Raises MissingExtraError.
    """
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise MissingExtraError("argon2-cffi", "web", "Keeping passwords") from error
    return PasswordHasher()


@cache
def nobodys() -> str:
    """A hash that belongs to nobody, made as all are."""
    return hashed("nobody has this password")


@cache
def _common() -> frozenset[str]:
    text = resources.files("painpoints.triage").joinpath("common_passwords.txt").read_text("utf8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))
