"""A digest as JSON and back: keys in a fixed order, days as ISO dates, no number that JSON does not know.

Only ``growth`` may be infinite, where there was no mention before: its ``value`` and ``high`` are then null and
``from_nothing`` is true; where there is a value and no upper bound, ``high`` alone is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from painpoints.errors import InputError
from painpoints.report.digest.model import Digest, Interval, PainPointNews

SCHEMA = 1
"""The version of the form; another one when a key goes or changes its meaning, the same when one is added."""


def digest_json(digest: Digest) -> str:
    """``digest`` as indented JSON with ``schema`` in front."""
    content = {"schema": SCHEMA, **_plain(digest)}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_digest(text: str) -> Digest:
    """The digest that `digest_json` wrote. Raises InputError for anything else."""
    try:
        content = json.loads(text)
        schema = content["schema"]
        if schema == SCHEMA:
            digest: Digest = _read(Digest, content)
            return digest
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("This is no digest in JSON.", hint="Give one that painpoints digest wrote.") from None
    raise InputError(f"This digest has schema {schema!r}; known here: {SCHEMA}.", hint="Install a newer painpoints.")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, PainPointNews) and value.growth is not None:
            content["growth"]["from_nothing"] = math.isinf(value.growth.value)
        return content
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isinf(value):
        return None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def _read(kind: Any, value: Any) -> Any:
    """``value`` as the type ``kind`` of the model."""
    if isinstance(kind, UnionType):
        if value is None:
            return None
        return _read(next(part for part in get_args(kind) if part is not NoneType), value)
    if kind is Interval:
        return Interval(*(float("inf") if value[name] is None else float(value[name])
                          for name in ("value", "low", "high")))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        # Keys that came into the form later have a default; without another one the dataclass cannot be made.
        return kind(**{name: _read(hint, value[name]) for name, hint in hints.items() if name in value})
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        kinds = [parts[0]] * len(value) if parts[-1] is Ellipsis else parts
        return tuple(_read(part, item) for part, item in zip(kinds, value, strict=True))
    if kind is date:
        return date.fromisoformat(value)
    if kind is float:
        return float(value)
    return dict(value) if get_origin(kind) is dict else value
