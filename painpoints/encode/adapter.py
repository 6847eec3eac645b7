"""Low-rank adapters (Hu et al. 2022) for the embedded encoder: trained by us, merged into its weights at loading.

An adapter folder holds ``adapter.safetensors`` (``<linear layer>.down`` (r, in) and ``.up`` (out, r)) and
``adapter.json`` (base model, scale, version). Merged, they cost nothing when encoding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.errors import ModelError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Adapter:
    """``updates`` maps a linear layer's name to its (down, up) matrices; ``scale`` multiplies their product."""

    base: str
    version: str
    scale: float
    updates: Mapping[str, tuple[torch.Tensor, torch.Tensor]]

    def merge_into(self, model: torch.nn.Module) -> None:
        """Adds the updates to the weights of ``model``; raises ModelError when a layer is missing or of another size."""
        import torch

        layers = dict(model.named_modules())
        with torch.no_grad():
            for name, (down, up) in self.updates.items():
                layer = layers.get(name)
                weight = getattr(layer, "weight", None)
                if weight is None or weight.shape != (up.shape[0], down.shape[1]):
                    raise ModelError(f"The adapter was trained for another model than {self.base}: layer {name}.",
                                     hint="Reinstall painpoints.")
                update = self.scale * (up.float() @ down.float())
                weight.copy_((weight.float() + update.to(weight.device)).to(weight.dtype))


def load_adapter(folder: Path | None = None) -> Adapter:
    """The adapter in ``folder``, or the shipped one. Raises ModelError when there is none."""
    from safetensors.torch import load

    home = resources.files("painpoints_models").joinpath("adapter") if folder is None else folder
    try:
        tensors = load(home.joinpath("adapter.safetensors").read_bytes())
        content = json.loads(home.joinpath("adapter.json").read_text(encoding="utf8"))
        names = sorted(name.removesuffix(".down") for name in tensors if name.endswith(".down"))
        updates = {name: (tensors[f"{name}.down"], tensors[f"{name}.up"]) for name in names}
        return Adapter(content["base"], content["version"], float(content["scale"]), updates)
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{home}: no adapter that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or train one with scripts/train.py.") from error
