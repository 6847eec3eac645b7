"""What one training step reads: documents of labelled pieces, drawn so that no set, language or label drowns
another."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from datasets import Labelled, Marked
from pieces import Tokens
from student import Document

from painpoints.text import normalise, segment

UNITS_A_PACK = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
"""How many single units are joined into one document, drawn evenly."""


@dataclass
class Judged:
    """A document and the labels of its pieces."""

    document: Document
    labels: list[Labelled]


def by_set(items: Sequence[Labelled], rng: random.Random) -> Iterator[Labelled]:
    """Texts of the sets for ever: a set as often as the square root of its size, a class within it likewise."""
    groups: dict[tuple[str, int], list[Labelled]] = defaultdict(list)
    for item in items:
        groups[item.source, item.sentiment].append(item)
    sizes: dict[str, int] = defaultdict(int)
    for (source, _), of in groups.items():
        sizes[source] += len(of)
    within = {source: sum(len(of) ** 0.5 for (s, _), of in groups.items() if s == source) for source in sizes}
    names = list(groups)
    share = [sizes[source] ** 0.5 * len(groups[source, label]) ** 0.5 / within[source] for source, label in names]
    turns = {name: _endless(groups[name], rng) for name in names}
    while True:
        for name in rng.choices(names, share, k=256):
            yield next(turns[name])


def by_touchpoint(items: Sequence[Labelled], rng: random.Random) -> dict[str, Iterator[Labelled]]:
    """Per language, units for ever: a touchpoint as often as its count to the power of .6."""
    found = {}
    for lang in sorted({item.lang for item in items}):
        groups: dict[str, list[Labelled]] = defaultdict(list)
        for item in items:
            if item.lang == lang:
                groups[item.touchpoint or ""].append(item)
        found[lang] = _weighted(groups, rng)
    return found


def _weighted(groups: dict[str, list[Labelled]], rng: random.Random) -> Iterator[Labelled]:
    names = list(groups)
    turns = {name: _endless(groups[name], rng) for name in names}
    while True:
        for name in rng.choices(names, [len(groups[n]) ** 0.6 for n in names], k=256):
            yield next(turns[name])


def _endless(items: Sequence[Any], rng: random.Random) -> Iterator[Any]:
    while True:
        order = list(items)
        rng.shuffle(order)
        yield from order


def pack(units: Iterator[Labelled], tokens: Tokens, rng: random.Random) -> Judged:
    """A few units of one language joined into a document, with or without punctuation between them."""
    chosen = [next(units) for _ in range(rng.choice(UNITS_A_PACK))]
    bare = rng.random() < 0.35
    marks = tokens.marks
    pieces = []
    for number, unit in enumerate(chosen):
        ids = list(tokens.of(unit.text, unit.lang))
        if bare:
            ids = [i for i in ids if i not in tokens.closing] or ids
        elif number + 1 < len(chosen) and ids[-1] not in tokens.closing and rng.random() < 0.85:
            ids.append(rng.choice([marks["."], marks["."], marks[","], marks["!"], marks["…"]]))
        pieces.append(ids)
    return Judged(Document(pieces, bounded=True), chosen)


def marked_document(of: Marked, tokens: Tokens) -> Judged:
    """A document whose units were marked by hand, with its expectations."""
    pieces, flags = [], []
    for parts in of.parts:
        ids: list[int] = []
        inside: list[bool] = []
        for text, expected in parts:
            found = tokens.of(text, of.lang) or [tokens.marks["."]]
            ids += found
            inside += [expected] * len(found)
        pieces.append(ids)
        flags.append(inside)
    if of.kind == "labelled":  # cut by rules: the labels of its units are known, its boundaries are not
        return Judged(Document(pieces), of.labels)
    return Judged(Document(pieces, bounded=True, marked=flags), of.labels)


def without_marks(document: Document, tokens: Tokens) -> Document:
    """The document as those write who use no punctuation."""
    pieces, marked = [], []
    for number, piece in enumerate(document.pieces):
        kept = [at for at, token in enumerate(piece) if token not in tokens.closing] or [0]
        pieces.append([piece[at] for at in kept])
        if document.marked:
            marked.append([document.marked[number][at] for at in kept])
    return Document(pieces, bounded=True, marked=marked)


def ruled_pieces(items: Sequence[Labelled]) -> list[tuple[str, list[str]]]:
    """Language and units, by the rules, of the texts that have two to eight of them."""
    found = []
    for item in items:
        text = normalise(item.text, item.lang).text
        starts = [unit.start for unit in segment(text, item.lang)]
        if 2 <= len(starts) <= 8:
            edges = [*starts, len(text)]
            found.append((item.lang, [text[a:b].strip() for a, b in pairwise(edges)]))
    return found


def by_rarity(documents: Sequence[Marked], rng: random.Random) -> Iterator[Marked]:
    """Documents for ever, those with rare touchpoints more often."""
    counts: dict[str | None, int] = defaultdict(int)
    for document in documents:
        for label in document.labels:
            counts[label.touchpoint] += 1
    share = [float(np.mean([counts[label.touchpoint] ** -0.4 for label in document.labels])) for document in documents]
    while documents:
        yield from rng.choices(documents, share, k=256)


def single(item: Labelled, tokens: Tokens) -> Judged:
    """A text of a sentiment set: one piece, whose units nobody marked."""
    return Judged(Document([tokens.of(item.text, item.lang)]), [item])


def pairs_of(texts: Sequence[tuple[str, str]], tokens: Tokens, rng: random.Random, share: float
             ) -> tuple[list[Document], list[int]]:
    """Documents of ``texts`` (text, language), some of two texts of one language, and the row of each piece."""
    waiting: dict[str, int] = {}
    rows: list[list[int]] = []
    for row, (_, lang) in enumerate(texts):
        if rng.random() < share:
            if lang in waiting:
                rows.append([waiting.pop(lang), row])
            else:
                waiting[lang] = row
        else:
            rows.append([row])
    rows += [[row] for row in waiting.values()]
    return [Document([tokens.of(*texts[row]) for row in of]) for of in rows], list(np.concatenate(rows).astype(int))
