"""What a filter names: a code, or its name in any language, in any spelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from painpoints.errors import UsageError
from painpoints.triage.spelling import name_key

_MOST_NAMED = 12


def choice(option: str, given: str, known: Mapping[str, Iterable[str]]) -> str:
    """The code that ``given`` is, or is a name of. Raises UsageError with the nearest code that there is."""
    if given in known:
        return given
    wanted = name_key(given)
    for code, names in known.items():
        if wanted in map(name_key, names):
            return code
    near = difflib.get_close_matches(given.casefold(), [code for code in known if len(code) > 2], 1)
    named = ", ".join(sorted(known)[:_MOST_NAMED]) + (", ..." if len(known) > _MOST_NAMED else "")
    raise UsageError(f"{option} cannot be {given!r}.",
                     hint=(f"Did you mean {near[0]!r}? " if near else "") + f"Known: {named or 'none'}.")

