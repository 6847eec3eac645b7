"""Writes painpoints/text/data/persian_arabic.tsv: letter groups that tell Persian from Arabic.

Reads JSON Lines files with ``text`` and ``lang`` (fa or ar), takes snippets of one to six words, and fits a
sparse logistic regression on groups of one to four letters inside words. Only groups and weights are kept.

    python scripts/train_arabic_script.py corpora/labelled/*.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from painpoints.text.arabic_script import TABLE, groups, words_of

ROWS_A_FILE = 4000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--keep", type=int, default=9000, help="how many letter groups to keep")
    parser.add_argument("--out", type=Path, default=TABLE)
    given = parser.parse_args()
    dice = random.Random(20)
    snippets: list[tuple[list[str], int]] = []
    for path in given.files:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        rows = [row for row in rows if row["lang"] in ("fa", "ar")]
        dice.shuffle(rows)
        for row in rows[:ROWS_A_FILE]:
            words = words_of(row["text"])
            for length in (1, 2, 3, 6):
                if words:
                    start = dice.randrange(max(1, len(words) - length + 1))
                    snippets.append((words[start : start + length], row["lang"] == "fa"))
    known = Counter(group for words, _ in snippets for word in words for group in groups(word))
    index = {group: i for i, (group, count) in enumerate(known.most_common()) if count >= 12}
    data, rows_, columns = [], [], []
    for row, (words, _) in enumerate(snippets):
        for group, count in Counter(g for word in words for g in groups(word) if g in index).items():
            data.append(count)
            rows_.append(row)
            columns.append(index[group])
    matrix = csr_matrix((data, (rows_, columns)), shape=(len(snippets), len(index)), dtype=np.float64)
    target = np.array([fa for _, fa in snippets])
    model = LogisticRegression(C=2.0, l1_ratio=1.0, solver="liblinear", class_weight="balanced")
    model.fit(matrix, target)
    weights = {group: model.coef_[0][i] for group, i in index.items()}
    kept = sorted(weights, key=lambda g: -abs(weights[g]) * known[g] ** 0.25)[: given.keep]
    lines = [f"{g}\t{weights[g]:.2f}" for g in sorted(kept) if abs(weights[g]) >= 0.02]
    given.out.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(snippets)} snippets, {len(index)} groups, {len(lines)} kept")
    print(f"accuracy on the training snippets {model.score(matrix, target):.4f}")


if __name__ == "__main__":
    main()
