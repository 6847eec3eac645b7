"""Whether pain points stay the same ones, and good ones, over ten additions and a change of model.

    python scripts/measure_identity.py [--split test] [--draws 5] [--cache DIR] [--out scripts/bench/identity.json]

Each draw spreads held-out pain families (36 whole, half of them close neighbours of another; 100 one-offs beside them)
over ten additions, in two ways: *even*, every text at any time, and *births*, where a third of the families begins in a
later addition. After every addition: the share of units that had a pain point before and have the same one now. After
the last: adjusted mutual information and purity of the units of families that have a pain point, beside those of one
clustering of everything at once, and of the same additions without parting (``kept_`` figures). Then the units go to
another space (the encoder as it comes, without our adapter and map) and back: the share of units that keep their pain
point, the share of ten nearest neighbours that both spaces have in common, and the quality afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from datasets import PROJECT, own_pains
from draws import Draw, draw
from sklearn.metrics import adjusted_mutual_info_score
from vectors import cached_vectors, model_texts

from painpoints.cluster import agreement, align, cluster_units, load_projection
from painpoints.encode import load_encoder
from painpoints.track import Rulings, identify, parting, remap

OUT = PROJECT / "scripts" / "bench" / "identity.json"
ADDITIONS = 10
WAYS = ("even", "births")
_SCHEMA = {"unit_id": pl.Utf8, "key": pl.Utf8, "lang": pl.Utf8, "weight": pl.Int64, "fresh": pl.Boolean,
           "painpoint_id": pl.Utf8, "strength": pl.Float64, "placed_by": pl.Utf8}


def schedule(of: Draw, way: str, seed: int) -> np.ndarray:
    """The addition (0 .. 9) in which each text comes."""
    rng = np.random.default_rng(seed)
    when = rng.integers(0, ADDITIONS, len(of.gold))
    if way == "births":
        for family in range(int(of.gold.max()) + 1):
            if rng.random() < 1 / 3:
                mine = of.gold == family
                when[mine] = rng.integers(rng.integers(1, ADDITIONS - 1), ADDITIONS, int(mine.sum()))
    return when


def units_of(of: Draw) -> pl.DataFrame:
    """The texts as units that no addition has seen."""
    keys = of.keys
    return pl.DataFrame({"unit_id": keys, "key": keys, "lang": of.langs, "weight": [1] * len(keys),
                         "fresh": [True] * len(keys), "painpoint_id": [None] * len(keys),
                         "strength": [None] * len(keys), "placed_by": [None] * len(keys)}, schema=_SCHEMA)


def grow(of: Draw, vectors: np.ndarray, when: np.ndarray, means: Any) -> tuple[pl.DataFrame, list[float]]:
    """The units after all additions, and the share of units unchanged by each addition but the first."""
    units, taken, unchanged = units_of(of), set[str](), []
    for number in range(ADDITIONS):
        here = np.flatnonzero(when <= number)
        now = units[here.tolist()]
        found = identify(now, vectors[here], Rulings(taken=frozenset(taken)), language_means=means)
        taken |= set(found.born)
        had = [(a, b) for a, b in zip(now["painpoint_id"], found.places, strict=True) if a is not None]
        if number:
            unchanged.append(float(np.mean([a == b for a, b in had])))
        after = now.with_columns(painpoint_id=pl.Series(found.places, dtype=pl.Utf8), fresh=pl.lit(False),
                                 strength=pl.Series(found.strength), placed_by=pl.lit("machine"))
        units = pl.concat([after, units.filter(~pl.col("unit_id").is_in(after["unit_id"].to_list()))]).sort("unit_id")
    return units, unchanged


def quality(gold: np.ndarray, places: Sequence[str | None]) -> dict[str, float]:
    """How well ``places`` find the families."""
    names = {name: at for at, name in enumerate(sorted({p for p in places if p is not None}))}
    labels = np.array([-1 if p is None else names[p] for p in places])
    placed = (labels >= 0) & (gold >= 0)
    clusters = np.unique(labels[placed])
    right = sum(np.unique(gold[placed & (labels == k)], return_counts=True)[1].max() for k in clusters)
    return {"painpoints": float(len(names)), "coverage": float(placed.sum() / (gold >= 0).sum()),
            "ami_placed": float(adjusted_mutual_info_score(gold[placed], labels[placed])),
            "ami": float(adjusted_mutual_info_score(gold[gold >= 0], labels[gold >= 0])),
            "purity": float(right / max(1, placed.sum())),
            "one_offs_left_out": float((labels[gold < 0] < 0).mean()) if (gold < 0).any() else float("nan")}


def measure(of: Draw, vectors: np.ndarray, plain: np.ndarray, when: np.ndarray, means: Any) -> dict[str, float]:
    """The figures of one draw and schedule."""
    units, unchanged = grow(of, vectors, when, means)
    most, parting.MOST_MOVED = parting.MOST_MOVED, 0.0
    unparted = quality(of.gold, grow(of, vectors, when, means)[0]["painpoint_id"].to_list())
    parting.MOST_MOVED = most
    at_once = cluster_units(vectors, of.langs, of.keys, language_means=means).labels
    grown = quality(of.gold, units["painpoint_id"].to_list())
    once = quality(of.gold, [None if label < 0 else str(label) for label in at_once])
    return {**grown, "unchanged": float(np.mean(unchanged)), "unchanged_least": min(unchanged),
            **{f"at_once_{name}": value for name, value in once.items()},
            **{f"kept_{name}": value for name, value in unparted.items()},
            **change(of, units, vectors, plain, means)}


def change(of: Draw, units: pl.DataFrame, vectors: np.ndarray, plain: np.ndarray, means: Any) -> dict[str, float]:
    """What a change of model does to ``units``: to the plain space, and from there back."""
    figures = {"neighbours": agreement(align(vectors, of.langs, means), align(plain, of.langs, None))}
    for way, space, known in (("there", plain, None), ("back", vectors, means)):
        before = units["painpoint_id"].to_list()
        taken = frozenset(name for name in before if name is not None)
        found = remap(units, space, Rulings(taken=taken), language_means=known)
        pairs = [(a, b) for a, b in zip(before, found.places, strict=True) if a is not None]
        units = units.with_columns(painpoint_id=pl.Series(found.places, dtype=pl.Utf8),
                                   strength=pl.Series(found.strength))
        after = quality(of.gold, found.places)
        figures |= {f"{way}_unchanged": float(np.mean([a == b for a, b in pairs])),
                    f"{way}_lost": float(np.mean([b is None for _, b in pairs])),
                    f"{way}_painpoints_kept": len(taken & set(found.places)) / max(1, len(taken)),
                    **{f"{way}_{name}": after[name] for name in ("ami_placed", "purity", "coverage")}}
    return figures


def plain_vectors(texts: Sequence[str], langs: Sequence[str], cache: Path) -> np.ndarray:
    """Vectors of the encoder as it comes, kept in ``cache``."""
    prepared = model_texts(texts, langs)
    path = cache / f"identity-plain-{hashlib.blake2b(chr(0).join(prepared).encode(), digest_size=8).hexdigest()}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, load_encoder(adapted=False).encode(prepared))
    return np.asarray(np.load(path), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", default="test")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=PROJECT / ".cache" / "training")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    projection = load_projection()
    items = [item for item in own_pains() if item.split == asked.split]
    texts, langs = [item.text for item in items], [item.lang for item in items]
    row = {(item.text, item.lang, item.group): at for at, item in enumerate(items)}
    ours = projection.project(cached_vectors(texts, asked.cache, f"identity-{asked.split}", langs))
    plain = plain_vectors(texts, langs, asked.cache)
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for seed in range(asked.draws):
        of = draw(asked.split, seed)
        rows = [row[item.text, item.lang, item.group] for item in of.items]
        for way in WAYS:
            found[way].append(measure(of, ours[rows], plain[rows], schedule(of, way, seed), projection.language_means))
            print(way, seed, {name: round(value, 3) for name, value in found[way][-1].items()}, file=sys.stderr)
    summary = {way: {name: round(float(np.nanmean([one[name] for one in of_way])), 4) for name in of_way[0]}
               for way, of_way in found.items()}
    for way, of_way in found.items():
        summary[way]["unchanged_least"] = round(min(one["unchanged_least"] for one in of_way), 4)
    asked.out.write_text(json.dumps({"command": "python scripts/measure_identity.py", "split": asked.split,
                                     "draws": asked.draws, "ways": summary}, indent=1) + "\n", "utf8")
    print(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
