"""Publish the adapter that `train.py` learnt: fit its token head and how that cuts with the rules, measure, write the
card.

    python scripts/publish_adapter.py --data DIR [--state FILE] [--out models/adapter]

The token head learns from the training part of ``corpora/documents``, as it is and without its punctuation, and from
texts of the public sets that the rules cut before they lost theirs. Thresholds are fitted on the calibration part of
``corpora/documents`` and measured on its test part, beside the rules alone. Two cores need about three minutes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapter_card import card
from batches import ruled_pieces
from datasets import LANGUAGES, Marked, marked_texts, sentiment_sets
from evaluate_segments import compare, core, f1
from fit_token_head import HIDDEN, example, ruled_example
from fit_token_head import fit as fit_head
from student import publish_adapter

from painpoints.encode import EMBEDDED_NAME, load_encoder
from painpoints.encode.passages import expectation
from painpoints.text import Cut, Decoding, blocks, decide, normalise, rule_cuts

VERSION = "3"
SEED = 11
WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
THRESHOLDS = tuple(np.round(np.arange(-2.0, 4.01, 0.2), 1).tolist())
EXPECTATION = tuple(np.round(np.arange(0.0, 2.51, 0.25), 2).tolist())
"""Not below even odds: real texts state far fewer expectations than those we wrote."""
RULES = Decoding({}, {})
RULED = 3000
"""Texts of the sets cut by the rules that the token head learns from."""

Range = tuple[int, int]


@dataclass(frozen=True)
class Read:
    """One marked text as the encoder reads it, its gold units and expectations, and the log-odds of its tokens."""

    marked: Marked
    text: str
    gold: list[Range]
    expected: list[Range | None]
    starts: np.ndarray
    ends: np.ndarray
    odds: np.ndarray


def read(texts: Sequence[Marked]) -> list[Read]:
    """The texts with what the published token head says."""
    encoder = load_encoder()
    plain = [_plain(marked) for marked in texts]
    tokens = list(encoder.tokenise([text for text, _, _ in plain]))
    odds: list[np.ndarray] = [np.zeros((0, 2))] * len(texts)
    head = encoder.token_head
    for batch, said, framed in encoder.token_states([ids for ids, _ in tokens],
                                                    lambda states: head.log_odds(states).cpu().numpy()):
        for row, number in enumerate(batch):
            odds[number] = said[row, framed:framed + len(tokens[number][0])]
    items = []
    for marked, (text, gold, expected), (_, offsets), said in zip(texts, plain, tokens, odds, strict=True):
        starts, ends = np.array([a for a, _ in offsets]), np.array([b for _, b in offsets])
        items.append(Read(marked, text, gold, expected, starts, ends, said))
    return items


def _plain(marked: Marked) -> tuple[str, list[Range], list[Range | None]]:
    text, gold, expected = "", [], []
    for parts in marked.parts:
        start, phrase = len(text) + bool(text), None
        for part, inside in parts:
            piece = normalise(part, marked.lang).text
            at = len(text) + bool(text)
            text = f"{text} {piece}" if text else piece
            if inside and phrase is None:
                phrase = (at, len(text))
        gold.append(core(text, (start, len(text))))
        expected.append(phrase)
    return text, gold, expected


def cut(item: Read, decoding: Decoding) -> list[Range]:
    """The units of one text, each from its first to its last letter or digit."""
    found = blocks(item.text, item.marked.lang)
    cuts = rule_cuts(found) if not decoding.threshold else decide(
        item.text, item.marked.lang, found, (0, len(item.text)), item.starts, item.ends, item.odds[:, 0], decoding)
    return [core(item.text, (c.start, c.end)) for c in cuts if any(ch.isalnum() for ch in item.text[c.start:c.end])]


def score(items: Sequence[Read], units_of: Callable[[Read], list[Range]]) -> dict[str, Any]:
    """Exact-unit and boundary F1 over ``items``."""
    total: dict[str, int] = defaultdict(int)
    for item in items:
        for name, value in compare(item.gold, units_of(item)).items():
            total[name] += value
    return {"texts": len(items), "units": total["gold"],
            "unit_f1": round(f1(total["right"], total["gold"], total["found"]), 3),
            "boundary_f1": round(f1(total["right_edges"], total["gold_edges"], total["found_edges"]), 3)}


def fit(items: Sequence[Read]) -> Decoding:
    """Rule weight and threshold of every language, best by exact-unit plus boundary F1 on ``items``."""
    weight, threshold = {}, {}
    for lang in LANGUAGES:
        of = [item for item in items if item.marked.lang == lang]

        def worth(pair: tuple[float, float], of: list[Read] = of, lang: str = lang) -> tuple[float, float]:
            given = Decoding({lang: pair[0]}, {lang: pair[1]})
            found = score(of, lambda read_one: cut(read_one, given))
            return found["unit_f1"] + found["boundary_f1"], -abs(pair[1])

        weight[lang], threshold[lang] = max(itertools.product(WEIGHTS, THRESHOLDS), key=worth)
    return Decoding(weight, threshold)


def expectation_scores(items: Sequence[Read], floor: float) -> dict[str, Any]:
    """How well expectations are found, unit by unit: said or not, exactly, and by characters."""
    said = right = gold = overlap = chars_said = chars_gold = exact = 0
    for item in items:
        if item.marked.kind == "list":
            continue
        for (start, end), phrase in zip(item.gold, item.expected, strict=True):
            first, last = np.searchsorted(item.starts, [start, end])
            found = expectation(item.text, Cut(start, end, start, end), item.starts, item.ends,
                                item.odds[first:last, 1], int(first), floor)
            said, gold = said + (found is not None), gold + (phrase is not None)
            if found:
                chars_said += found[1] - found[0]
            if phrase:
                chars_gold += phrase[1] - phrase[0]
            if found and phrase:
                shared = max(0, min(found[1], phrase[1]) - max(found[0], phrase[0]))
                overlap += shared
                right += shared > 0
                exact += core(item.text, found) == core(item.text, phrase)
    return {"stated": gold, "found_f1": round(f1(right, gold, said), 3), "exact_f1": round(f1(exact, gold, said), 3),
            "character_f1": round(f1(overlap, chars_gold, chars_said), 3)}


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--state", type=Path, default=Path(".cache/training/student/state.safetensors"))
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("train.toml"))
    parser.add_argument("--out", type=Path, default=Path("models/adapter"))
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text("utf8"))
    none = {"hidden.weight": torch.zeros(HIDDEN, 3), "hidden.bias": torch.zeros(HIDDEN),
            "weight": torch.zeros(2, HIDDEN), "bias": torch.zeros(2)}
    publish_adapter(arguments.state, none, config["rank"], config["scale"], arguments.out)
    content = {"base": EMBEDDED_NAME, "version": VERSION, "rank": config["rank"], "scale": config["scale"],
               "decoding": {"rule_weight": {}, "threshold": {}}, "expectation": 0.0}
    _write(arguments.out / "adapter.json", content)
    learnt = [marked for marked in marked_texts() if marked.split == "train"]
    sets = [text for text in sentiment_sets(arguments.data, 2000)
            if text.split == "train" and 40 < len(text.text) < 600]
    random.Random(SEED).shuffle(sets)
    ruled = [ruled_example(pieces) for _, pieces in ruled_pieces(sets[:3 * RULED])[:RULED]]
    examples = [*(example(marked, bare=False) for marked in learnt), *ruled,
                *(example(marked, bare=True) for marked in learnt if marked.kind in ("punctuated", "unpunctuated"))]
    publish_adapter(arguments.state, fit_head(load_encoder(), examples), config["rank"], config["scale"], arguments.out)
    items = read([marked for marked in marked_texts() if marked.split != "train"])
    held = [item for item in items if item.marked.split == "calibration"]
    test = [item for item in items if item.marked.split == "test"]
    decoding = fit([item for item in held if item.marked.kind != "expectation"])
    floor = max(EXPECTATION, key=lambda at: expectation_scores(held, at)["character_f1"])
    figures: dict[str, Any] = {"segmentation": {}, "expectation": {
        lang: expectation_scores([i for i in test if lang in ("all", i.marked.lang)], floor)
        for lang in ("all", *LANGUAGES)}}
    for lang in LANGUAGES:
        for kind in ("all", "punctuated", "unpunctuated", "list"):
            of = [i for i in test if i.marked.lang == lang and i.marked.kind != "expectation"
                  and kind in ("all", i.marked.kind)]
            alone = replace(decoding, rule_weight=dict.fromkeys(LANGUAGES, 0.0))
            figures["segmentation"][f"{lang} {kind}"] = {
                "rules": score(of, lambda item: cut(item, RULES)),
                "head alone": score(of, lambda item, alone=alone: cut(item, alone)),
                "head and rules": score(of, lambda item: cut(item, decoding))}
    content |= {"decoding": {"rule_weight": decoding.rule_weight, "threshold": decoding.threshold},
                "expectation": floor}
    _write(arguments.out / "adapter.json", content)
    _write(arguments.out / "figures.json", figures)
    (arguments.out / "README.md").write_text(card(figures, config, content), "utf8")
    print(json.dumps(figures, indent=1))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
