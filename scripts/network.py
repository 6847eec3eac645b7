"""The judgement heads while they are being trained; `painpoints.classify.heads` runs the finished ones."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from painpoints.classify import EMOTIONS
from painpoints.taxonomy import load_taxonomy

CODES = load_taxonomy().codes
HIDDEN = 512


class Network(nn.Module):
    """A shared hidden layer and one linear output a task."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dimension))
        self.register_buffer("scale", torch.full((dimension,), dimension**-0.5))
        self.hidden = nn.Linear(dimension, HIDDEN)
        sizes = {"sentiment": 3, "overall": 3, "touchpoint": len(CODES), "problem": 2, "emotion": len(EMOTIONS)}
        self.outputs = nn.ModuleDict({task: nn.Linear(HIDDEN, size) for task, size in sizes.items()})

    def forward(self, vectors: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every task, (n, classes), for ``vectors`` (n, d)."""
        inner = functional.dropout((vectors - self.mean) / self.scale, 0.1, self.training)
        inner = functional.dropout(functional.gelu(self.hidden(inner)), 0.4, self.training)
        return {task: output(inner) for task, output in self.outputs.items()}
