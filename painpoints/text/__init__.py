"""Documents come in, opinion units go out: one row for one thing a customer says.

Every unit keeps its place: ``text`` is the exact slice ``start:end`` of the document it was cut from.
Normalising, language identification, segmentation and duplicate counting are pure functions of the text.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .duplicates import duplicate_weights
    from .fold import fold_key
    from .language import Language, detect_language
    from .normalise import Normalised, normalise
    from .segment import Span, segment
    from .spacy_component import build_pipeline
    from .units import cut_units, cut_units_with_counts

__all__ = [
    "Language",
    "Normalised",
    "Span",
    "build_pipeline",
    "cut_units",
    "cut_units_with_counts",
    "detect_language",
    "duplicate_weights",
    "fold_key",
    "normalise",
    "segment",
]

_HOME = {
    "Language": "language",
    "Normalised": "normalise",
    "Span": "segment",
    "build_pipeline": "spacy_component",
    "cut_units": "units",
    "cut_units_with_counts": "units",
    "detect_language": "language",
    "duplicate_weights": "duplicates",
    "fold_key": "fold",
    "normalise": "normalise",
    "segment": "segment",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value  # a submodule of the same name must not shadow the function
    return value
