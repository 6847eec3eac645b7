"""Documents come in, opinion units go out: one row for one thing a customer says.

Every unit keeps its place: ``text`` is the exact slice ``start:end`` of the document it was cut from.
Normalising, language identification, segmentation and duplicate counting are pure functions of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.text.duplicates import duplicate_weights
    from painpoints.text.fold import fold_key
    from painpoints.text.language import Language, detect_language
    from painpoints.text.normalisation import Normalised, normalise
    from painpoints.text.segmentation import Span, segment
    from painpoints.text.spacy_component import build_pipeline
    from painpoints.text.units import cut_units, cut_units_with_counts

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

__getattr__, __dir__ = lazy_exports(__name__, {
    "duplicates": ["duplicate_weights"],
    "fold": ["fold_key"],
    "language": ["Language", "detect_language"],
    "normalisation": ["Normalised", "normalise"],
    "segmentation": ["Span", "segment"],
    "spacy_component": ["build_pipeline"],
    "units": ["cut_units", "cut_units_with_counts"],
})
