"""The cache opened for one encoder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.encode.source import resolve_model
from painpoints.encode.vectorcache.addresses import kind_of, secret_of
from painpoints.encode.vectorcache.cached import CachedEncoder
from painpoints.encode.vectorcache.generation import generation, name_of, sweep
from painpoints.encode.vectorcache.shelf import Shelf

if TYPE_CHECKING:
    from painpoints.encode.face import UnitEncoder


def cached_encoder(encoder: UnitEncoder, root: Path, key: bytes, limit: int) -> CachedEncoder:
    """``encoder`` with the cache in ``root``, which is bound to ``limit`` bytes and speaks only to who has ``key``.

    Raises OSError where ``root`` cannot be used.
    """
    number = generation(root)
    sweep(root, number)
    secret = secret_of(key, number)
    kind = kind_of(secret, _described(encoder))
    return CachedEncoder(encoder, Shelf(root, root / f"{name_of(number)}-{kind}", limit), secret)


def _described(encoder: UnitEncoder) -> tuple[Any, ...]:
    """All that tells one encoder from another, the files of the user's own included."""
    source = resolve_model(encoder.info.name)
    folder = Path(source.path)
    files = [] if source.kind == "embedded" else sorted(path for path in folder.rglob("*") if path.is_file())
    return (sorted(asdict(encoder.info).items()), folder.name,
            [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files])
