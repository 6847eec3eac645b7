"""Opinion units on ``doc.spans["units"]``, in our pipeline or in a user's own."""

from __future__ import annotations

import re

from spacy.language import Language as Pipeline
from spacy.tokens import Doc, SpanGroup
from spacy.vocab import Vocab

from painpoints.errors import ModelError

from .language import detect_language
from .segmentation import blocks

COMPONENT = "painpoints_units"
#: key in ``doc.user_data`` under which a caller may hand over the language of the document
LANGUAGE_KEY = "painpoints_language"
#: key in ``doc.user_data``: the text is a list of praise or blame, one item a line or comma
LIST_KEY = "painpoints_list"
#: where the component leaves the ranges that no unit crosses, with their units
BLOCKS_KEY = "painpoints_blocks"


@Pipeline.factory(  # type: ignore[untyped-decorator]
    COMPONENT, assigns=["doc.spans"], default_config={"spans_key": "units"}
)
def make_units_component(nlp: Pipeline, name: str, spans_key: str) -> UnitsComponent:
    """The component ``painpoints_units``, for ``nlp.add_pipe("painpoints_units")``."""
    return UnitsComponent(nlp, name, spans_key)


class UnitsComponent:
    """Puts the opinion units of a doc on ``doc.spans[spans_key]``, labelled with their language.

    Sentence boundaries that an earlier component set are kept as boundaries of units. Where a unit begins
    or ends inside a token («bad.But»), the token is split, so that offsets stay exact.
    """

    def __init__(self, nlp: Pipeline, name: str = COMPONENT, spans_key: str = "units") -> None:
        self._pipeline = nlp
        self.name = name
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        lang = doc.user_data.get(LANGUAGE_KEY) or detect_language(text).code
        hard = [s.start_char for s in doc.sents][1:] if self._others_ran() and doc.has_annotation("SENT_START") else ()
        as_list = bool(doc.user_data.get(LIST_KEY))
        found = blocks(text, lang, boundaries=hard, as_list=as_list)
        doc.user_data[BLOCKS_KEY] = found
        ranges = [unit for block in found for unit in block.units]
        spans = [doc.char_span(start, end, label=lang) for start, end in ranges]
        if None in spans:
            _split_tokens(doc, {edge for span in ranges for edge in span})
            spans = [doc.char_span(start, end, label=lang) for start, end in ranges]
        doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=spans)
        return doc

    def _others_ran(self) -> bool:
        return len(self._pipeline.pipe_names) > 1


def _split_tokens(doc: Doc, edges: set[int]) -> None:
    """Split the tokens that have an edge of a unit inside."""
    with doc.retokenize() as retokenizer:
        for token in doc:
            first, last = token.idx, token.idx + len(token)
            inside = sorted(edge for edge in edges if first < edge < last)
            if inside:
                parts = [doc.text[a:b] for a, b in zip([first, *inside], [*inside, last], strict=True)]
                retokenizer.split(token, parts, heads=[(token, i) for i in range(len(parts))])


class WordTokenizer:
    """Tokens of words, marks and the spaces between, for the blank pipeline: a tenth of the default's time."""

    _TOKEN = re.compile(r"[\w\u200c]+|[^\w\s\u200c]+|\s+")

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for piece in self._TOKEN.findall(text):
            if piece == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **kwargs: object) -> bytes:
        """Nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: object) -> WordTokenizer:
        """The tokenizer itself: it has no state."""
        return self

    def to_disk(self, path: object, **kwargs: object) -> None:
        """Writes nothing: the tokenizer has no state."""

    def from_disk(self, path: object, **kwargs: object) -> WordTokenizer:
        """The tokenizer itself: it has no state."""
        return self


def build_pipeline(name: str | None = None) -> Pipeline:
    """A spaCy pipeline that ends in ``painpoints_units``: a blank multilingual one, or the user's own.

    ``name`` is a package or folder that ``spacy.load`` knows. Raises ModelError when it cannot be loaded.
    """
    import spacy

    if name is None:
        nlp = spacy.blank("xx")
        nlp.tokenizer = WordTokenizer(nlp.vocab)
        nlp.vocab.lex_attr_getters = {}  # word shapes and the like cost half the time, and nothing here reads them
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
