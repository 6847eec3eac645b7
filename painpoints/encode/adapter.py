"""What was trained on the embedded encoder: low-rank updates of its layers, and the head over its tokens.

The folder holds ``adapter.safetensors`` (``<layer>.down`` (rank, in), ``<layer>.up`` (out, rank), ``token_head.*``) and
``adapter.json``, both written by ``scripts/publish_adapter.py``. Low-rank updates after Hu et al. 2022.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import ModelError
from painpoints.text import Decoding

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True)
class TokenHead:
    """Log-odds of two things at every token: a unit begins here; this belongs to what the customer expected.

    A hidden layer ``inner`` (h, 3d), ``inner_bias`` (h,) reads a token between its neighbours, ``weight`` (2, h) and
    ``bias`` (2,) judge it; ``expectation`` is the log-odds from which a token belongs to an expectation.
    """

    inner: torch.Tensor
    inner_bias: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    decoding: Decoding
    expectation: float

    def log_odds(self, states: torch.Tensor) -> torch.Tensor:
        """(rows, tokens, 2) float32 of token ``states`` (rows, tokens, d)."""
        from torch.nn import functional

        # One product for all three places, shifted afterwards: no copy of the states three times as wide.
        before, own, after = (states.float() @ part.T for part in self.inner.chunk(3, dim=1))
        hidden = own + self.inner_bias
        hidden[:, 1:] += before[:, :-1]
        hidden[:, :-1] += after[:, 1:]
        return functional.gelu(hidden) @ self.weight.T + self.bias


@dataclass(frozen=True)
class Adapter:
    """Low-rank updates by layer name, and the token head that goes with them."""

    version: str
    scale: float
    layers: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    head: TokenHead

    def merge_into(self, model: nn.Module) -> None:
        """Adds the updates to the weights of ``model`` in place, so that they cost nothing when encoding.

        Raises ModelError when a layer is missing or has another shape: the adapter was made for another encoder.
        """
        import torch

        found = dict(model.named_modules())
        for name, (down, up) in self.layers.items():
            weight: Any = getattr(found.get(name), "weight", None)
            if weight is None or tuple(weight.shape) != (up.shape[0], down.shape[1]):
                raise ModelError(f"The adapter's layer {name} does not fit this encoder.",
                                 hint="Reinstall painpoints: its models belong to the encoder it ships with.")
            with torch.no_grad():
                update = (up.float() @ down.float()) * self.scale
                weight.copy_((weight.float() + update.to(weight.device)).to(weight.dtype))


def load_adapter(folder: Path | None = None) -> Adapter:
    """The adapter in ``folder``, or the shipped one. Raises ModelError when the folder holds none."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    home: Any = folder or "painpoints_models/adapter"
    try:
        home = folder or resources.files("painpoints_models").joinpath("adapter")
        content = json.loads(home.joinpath("adapter.json").read_text(encoding="utf8"))
        tensors = load(home.joinpath("adapter.safetensors").read_bytes())
        inner, inner_bias = (tensors.pop(f"token_head.hidden.{name}").float() for name in ("weight", "bias"))
        weight, bias = (tensors.pop(f"token_head.{name}").float() for name in ("weight", "bias"))
        names = sorted({name.rpartition(".")[0] for name in tensors})
        layers = {name: (tensors[f"{name}.down"], tensors[f"{name}.up"]) for name in names}
        decoding = Decoding(content["decoding"]["rule_weight"], content["decoding"]["threshold"])
        head = TokenHead(inner, inner_bias, weight, bias, decoding, float(content["expectation"]))
        return Adapter(content["version"], float(content["scale"]), layers, head)
    except (ImportError, OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        raise ModelError(f"{folder or 'painpoints_models/adapter'}: no adapter that can be read "
                         f"({type(error).__name__}).",
                         hint="Reinstall painpoints, or train an adapter with scripts/train.py.") from error
