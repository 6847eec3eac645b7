"""The vectors that this user keeps from run to run: where, how many, and how they are dropped."""

from __future__ import annotations

import os
from pathlib import Path

from painpoints.config import Settings
from painpoints.encode import CachedEncoder, UnitEncoder, cache_root, cached_encoder, drop_vectors
from painpoints.errors import StorageError
from painpoints.pipeline.keys import user_secret, vector_key

_FOLDER = "vectors"
_OFF, _PLACE = "PAINPOINTS_NO_CACHE", "PAINPOINTS_VECTORS"


def vectors_folder(cache_dir: str | None) -> Path:
    """Where vectors are kept: in ``cache_dir``, in $PAINPOINTS_VECTORS, or with all else that can be made again."""
    named = cache_dir or os.environ.get(_PLACE)
    return (Path(named).expanduser() if named else cache_root()) / _FOLDER


def with_cache(encoder: UnitEncoder, settings: Settings) -> tuple[UnitEncoder, list[str]]:
    """``encoder``, looking vectors up if ``settings`` (and $PAINPOINTS_NO_CACHE) let it; and what stood in the way."""
    if not settings.cache or os.environ.get(_OFF):
        return encoder, []
    secret = user_secret()
    if not secret.kept:
        return encoder, [f"No vectors are kept for later runs: {secret.why}."]
    try:
        return cached_encoder(encoder, vectors_folder(settings.cache_dir), vector_key(secret.secret),
                              settings.cache_size * 2**30), []
    except OSError as error:
        return encoder, ["No vectors are kept for later runs, nor looked up: "
                         f"{vectors_folder(settings.cache_dir)}: {error.strerror or type(error).__name__}."]


def cache_record(encoders: list[UnitEncoder | None]) -> dict[str, int | bool] | None:
    """What the manifest says of the cache that ``encoders`` have, None where they have none."""
    cached = [encoder.record() for encoder in encoders if isinstance(encoder, CachedEncoder)]
    if not cached:
        return None
    return {"found": sum(one["found"] for one in cached), "encoded": sum(one["encoded"] for one in cached),
            "full": any(one["full"] for one in cached)}


def cache_notes(encoders: list[UnitEncoder | None]) -> list[str]:
    """What went wrong with the cache that ``encoders`` have."""
    return sorted({note for encoder in encoders if isinstance(encoder, CachedEncoder) for note in encoder.notes})


def forget_vectors(cache_dirs: set[str | None]) -> int:
    """Drops all vectors that this user keeps, in the usual place and in ``cache_dirs``; how many bytes they took.

    Whose text is behind a vector is not known, so that none may stay. Raises StorageError.
    """
    dropped = 0
    for folder in sorted({vectors_folder(place) for place in cache_dirs | {None}}):
        try:
            dropped += drop_vectors(folder)
        except OSError as error:
            raise StorageError(f"{folder}: vectors kept from earlier runs cannot be removed "
                               f"({error.strerror or type(error).__name__}).",
                               hint="Remove that folder, then give the command again.") from error
    return dropped
