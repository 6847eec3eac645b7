"""Linear layers in eight-bit numbers, for processors without bf16 instructions.

Weights have a scale for each output, fixed; activations a scale and a middle for each row, found as they come. Sums are
of whole numbers, so that a text's vector is the same bit for bit whatever is encoded with it. After Jacob et al. 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from painpoints.errors import UsageError

if TYPE_CHECKING:
    import torch
    from torch import nn

    from painpoints.encode.encoder import Encoder

_MOST, _STEPS = 127, 254
_LEAST = 1e-8


def in_int8(encoder: Encoder) -> Encoder:
    """``encoder``, loaded as fp32, with its linear layers replaced. Raises UsageError on a GPU."""
    if encoder.info.device != "cpu":
        raise UsageError("int8 is for processors; this machine encodes on a GPU.", hint="Use --precision bf16 or fp16.")
    encoder.change(lambda model: _replace(model[0]), "int8")
    return encoder


def _replace(module: Any) -> None:
    from torch import nn

    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear):
            setattr(module, name, int8_linear(child))
        else:
            _replace(child)


def int8_linear(layer: nn.Linear) -> nn.Module:
    """A layer that gives nearly what ``layer`` gives."""
    import torch
    from torch import nn

    weight = layer.weight.detach().float()
    scale = weight.abs().amax(1).clamp(min=_LEAST) / _MOST
    rounded = torch.round(weight / scale[:, None]).to(torch.int8).t().contiguous()
    sums = rounded.sum(0, dtype=torch.int32).float() * scale
    bias = torch.zeros(len(weight)) if layer.bias is None else layer.bias.detach().float()

    class Int8Linear(nn.Module):  # type: ignore[misc]
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            rows = inputs.reshape(-1, inputs.shape[-1])
            low, high = torch.aminmax(rows, dim=1, keepdim=True)
            step = ((high - low) / _STEPS).clamp(min=_LEAST)
            middle = (high + low) / 2
            product = torch._int_mm(torch.round((rows - middle) / step).to(torch.int8), rounded)
            shifted = torch.addcmul(bias, middle, sums)
            return torch.addcmul(shifted, product.float() * step, scale).reshape(*inputs.shape[:-1], len(scale))

    return Int8Linear()
