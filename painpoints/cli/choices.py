"""Values an option may take, for completion in the shell and for the nearest match to a misspelt one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from painpoints.config import DETAILS, ENGINES, KINDS, PRECISIONS, RATING_SCALES, REPORT_LANGUAGES, SCOPES, WEEK_STARTS
from painpoints.errors import UsageError


def values_of(option: str) -> tuple[str, ...]:
    """What ``option`` (framework, lang, cluster, detail, precision, kind, rating_scale, preset, week_start, engine) may
    be."""
    if option == "framework":
        from painpoints.taxonomy import load_taxonomy

        return tuple(load_taxonomy().frameworks)
    if option == "preset":
        from painpoints.read import presets

        return (*presets(), "none")
    return {"lang": REPORT_LANGUAGES, "cluster": SCOPES, "detail": DETAILS, "precision": PRECISIONS, "kind": KINDS,
            "rating_scale": RATING_SCALES, "week_start": WEEK_STARTS, "engine": ENGINES}[option]


def completing(option: str) -> Callable[[str], list[str]]:
    """What the shell asks for: the values of ``option`` that begin with what was typed."""
    def complete(incomplete: str) -> list[str]:
        return [value for value in values_of(option) if value.startswith(incomplete)]

    return complete


def check_choices(given: Mapping[str, Any]) -> None:
    """Raises UsageError for a value that its option does not take, with the nearest one that it does.

    Frameworks of a company's own taxonomy are checked when it is loaded.
    """
    for option in ("lang", "cluster", "detail", "precision", "kind", "rating_scale", "week_start", "preset", "engine",
                   "framework"):
        value = given.get(option)
        if value is None or (option == "framework" and given.get("taxonomy") is not None):
            continue
        known = values_of(option)
        if value not in known:
            # Among codes of two letters every code is near every other.
            near = difflib.get_close_matches(str(value).casefold(), [v for v in known if len(v) > 2], 1)
            raise UsageError(f"--{option.replace('_', '-')} cannot be {value!r}.",
                             hint=(f"Did you mean {near[0]!r}? " if near else "") + f"Known: {', '.join(known)}.")
