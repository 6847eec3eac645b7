"""Documents come in, opinion units go out: one row for one thing a customer says.

Every unit keeps its place: ``text`` is the exact slice ``start:end`` of the document it was cut from.
Normalising, language identification, segmentation and duplicate counting are pure functions of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.text.copies import NEAR, NEAR_LENGTH, components, near_copies
    from painpoints.text.decoding import Cut, Decoding, decide, rule_cuts
    from painpoints.text.duplicates import COPY_LENGTH, duplicate_weights, exact_firsts
    from painpoints.text.fold import fold_key
    from painpoints.text.language import Language, detect_language
    from painpoints.text.manywords import fold_many
    from painpoints.text.normalisation import Normalised, normalise
    from painpoints.text.placeholders import without_placeholders
    from painpoints.text.question import Question, Term, mark, parse_question
    from painpoints.text.redaction import DEFAULT_KINDS, KINDS, DocumentRedactor, Found, Redacted, Redactor
    from painpoints.text.segmentation import Block, Span, blocks, segment
    from painpoints.text.shingles import alike, contained, jaccard, letters, neighbours, runs, signatures
    from painpoints.text.sieves import needles
    from painpoints.text.spacy_component import build_pipeline
    from painpoints.text.tokens import TOKENS, Token, streams, tokenise
    from painpoints.text.units import Passage, cut_units, frame_units, original_slice, read_passages
    from painpoints.text.wordforms import fold_words, written
    from painpoints.text.wordpatterns import any_of, word_entries

__all__ = ["COPY_LENGTH", "DEFAULT_KINDS", "KINDS", "NEAR", "NEAR_LENGTH", "TOKENS", "Block", "Cut", "Decoding",
           "DocumentRedactor", "Found", "Language", "Normalised", "Passage", "Question", "Redacted", "Redactor", "Span",
           "Term", "Token", "alike", "any_of", "blocks", "build_pipeline", "components", "contained", "cut_units",
           "decide", "detect_language", "duplicate_weights", "exact_firsts", "fold_key", "fold_many", "fold_words",
           "frame_units", "jaccard", "letters", "mark", "near_copies", "needles", "neighbours", "normalise",
           "original_slice", "parse_question", "read_passages", "rule_cuts", "runs", "segment", "signatures", "streams",
           "tokenise", "without_placeholders", "word_entries", "written"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "copies": ["NEAR", "NEAR_LENGTH", "components", "near_copies"],
    "decoding": ["Cut", "Decoding", "decide", "rule_cuts"],
    "duplicates": ["COPY_LENGTH", "duplicate_weights", "exact_firsts"],
    "fold": ["fold_key"],
    "language": ["Language", "detect_language"],
    "manywords": ["fold_many"],
    "normalisation": ["Normalised", "normalise"],
    "placeholders": ["without_placeholders"],
    "question": ["Question", "Term", "mark", "parse_question"],
    "redaction": ["DEFAULT_KINDS", "KINDS", "DocumentRedactor", "Found", "Redacted", "Redactor"],
    "segmentation": ["Block", "Span", "blocks", "segment"],
    "shingles": ["alike", "contained", "jaccard", "letters", "neighbours", "runs", "signatures"],
    "sieves": ["needles"],
    "spacy_component": ["build_pipeline"],
    "tokens": ["TOKENS", "Token", "streams", "tokenise"],
    "units": ["Passage", "cut_units", "frame_units", "original_slice", "read_passages"],
    "wordforms": ["fold_words", "written"],
    "wordpatterns": ["any_of", "word_entries"],
})
