"""Units to vectors.

Comes in: documents with their units (or plain texts). Goes out: one L2-normalised vector a unit.
Promise: one pass for all heads, identical texts encoded once, the same input gives the same vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.encode.choosing import (
        Choice,
        Rate,
        choose,
        forget_choice,
        kept_choice,
        load_encoder,
        measure,
        precision_reason,
    )
    from painpoints.encode.container import Room, memory_limit, memory_there, room_in
    from painpoints.encode.embedded import EMBEDDED_NAME, cache_root
    from painpoints.encode.encoder import Encoder, EncoderInfo
    from painpoints.encode.face import UnitEncoder
    from painpoints.encode.passages import EncodedPassages
    from painpoints.encode.precision import Hardware, cpu_name, hardware, processor, usable_cores
    from painpoints.encode.source import ModelSource, resolve_model
    from painpoints.encode.student import StudentEncoder, load_student
    from painpoints.encode.vectorcache import CachedEncoder, cached_encoder, drop_vectors

__all__ = ["EMBEDDED_NAME", "CachedEncoder", "Choice", "EncodedPassages", "Encoder", "EncoderInfo", "Hardware",
           "ModelSource", "Rate", "Room", "StudentEncoder", "UnitEncoder", "cache_root", "cached_encoder", "choose",
           "cpu_name", "drop_vectors", "forget_choice", "hardware", "kept_choice", "load_encoder", "load_student",
           "measure", "memory_limit", "memory_there", "precision_reason", "processor", "resolve_model", "room_in",
           "usable_cores"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "choosing": ["Choice", "Rate", "choose", "forget_choice", "kept_choice", "load_encoder", "measure",
        "precision_reason"],
    "container": ["Room", "memory_limit", "memory_there", "room_in"],
    "embedded": ["EMBEDDED_NAME", "cache_root"],
    "encoder": ["Encoder", "EncoderInfo"],
    "face": ["UnitEncoder"],
    "passages": ["EncodedPassages"],
    "precision": ["Hardware", "cpu_name", "hardware", "processor", "usable_cores"],
    "source": ["ModelSource", "resolve_model"],
    "student": ["StudentEncoder", "load_student"],
    "vectorcache": ["CachedEncoder", "cached_encoder", "drop_vectors"],
})
