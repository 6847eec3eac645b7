"""Writes painpoints/text/data/marks/LANG.tsv: where a sentence ends although no full stop says so.

Reads reviews in JSON Lines (``text``, ``lang``), takes their own full stops and commas for the truth, drops
them, and fits two sparse logistic regressions on the words and word endings around each place: one for places
without a mark, one that tells a full stop from a comma. Only words, endings and weights are kept.

    python scripts/train_marks.py --lang fa reviews/*.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from painpoints.text import normalise
from painpoints.text.marks import FOLDER, features, fold_word

_TOKEN = re.compile(r"[\w\u200c]+(?:['’.\-/:][\w\u200c]+)*|[.!?؟…۔]+|[,،؛;]|\n")
PLACES = 700_000
RARE = 10
LEAST_WEIGHT = 0.05


def places(text: str) -> tuple[list[str], list[str]]:
    """The folded words of a text and the mark before each ("", "," or ".")."""
    words: list[str] = []
    marks: list[str] = []
    mark = ""
    for token in _TOKEN.findall(text):
        if token[0].isalnum() or token[0] == "_":
            words.append(fold_word(token))
            marks.append(mark)
            mark = ""
        elif token in ",،؛;":
            mark = mark or ","
        else:
            mark = "."
    return words, marks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--lang", required=True)
    given = parser.parse_args()
    dice = random.Random(7)
    texts = []
    for path in given.files:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        dice.shuffle(rows)
        texts += [row["text"] for row in rows[:12_000]]
    dice.shuffle(texts)
    rows_: list[list[str]] = []
    kinds: list[str] = []
    for text in texts:
        words, marks = places(normalise(text, given.lang).text)
        ends = sum(mark == "." for mark in marks[1:])
        if ends == 0 or len(words) / (ends + 1) > 25 or len(words) / (ends + 1) < 2.5:
            continue  # written without full stops, or with one after every word: teaches nothing
        begin = 0
        for i in range(1, len(words)):
            rows_.append(features(words, i, begin))
            kinds.append(marks[i])
            if marks[i] == ".":
                begin = i
        if len(rows_) > PLACES:
            break
    split = int(len(rows_) * 0.9)
    known = Counter(feature for row in rows_[:split] for feature in row)
    index = {feature: n for n, feature in enumerate(f for f, count in known.items() if count >= RARE)}

    def matrix(rows: list[list[str]]) -> csr_matrix:
        columns = [[index[f] for f in row if f in index] for row in rows]
        flat = np.fromiter((c for row in columns for c in row), dtype=np.int32)
        starts = np.cumsum([0, *map(len, columns)]).astype(np.int32)
        made = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(rows), len(index)))
        made.sort_indices()
        return made

    weights = []
    for marked in (False, True):
        keep = [n for n, kind in enumerate(kinds) if kind == "." or (kind == ",") == marked]
        train, test = [n for n in keep if n < split], [n for n in keep if n >= split]
        target = np.array([int(kinds[n] == ".") for n in train])
        model = LogisticRegression(C=0.8, l1_ratio=1.0, solver="liblinear", max_iter=40)
        model.fit(matrix([rows_[n] for n in train]), target)
        truth = np.array([kinds[n] == "." for n in test])
        score = model.decision_function(matrix([rows_[n] for n in test]))
        precision, recall, at = precision_recall_curve(truth, score)
        curve = list(zip(precision, recall, at, strict=False))
        best = {p: next(((f"{r:.3f}", f"{t:.2f}") for q, r, t in curve if q >= p), None) for p in (0.7, 0.8, 0.9)}
        print(given.lang, "comma" if marked else "bare", len(train), "base", round(float(truth.mean()), 3))
        print("  average precision", round(float(average_precision_score(truth, score)), 4))
        print("  recall and log odds at precision", best)
        weights.append((model.intercept_[0], model.coef_[0]))
    (bare_bias, bare), (comma_bias, comma) = weights
    lines = [f"<bias>\t{bare_bias:.2f}\t{comma_bias:.2f}"]
    lines += [
        f"{f}\t{bare[n]:.2f}\t{comma[n]:.2f}"
        for f, n in sorted(index.items())
        if max(abs(bare[n]), abs(comma[n])) >= LEAST_WEIGHT
    ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{given.lang}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    print(len(lines), "features kept")


if __name__ == "__main__":
    main()
