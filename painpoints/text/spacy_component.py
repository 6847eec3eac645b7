"""Opinion units on ``doc.spans["units"]``, in our pipeline or in a user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language as Pipeline
from spacy.tokens import Doc, Span, SpanGroup

from painpoints.errors import ModelError

from .language import detect_language
from .segment import segment

if TYPE_CHECKING:
    from collections.abc import Iterable

COMPONENT = "painpoints_units"
#: key in ``doc.user_data`` under which a caller may hand over the language of the document
LANGUAGE_KEY = "painpoints_language"
#: key in ``doc.user_data``: the text is a list of praise or blame, one item a line or comma
LIST_KEY = "painpoints_list"
#: longest text handed to spaCy in one piece, in characters
MAX_LENGTH = 1_000_000


@Pipeline.factory(COMPONENT, assigns=["doc.spans"], default_config={"spans_key": "units"})
def make_units_component(nlp: Pipeline, name: str, spans_key: str) -> UnitsComponent:
    """The component ``painpoints_units``, for ``nlp.add_pipe("painpoints_units")``."""
    return UnitsComponent(name, spans_key)


class UnitsComponent:
    """Puts the opinion units of a doc on ``doc.spans[spans_key]``, labelled with their language.

    Sentence boundaries that an earlier component set are kept as boundaries of units. Where a unit begins
    or ends inside a token («bad.But»), the token is split, so that offsets stay exact.
    """

    def __init__(self, name: str = COMPONENT, spans_key: str = "units") -> None:
        self.name = name
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        lang = doc.user_data.get(LANGUAGE_KEY) or detect_language(doc.text).code
        hard = [s.start_char for s in doc.sents][1:] if doc.has_annotation("SENT_START") else ()
        spans = segment(doc.text, lang, boundaries=hard, as_list=bool(doc.user_data.get(LIST_KEY)))
        _split_tokens(doc, {edge for span in spans for edge in span})
        doc.spans[self.spans_key] = SpanGroup(
            doc, name=self.spans_key, spans=[_exact_span(doc, start, end, lang) for start, end in spans]
        )
        return doc


def _exact_span(doc: Doc, start: int, end: int, lang: str) -> Span:
    span = doc.char_span(start, end, label=lang)
    assert span is not None  # _split_tokens made every edge a token edge
    return span


def _split_tokens(doc: Doc, edges: Iterable[int]) -> None:
    """Split the tokens that have an edge of a unit inside."""
    starts = {token.idx: token for token in doc}
    ends = {token.idx + len(token) for token in doc}
    loose = [edge for edge in edges if edge not in starts and edge not in ends]
    if not loose:
        return
    with doc.retokenize() as retokenizer:
        for token in doc:
            first, last = token.idx, token.idx + len(token)
            inside = sorted(edge for edge in loose if first < edge < last)
            if inside:
                parts = [doc.text[a:b] for a, b in zip([first, *inside], [*inside, last], strict=True)]
                retokenizer.split(token, parts, heads=[(token, i) for i in range(len(parts))])


def build_pipeline(name: str | None = None) -> Pipeline:
    """A spaCy pipeline that ends in ``painpoints_units``: a blank multilingual one, or the user's own.

    ``name`` is a package or folder that ``spacy.load`` knows. Raises ModelError when it cannot be loaded.
    """
    import spacy

    if name is None:
        nlp = spacy.blank("xx")
    else:
        try:
            nlp = spacy.load(name)
        except (OSError, ValueError, ImportError) as problem:
            raise ModelError(
                f"spaCy pipeline {name} cannot be loaded ({type(problem).__name__}).",
                hint="Give an installed package or a folder written by nlp.to_disk().",
            ) from problem
    if COMPONENT not in nlp.pipe_names:
        nlp.add_pipe(COMPONENT, last=True)
    return nlp
