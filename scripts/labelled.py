"""All labelled texts that heads are fitted and measured on, with the vectors of an encoder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from datasets import (
    Labelled,
    Marked,
    felt_units,
    implied_units,
    labelled_documents,
    marked_texts,
    own_units,
    pain_units,
    real_units,
    sentiment_sets,
    units_in_context,
    variant_units,
)

from painpoints.classify.heads import EMOTIONS
from painpoints.taxonomy import load_taxonomy

CODES = load_taxonomy().codes

Encode = Callable[[Sequence[str], str, Sequence[str]], np.ndarray]
"""Vectors (n, d) of texts, from the texts, a name for the lot, and their languages."""
EncodeMarked = Callable[[Sequence[Marked]], np.ndarray]
"""Vectors of all units of marked texts, each in its text."""


class Table:
    """Labelled texts with their vectors, as arrays; -1 where a label is missing."""

    def __init__(self, items: Sequence[Labelled], vectors: np.ndarray) -> None:
        self.vectors = vectors
        self.langs = np.array([item.lang for item in items])
        self.source = np.array([item.source for item in items])
        self.split = np.array([item.split for item in items])
        self.implied = np.array([item.implied for item in items])
        self.sentiment = np.array([item.sentiment for item in items])
        self.touchpoint = np.array([CODES.index(i.touchpoint) if i.touchpoint else -1 for i in items])
        self.problem = np.array([-1 if item.problem is None else item.problem for item in items])
        self.emotion = np.array([EMOTIONS.index(item.emotion) if item.emotion else -1 for item in items])


def labelled_parts(data: Path, a_set: int, learn_from: int) -> Iterator[tuple[str, list[Labelled]]]:
    """All labelled texts that stand alone, each lot under a name that begins with ``tr`` where it is trained on, else
    with ``held``: of the training part of a sentiment set those among the first ``learn_from`` texts."""
    parts: dict[str, list[Labelled]] = {"real units": list(real_units(data)), "own units": list(own_units()),
                                        "implied units": list(implied_units()), "felt units": list(felt_units(data)),
                                        "pain units": list(pain_units()),
                                        "variant units": [unit for pair in variant_units() for unit in pair]}
    for item in sentiment_sets(data, a_set):
        parts.setdefault(item.source, []).append(item)
    for name, every in parts.items():
        units = every[0].touchpoint is not None
        learnt = [item for at, item in enumerate(every) if item.split == "train" and (units or at < learn_from)]
        for prefix, chosen in (("tr", learnt), ("held", [item for item in every if item.split != "train"])):
            if chosen:
                yield f"{prefix}_{name.replace(' ', '_')}", chosen


def labelled_table(data: Path, a_set: int, learn_from: int, encode: Encode, encode_marked: EncodeMarked
                   ) -> tuple[Table, Counter[str]]:
    """All labelled texts with their vectors, and how many texts of each source the heads learn from."""
    items: list[Labelled] = []
    vectors = []
    for name, chosen in labelled_parts(data, a_set, learn_from):
        vectors.append(encode([i.text for i in chosen], name, [i.lang for i in chosen]))
        items += chosen
    documents = [*labelled_documents(data), *marked_texts()]
    vectors.append(encode_marked(documents))
    items += [label for document in documents for label in document.labels]
    contexts = list(units_in_context(data))
    ends = np.cumsum([len(document.parts) for document, _ in contexts])
    vectors.append(encode_marked([document for document, _ in contexts])[
        [end - len(document.parts) + place for end, (document, place) in zip(ends, contexts, strict=True)]])
    items += [label for document, _ in contexts for label in document.labels]
    return Table(items, np.concatenate(vectors)), Counter(i.source for i in items if i.split == "train")
