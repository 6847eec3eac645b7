"""The map into the pain space, fitted on the vectors of the published adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from contrast import WEIGHTS, draw, groups_of, same_group
from datasets import Grouped
from torch.nn import functional

STEPS = 200
RATE = 3e-4
TEMPERATURE = 0.07
DROPOUT = 0.1
GROUPS_A_BATCH = 56
TEXTS_A_GROUP = 8
PAIRS = 256
SPREAD = 10.0
"""Centred vectors are this much longer for training, so that the layer's first steps are not lost on their scale."""
SEED = 5


def fit(groups: Mapping[str, tuple[np.ndarray, Sequence[Grouped]]], parallel: Mapping[str, np.ndarray]
        ) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (d, d) and mean (d,) of the map, from vectors of texts in groups, by source, and from vectors
    of the same sentences by language: supervised contrastive loss over groups, InfoNCE over translations."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    mean = np.concatenate([vectors for vectors, _ in groups.values()] + list(parallel.values())).mean(0)
    layer = torch.nn.Linear(len(mean), len(mean), bias=False)
    torch.nn.init.eye_(layer.weight)  # little steps from what the encoder gives: longer fits lose generality
    optimiser = torch.optim.AdamW(layer.parameters(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=STEPS)
    centred = {name: torch.tensor((vectors - mean) * SPREAD) for name, (vectors, _) in groups.items()}
    sides = {lang: torch.tensor((vectors - mean) * SPREAD) for lang, vectors in parallel.items()}
    rows_of = {name: groups_of(items) for name, (_, items) in groups.items()}
    names, langs = list(groups), list(parallel)
    share = np.array([WEIGHTS[name] for name in names])
    share /= share.sum()

    def mapped(rows: torch.Tensor) -> torch.Tensor:
        return functional.normalize(layer(functional.dropout(rows, DROPOUT)), dim=-1)

    for _ in range(STEPS):
        name = names[rng.choice(len(names), p=share)]
        rows, labels = draw(rows_of[name], rng, GROUPS_A_BATCH, TEXTS_A_GROUP)
        loss = same_group(mapped(centred[name][rows]), torch.tensor(labels), TEMPERATURE)
        one, other = rng.choice(langs, 2, replace=False)
        pairs = rng.choice(len(sides[one]), PAIRS, replace=False)
        scores = mapped(sides[one][pairs]) @ mapped(sides[other][pairs]).T / TEMPERATURE
        target = torch.arange(PAIRS)
        loss = loss + 0.25 * (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return layer.weight.detach().numpy().T.copy() * SPREAD, mean
