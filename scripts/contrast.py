"""Texts of the same pain or intent, drawn in groups, and the loss that pulls each group together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

INTENT_SETS = ("en_banking77", "ar_arbanking77", "en_clinc150", "en_multidogo_intents", "mabsa_complaints_en_ar_ru")
WEIGHTS = {"own pains": 5.0, "banking intents": 2.0, "en_clinc150": 1.0, "en_multidogo_intents": 0.7,
           "mabsa_complaints_en_ar_ru": 0.7}
"""How often a step draws from each source."""


def members(labels: Sequence[str]) -> list[list[int]]:
    """Rows of each label that has more than three."""
    found: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        found.setdefault(label, []).append(row)
    return [rows for rows in found.values() if len(rows) > 3]


def draw(groups: list[list[int]], rng: np.random.Generator, count: int, texts: int) -> tuple[list[int], list[int]]:
    """Rows of ``count`` groups, at most ``texts`` of each, and the number of each row's group."""
    rows: list[int] = []
    labels: list[int] = []
    for group in rng.choice(len(groups), min(count, len(groups)), replace=False):
        drawn = rng.choice(groups[group], min(texts, len(groups[group])), replace=False)
        rows += drawn.tolist()
        labels += [int(group)] * len(drawn)
    return rows, labels


def same_group(vectors: torch.Tensor, labels: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss (Khosla et al. 2020) of L2-normalised ``vectors`` (n, d) with ``labels`` (n,)."""
    own = torch.eye(len(labels), dtype=torch.bool, device=vectors.device)
    scores = (vectors @ vectors.T / temperature).masked_fill(own, -1e9)
    log_share = scores - torch.logsumexp(scores, 1, keepdim=True)
    same = (labels[:, None] == labels[None]) & ~own
    return -((log_share * same).sum(1) / same.sum(1).clamp(min=1)).mean()
