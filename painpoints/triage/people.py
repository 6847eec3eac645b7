"""Who works in the queue: a name that people give themselves, the same however it is spelt."""

from __future__ import annotations

import getpass
import os
import unicodedata
from collections.abc import Iterable

from painpoints.errors import UsageError
from painpoints.triage.spelling import has_controls, name_key

VARIABLE = "PAINPOINTS_USER"
_LONGEST = 80


def person(given: str | None = None) -> str:
    """The name of who is at work: the one ``given``, else $PAINPOINTS_USER, else the login name.

    Raises UsageError for a name that is none, and where nothing tells one.
    """
    if given is not None:
        return named(given)
    if os.environ.get(VARIABLE):
        return named(os.environ[VARIABLE])
    try:
        return named(getpass.getuser())
    except (KeyError, OSError, ImportError):
        raise UsageError("Nobody knows who you are.", hint=f"Give your name with --as NAME or in {VARIABLE}.") from None


def named(name: str) -> str:
    """``name`` on one line. Raises UsageError where nothing is left of it, or too much."""
    plain = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(character.isalnum() for character in plain):
        raise UsageError("A name without a letter is none.", hint="Give a name, for instance sara.")
    if len(plain) > _LONGEST:
        raise UsageError(f"A name of {len(plain)} letters is too long.", hint=f"Give one of at most {_LONGEST}.")
    if has_controls(plain):
        raise UsageError("A name cannot hold control characters.", hint="Type it anew.")
    return plain


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names are one person's: ي or ی, ZWNJ or not, capitals or not."""
    return one is not None and other is not None and name_key(one) == name_key(other)


def as_known(name: str, known: Iterable[str]) -> str:
    """``name`` as it is spelt among those ``known``, or as it is where it is new."""
    key = name_key(name)
    return name if name in (spelt := sorted(known)) else next((one for one in spelt if name_key(one) == key), name)

