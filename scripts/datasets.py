"""Labelled texts for training and measuring, each with a split that no text, sentence or copy of it can cross."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
LANGUAGES = ("fa", "ar", "ru", "en")
SENTIMENT = {"negative": 0, "neutral": 1, "positive": 2, "neg": 0, "neu": 1, "pos": 2}


@dataclass(frozen=True)
class Labelled:
    """One text. ``sentiment`` 0..2; ``touchpoint`` and ``problem`` are None where a set does not label them;
    ``split`` is train, calibration or test."""

    text: str
    lang: str
    source: str
    split: str
    sentiment: int
    touchpoint: str | None = None
    problem: int | None = None
    implied: bool = False
    emotion: str | None = None


@dataclass(frozen=True)
class Marked:
    """A text of several opinion units, marked by hand. ``parts`` holds for every unit its stretches of text, each with
    whether it says what the customer expected; ``labels`` has one entry a unit."""

    lang: str
    split: str
    kind: str
    parts: list[list[tuple[str, bool]]]
    labels: list[Labelled]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file."""
    with path.open(encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


def key(text: str) -> str:
    """The text without case, spacing and punctuation: equal for copies that spread over several sets."""
    return re.sub(r"[\W_]+", "", text.casefold())


def split_of(text: str) -> str:
    """train (70 %), calibration (10 %) or test (20 %), by the hash of the text's key."""
    bucket = int.from_bytes(hashlib.blake2b(key(text).encode(), digest_size=4).digest(), "big") % 100
    return "test" if bucket < 20 else "calibration" if bucket < 30 else "train"


def sentiment_sets(data: Path, a_set: int) -> Iterator[Labelled]:
    """At most ``a_set`` texts of every sentiment set, drawn with a fixed seed."""
    for path in sorted((data / "sentiment").glob("*.jsonl")):
        chosen = list(rows(path))
        random.Random(13).shuffle(chosen)
        for row in chosen[:a_set]:
            yield Labelled(row["text"], row["lang"], path.stem, split_of(row["text"]), SENTIMENT[row["label"]])


def real_units(data: Path) -> Iterator[Labelled]:
    """The labelled real units. A unit that is a sentence of a document of its source set goes where that goes."""
    chosen = list(rows(data / "touchpoints" / "units.jsonl"))
    parents: dict[str, list[tuple[str, str]]] = {}
    for source in sorted({row["source"] for row in chosen}):
        path = data / f"{source}.jsonl"
        texts = [row["text"] for row in rows(path) if "text" in row] if path.is_file() else []
        parents[source] = [(key(text), split_of(text)) for text in texts]
    joined = {source: "\n".join(k for k, _ in pairs) for source, pairs in parents.items()}
    for row in chosen:
        own = key(row["text"])
        split = split_of(row["text"])
        at = joined[row["source"]].find(own) if len(own) > 8 else -1
        if at >= 0:
            split = parents[row["source"]][joined[row["source"]].count("\n", 0, at)][1]
        yield Labelled(row["text"], row["lang"], "real units", split, SENTIMENT[row["sentiment"]],
                       row["touchpoint"], int(row["problem"]))


def units_in_context(data: Path) -> Iterator[tuple[Marked, int]]:
    """Real units of the calibration and test parts inside the document they were taken from, where that is known and
    says more: the document in up to three stretches, and which of them is the unit."""
    documents: dict[str, str] = {}
    sources = {row["text"]: row["source"] for row in rows(data / "touchpoints" / "units.jsonl")}
    for source in sorted(set(sources.values())):
        path = data / f"{source}.jsonl"
        if path.is_file():
            documents[source] = _APART.join(text for row in rows(path) for text in (
                [row["text"]] if "text" in row else [turn["text"] for turn in row["turns"]]))
    for unit in real_units(data):
        whole = documents.get(sources[unit.text], "")
        at = whole.find(unit.text)
        if unit.split == "train" or at < 0:
            continue
        end = whole.find(_APART, at)
        before, after = whole[whole.rfind(_APART, 0, at) + 1:at], whole[at + len(unit.text):None if end < 0 else end]
        parts = [part.strip() for part in (before, unit.text, after)]
        if (parts[0] or parts[2]) and len(before) + len(after) < LONGEST_CONTEXT:
            labels = [replace(unit, source="real units in context")]
            yield Marked(unit.lang, unit.split, "context", [[(part, False)] for part in parts if part],
                         labels), int(bool(parts[0]))


_APART = "\0"
LONGEST_CONTEXT = 1500
"""Characters of a document beside the unit, above which it is left alone."""

LABELLED = ("sentiment/{lang}_*", "clusters/{lang}_*", "transcripts/{lang}_tw*")
"""Files whose documents ``corpora/labels`` may speak of."""


def labelled_documents(data: Path) -> Iterator[Marked]:
    """Real documents whose units we labelled: ``corpora/labels`` has the labels by the hash of the document, the texts
    come from ``data``. All are of the training split; documents that hold a unit of the test or calibration part, under
    whatever source that came, are left out."""
    kept_apart = [k for unit in real_units(data) if unit.split != "train" and len(k := key(unit.text)) > 8]
    for lang in LANGUAGES:
        labels: dict[str, list[dict[str, Any]]] = {}
        for row in _corpus("labels", lang):
            labels.setdefault(row["document"], []).append(row)
        for text in _texts(data, lang) if labels else ():
            of = labels.pop(hashlib.blake2b(text.encode(), digest_size=8).hexdigest(), None)
            if of is None or split_of(text) != "train":
                continue
            of.sort(key=lambda label: label["start"])
            edges = [*(label["start"] for label in of), len(text)]
            units = [Labelled(text[label["start"]:label["end"]], lang, "labelled", "train",
                              SENTIMENT[label["sentiment"]], label["touchpoint"], int(label["problem"]), False,
                              label["emotion"]) for label in of]
            whole = key(text)
            if not any(apart in whole for apart in kept_apart):
                yield Marked(lang, "train", "labelled",
                             [[(text[a:b].strip(), False)] for a, b in pairwise(edges)], units)


def _texts(data: Path, lang: str) -> Iterator[str]:
    for pattern in LABELLED:
        for path in sorted(data.glob(pattern.format(lang=lang) + ".jsonl")):
            for row in rows(path):
                yield from [row["text"]] if "text" in row else [turn["text"] for turn in row["turns"]]


def felt_units(data: Path) -> Iterator[Labelled]:
    """Negative real units with the emotion we labelled: ``corpora/labels/emotions.jsonl`` has it by the hash of the
    text. No training sees these labels: all are of the test part."""
    path = PROJECT / "corpora" / "labels" / "emotions.jsonl"
    emotions = {row["text"]: row["emotion"] for row in rows(path)}
    for row in rows(data / "touchpoints" / "units.jsonl"):
        emotion = emotions.get(hashlib.blake2b(row["text"].encode(), digest_size=8).hexdigest())
        if emotion and row["sentiment"] == "neg":
            yield Labelled(row["text"], row["lang"], "felt units", "test", 0, row["touchpoint"], int(row["problem"]),
                           False, emotion)


def own_units() -> Iterator[Labelled]:
    """The units written by us in ``corpora/touchpoints``."""
    for lang in LANGUAGES:
        for row in rows(PROJECT / "corpora" / "touchpoints" / f"{lang}.jsonl"):
            yield Labelled(row["text"], lang, "own units", split_of(row["text"]), SENTIMENT[row["sentiment"]],
                           row["touchpoint"], int(row["problem"]), bool(row["implied"]))


def implied_units() -> Iterator[Labelled]:
    """The units in ``corpora/implied``, which say their touchpoint without its obvious word."""
    for lang in LANGUAGES:
        for row in _corpus("implied", lang):
            yield Labelled(row["text"], lang, "implied units", split_of(row["text"]), SENTIMENT[row["sentiment"]],
                           row["touchpoint"], int(row["problem"]), True, row["emotion"])


def pain_units() -> Iterator[Labelled]:
    """The texts of the pain families as units, in the part of their family: a family has one touchpoint, every text
    states a problem."""
    known = families()
    for item in own_pains():
        yield Labelled(item.text, item.lang, "pain units", item.split, 0,
                       known[item.group]["touchpoint"], 1)


def variant_units() -> Iterator[tuple[Labelled, Labelled]]:
    """The pairs in ``corpora/variants``: one opinion as usually written, and in Latin letters, a dialect or haste. Both
    are of the part that the first falls into."""
    for lang in LANGUAGES:
        for row in _corpus("variants", lang):
            first, second = (Labelled(text, lang, "variant units", split_of(row["text"]), SENTIMENT[row["sentiment"]],
                                      row["touchpoint"], int(row["problem"]), False, row["emotion"])
                             for text in (row["text"], row["variant"]))
            yield first, second


def marked_texts() -> Iterator[Marked]:
    """The texts in ``corpora/documents``, cut into units by hand."""
    for lang in LANGUAGES:
        for row in _corpus("documents", lang):
            split = split_of(row["text"])
            units = [unit.strip() for unit in row["text"].split(" | ")]
            labels = [Labelled(_BRACKETS.sub("", unit), lang, "documents", split, SENTIMENT[label["sentiment"]],
                               label["touchpoint"], int(label["problem"]), False, label["emotion"])
                      for unit, label in zip(units, row["units"], strict=True)]
            yield Marked(lang, split, row["kind"], [_stretches(unit) for unit in units], labels)


_BRACKETS = re.compile(r"\[\[|\]\]")


def _stretches(unit: str) -> list[tuple[str, bool]]:
    """A unit in turns of what is outside and inside of [[ ]]."""
    found = [(part.strip(), number % 2 == 1) for number, part in enumerate(_BRACKETS.split(unit))]
    return [(text, inside) for text, inside in found if text]


def _corpus(folder: str, lang: str) -> Iterator[dict[str, Any]]:
    path = PROJECT / "corpora" / folder / f"{lang}.jsonl"
    return rows(path) if path.is_file() else iter(())


@dataclass(frozen=True)
class Grouped:
    """One text with the name of its group (same pain or same intent); groups whose ``split`` is calibration or test
    are never trained on."""

    text: str
    lang: str
    source: str
    group: str
    split: str


def _split_of_group(name: str, test: int, calibration: int) -> str:
    bucket = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") % 100
    return "test" if bucket < test else "calibration" if bucket < test + calibration else "train"


def families() -> dict[str, dict[str, Any]]:
    """What `corpora/pains` says of every pain family: titles, trade, touchpoint, neighbours."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((PROJECT / "corpora" / "pains").glob("*_families.json")):
        found |= json.loads(path.read_text("utf8"))
    return found


def own_pains() -> Iterator[Grouped]:
    """The pain families written by us in ``corpora/pains``: 20 % of the families are of the test part, 7 % of the
    calibration part, whole."""
    for path in sorted((PROJECT / "corpora" / "pains").glob("*.jsonl")):
        for row in rows(path):
            yield Grouped(row["text"], row["lang"], "own pains", row["family"], _split_of_group(row["family"], 20, 7))


def intents(data: Path, names: tuple[str, ...], a_set: int | None) -> Iterator[Grouped]:
    """At most ``a_set`` texts (None: all) of the intent sets ``names``; a quarter of the banking intents is
    held out."""
    for name in names:
        source = "banking intents" if "banking77" in name else name
        chosen = [row for row in rows(data / "clusters" / f"{name}.jsonl") if row["label"] != "oos"]
        random.Random(13).shuffle(chosen)
        for row in chosen[:a_set]:
            split = _split_of_group(row["label"], 25, 0) if source == "banking intents" else "train"
            yield Grouped(row["text"], row["lang"], source, row["label"], split)


def translations(data: Path) -> list[dict[str, str]]:
    """Sentences in four languages, from NTREX and SIB-200."""
    return [{lang: row[lang] for lang in LANGUAGES}
            for name in ("ntrex", "sib200") for row in rows(data / "crosslingual" / f"{name}.jsonl")]
