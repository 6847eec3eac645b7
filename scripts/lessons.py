"""What the student of the fast lane learns from: texts of the training parts, and what the full encoder says."""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from datasets import (
    LANGUAGES,
    PROJECT,
    implied_units,
    intents,
    key,
    marked_texts,
    own_pains,
    own_units,
    real_units,
    rows,
    split_of,
    translations,
    variant_units,
)
from labelled import labelled_parts
from vectors import cached_vectors, full_encoder, model_texts

from painpoints.text import read_passages

A_SET = 4000
"""Texts of one sentiment set at most."""
A_TEXT = 700
"""Characters of a text that are read."""
A_CHUNK = 4000
INTENTS = ("ar_app_review_types", "en_app_review_types", "en_app_reviews_maalej", "ru_bank_clauses_llm_topics",
           "ru_bank_reviews_by_product", "mabsa_complaints_en_ar_ru", "en_banking77", "ar_arbanking77",
           "fa_atis_intents")
AN_INTENT_SET = 2000
CONVERSATIONS = 400
HEADS_LEARN_FROM = 6000, 1500
"""The arguments of `publish_heads.py` by default."""


@dataclass(frozen=True)
class Lessons:
    """Passages with their units: of passage i the units ``edges[i]:edges[i + 1]``, whose characters are ``spans`` (n,
    2); ``units`` (n, d) and ``passages`` (m, d) are the full encoder's vectors in float16."""

    texts: list[str]
    edges: np.ndarray
    spans: np.ndarray
    units: np.ndarray
    passages: np.ndarray


def lesson_texts(data: Path) -> list[str]:
    """The texts in random order, each once. None is of a test or calibration part, or holds a unit that is."""
    apart = "\n".join(k for unit in real_units(data) if unit.split != "train" and len(k := key(unit.text)) > 8)
    kept_apart = apart.split("\n")
    found: dict[str, str] = {}
    for text in _every(data):
        text = text if len(text) <= A_TEXT else text[:A_TEXT].rpartition(" ")[0]
        found.setdefault(key(text), text)
    found.pop("", None)
    whole, owners = "\n".join(found), list(found)
    starts = np.cumsum([0, *(len(k) + 1 for k in owners)])
    for unit in kept_apart:
        at = whole.find(unit)
        while at >= 0:
            found.pop(owners[int(np.searchsorted(starts, at, "right")) - 1], None)
            at = whole.find(unit, at + 1)
    chosen = list(found.values())
    random.Random(13).shuffle(chosen)
    return chosen


def _every(data: Path) -> Iterator[str]:
    for path in sorted((data / "sentiment").glob("*.jsonl")):
        texts = [row for row in rows(path) if split_of(row["text"]) == "train"]
        random.Random(13).shuffle(texts)
        yield from (row["text"] for row in texts[:A_SET])
    for units in (real_units(data), own_units(), implied_units(), (unit for pair in variant_units() for unit in pair),
                  own_pains(), intents(data, INTENTS, AN_INTENT_SET)):
        yield from (unit.text for unit in units if unit.split == "train" and split_of(unit.text) != "test")
    for marked in marked_texts():
        if marked.split == "train":
            yield " ".join(part for parts in marked.parts for part, _ in parts)
    for parallel in translations(data):
        yield from (parallel[lang] for lang in LANGUAGES)
    for path in sorted((data / "transcripts").glob("*.jsonl")):
        for row in list(rows(path))[:CONVERSATIONS]:
            yield from (turn["text"] for turn in row["turns"] if split_of(turn["text"]) == "train")
    for path in sorted((PROJECT / "corpora" / "conversations" / "train").glob("*.jsonl")):
        for row in rows(path):
            yield from (turn["text"] for turn in row["turns"])


def lessons_of(data: Path, cache: Path, passages: int) -> Lessons:
    """Labelled texts, each one unit, and ``passages`` passages with their units; what the full encoder says of them is
    kept in ``cache``."""
    chosen = lesson_texts(data)[:passages]
    parts = [_labelled(data, cache)]
    for start in range(0, len(chosen), A_CHUNK):
        texts = chosen[start:start + A_CHUNK]
        digest = hashlib.blake2b(json.dumps(texts).encode(), digest_size=8).hexdigest()
        path = cache / f"lessons-{digest}.npz"
        if not path.is_file():
            cache.mkdir(parents=True, exist_ok=True)
            _encode(texts, path)
        parts.append(_read(path))
        print(f"lessons: {min(start + A_CHUNK, len(chosen))}/{len(chosen)}", file=sys.stderr)
    counts = np.concatenate([np.diff(part.edges) for part in parts])
    return Lessons([text for part in parts for text in part.texts], np.concatenate([[0], np.cumsum(counts)]),
                   np.concatenate([part.spans for part in parts]), np.concatenate([part.units for part in parts]),
                   np.concatenate([part.passages for part in parts]))


def _labelled(data: Path, cache: Path) -> Lessons:
    """The texts that the heads learn from."""
    texts, vectors = [], []
    for name, items in labelled_parts(data, *HEADS_LEARN_FROM):
        if name.startswith("held"):
            continue
        langs = [item.lang for item in items]
        vectors.append(cached_vectors([item.text for item in items], cache, name, langs).astype(np.float16))
        texts += model_texts([item.text for item in items], langs)
    said = np.concatenate(vectors)
    return Lessons(texts, np.arange(len(texts) + 1), np.array([(0, len(text)) for text in texts]), said, said)


def _encode(texts: Sequence[str], path: Path) -> None:
    passages = read_passages(pl.DataFrame({"text": texts}))
    encoded = full_encoder().encode_passages(passages, rules=True)
    np.savez(path, text=[p.text for p in passages],
             count=[len(cuts) for cuts in encoded.cuts],
             spans=np.array([(cut.reach_start, cut.reach_end) for cuts in encoded.cuts for cut in cuts]),
             units=encoded.vectors.astype(np.float16), passages=encoded.passages.astype(np.float16))


def _read(path: Path) -> Lessons:
    of = np.load(path)
    return Lessons(of["text"].tolist(), np.concatenate([[0], np.cumsum(of["count"])]), of["spans"].reshape(-1, 2),
                   of["units"], of["passages"])
