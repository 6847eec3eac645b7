"""Units to vectors.

Comes in: documents with their units (or plain texts). Goes out: one L2-normalised vector a unit.
Promise: one pass for all heads, identical texts encoded once, the same input gives the same vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.encode.embedded import EMBEDDED_NAME, cache_root
    from painpoints.encode.encoder import Encoder, EncoderInfo, load_encoder
    from painpoints.encode.passages import EncodedPassages
    from painpoints.encode.precision import Hardware, cpu_name, hardware, usable_cores
    from painpoints.encode.source import ModelSource, resolve_model

__all__ = ["EMBEDDED_NAME", "EncodedPassages", "Encoder", "EncoderInfo", "Hardware", "ModelSource", "cache_root",
           "cpu_name", "hardware", "load_encoder", "resolve_model", "usable_cores"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "embedded": ["EMBEDDED_NAME", "cache_root"],
    "encoder": ["Encoder", "EncoderInfo", "load_encoder"],
    "passages": ["EncodedPassages"],
    "precision": ["Hardware", "cpu_name", "hardware", "usable_cores"],
    "source": ["ModelSource", "resolve_model"],
})
