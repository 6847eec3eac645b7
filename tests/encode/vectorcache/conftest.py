"""An encoder that counts what it reads, and caches around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest

from painpoints.encode import CachedEncoder, EncoderInfo
from painpoints.encode.passages import EncodedPassages
from painpoints.encode.vectorcache.shelf import Shelf
from painpoints.text import Cut, Passage

WIDTH = 8
SECRET = b"of-these-tests"


class Counting:
    """Vectors that follow from the text alone; ``read`` are the texts it was given."""

    info = EncoderInfo("counting", "local", WIDTH, "cpu", "fp32", "", 256, None)

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        self.read += texts
        return np.array([vector(text) for text in texts], np.float32).reshape(-1, WIDTH)

    def encode_passages(self, passages: Sequence[Passage], *, rules: bool = False, progress: object = None
                        ) -> EncodedPassages:
        self.read += [passage.text for passage in passages]
        cuts = [[Cut(unit.start, unit.end, unit.start, unit.end + rules) for block in p.blocks for unit in block.units]
                for p in passages]
        told = [(f"{p.text[c.start:c.end]} {p.lang}", c) for p, of in zip(passages, cuts, strict=True) for c in of]
        vectors = np.array([vector(said) for said, _ in told], np.float32).reshape(-1, WIDTH)
        return EncodedPassages(cuts, vectors, self.vectors_of(passages),
                               [(c.start, c.end) if c.start % 2 else None for _, c in told])

    def rest(self) -> None:
        self.read.append("rested")

    def vectors_of(self, passages: Sequence[Passage]) -> np.ndarray:
        return np.array([vector(f"{p.text} {p.context}") for p in passages], np.float32).reshape(-1, WIDTH)


def vector(text: str) -> np.ndarray:
    return np.frombuffer(blake2b(text.encode(), digest_size=WIDTH).digest(), np.uint8) / np.float32(256)


@pytest.fixture
def inner() -> Counting:
    return Counting()


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., CachedEncoder]:
    """A cache as the next process would open it."""
    def open_(inner: Counting, limit: int = 2**30, folder: str = "kind") -> CachedEncoder:
        (tmp_path / "cache").mkdir(exist_ok=True)
        return CachedEncoder(inner, Shelf(tmp_path / "cache", tmp_path / "cache" / folder, limit), SECRET)

    return open_


@pytest.fixture
def made() -> Callable[..., list[Passage]]:
    """Passages of texts in a language, one block a text, divided at full stops."""
    def make(texts: Sequence[str], lang: str = "en", context: int = 0) -> list[Passage]:
        from painpoints.text import Block, Language, Span

        passages = []
        for row, text in enumerate(texts):
            ends = [at for at, letter in enumerate(text) if letter in ".۔؟!"] or [len(text)]
            units = tuple(Span(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True) if b > a)
            block = Block(0, len(text), False, units)
            passages.append(Passage(row, text, Language(lang, 1.0), (block,), None, context=context))
        return passages

    return make
