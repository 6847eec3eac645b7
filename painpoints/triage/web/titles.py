"""What a pain point is called for a reader: by a person's own title, else by that in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PERSON = "person"


def title_in(point: Mapping[str, Any], lang: str) -> str:
    """The title of ``point`` (a row of the state, or of ``painpoints.triage.pains``) for readers of ``lang``."""
    if point["named_by"] == PERSON:
        return str(point["title"])
    return str(titles_by_language(point).get(lang) or point["title"] or point["painpoint_id"])


def titles_by_language(point: Mapping[str, Any]) -> Mapping[str, str]:
    """The titles that a machine found for ``point``, each by its language."""
    titles = point["titles"]
    if isinstance(titles, Mapping):
        return titles
    return {entry["lang"]: entry["title"] for entry in json.loads(titles or "[]")}
