"""Which models made a workspace's vectors and judgements, and which generations of them are still on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.store import GENERATION, Generation, Reader, WorkspaceData

if TYPE_CHECKING:
    import numpy as np

    from painpoints.pipeline.models import Models

MADE_WITH, JUDGED_WITH = "vectors", "judgements"
_SPACE = ("encoder", "projection", "name", "dimension", "prefix", "max_tokens", "adapter")
"""What tells one space from another; the machine and its precision do not."""
_READ_FOR = dt.timedelta(days=1)


def vectors_made_with(models: Models) -> dict[str, Any]:
    """What the state says of the models that make clustering vectors."""
    return dict(models.as_dict()["clustering"])


def judged_with(models: Models) -> dict[str, Any]:
    """What the state says of the models that judge."""
    return {"heads": models.judge.heads.info.version, "adapter": models.encoder.info.adapter}


def same_space(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether vectors made with ``one`` and with ``other`` lie in one space."""
    return all(one.get(name) == other.get(name) for name in _SPACE)


def generations_kept(state: Reader, moment: str) -> set[Generation]:
    """The generations that may still be read at ``moment``: the one that holds and, for a day, the one before it, so
    that whoever was reading when the switch came can end."""
    kept = state.meta(GENERATION)
    if kept is None:
        return {Generation()}
    recent = dt.datetime.fromisoformat(moment) - dt.datetime.fromisoformat(kept["since"]) < _READ_FOR
    return {state.generation(), *([Generation(*kept["before"])] if recent else [])}


def stored_settings(state: Reader) -> Settings:
    """What the workspace works by."""
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in state.meta("settings").items() if name in known})


def from_anywhere(settings: Settings) -> Settings:
    """``settings`` whose files are found from any directory."""
    def there(name: str | None) -> str | None:
        return str(Path(name).resolve()) if name is not None and Path(name).exists() else name

    return replace(settings, taxonomy=there(settings.taxonomy), model=there(settings.model),
                   spacy=there(settings.spacy), names=there(settings.names),
                   cache_dir=settings.cache_dir and str(Path(settings.cache_dir).expanduser().resolve()))


def stored_means(settings: Settings) -> Mapping[str, np.ndarray] | None:
    """The stored means of the built-in clustering space, None for that of the user's own encoder."""
    from painpoints.classify import is_tuned_file
    from painpoints.cluster import load_projection
    from painpoints.encode import EMBEDDED_NAME

    if settings.model not in (None, EMBEDDED_NAME) and not is_tuned_file(settings.model):
        return None
    return load_projection(fast=settings.fast).language_means


def aligned_vectors(data: WorkspaceData) -> np.ndarray:
    """The vectors (n, d) float32 of the units of ``data``, in their order, languages brought together as clustering
    brings them."""
    from painpoints.cluster import align

    known = {field.name for field in fields(Settings)}
    settings = Settings(**{name: value for name, value in data.settings.items() if name in known})
    vectors = data.vectors(data.units["unit_id"])
    return align(vectors, data.units["lang"].to_list(), stored_means(settings))
