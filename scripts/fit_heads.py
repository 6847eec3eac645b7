"""The heads that ship, fitted on the vectors of the published adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from network import CODES, Network
from torch.nn import functional

if TYPE_CHECKING:
    from publish_heads import Table

EPOCHS = 16
BATCH = 256
RATE = 1e-3
SEED = 1
OVERALL_SHARE = 0.3
"""How much whole texts count for the sentiment of units, whose labels follow another convention: chit-chat is neutral
there, and has the mood of its words in the public sets."""
UNITS_WEIGH = 2.0
SOURCE_WEIGHTS = {"real units": 2.0, "pain units": 0.4}
"""How much a unit of a source counts, 1 where none is named: the gold labels of real units more than ours, the many
complaints of pain families less."""


def fit(table: Table, seed: int = SEED) -> dict[str, np.ndarray]:
    """Weights under the names that `Heads` reads, after `EPOCHS` over the training part of ``table``."""
    torch.manual_seed(seed)
    network = Network(table.vectors.shape[1])
    rows = np.flatnonzero(table.split == "train")
    vectors = torch.tensor(table.vectors[rows], dtype=torch.float32)
    tasks = ("sentiment", "touchpoint", "problem", "emotion")
    gold = {task: torch.tensor(getattr(table, task)[rows]) for task in tasks}
    weight, binary = (torch.tensor(array[rows]) for array in _sets(table))
    counts = torch.bincount(gold["touchpoint"][gold["touchpoint"] >= 0], minlength=len(CODES)).float()
    rare = (counts.mean() / counts.clamp(min=1)).pow(0.3)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=EPOCHS * (len(rows) // BATCH) + 1)
    network.train()
    for _ in range(EPOCHS):
        order = torch.randperm(len(rows))
        for at in range(0, len(rows) // BATCH * BATCH, BATCH):
            batch = order[at:at + BATCH]
            loss = _loss(network(vectors[batch]), {task: labels[batch] for task, labels in gold.items()},
                         weight[batch], binary[batch], rare)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return _exported(network.eval())


def _loss(scores: dict[str, torch.Tensor], gold: dict[str, torch.Tensor], weight: torch.Tensor, binary: torch.Tensor,
          rare: torch.Tensor) -> torch.Tensor:
    unit = gold["touchpoint"] >= 0
    loss = torch.zeros(())
    if (~unit).any():
        whole = ~unit
        closed = 1e4 * binary[whole].unsqueeze(1) * torch.tensor([[0.0, 1.0, 0.0]])  # sets that know no neutral

        def of(task: str) -> torch.Tensor:
            each = functional.cross_entropy(scores[task][whole] - closed, gold["sentiment"][whole], reduction="none")
            return (each * weight[whole]).mean()

        loss = loss + whole.float().mean() * (of("overall") + OVERALL_SHARE * of("sentiment"))
    if unit.any():
        each = (functional.cross_entropy(scores["touchpoint"][unit], gold["touchpoint"][unit], weight=rare,
                                         label_smoothing=0.1, reduction="none")
                + 0.7 * functional.cross_entropy(scores["problem"][unit], gold["problem"][unit], reduction="none")
                + functional.cross_entropy(scores["sentiment"][unit], gold["sentiment"][unit], reduction="none"))
        loss = loss + UNITS_WEIGH * unit.float().mean() * (each * weight[unit]).sum() / weight[unit].sum()
    felt = gold["emotion"] >= 0
    if felt.any():
        loss = loss + 0.3 * functional.cross_entropy(scores["emotion"][felt], gold["emotion"][felt],
                                                     label_smoothing=0.05)
    return loss


def _sets(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Of each text how much it weighs (texts of the sets by the square root of how rare their sentiment is in their
    set), and whether its source knows no neutral sentiment."""
    weight, binary = np.ones(len(table.source), np.float32), np.zeros(len(table.source), bool)
    for source in sorted(set(table.source)):
        rows = np.flatnonzero((table.source == source) & (table.split == "train"))
        counts = np.bincount(table.sentiment[rows], minlength=3)
        if len(rows) and (table.touchpoint[rows] >= 0).all():
            weight[rows] = SOURCE_WEIGHTS.get(source, 1.0)
        elif len(rows):
            weight[rows] = np.minimum(np.sqrt(counts[counts > 0].mean() / np.maximum(counts, 1)), 3.0)[
                table.sentiment[rows]]
            binary[rows] = counts[1] == 0
    return weight, binary


def _exported(network: Network) -> dict[str, np.ndarray]:
    weights = {"mean": network.mean, "scale": network.scale, "hidden.weight": network.hidden.weight,
               "hidden.bias": network.hidden.bias}
    for task, output in network.outputs.items():
        weights |= {f"{task}.weight": output.weight, f"{task}.bias": output.bias}
    return {name: tensor.detach().numpy().astype(np.float32) for name, tensor in weights.items()}
