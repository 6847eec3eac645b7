"""Low-rank adapters while they are being trained; `painpoints.encode.adapter` merges the finished ones."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class AdaptedLinear(nn.Module):
    """A frozen linear layer plus a trained product of two narrow matrices."""

    def __init__(self, base: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.base = base
        self.scale = scale
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The frozen layer's output plus the scaled low-rank one."""
        kind = inputs.dtype
        narrow = functional.linear(inputs, self.down.to(kind))
        return self.base(inputs) + functional.linear(narrow, self.up.to(kind)) * self.scale


def add_adapters(model: nn.Module, rank: int, scale: float) -> dict[str, AdaptedLinear]:
    """Freezes ``model`` and adapts every linear layer of its encoder in place; the adapters by layer name."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    found = {}
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear) and name.startswith("encoder."):
            parent = model.get_submodule(name.rsplit(".", 1)[0])
            found[name] = AdaptedLinear(layer, rank, scale)
            setattr(parent, name.rsplit(".", 1)[1], found[name])
    return found
