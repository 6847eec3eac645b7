"""Do titles say which pain they are about? A blind quiz over pain families that no model was trained on.

    python scripts/evaluate_titles.py ask --out DIR       the questions, the answers apart, and every title to read
    python scripts/evaluate_titles.py score --out DIR     how many of the letters in DIR/given.tsv are right

A family of ``corpora/pains`` is a cluster; it is titled as the main job does, in every language. A question shows the
title in one language with two quotes in it, and four pains to choose from by the names that our corpus gives them: the
right one, its listed neighbours, then others of its trade. ``--quotes 0`` asks by the title alone. Languages take
turns; ``--each`` asks every family in all four. The reader writes ``number<TAB>letter`` lines into DIR/given.tsv.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from datasets import LANGUAGES, Grouped, families, own_pains
from vectors import model_texts

from painpoints.cluster.alignment import align
from painpoints.cluster.excerpts import counted_labels, excerpt, members_by_language
from painpoints.cluster.quotes import quotes
from painpoints.cluster.titles import titles
from painpoints.cluster.wording import WordReader
from painpoints.config import Settings
from painpoints.pipeline.models import Models, load_models

LETTERS = "ABCD"
SEED = 29

Titles = Mapping[int, Mapping[str, str]]


def judged_units(items: Sequence[Grouped], models: Models) -> tuple[pl.DataFrame, np.ndarray]:
    """Units with their families' numbers as ``cluster``, judged, and their aligned vectors (n, d)."""
    langs = [item.lang for item in items]
    texts = model_texts([item.text for item in items], langs)
    judging = models.encoder.encode(texts)
    judged = models.judge.heads.probabilities(judging, langs)
    numbers = {name: number for number, name in enumerate(sorted({item.group for item in items}))}
    ids = [f"{row:06}" for row in range(len(items))]
    units = pl.DataFrame({
        "unit_id": ids, "doc_id": ids, "lang": langs, "text": [item.text for item in items], "model_text": texts,
        "weight": 1, "cluster": [numbers[item.group] for item in items], "strength": 1.0, "certain": True,
        "problem_p": judged.problem[:, 1].astype(np.float64), "p_neg": judged.sentiment[:, 0].astype(np.float64)})
    return units, align(models.clustering_vectors(texts, judging), langs, models.language_means())


def named(units: pl.DataFrame, vectors: np.ndarray, models: Models) -> Titles:
    """Family number to language to title, made as the main job makes them."""
    def encode(texts: Sequence[str], langs: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        judging = models.encoder.encode(list(texts))
        judged = models.judge.heads.probabilities(judging, langs)
        return models.clustering_vectors(list(texts), judging), judged.problem[:, 1] * judged.sentiment[:, 0]

    members = members_by_language(counted_labels(units), units["lang"].to_list())
    return titles(WordReader().wording(excerpt(units, vectors)), members, vectors, encode)


def choices(name: str, rng: random.Random) -> list[str]:
    """``name`` and three other families in random order: its neighbours first, then others of its trade."""
    known = families()
    near = [n for n in known[name]["neighbours"] if n in known and n != name]
    near += sorted(n for n in known if name in known[n]["neighbours"] and n not in (*near, name))
    trade = [n for n in known if known[n]["trade"] == known[name]["trade"] and n not in (*near, name)]
    rest = [n for n in known if n not in (*near, *trade, name)]
    for pool in (near, trade, rest):
        rng.shuffle(pool)
    offered = [name, *[*near, *trade, *rest][:len(LETTERS) - 1]]
    rng.shuffle(offered)
    return offered


def ask(out: Path, split: str, shown: int, each: bool) -> None:
    """Writes questions.txt, answers.tsv and titles.tsv to ``out``."""
    models = load_models(Settings())
    items = [item for item in own_pains() if item.split == split]
    units, vectors = judged_units(items, models)
    found = named(units, vectors, models)
    known = families()
    names = sorted({item.group for item in items})
    labels = units["cluster"].to_numpy()
    quoted = {lang: quotes(units, vectors, np.where(units["lang"].to_numpy() == lang, labels, -1),
                           [None] * len(units), top=2) for lang in LANGUAGES}
    rng = random.Random(SEED)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "titles.tsv").open("w", encoding="utf8") as lines:
        for number, name in enumerate(names):
            for lang in LANGUAGES:
                lines.write("\t".join((name, lang, known[name]["title"][lang], found[number].get(lang, "-"))) + "\n")
    questions: list[str] = []
    answers: list[tuple[int, str, str, str]] = []
    for number, name in enumerate(names):
        turn = LANGUAGES if each else LANGUAGES[number % len(LANGUAGES):][:1]
        for lang in turn:
            offered = choices(name, rng)
            told = [found[number].get(lang, "-")]
            told += [f"  “{units['text'][row]}”" for row in quoted[lang][number][:shown]]
            told += [f"  {letter}  {known[option]['title'][lang]}"
                     for letter, option in zip(LETTERS, offered, strict=True)]
            questions.append(f"{len(questions) + 1}. " + "\n".join(told))
            answers.append((len(questions), lang, LETTERS[offered.index(name)], name))
    (out / "questions.txt").write_text("\n\n".join(questions) + "\n", encoding="utf8")
    with (out / "answers.tsv").open("w", encoding="utf8") as lines:
        lines.writelines("\t".join(map(str, answer)) + "\n" for answer in answers)
    print(f"{len(questions)} questions in {out / 'questions.txt'}")


def score(out: Path) -> None:
    """Prints the share of right letters per language, and the questions that were answered wrongly."""
    with (out / "given.tsv").open(encoding="utf8") as lines:
        given = {int(row[0]): row[1].strip().upper() for row in csv.reader(lines, delimiter="\t") if row}
    with (out / "answers.tsv").open(encoding="utf8") as lines:
        answers = [(int(row[0]), row[1], row[2], row[3]) for row in csv.reader(lines, delimiter="\t")]
    asked = Counter(lang for _, lang, _, _ in answers)
    right = Counter(lang for number, lang, letter, _ in answers if given.get(number) == letter)
    for number, lang, letter, name in answers:
        if given.get(number) != letter:
            print(f"{number}\t{lang}\t{given.get(number, '-')} instead of {letter}\t{name}")
    print(json.dumps({"questions": len(answers), "right": round(sum(right.values()) / len(answers), 3),
                      **{lang: round(right[lang] / asked[lang], 3) for lang in LANGUAGES if asked[lang]}}))


def main() -> None:
    """Write the quiz, or count right answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("ask", "score"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="test", choices=("test", "calibration", "train"))
    parser.add_argument("--quotes", type=int, default=2, choices=(0, 1, 2))
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    if options.step == "ask":
        ask(options.out, options.split, options.quotes, options.each)
    else:
        score(options.out)


if __name__ == "__main__":
    main()
