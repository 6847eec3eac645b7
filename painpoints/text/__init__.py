"""Documents come in, opinion units go out: one row for one thing a customer says.

Every unit keeps its place: ``text`` is the exact slice ``start:end`` of the document it was cut from.
Normalising, language identification, segmentation and duplicate counting are pure functions of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.text.decoding import Cut, Decoding, decide, rule_cuts
    from painpoints.text.duplicates import duplicate_weights
    from painpoints.text.fold import fold_key
    from painpoints.text.language import Language, detect_language
    from painpoints.text.normalisation import Normalised, normalise
    from painpoints.text.question import Question, Term, mark, parse_question
    from painpoints.text.redaction import DEFAULT_KINDS, KINDS, DocumentRedactor, Found, Redacted, Redactor
    from painpoints.text.segmentation import Block, Span, blocks, segment
    from painpoints.text.spacy_component import build_pipeline
    from painpoints.text.tokens import TOKENS, Token, streams, tokenise
    from painpoints.text.units import Passage, cut_units, frame_units, original_slice, read_passages

__all__ = [
    "DEFAULT_KINDS",
    "KINDS",
    "TOKENS",
    "Block",
    "Cut",
    "Decoding",
    "DocumentRedactor",
    "Found",
    "Language",
    "Normalised",
    "Passage",
    "Question",
    "Redacted",
    "Redactor",
    "Span",
    "Term",
    "Token",
    "blocks",
    "build_pipeline",
    "cut_units",
    "decide",
    "detect_language",
    "duplicate_weights",
    "fold_key",
    "frame_units",
    "mark",
    "normalise",
    "original_slice",
    "parse_question",
    "read_passages",
    "rule_cuts",
    "segment",
    "streams",
    "tokenise",
]

__getattr__, __dir__ = lazy_exports(__name__, {
    "decoding": ["Cut", "Decoding", "decide", "rule_cuts"],
    "duplicates": ["duplicate_weights"],
    "fold": ["fold_key"],
    "language": ["Language", "detect_language"],
    "normalisation": ["Normalised", "normalise"],
    "question": ["Question", "Term", "mark", "parse_question"],
    "redaction": ["DEFAULT_KINDS", "KINDS", "DocumentRedactor", "Found", "Redacted", "Redactor"],
    "segmentation": ["Block", "Span", "blocks", "segment"],
    "spacy_component": ["build_pipeline"],
    "tokens": ["TOKENS", "Token", "streams", "tokenise"],
    "units": ["Passage", "cut_units", "frame_units", "original_slice", "read_passages"],
})
