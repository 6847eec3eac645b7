"""Sets of complaints to cluster, drawn from held-out pain families: some families whole, and one-offs beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from datasets import Grouped, families, own_pains
from sklearn.metrics import adjusted_mutual_info_score

FAMILIES = 36
ONE_OFFS = 100


@dataclass(frozen=True)
class Draw:
    """``items`` in random order; ``gold`` (n,) the number of each one's family, -1 for one-offs."""

    items: list[Grouped]
    gold: np.ndarray

    @property
    def langs(self) -> list[str]:
        """Language of every text."""
        return [item.lang for item in self.items]

    @property
    def keys(self) -> list[str]:
        """Names that fix an order which says nothing of the families."""
        return [f"{at:06}" for at in range(len(self.items))]


def draw(split: str, seed: int, count: int = FAMILIES, one_offs: int = ONE_OFFS) -> Draw:
    """``count`` families of ``split``, close neighbours among them, all their texts; and one text each of at most
    ``one_offs`` other families of it (a third of them at most where families are few)."""
    rng = np.random.default_rng(seed)
    of: dict[str, list[Grouped]] = {}
    for item in own_pains():
        if item.split == split:
            of.setdefault(item.group, []).append(item)
    chosen = _with_neighbours(list(of), rng, min(count, 2 * len(of) // 3))
    others = [name for name in of if name not in chosen]
    rng.shuffle(others)
    picked = [(item, number) for number, name in enumerate(chosen) for item in of[name]]
    picked += [(of[name][int(rng.integers(len(of[name])))], -1) for name in others[:one_offs]]
    order = rng.permutation(len(picked))
    return Draw([picked[at][0] for at in order], np.array([picked[at][1] for at in order]))


def _with_neighbours(names: Sequence[str], rng: np.random.Generator, count: int) -> list[str]:
    """``count`` of ``names``, half of them drawn because they are neighbours of one drawn before, where there are."""
    known = families()
    chosen: list[str] = []
    while len(chosen) < count:
        near = sorted({n for c in chosen for n in known[c]["neighbours"] if n in names} - set(chosen))
        pool = near if near and rng.random() < 0.5 else sorted(set(names) - set(chosen))
        chosen.append(pool[int(rng.integers(len(pool)))])
    return chosen


def figures(of: Draw, labels: np.ndarray) -> dict[str, float]:
    """How well ``labels`` (n,), -1 for none, find the families: AMI over all texts of families, those in no cluster
    counting as one more; coverage; purity; share of clusters of six or more with three languages (both,
    where there are two); one-offs left out."""
    kept = of.gold >= 0
    gold, found = of.gold[kept], labels[kept]
    covered = found >= 0
    langs = np.array(of.langs)
    purity = sum(np.unique(gold[found == k], return_counts=True)[1].max() for k in np.unique(found[covered]))
    whole = sum(np.unique(of.gold[labels == k], return_counts=True)[1].max() for k in np.unique(labels[labels >= 0]))
    wanted = min(3, len(set(of.langs)))
    mixed = [len(set(langs[labels == k])) >= wanted for k in np.unique(labels[labels >= 0]) if (labels == k).sum() >= 6]
    return {"clusters": float(len(np.unique(labels[labels >= 0]))), "coverage": float(covered.mean()),
            "ami": float(adjusted_mutual_info_score(gold, found)),
            "ami_covered": float(adjusted_mutual_info_score(gold[covered], found[covered])) if covered.any() else 0.0,
            "purity": float(purity / max(1, covered.sum())),
            "purity_with_one_offs": float(whole / max(1, (labels >= 0).sum())),
            "mixed": float(np.mean(mixed)) if mixed else 0.0,
            "one_offs_left_out": float((labels[~kept] < 0).mean()) if (~kept).any() else float("nan")}
