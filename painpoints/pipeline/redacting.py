"""What takes personal data out of the input, as the settings have it, and what is said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.pipeline.keys import user_secret, value_key

if TYPE_CHECKING:
    from painpoints.text import Redactor


def redactor_of(settings: Settings) -> Redactor | None:
    """The redactor that ``settings`` ask for, None where personal data stay.

    Raises UsageError for an unknown kind, a pattern that cannot be read or a wrong ``names``, ModelError for a pipeline
    or function that cannot be loaded.
    """
    if not settings.redact:
        return None
    from painpoints.pipeline.personnames import names_hook
    from painpoints.text import DEFAULT_KINDS, Redactor

    names = None if settings.names is None else names_hook(settings.names)
    kinds = frozenset(settings.redact_kinds) or DEFAULT_KINDS
    return Redactor(kinds if names is None else kinds | {"name"}, key=value_key(user_secret().secret),
                    style="symbols" if settings.redact_style == "symbols" else "words", keep=settings.keep_numbers,
                    names=names, brands=[name for name in settings.brands if name.strip()])


def redaction_notes(settings: Settings) -> list[str]:
    """Sentences for stderr and the manifest: what is not as by default."""
    notes = []
    if not settings.redact:
        notes.append("Personal data stay in what is stored and shown: redaction is off.")
    secret = user_secret()
    if not secret.kept:
        notes.append(f"Pseudonyms hold for this run only: {secret.why}. Set PAINPOINTS_KEY to keep them.")
    return notes


def redaction_record(settings: Settings, plans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the manifest says of redaction: under ``redacted`` how many values of each kind, None where it is off."""
    if not settings.redact:
        return {"redacted": None, "redaction": {"on": False}}
    return {"redacted": taken_out([plan.get("redacted") for plan in plans]), "redaction": {
        "on": True, "kinds": list(settings.redact_kinds) or "default", "style": settings.redact_style,
        "keep_numbers": len(settings.keep_numbers), "pseudonyms_kept": user_secret().kept,
        "names": settings.names or "not looked for"}}


def named_inputs(source: Any, settings: Settings) -> list[str]:
    """The names of the files in ``source`` as they may be kept; none of a frame."""
    from painpoints.read import TableRedaction

    table = TableRedaction(redactor_of(settings))
    return [table.name(str(item)) for item in source] if isinstance(source, list | tuple) else []


def taken_out(counts: Iterable[Mapping[str, int] | None]) -> dict[str, int]:
    """How many values of each kind in all."""
    found: Counter[str] = Counter()
    for each in counts:
        found.update(each or {})
    return dict(sorted(found.items()))
