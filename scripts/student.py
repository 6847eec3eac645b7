"""The encoder with everything that is trained on it: adapters, heads, token head, map into the pain space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from adapters import AdaptedLinear, WholeLayers, add_adapters, low_rank
from network import Network
from pieces import Tokens
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from painpoints.encode import EMBEDDED_NAME, hardware, resolve_model

STARTS, EXPECTED = 0, 1
"""Outputs of the token head: a unit starts here; this word belongs to what the customer expected."""


@dataclass
class Document:
    """Pieces of token ids, encoded together. ``marked`` holds for every piece which tokens say an expectation;
    ``bounded`` tells whether every piece is one opinion unit, so that the token head can learn from it."""

    pieces: list[list[int]]
    bounded: bool = False
    marked: list[list[bool]] = field(default_factory=list)


@dataclass
class Encoded:
    """What one pass gives: a vector a piece, (n, d) L2-normalised, in the order of documents and pieces; the logits of
    the token head (m, 2) at the tokens of bounded documents, and their targets (m, 2)."""

    vectors: torch.Tensor
    tokens: torch.Tensor
    targets: torch.Tensor


class Student:
    """The adapted encoder with its heads, and everything needed to take one step."""

    def __init__(self, config: dict[str, Any], tokens: Tokens, whole: bool) -> None:
        torch.manual_seed(config["seed"])
        self.config, self.tokens = config, tokens
        self.device = hardware().device
        if self.device == "cpu":
            torch.set_num_threads(hardware().cores)
        folder = resolve_model(EMBEDDED_NAME).path
        self.encoder = AutoModel.from_pretrained(folder, dtype=torch.bfloat16, add_pooling_layer=False,
                                                 attn_implementation="eager",  # twice as fast backwards on a CPU
                                                 attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0)
        self.encoder.to(self.device).train()
        self.whole = WholeLayers(self.encoder) if whole else None
        self.adapters: dict[str, AdaptedLinear] = {}
        if not whole:
            self.adapters = add_adapters(self.encoder, config["rank"], config["scale"])
            self.encoder.to(self.device)
        width = self.encoder.config.hidden_size
        self.heads = Network(width).to(self.device)
        self.map = nn.Linear(width, width, bias=False).to(self.device)
        nn.init.eye_(self.map.weight)
        self.token_head = nn.Linear(width, 2).to(self.device)
        self.heads_only = False
        self.adapted = (list(self.whole.weights.values()) if self.whole
                        else [p for p in self.encoder.parameters() if p.requires_grad])
        self.others = [*self.heads.parameters(), *self.map.parameters(), *self.token_head.parameters()]

    def encode(self, documents: Sequence[Document], longest: int) -> Encoded:
        """One pass over ``documents`` in a few length groups, with gradients."""
        framed = [self._frame(document, longest) for document in documents]
        order = sorted(range(len(documents)), key=lambda i: len(framed[i][0]))
        vectors: dict[int, torch.Tensor] = {}
        logits, targets = [], []
        for part in _length_groups(order, [len(ids) for ids, _ in framed]):
            width = max(len(framed[i][0]) for i in part)
            ids = torch.full((len(part), width), self.tokens.pad)
            mask = torch.zeros((len(part), width), dtype=torch.long)
            for row, i in enumerate(part):
                ids[row, :len(framed[i][0])] = torch.tensor(framed[i][0])
                mask[row, :len(framed[i][0])] = 1
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.heads_only):
                states = self.encoder(input_ids=ids.to(self.device),
                                      attention_mask=mask.to(self.device)).last_hidden_state.float()
            sums = functional.pad(states.cumsum(1), (0, 0, 1, 0))
            for row, i in enumerate(part):
                at = torch.tensor([a for a, _ in framed[i][1]]), torch.tensor([b for _, b in framed[i][1]])
                vectors[i] = (sums[row, at[1]] - sums[row, at[0]]) / (at[1] - at[0]).unsqueeze(1).to(self.device)
                if documents[i].bounded:
                    start, end = framed[i][1][0][0], framed[i][1][-1][1]
                    logits.append(self.token_head(states[row, start:end]))
                    targets.append(_token_targets(documents[i], framed[i][1]))
        empty = torch.zeros((0, 2))
        return Encoded(functional.normalize(torch.cat([vectors[i] for i in range(len(documents))]), dim=-1),
                       torch.cat(logits) if logits else empty.to(self.device),
                       (torch.cat(targets) if targets else empty).to(self.device))

    def _frame(self, document: Document, longest: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids of a document with its frame, and the range of each piece; cut at ``longest`` tokens."""
        ids = [self.tokens.first, *self.tokens.prefix]
        places = []
        for piece in document.pieces:
            start = min(len(ids), longest - 2)
            ids += piece
            places.append((start, max(start + 1, min(len(ids), longest - 1))))
        return [*ids[:longest - 1], self.tokens.last], places

    def pains(self, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors in the pain space, L2-normalised."""
        return functional.normalize(self.map(vectors), dim=-1)

    def state(self) -> dict[str, torch.Tensor]:
        """Everything trained, in fp32, to go on from."""
        found = {f"adapter.{name}.{side}": getattr(layer, side) for name, layer in self.adapters.items()
                 for side in ("down", "up")}
        if self.whole:
            found |= {f"update.{name}": update for name, update in self.whole.updates().items()}
        for prefix, module in (("heads", self.heads), ("map", self.map), ("token_head", self.token_head)):
            found |= {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}
        return {name: tensor.detach().cpu().float().contiguous() for name, tensor in found.items()}

    def load(self, path: Path) -> None:
        """Takes up what `state` gave, of whole layers or of adapters; heads that the file lacks keep their first
        values."""
        found = load_file(path)
        scale = self.config["scale"]
        learnt = updates(found, scale)
        if self.whole:
            self.whole.add(learnt)
        for name, layer in self.adapters.items():
            down, up = low_rank(learnt[name], self.config["rank"], scale)
            layer.down.data.copy_(down)
            layer.up.data.copy_(up)
        for prefix, module in (("heads", self.heads), ("map", self.map), ("token_head", self.token_head)):
            own = {name.removeprefix(f"{prefix}."): tensor for name, tensor in found.items()
                   if name.startswith(f"{prefix}.")}
            module.load_state_dict(own, strict=False)

    def save(self, out: Path) -> None:
        """Writes ``state.safetensors``: everything, to go on from and to publish."""
        out.mkdir(parents=True, exist_ok=True)
        save_file(self.state(), out / "state.safetensors")


def publish_adapter(state: Path, head: Mapping[str, torch.Tensor], rank: int, scale: float, out: Path) -> None:
    """Writes what ships, in fp16: ``adapter.safetensors`` with the updates of ``state`` at ``rank`` and the token
    head."""
    kept = {f"token_head.{name}": tensor.half().contiguous() for name, tensor in head.items()}
    for name, update in updates(load_file(state), scale).items():
        down, up = low_rank(update, rank, scale)
        kept |= {f"{name}.down": down.half().contiguous(), f"{name}.up": up.half().contiguous()}
    out.mkdir(parents=True, exist_ok=True)
    save_file(kept, out / "adapter.safetensors")


def updates(state: Mapping[str, torch.Tensor], scale: float) -> dict[str, torch.Tensor]:
    """What a saved state adds to every layer, whether it was trained whole or as adapters."""
    names = {name.removeprefix("update.") for name in state if name.startswith("update.")}
    narrow = {name.removeprefix("adapter.").removesuffix(".up") for name in state if name.endswith(".up")}
    return {**{name: state[f"update.{name}"] for name in sorted(names)},
            **{name: state[f"adapter.{name}.up"] @ state[f"adapter.{name}.down"] * scale for name in sorted(narrow)}}


def _length_groups(order: Sequence[int], lengths: Sequence[int], budget: int = 1536) -> list[list[int]]:
    """Rows in order of length, in groups that waste little padding."""
    groups: list[list[int]] = [[]]
    for i in order:
        first = lengths[groups[-1][0]] if groups[-1] else lengths[i]
        if groups[-1] and (lengths[i] > first * 1.35 + 4 or (len(groups[-1]) + 1) * lengths[i] > budget):
            groups.append([])
        groups[-1].append(i)
    return groups


def _token_targets(document: Document, places: Sequence[tuple[int, int]]) -> torch.Tensor:
    """(m, 2): 1 where a unit after the first starts, and where a word says what was expected; -1 is not counted."""
    start, end = places[0][0], places[-1][1]
    targets = torch.zeros((end - start, 2))
    if not document.marked:
        targets[:, EXPECTED] = -1
    for number, (first, last) in enumerate(places):
        if number:
            targets[first - start, STARTS] = 1
        for at, inside in enumerate(document.marked[number] if document.marked else []):
            if inside and first + at < last:
                targets[first + at - start, EXPECTED] = 1
    return targets
