"""Measures segmentation against texts whose units are marked by hand.

    python scripts/evaluate_segments.py --gold tests/text/segmentation_gold [--json] [--show]

Each line of ``LANG.jsonl`` holds ``text`` with ``|`` between units and ``[[...]]`` around what belongs to none
(headers), and ``punctuated``. A unit counts as found when its first and last letter or digit agree; the
boundary score compares the places where one unit gives way to the next.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path

from painpoints.text import normalise, segment

Range = tuple[int, int]
_MARKS = re.compile(r"\s*(?:\||\[\[(?P<header>.*?)\]\])\s*")
_WORD = re.compile(r"[^\W_]")


def read_gold(marked: str) -> tuple[str, list[Range]]:
    """The plain text and the ranges of its units, from first to last letter or digit."""
    text, units, at = "", [], 0
    for match in [*_MARKS.finditer(marked), None]:
        piece = marked[at : match.start()] if match else marked[at:]
        if _WORD.search(piece):
            text += " " if text else ""
            units.append((len(text), len(text) + len(piece)))
            text += piece
        if match and match["header"]:
            text += (" " if text else "") + match["header"]
        at = match.end() if match else at
    return text, [core(text, unit) for unit in units]


def core(text: str, unit: Range) -> Range:
    """The range from the first to the last letter or digit of a unit."""
    places = [m.start() for m in _WORD.finditer(text, *unit)]
    return places[0], places[-1] + 1


def compare(gold: list[Range], found: list[Range]) -> dict[str, int]:
    """Counts for the two F1 scores of one text."""
    edges_gold, edges_found = {a for a, _ in gold[1:]}, {a for a, _ in found[1:]}
    return {
        "gold": len(gold), "found": len(found), "right": len(set(gold) & set(found)),
        "gold_edges": len(edges_gold), "found_edges": len(edges_found), "right_edges": len(edges_gold & edges_found),
    }  # fmt: skip


def f1(right: int, gold: int, found: int) -> float:
    """Harmonic mean of precision and recall; 1 when there was nothing to find and nothing was found."""
    return 2 * right / (gold + found) if gold + found else 1.0


def evaluate(folder: Path, show: bool = False) -> dict[str, dict[str, float]]:
    """Scores per language and kind («fa punctuated», «fa unpunctuated», «fa»)."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path in sorted(folder.glob("*.jsonl")):
        lang = path.stem
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            marked = normalise(row["text"], lang).text
            text, gold = read_gold(marked)
            found = [core(text, span) for span in segment(text, lang) if _WORD.search(text, *span)]
            counts = compare(gold, found)
            kind = "punctuated" if row["punctuated"] else "unpunctuated"
            for name in (lang, f"{lang} {kind}"):
                sums[name]["texts"] += 1
                for key, value in counts.items():
                    sums[name][key] += value
            if show and gold != found:
                print(row["id"], "\n   gold ", " | ".join(text[a:b] for a, b in gold))
                print("   found", " | ".join(text[a:b] for a, b in found))
    return {
        name: {
            "texts": c["texts"], "units": c["gold"],
            "unit_f1": round(f1(c["right"], c["gold"], c["found"]), 4),
            "boundary_f1": round(f1(c["right_edges"], c["gold_edges"], c["found_edges"]), 4),
            "boundary_precision": round(c["right_edges"] / max(c["found_edges"], 1), 4),
            "boundary_recall": round(c["right_edges"] / max(c["gold_edges"], 1), 4),
        }
        for name, c in sums.items()
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder of LANG.jsonl files")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--show", action="store_true", help="print the texts that were cut otherwise")
    given = parser.parse_args()
    scores = evaluate(given.gold, show=given.show)
    if given.json:
        print(json.dumps(scores, ensure_ascii=False, indent=2))
        return
    for name, row in scores.items():
        print(f"{name:18}" + "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
