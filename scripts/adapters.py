"""What changes in the encoder while it is being trained: all linear layers whole, or low-rank adapters of them.

Only low-rank adapters ship (`painpoints.encode.adapter` merges them): what was learnt whole is cut down to its largest
singular directions.
"""

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


class WholeLayers:
    """The linear layers of an encoder, trained whole: bf16 weights for the passes, fp32 copies for the optimiser."""

    def __init__(self, model: nn.Module) -> None:
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        self._layers = _linear_layers(model)
        self._first = {name: layer.weight.detach().float().clone() for name, layer in self._layers.items()}
        self.weights = {name: weight.clone() for name, weight in self._first.items()}
        for layer in self._layers.values():
            layer.weight.requires_grad_(True)

    def take_gradients(self) -> None:
        """Moves the gradients of the passes to the fp32 copies."""
        for name, layer in self._layers.items():
            gradient = layer.weight.grad
            self.weights[name].grad = None if gradient is None else gradient.float()
            layer.weight.grad = None

    def write(self) -> None:
        """Copies the fp32 weights into the layers."""
        with torch.no_grad():
            for name, layer in self._layers.items():
                layer.weight.copy_(self.weights[name])

    def updates(self) -> dict[str, torch.Tensor]:
        """What was learnt, by layer name: weights now less weights at first."""
        return {name: weight.detach() - self._first[name] for name, weight in self.weights.items()}

    def add(self, updates: dict[str, torch.Tensor]) -> None:
        """Takes up updates learnt before."""
        for name, update in updates.items():
            self.weights[name].add_(update.to(self.weights[name].device))
        self.write()


def low_rank(update: torch.Tensor, rank: int, scale: float) -> tuple[torch.Tensor, torch.Tensor]:
    """``update`` (out, in) as narrow matrices down (rank, in) and up (out, rank) whose product times ``scale`` is the
    nearest of that rank."""
    left, strength, right = torch.linalg.svd(update.float(), full_matrices=False)
    root = (strength[:rank] / scale).sqrt()
    return root[:, None] * right[:rank], left[:, :rank] * root


def add_adapters(model: nn.Module, rank: int, scale: float) -> dict[str, AdaptedLinear]:
    """Freezes ``model`` and adapts every linear layer of its encoder in place; the adapters by layer name."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    found = {}
    for name, layer in _linear_layers(model).items():
        parent = model.get_submodule(name.rsplit(".", 1)[0])
        found[name] = AdaptedLinear(layer, rank, scale)
        setattr(parent, name.rsplit(".", 1)[1], found[name])
    return found


def _linear_layers(model: nn.Module) -> dict[str, nn.Linear]:
    return {name: layer for name, layer in model.named_modules()
            if isinstance(layer, nn.Linear) and name.startswith("encoder.")}
