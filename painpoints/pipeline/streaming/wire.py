"""Messages between processes: pickled, each after its length; passages and vectors as flat arrays."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from painpoints.pipeline.judging import Encoded
from painpoints.text import Block, Language, Passage, Span

if TYPE_CHECKING:
    from painpoints.encode import EncodedPassages

_LENGTH = struct.Struct("<Q")


def send(pipe: IO[bytes], message: Any) -> None:
    """Writes one message. Raises OSError when nobody reads any more."""
    content = pickle.dumps(message, protocol=5)
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message. Raises EOFError when there is none any more."""
    return pickle.loads(_exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0]))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if content is None or len(content) < size:
        raise EOFError
    return content


@dataclass(frozen=True)
class PassageTexts:
    """What the encoder asks of passages: ``blocks`` (b, 4) are start, end, whether whole, and number of units, of which
    ``units`` (u, 2) are the places; ``sizes`` counts the blocks of each passage."""

    texts: list[str]
    langs: list[str]
    contexts: list[int]
    sizes: np.ndarray
    blocks: np.ndarray
    units: np.ndarray

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> PassageTexts:
        """The same of ``passages``."""
        blocks = [block for passage in passages for block in passage.blocks]
        return cls([p.text for p in passages], [p.lang for p in passages], [p.context for p in passages],
                   np.array([len(p.blocks) for p in passages], np.int32),
                   np.array([(b.start, b.end, b.whole, len(b.units)) for b in blocks], np.int32).reshape(-1, 4),
                   np.array([unit for block in blocks for unit in block.units], np.int32).reshape(-1, 2))

    def passages(self) -> Iterator[Passage]:
        """Passages that are as good as the original ones for the encoder, and for nothing else."""
        units = map(Span._make, self.units.tolist())
        blocks = (Block(start, end, bool(whole), tuple(next(units) for _ in range(count)))
                  for start, end, whole, count in self.blocks.tolist())
        told = {lang: Language(lang, 1.0) for lang in set(self.langs)}
        for row, (text, lang, context, size) in enumerate(zip(self.texts, self.langs, self.contexts,
                                                              self.sizes.tolist(), strict=True)):
            yield Passage(row, text, told[lang], tuple(next(blocks) for _ in range(size)), None, None, context)


def laid_aside(passages: Sequence[Passage]) -> bytes:
    """``passages`` with all but their blocks, for `taken_up`."""
    return pickle.dumps([replace(passage, blocks=()) for passage in passages], protocol=5)


def taken_up(content: bytes) -> list[Passage]:
    """The passages that `laid_aside` made ``content`` of."""
    passages: list[Passage] = pickle.loads(content)
    return passages


@dataclass(frozen=True)
class EncodedArrays:
    """`Encoded` of one shard: ``sizes`` counts the units of each passage, of which ``spans`` (u, 2) are the places;
    ``expectations`` (u, 2) are -1 where nothing was expected."""

    sizes: np.ndarray
    spans: np.ndarray
    vectors: np.ndarray
    passages: np.ndarray
    expectations: np.ndarray

    def encoded(self) -> Encoded:
        """The same in lists."""
        places = iter(self.spans.tolist())
        spans = [[(start, end) for start, end in (next(places) for _ in range(size))] for size in self.sizes.tolist()]
        expected = [(start, end) if start >= 0 else None for start, end in self.expectations.tolist()]
        return Encoded(spans, self.vectors, self.passages, expected)


def divided(encoded: EncodedPassages, passages: Sequence[int]) -> Iterator[EncodedArrays]:
    """What was encoded together, by shards of so many ``passages``."""
    at = unit = 0
    for count in passages:
        cuts = encoded.cuts[at:at + count]
        sizes = np.array([len(of) for of in cuts], np.int32)
        last = unit + int(sizes.sum())
        yield EncodedArrays(
            sizes, np.array([(cut.start, cut.end) for of in cuts for cut in of], np.int32).reshape(-1, 2),
            encoded.vectors[unit:last], encoded.passages[at:at + count],
            np.array([place or (-1, -1) for place in encoded.expectations[unit:last]], np.int32).reshape(-1, 2))
        at, unit = at + count, last
