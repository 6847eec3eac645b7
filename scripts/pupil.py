"""The student of the fast lane while it is trained; `painpoints.encode.student` runs the finished one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from painpoints.encode.student.words import letter_runs, read_words

REACH = 2
"""How many words to either side a word is read with."""
WORD, INNER, HIDDEN, DIMENSION = 128, 256, 384, 384
BUCKETS = 40_000


@dataclass(frozen=True)
class WordTypes:
    """All words that texts are made of: ``hashes`` (n,) sorted, of each how often it is met, and the buckets of its
    runs of letters, ``buckets[edges[i]:edges[i + 1]]``. ``spelling`` is the word itself."""

    hashes: np.ndarray
    count: np.ndarray
    buckets: np.ndarray
    edges: np.ndarray
    spelling: list[str]


@dataclass(frozen=True)
class WordedTexts:
    """Texts as word types: text i is ``types[edges[i]:edges[i + 1]]``, whose words begin at characters ``starts``."""

    types: np.ndarray
    starts: np.ndarray
    edges: np.ndarray


def in_words(texts: Sequence[str]) -> tuple[WordTypes, WordedTexts]:
    """The word types of ``texts``, and the texts in them."""
    words = read_words(texts)
    hashes, first, inverse, count = np.unique(words.hashes, return_index=True, return_inverse=True, return_counts=True)
    runs, each = letter_runs(words, first)
    spelling = ["".join(map(chr, words.letters[a:b]))
                for a, b in zip(words.first[first], words.last[first], strict=True)]
    buckets = (runs % np.uint64(BUCKETS)).astype(np.int64)
    return (WordTypes(hashes, count, buckets, np.concatenate([[0], np.cumsum(each)]), spelling),
            WordedTexts(inverse, words.starts, np.searchsorted(words.texts, np.arange(len(texts) + 1))))


@dataclass(frozen=True)
class Batch:
    """Some passages: their word types (rows of the vocabulary, the last for none, and ``buckets`` in ``bags``), of
    every word the types around it (n, 2 reach + 1), of every unit its ``own`` words, how many it ``owns`` and its
    passage, and how many words each ``whole`` passage has."""

    rows: torch.Tensor
    buckets: torch.Tensor
    bags: torch.Tensor
    words: torch.Tensor
    own: torch.Tensor
    owns: torch.Tensor
    passage: torch.Tensor
    whole: torch.Tensor


class Pupil(nn.Module):
    """Words with their neighbours, pooled over a unit and over its passage, to the full encoder's vector."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary + 1, WORD, padding_idx=vocabulary, sparse=True)
        self.runs = nn.EmbeddingBag(BUCKETS, WORD, mode="mean", sparse=True)
        self.around = nn.Linear(WORD, INNER * (2 * REACH + 1), bias=False)
        self.bias = nn.Parameter(torch.zeros(INNER))
        self.weigh = nn.Linear(INNER, 1)
        self.hidden = nn.Linear(3 * INNER, HIDDEN)
        self.out = nn.Linear(HIDDEN, DIMENSION)
        nn.init.normal_(self.words.weight, std=0.1)
        nn.init.zeros_(self.runs.weight)
        nn.init.normal_(self.around.weight, std=(2 * REACH + 1) ** -0.5 * WORD**-0.5)
        nn.init.zeros_(self.weigh.weight)

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """L2-normalised vectors of the units (n, d) and of the passages (m, d)."""
        types = self.words(batch.rows) + self.runs(batch.buckets, batch.bags)
        parts = self.around(functional.dropout(types, 0.1, self.training))
        parts = torch.cat([parts, parts.new_zeros(1, parts.shape[1])]).view(-1, INNER)
        width = 2 * REACH + 1
        # index_select, whose way back is many times as fast as that of indexing.
        inner = self.bias.expand(len(batch.words), -1)
        for at in range(width):
            inner = inner + parts.index_select(0, batch.words[:, at] * width + at)
        inner = functional.relu(inner)
        weight = self.weigh(inner).squeeze(1).clamp(-8, 8).exp()
        mean, most = _pooled(inner, weight, batch.own, batch.owns)
        whole, whole_most = _pooled(inner, weight, torch.arange(len(inner)), batch.whole)
        units = torch.cat([mean, most, whole.index_select(0, batch.passage)], 1)
        passages = torch.cat([whole, whole_most, whole], 1)
        read = functional.dropout(torch.cat([units, passages]), 0.1, self.training)
        both = self.out(functional.relu(self.hidden(read)))
        both = functional.normalize(both, dim=-1)
        return both[:len(units)], both[len(units):]


def _pooled(inner: torch.Tensor, weight: torch.Tensor, rows: torch.Tensor, lengths: torch.Tensor
            ) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted mean and maximum of the rows of every segment."""
    segment = torch.repeat_interleave(torch.arange(len(lengths)), lengths)
    chosen, weights = inner.index_select(0, rows), weight.index_select(0, rows).unsqueeze(1)
    total = chosen.new_zeros(len(lengths), inner.shape[1]).index_add(0, segment, chosen * weights)
    weighed = weights.new_zeros(len(lengths), 1).index_add(0, segment, weights)
    most = torch.segment_reduce(chosen, "max", lengths=lengths)
    return total / weighed, most
