"""The embedded encoder's layers (BERT, Devlin et al. 2019) in plain torch, for batches without padding.

Every operation and its order are those of transformers' BertModel, so that states are the same bit for bit, unless it
is to be `quick`; to import that and what it brings along takes longer than to encode a thousand opinions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from painpoints.encode.quick import QuickLayers


class Layer(nn.Module):  # type: ignore[misc]
    """One layer of ``width``, with so many ``heads`` and ``inner`` units between its two products."""

    def __init__(self, width: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.heads, self._scale = heads, (width // heads) ** -0.5
        self.attention = nn.ModuleDict({
            "self": nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")}),
            "output": nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, epsilon)})})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner)})
        self.output = nn.ModuleDict({"dense": nn.Linear(inner, width), "LayerNorm": nn.LayerNorm(width, epsilon)})

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(rows, tokens, width) of the same."""
        rows, tokens, width = states.shape
        asked: Any = self.attention["self"]
        given: Any = self.attention["output"]
        query, key, value = (asked[name](states).view(rows, tokens, self.heads, -1).transpose(1, 2)
                             for name in ("query", "key", "value"))
        seen = functional.scaled_dot_product_attention(query, key, value, scale=self._scale)
        seen = seen.transpose(1, 2).reshape(rows, tokens, width)
        states = given["LayerNorm"](given["dense"](seen) + states)
        inner = functional.gelu(self.intermediate["dense"](states))
        last: torch.Tensor = self.output["LayerNorm"](self.output["dense"](inner) + states)
        return last


class Transformer(nn.Module):  # type: ignore[misc]
    """Ids of tokens to their states, of a ``config`` as transformers writes it and ``weights`` by their names there.

    Weights are used in ``dtype``; those of the vocabulary stay as they lie in the file, and only the rows that are
    looked up are read and converted.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, torch.Tensor], dtype: torch.dtype) -> None:
        super().__init__()
        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        with torch.device("meta"):
            layers = [Layer(width, config["num_attention_heads"], config["intermediate_size"], epsilon)
                      for _ in range(config["num_hidden_layers"])]
            self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})
            self.embeddings = nn.ModuleDict({"LayerNorm": nn.LayerNorm(width, epsilon)})
        vocabulary, positions, kinds = (f"embeddings.{name}_embeddings.weight"
                                        for name in ("word", "position", "token_type"))
        self._dtype = dtype
        self._vocabulary = weights[vocabulary]
        self._positions, self._kind = weights[positions].to(dtype), weights[kinds][0].to(dtype)
        self.load_state_dict({name: weight.to(dtype) for name, weight in weights.items()
                              if name not in (vocabulary, positions, kinds)}, assign=True)
        self.requires_grad_(False)
        self.eval()
        self._quick: QuickLayers | None = None

    def quicken(self) -> None:
        """Takes the quick way (`painpoints.encode.quick`) with the weights as they are; for bfloat16 on a processor."""
        self._quick = QuickLayers(self.encoder["layer"])
        del self.encoder

    def forward(self, features: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """``token_embeddings`` (rows, tokens, width) of ``input_ids`` (rows, tokens)."""
        ids = features["input_ids"]
        states = functional.embedding(ids, self._vocabulary).to(self._dtype) + self._kind
        states = self.embeddings["LayerNorm"](states + self._positions[:ids.shape[1]])
        if self._quick is not None:
            return {"token_embeddings": self._quick(states)}
        layers: Any = self.encoder["layer"]
        for layer in layers:
            states = layer(states)
        return {"token_embeddings": states}
