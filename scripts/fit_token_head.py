"""The token head that ships: which tokens open a unit, which say what was expected, from a token and its neighbours.

While the encoder is trained a linear head is enough to teach it; on its finished states a small network that also sees
the token before and the token after reads more out of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from datasets import Marked
from torch import nn
from torch.nn import functional

from painpoints.encode import Encoder
from painpoints.text import normalise

HIDDEN = 96
EPOCHS = 8
BATCH = 1024
RATE = 1e-3
DROPOUT = 0.3
SEED = 3
_MARKS = re.compile(r"[.!?…,،؟;؛:]+")


@dataclass(frozen=True)
class Example:
    """A text as the encoder reads it, where its units begin, and which characters say what was expected (None where
    nobody marked that)."""

    text: str
    starts: list[int]
    expected: list[tuple[int, int]] | None


def example(marked: Marked, bare: bool) -> Example:
    """The text of ``marked``, without its punctuation where ``bare``."""
    text, starts, expected = "", [], []
    for parts in marked.parts:
        opened = False
        for part, inside in parts:
            piece = normalise(part, marked.lang).text
            piece = " ".join(_MARKS.sub(" ", piece).split()) if bare else piece
            if not piece:
                continue
            at = len(text) + bool(text)
            text = f"{text} {piece}" if text else piece
            if not opened:
                starts.append(at)
                opened = True
            if inside:
                expected.append((at, len(text)))
    return Example(text, starts[1:], expected)


def ruled_example(pieces: Sequence[str]) -> Example:
    """A text that the rules cut into ``pieces``, without its punctuation."""
    text, starts = "", []
    for piece in (" ".join(_MARKS.sub(" ", piece).split()) for piece in pieces):
        if piece:
            starts.append(len(text) + bool(text))
            text = f"{text} {piece}" if text else piece
    return Example(text, starts[1:], None)


def windows(states: torch.Tensor) -> torch.Tensor:
    """Token states (rows, tokens, d) with those of the token before and the token after: (rows, tokens, 3d)."""
    padded = functional.pad(states, (0, 0, 1, 1))
    return torch.cat([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], -1)


def fit(encoder: Encoder, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
    """Weights of the head under the names that the adapter's file gives them."""
    rows, targets = _tokens(encoder, examples)
    torch.manual_seed(SEED)
    hidden, output = nn.Linear(rows.shape[1], HIDDEN), nn.Linear(HIDDEN, 2)
    steps = EPOCHS * (len(rows) // BATCH)
    optimiser = torch.optim.AdamW([*hidden.parameters(), *output.parameters()], lr=RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    for _ in range(EPOCHS):
        order = torch.randperm(len(rows))
        for at in range(0, len(rows) // BATCH * BATCH, BATCH):
            batch = order[at:at + BATCH]
            inner = functional.gelu(hidden(functional.dropout(rows[batch].float(), DROPOUT)))
            logits = output(functional.dropout(inner, DROPOUT))
            known = (targets[batch] >= 0).float()
            each = functional.binary_cross_entropy_with_logits(logits, targets[batch].clamp(min=0), reduction="none")
            loss = ((each * known).sum(0) / known.sum(0).clamp(min=1)).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return {"hidden.weight": hidden.weight.detach(), "hidden.bias": hidden.bias.detach(),
            "weight": output.weight.detach(), "bias": output.bias.detach()}


def _tokens(encoder: Encoder, examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
    """All tokens of all examples: their windows (m, 3d) in fp16 and their two targets (m, 2), -1 where unknown."""
    read = [(ids[:encoder.content_limit], offsets[:encoder.content_limit])
            for ids, offsets in encoder.tokenise([example.text for example in examples])]
    rows, targets = [], []
    for batch, around, framed in encoder.token_states([ids for ids, _ in read], lambda states: windows(states.float())):
        for row, number in enumerate(batch):
            ids, offsets = read[number]
            rows.append(around[row, framed:framed + len(ids)].half().cpu())
            targets.append(_targets(examples[number], offsets))
    return torch.cat(rows), torch.cat(targets)


def _targets(of: Example, offsets: Sequence[tuple[int, int]]) -> torch.Tensor:
    begins = np.array([a for a, _ in offsets])
    found = torch.zeros((len(offsets), 2))
    for start in of.starts:
        at = int(np.searchsorted(begins, start))
        if at < len(offsets):
            found[at, 0] = 1
    if of.expected is None:
        found[:, 1] = -1
    for start, end in of.expected or ():
        found[np.searchsorted(begins, start):np.searchsorted(begins, end), 1] = 1
    return found
