"""The student of the fast lane: texts to vectors as the full encoder's, nearly, at a fraction of its work.

Words are looked up, read with their neighbours and pooled; nothing but numpy runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.encode.student.encoder import StudentEncoder, load_student

__all__ = ["StudentEncoder", "load_student"]

__getattr__, __dir__ = lazy_exports(__name__, {"encoder": ["StudentEncoder", "load_student"]})
