"""Texts of the same pain or intent, drawn in groups, and the loss that pulls each group together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from datasets import Grouped, families

INTENT_SETS = ("en_banking77", "ar_arbanking77", "en_clinc150", "en_multidogo_intents", "mabsa_complaints_en_ar_ru")
WEIGHTS = {"own pains": 14.0, "banking intents": 2.0, "en_clinc150": 1.0, "en_multidogo_intents": 0.7,
           "mabsa_complaints_en_ar_ru": 0.7}
"""How often a step draws from each source."""
NEAR = 0.5
"""Share of the drawn groups that are close neighbours of another drawn group, where neighbours are known."""


@dataclass(frozen=True)
class Groups:
    """Rows of every group with more than three texts; ``near`` holds for each the numbers of its close neighbours;
    ``langs`` has the language of every row."""

    rows: list[list[int]]
    langs: list[str]
    near: list[list[int]] = field(default_factory=list)


def groups_of(items: Sequence[Grouped]) -> Groups:
    """The groups of ``items``, whose positions are the rows."""
    found: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        found.setdefault(item.group, []).append(row)
    names = [name for name, rows in found.items() if len(rows) > 3]
    number = {name: at for at, name in enumerate(names)}
    known = families() if any(item.source == "own pains" for item in items) else {}
    near: list[set[int]] = [set() for _ in names]
    for name in names:
        for other in known.get(name, {}).get("neighbours", ()):
            if other in number and other != name:
                near[number[name]].add(number[other])
                near[number[other]].add(number[name])
    return Groups([found[name] for name in names], [item.lang for item in items], [sorted(of) for of in near])


def draw(groups: Groups, rng: np.random.Generator, count: int, texts: int) -> tuple[list[int], list[int]]:
    """Rows of ``count`` groups, at most ``texts`` of each, languages in turn, and the number of each row's group."""
    chosen: list[int] = []
    while len(chosen) < min(count, len(groups.rows)):
        near = sorted({at for of in chosen for at in groups.near[of]} - set(chosen))
        pool = near if near and rng.random() < NEAR else sorted(set(range(len(groups.rows))) - set(chosen))
        chosen.append(pool[rng.integers(len(pool))])
    rows: list[int] = []
    labels: list[int] = []
    for group in chosen:
        drawn = _languages_in_turn(groups, rng.permutation(groups.rows[group]).tolist())[:texts]
        rows += drawn
        labels += [group] * len(drawn)
    return rows, labels


def _languages_in_turn(groups: Groups, rows: list[int]) -> list[int]:
    seen: dict[str, int] = {}
    turns = []
    for row in rows:
        lang = groups.langs[row]
        seen[lang] = seen.get(lang, 0) + 1
        turns.append((seen[lang], len(turns), row))
    return [row for _, _, row in sorted(turns)]


def same_group(vectors: torch.Tensor, labels: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss (Khosla et al. 2020) of L2-normalised ``vectors`` (n, d) with ``labels`` (n,)."""
    own = torch.eye(len(labels), dtype=torch.bool, device=vectors.device)
    scores = (vectors @ vectors.T / temperature).masked_fill(own, -1e9)
    log_share = scores - torch.logsumexp(scores, 1, keepdim=True)
    same = (labels[:, None] == labels[None]) & ~own
    return -((log_share * same).sum(1) / same.sum(1).clamp(min=1)).mean()
