"""Vectors that were worked out once, kept on disk for later runs.

Comes in: an encoder. Goes out: the same encoder, which looks a text up before it reads it.
Promise: the same vectors bit for bit, no text on disk, whichever process is killed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.encode.vectorcache.cached import CachedEncoder
    from painpoints.encode.vectorcache.generation import drop_vectors
    from painpoints.encode.vectorcache.opening import cached_encoder

__all__ = ["CachedEncoder", "cached_encoder", "drop_vectors"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "cached": ["CachedEncoder"],
    "generation": ["drop_vectors"],
    "opening": ["cached_encoder"],
})
