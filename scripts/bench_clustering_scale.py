"""What clustering costs and finds as the number of problem units grows, up to a million.

    python scripts/bench_clustering_scale.py --data DIR [--cache DIR] [--units 20000 60000 100000 300000 1000000]
                                             [--detail normal] [--out scripts/bench/clustering_scale.json]

Units are made from real vectors: the mass of training pain families, with sizes by Zipf's law, and of labelled own and
real complaints as one-offs (15 %); planted in it are `RARE` held-out families of `RARE_UNITS` units each. A made unit
is the centre of its family plus what sets two texts of its language apart from theirs, turned between the two at
random: so a family has the spread that real ones have, and no unit is a copy of another. Every second planted family
has half that spread. Each number of units is measured in a process of its own; up to `COMPARED` of them also with every
pair looked at, whatever their number.

A planted family is found when one cluster holds more of it than not, and more of it than of others (F1 of .5 or more).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import own_pains, own_units, real_units
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from vectors import cached_vectors

from painpoints.cluster import (
    DETAILS,
    EXACT,
    ClusterSettings,
    align,
    border_cases,
    cluster_units,
    load_projection,
    measure_stability,
)

COUNTS = (20_000, 60_000, 100_000, 300_000, 1_000_000)
COMPARED = 100_000
RARE, RARE_UNITS = 40, 50
ALIKE = 0.5
"""The spread of every second planted family, beside that of the others: a pain that all tell in much the same way."""
ONE_OFFS = 0.15
ASKED = 8
_BLOCK = 50_000


@dataclass(frozen=True)
class Seen:
    """Real aligned ``vectors`` (n, d), their ``langs``, their ``family`` (n,), -1 for one-offs; ``rare`` families."""

    vectors: np.ndarray
    langs: np.ndarray
    family: np.ndarray
    rare: np.ndarray


def seen(data: Path, cache: Path) -> Seen:
    """Training and held-out pain families, and labelled real complaints."""
    projection = load_projection()
    items = {split: [item for item in own_pains() if item.split == split] for split in ("train", "test")}
    own = [unit for unit in own_units() if unit.problem and unit.split == "train"]
    real = [unit for unit in real_units(data) if unit.problem]
    parts = [cached_vectors([one.text for one in of], cache, name, [one.lang for one in of]) for of, name in (
        ([*own, *items["train"]], "own_problems"), (items["test"], "held_out_own_pains_all"), (real, "real_problems"))]
    ordered = [*items["train"], *items["test"]]
    names = {name: at for at, name in enumerate(sorted({item.group for item in ordered}))}
    held = sorted({item.group for item in ordered if item.split == "test"})
    rare = np.random.default_rng(7).permutation([names[name] for name in held])[:RARE]
    langs = np.array([one.lang for one in (*own, *ordered, *real)])
    family = np.array([-1] * len(own) + [names[item.group] for item in ordered] + [-1] * len(real))
    return Seen(align(projection.project(np.concatenate(parts)), langs, projection.language_means), langs, family, rare)


def made(of: Seen, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``count`` units: vectors (count, d), languages and families (count,)."""
    rng = np.random.default_rng(count)
    centre = {name: _unit(of.vectors[of.family == name].mean(0)) for name in np.unique(of.family[of.family >= 0])}
    middle = np.stack([centre.get(name, np.zeros(of.vectors.shape[1], np.float32)) for name in of.family])
    apart = of.vectors - middle
    usual = np.setdiff1d(np.unique(of.family[of.family >= 0]), of.rare)
    weight = 1.0 / (np.arange(len(usual)) + 10.0)
    one_offs, rare = round(ONE_OFFS * count), np.repeat(of.rare, RARE_UNITS)
    drawn = rng.choice(rng.permutation(usual), count - one_offs - len(rare), p=weight / weight.sum())
    family = rng.permutation(np.concatenate([drawn, rare, np.full(one_offs, -1)]))
    member = {name: np.flatnonzero(of.family == name) for name in np.unique(of.family)}
    rows = np.empty(count, np.int64)
    for name in np.unique(family):
        mine = np.flatnonzero(family == name)
        rows[mine] = rng.choice(member[name], len(mine))
    other = np.empty(count, np.int64)
    for lang in np.unique(of.langs):
        mine = np.flatnonzero(of.langs[rows] == lang)
        other[mine] = rng.choice(np.flatnonzero(of.langs == lang), len(mine))
    turn = rng.uniform(0, np.pi / 2, count).astype(np.float32)[:, None]
    spread = np.where(np.isin(family, of.rare[1::2]), ALIKE, 1.0).astype(np.float32)[:, None]
    vectors = np.empty((count, of.vectors.shape[1]), np.float32)
    for at in range(0, count, _BLOCK):
        part = slice(at, at + _BLOCK)
        own, others = np.cos(turn[part]) * apart[rows[part]], np.sin(turn[part]) * apart[other[part]]
        mixed = middle[rows[part]] + spread[part] * (own + others)
        vectors[part] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return vectors, of.langs[rows], family


def measured(of: Seen, count: int, exact: int, detail: str) -> dict[str, Any]:
    """Costs and findings of one clustering."""
    vectors, langs, family = made(of, count)
    keys = [f"{at * 7_919_993 % 1_000_000_007:010}" for at in range(count)]
    settings = ClusterSettings(exact=exact, detail=detail)
    before = _peak()
    wall, cpu = time.perf_counter(), time.process_time()
    found = cluster_units(vectors, langs.tolist(), keys, settings)
    clustered = time.process_time() - cpu
    wall_clustered = time.perf_counter() - wall
    steady = measure_stability(found, keys, settings)
    border = border_cases(found, settings)
    inside = family >= 0
    return {
        "units": count, "detail": detail, "exact_up_to": exact, "passes": [len(one.rows) for one in found.passes],
        "processor_seconds": round(clustered, 1), "seconds": round(wall_clustered, 1),
        "processor_seconds_with_stability": round(time.process_time() - cpu, 1),
        "peak_memory_mb_before": before, "peak_memory_mb": _peak(), "clusters": int(found.labels.max()) + 1,
        "coverage": _rounded((found.labels[inside] >= 0).mean()),
        "one_offs_left_out": _rounded((found.labels[~inside] < 0).mean()),
        "ami": _rounded(adjusted_mutual_info_score(family[inside], found.labels[inside])),
        "ari": _rounded(adjusted_rand_score(family[inside], found.labels[inside])),
        "rare_families": len(of.rare), "rare_units_each": RARE_UNITS,
        "rare_as_spread_as_others": rare_found(vectors, family, found.labels, of.rare[::2]),
        "rare_told_alike": rare_found(vectors, family, found.labels, of.rare[1::2]),
        "mean_strength": _rounded(found.strength[found.labels >= 0].mean()),
        "border_share": _rounded(border[found.labels >= 0].mean()),
        "mean_stability": _rounded(steady.clusters.mean()), "load": round(os.getloadavg()[0], 1)}


def rare_found(vectors: np.ndarray, family: np.ndarray, labels: np.ndarray, rare: np.ndarray) -> Mapping[str, float]:
    """How well planted families are found: the share of them, their mean best F1; and the mean share of their units'
    eight nearest neighbours that are of the family, which says how much there is to be found."""
    size = np.bincount(labels[labels >= 0])
    best, near = [], []
    for name in rare:
        mine = np.flatnonzero(family == name)
        here = labels[mine]
        inside, common = np.unique(here[here >= 0], return_counts=True)
        best.append(float((2 * common / (len(here) + size[inside])).max(initial=0.0)))
        asked = mine[:: max(1, len(mine) // ASKED)]
        around = np.argpartition(-(vectors[asked] @ vectors.T), 9, axis=1)[:, :9]
        near.append(((family[around] == name).sum(1) - 1).mean() / 8)
    return {"found": _rounded(np.mean(np.array(best) >= 0.5)), "f1": _rounded(np.mean(best)),
            "own_among_neighbours": _rounded(np.mean(near))}


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def main() -> None:
    """Measure every number of units in a process of its own, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--units", type=int, nargs="*", default=list(COUNTS), help="numbers of units")
    parser.add_argument("--detail", choices=sorted(DETAILS), default="normal")
    parser.add_argument("--exact", type=int, default=EXACT, help="units up to which all are clustered together")
    parser.add_argument("--one", action="store_true", help="measure in this process and print")
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/clustering_scale.json"))
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(seen(arguments.data, arguments.cache), arguments.units[0], arguments.exact,
                                  arguments.detail)))
        return
    seen(arguments.data, arguments.cache)  # encodes what is not in the cache yet
    found: dict[str, Any] = {
        "command": f"python scripts/bench_clustering_scale.py --data DIR --units {' '.join(map(str, arguments.units))}"
                   f"{'' if arguments.detail == 'normal' else f' --detail {arguments.detail}'}",
        "cores": os.cpu_count(), "runs": []}
    for count in arguments.units:
        for exact in sorted({arguments.exact, *([count] if arguments.exact < count <= COMPARED else [])}):
            command = [sys.executable, __file__, "--data", str(arguments.data), "--cache", str(arguments.cache),
                       "--one", "--units", str(count), "--exact", str(exact), "--detail", arguments.detail]
            found["runs"].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
            print(found["runs"][-1], file=sys.stderr)
            arguments.out.parent.mkdir(parents=True, exist_ok=True)
            arguments.out.write_text(json.dumps(found, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
