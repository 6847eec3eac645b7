"""The units frame: every opinion unit of every document, at its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from .context import question_before
from .fold import fold_key
from .hashtags import tags_in_words
from .language import Language, detect_language
from .normalisation import Normalised, normalise
from .placeholders import in_words, without_placeholders
from .segmentation import Block, Span, blocks
from .symbols import EMOJI, HAS_EMOJI, HAS_LETTER

if TYPE_CHECKING:
    from spacy.language import Language as Pipeline
    from spacy.tokens import Doc

UNIT_SCHEMA = {
    "unit_id": pl.Utf8,
    "doc_id": pl.Utf8,
    "turn": pl.Int32,
    "speaker": pl.Utf8,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.Utf8,
    "lang": pl.Utf8,
    "variety": pl.Utf8,
    "field": pl.Utf8,
    "model_text": pl.Utf8,
    "key": pl.Utf8,
    "weight": pl.Int64,
}

#: longest stretch worked on at a time, in characters; longer texts are divided at line ends or spaces
STRETCH = 100_000
#: characters under which a unit in the script of its document has the document's language
CLEAR_LENGTH = 40
#: fields that are a list of praise or blame
LISTS = ("pros", "cons")
_LATIN_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")
_NATIVE_LETTER = re.compile(r"[\u0370-\u1cff\u2c00-\ua7ff]")
_NATIVE_NAMES = "fa ar ru ur ckb ps ug uk be bg sr mk kk ky tg mn tt he el hy ka hi bn th ko ja zh ta am"
_NATIVE_LANGUAGES = frozenset(_NATIVE_NAMES.split())
# Closing marks and emoji belong to no unit, but they colour the one before them.
_COLOUR = re.compile(rf"(?:\s?(?:[!?؟.…]+|{EMOJI}|[:;=]-?[)(DP]+|[)(]{{2,}}))+")
_COLOURFUL = re.compile(rf"[!?؟)(…]|{EMOJI}")
_STOP = re.compile(r"[.!?؟…]+\s")
_ENTITY = re.compile(r"&#?\w{1,31};")
_HIDDEN_EDGE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]+$")


class Stretch(NamedTuple):
    """A run of normalised text out of one part of one document, with its way back."""

    row: int
    field: str
    raw: str
    base: int  # where ``raw`` begins in the document
    plain: str  # without markup
    plain_offsets: Sequence[int]  # plain -> raw
    plain_start: int  # where the stretch begins in ``plain``
    norm: Normalised  # of the stretch
    language: Language  # of the document


@dataclass(frozen=True)
class Passage:
    """One part of one document, ready for the encoder: normalised ``text`` in ``lang`` with the ``blocks`` that no
    unit crosses. ``row`` is the document's place in its frame; ``stretch`` leads back to its characters, and is None
    where the whole document is one unit, which then is ``place`` of it. The first ``context`` characters are a question
    that the rest answers: seen by the encoder, in no block."""

    row: int
    text: str
    language: Language
    blocks: tuple[Block, ...]
    stretch: Stretch | None
    place: Span | None = None
    context: int = 0

    @property
    def lang(self) -> str:
        """ISO code of the passage's language."""
        return self.language.code


def read_passages(documents: pl.DataFrame, *, whole: bool = False, nlp: Pipeline | None = None) -> list[Passage]:
    """The passages of ``documents`` in order.

    ``whole`` makes each document one unit. ``nlp`` is a spaCy pipeline from ``build_pipeline``; without one no spaCy
    is needed, and the passages are those of its blank pipeline.
    """
    texts = documents["text"].fill_null("").to_list()
    parts = documents["parts"].to_list() if "parts" in documents.columns else [None] * len(texts)
    if whole:
        return list(_whole_passages(texts, parts))
    turns = documents["turns"].to_list() if "turns" in documents.columns else [None] * len(texts)
    return [_answering(passage, texts[passage.row], turns[passage.row]) for passage in _passages(texts, parts, nlp)]


def frame_units(documents: pl.DataFrame, passages: Sequence[Passage], spans: Sequence[Sequence[tuple[int, int]]]
                ) -> tuple[pl.DataFrame, list[int], Counter[str]]:
    """The units frame of ``spans`` (per passage, in order), which of them it holds, and what was counted.

    Units without a letter or emoji, beside what stands for personal data, are left out. In a conversation a unit has
    the ``turn`` it stands in and that turn's ``speaker``. The counter's keys: ``units``, ``without_letters`` (units of
    digits or punctuation only) and ``documents_without_units``.
    """
    texts = documents["text"].fill_null("").to_list()
    doc_ids = documents["doc_id"].to_list()
    turns = documents["turns"].to_list() if "turns" in documents.columns else [None] * len(texts)
    counts: Counter[str] = Counter()
    found: list[tuple[object, ...]] = []
    rows_with_units = set()
    kept = []
    placed = (unit for passage, of in zip(passages, spans, strict=True) for unit in _placed(passage, of))
    for number, (row, field, start, end, model_text, language) in enumerate(placed):
        text = texts[row][start:end]
        said = without_placeholders(text)
        if not HAS_LETTER.search(said) and not HAS_EMOJI.search(said):
            counts["without_letters"] += 1
            continue
        kept.append(number)
        rows_with_units.add(row)
        doc_id = doc_ids[row]
        found.append((
            _digest(f"{doc_id}:{start}:{end}"), doc_id, *_turn_at(turns[row], start), start, end, text, language.code,
            language.variety, field, model_text, _digest(fold_key(text, language.code) or text), 1,
        ))  # fmt: skip
    counts["units"] = len(kept)
    counts["documents_without_units"] = len(texts) - len(rows_with_units)
    columns = zip(*found, strict=True) if found else ((),) * len(UNIT_SCHEMA)
    return pl.DataFrame(dict(zip(UNIT_SCHEMA, columns, strict=True)), schema=UNIT_SCHEMA), kept, counts


def original_slice(documents_text: str, passage: Passage, start: int, end: int) -> str:
    """The characters of the document behind ``start:end`` of a passage's normalised text."""
    if passage.stretch is None:
        return passage.text[start:end]
    first, last = _way_back(passage.stretch, start - passage.context, end - passage.context)
    return documents_text[passage.stretch.base + first : passage.stretch.base + last]


def cut_units(documents: pl.DataFrame, *, whole: bool = False, nlp: Pipeline | None = None) -> pl.DataFrame:
    """The units of ``documents`` by the rules alone, one row each, in document order; columns as in ``UNIT_SCHEMA``.

    ``text`` is ``documents.text[start:end]`` to the character. Arguments as for `read_passages`.
    """
    passages = read_passages(documents, whole=whole, nlp=nlp)
    return frame_units(documents, passages, [[u for b in p.blocks for u in b.units] for p in passages])[0]


def _answering(passage: Passage, text: str, turns: list[dict[str, Any]] | None) -> Passage:
    """``passage`` with the question before it, where it is a short answer."""
    if not turns or passage.stretch is None:
        return passage
    base = passage.stretch.base
    question = normalise(question_before(text, turns, base, base + len(passage.stretch.raw)), passage.lang).text
    if not question:
        return passage
    shift = len(question) + 1
    blocks = tuple(Block(block.start + shift, block.end + shift, block.whole,
                         tuple(Span(unit.start + shift, unit.end + shift) for unit in block.units))
                   for block in passage.blocks)
    return replace(passage, text=f"{question}\n{passage.text}", blocks=blocks, context=shift)


def _turn_at(turns: list[dict[str, Any]] | None, start: int) -> tuple[int | None, str | None]:
    """The turn that character ``start`` of a document stands in, and its speaker."""
    if not turns:
        return None, None
    place = bisect_right(turns, start, key=lambda turn: int(turn["start"])) - 1
    return place, turns[place]["speaker"]


def _digest(value: str) -> str:
    return blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


Placed = tuple[int, str, int, int, str, Language]
Parts = list[list[dict[str, object]] | None]


def _passages(texts: list[str], parts: Parts, nlp: Pipeline | None) -> Iterator[Passage]:
    if nlp is not None:
        yield from _piped(texts, parts, nlp)
        return
    for stretch in _stretches(texts, parts):
        found = blocks(stretch.norm.text, stretch.language.code, as_list=stretch.field in LISTS)
        yield Passage(stretch.row, stretch.norm.text, stretch.language, tuple(found), stretch)


def _piped(texts: list[str], parts: Parts, pipeline: Pipeline) -> Iterator[Passage]:
    """The passages as a spaCy pipeline cuts them."""
    from .spacy_component import BLOCKS_KEY, LANGUAGE_KEY, LIST_KEY

    def docs() -> Iterator[tuple[Doc, Stretch]]:
        for stretch in _stretches(texts, parts):
            doc = pipeline.make_doc(stretch.norm.text)
            doc.user_data[LANGUAGE_KEY] = stretch.language.code
            doc.user_data[LIST_KEY] = stretch.field in LISTS
            yield doc, stretch

    for doc, stretch in pipeline.pipe(docs(), as_tuples=True):
        yield Passage(stretch.row, stretch.norm.text, stretch.language, tuple(doc.user_data[BLOCKS_KEY]), stretch)


def _placed(passage: Passage, spans: Sequence[tuple[int, int]]) -> Iterator[Placed]:
    """Units of a passage at their places in the document, with what an encoder of single units should read."""
    text, stretch = passage.text, passage.stretch
    if stretch is None:
        assert passage.place is not None
        yield passage.row, "text", *passage.place, text, passage.language
        return
    for number, (start, end) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        model_text = text[start:end] + _colour(text[end:following])
        if number == 0 and HAS_EMOJI.search(text[passage.context:start]):
            model_text = text[passage.context:start].strip() + " " + model_text
        language = _unit_language(text[start:end], stretch.language, len(spans))
        if language.code != stretch.language.code:
            model_text = normalise(model_text, language.code).text
        first, last = _way_back(stretch, start - passage.context, end - passage.context)
        yield stretch.row, stretch.field, stretch.base + first, stretch.base + last, model_text, language


def _colour(gap: str) -> str:
    match = _COLOUR.match(gap)
    return match[0] if match and _COLOURFUL.search(match[0]) else ""


def _unit_language(text: str, document: Language, units: int) -> Language:
    """The unit's own language when it is clear, else the document's."""
    if units == 1 or (document.code != "und" and len(text) < CLEAR_LENGTH and not _other_script(text, document)):
        return document
    own = detect_language(text)
    if own.code == document.code:
        return own if own.variety == document.variety else document
    return own if own.confidence >= 0.8 or document.code == "und" else document


def _other_script(text: str, document: Language) -> bool:
    """Whether most letters of a unit are of another script than the document's language is written in."""
    in_latin = document.variety is not None or document.code not in _NATIVE_LANGUAGES
    own, other = (_LATIN_LETTER, _NATIVE_LETTER) if in_latin else (_NATIVE_LETTER, _LATIN_LETTER)
    if other.search(text) is None:
        return False
    return len(other.findall(text)) > len(own.findall(text))


def _way_back(stretch: Stretch, start: int, end: int) -> tuple[int, int]:
    """The range of a normalised span in the raw part, without hidden characters or markup at its end."""
    offsets, plain, plain_offsets = stretch.norm.offsets, stretch.plain, stretch.plain_offsets
    first = stretch.plain_start + offsets[start]
    last = stretch.plain_start + offsets[end]
    hidden = _HIDDEN_EDGE.search(plain, first, last)
    if hidden:
        last = hidden.start()
    raw_first, raw_last = plain_offsets[first], plain_offsets[last - 1]
    if stretch.raw[raw_last] != plain[last - 1] and (entity := _ENTITY.match(stretch.raw, raw_last)):
        return raw_first, entity.end()
    return raw_first, raw_last + 1


def _stretches(texts: list[str], parts: Parts) -> Iterator[Stretch]:
    from painpoints.read import strip_markup

    for row, text in enumerate(texts):
        places = _places(text, parts[row])
        plains = [strip_markup(text[start:end]) for _, start, end in places]
        language = detect_language(without_placeholders(" \n".join(plain.text for plain in plains)[:4000]))
        for (field, base, part_end), plain in zip(places, plains, strict=True):
            for start, end in _divide(plain.text):
                norm = tags_in_words(in_words(normalise(plain.text[start:end], language.code)), language.code)
                if norm.text:
                    raw = text[base:part_end]
                    yield Stretch(row, field, raw, base, plain.text, plain.offsets, start, norm, language)


def _places(text: str, parts: list[dict[str, object]] | None) -> list[tuple[str, int, int]]:
    if parts is None:
        return [("text", 0, len(text))]
    return [(str(part["field"]), int(str(part["start"])), int(str(part["end"]))) for part in parts]


def _divide(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of at most STRETCH characters that together are the text, divided at lines, full stops or spaces."""
    start = 0
    while len(text) - start > STRETCH:
        limit = start + STRETCH
        cut = text.rfind("\n", start, limit)
        if cut <= start:
            stops = [match.end() for match in _STOP.finditer(text, max(start, limit - 5_000), limit)]
            cut = stops[-1] - 1 if stops else text.rfind(" ", start, limit)
        end = cut + 1 if cut > start else limit
        yield start, end
        start = end
    yield start, len(text)


def _whole_passages(texts: list[str], parts: Parts) -> Iterator[Passage]:
    from painpoints.read import strip_markup

    for row, text in enumerate(texts):
        place = Span(len(text) - len(text.lstrip()), len(text.rstrip()))
        places = _places(text, parts[row])
        if place.start < place.end and places:
            plain = "\n".join(strip_markup(text[a:b]).text for _, a, b in places)
            language = detect_language(without_placeholders(plain[:4000]))
            norm = tags_in_words(in_words(normalise(plain, language.code)), language.code).text or text.strip()
            span = Span(0, len(norm))
            yield Passage(row, norm, language, (Block(*span, True, (span,)),), None, place)
