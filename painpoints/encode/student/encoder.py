"""The encoder of the fast lane: a student of the full one, some thirty times as fast, on numpy alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.encode.passages import EncodedPassages
from painpoints.encode.student.network import Network, load_network
from painpoints.encode.student.words import Words, read_words
from painpoints.text import Cut, Passage, rule_cuts

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode.encoder import EncoderInfo, Progress

_CHARACTERS_AT_ONCE = 150_000


class StudentEncoder:
    """Texts to L2-normalised vectors in the space of the full encoder. Units are cut by the rules alone, and no
    expectation is found in them. ``info`` says which student, ``figures`` what it loses."""

    def __init__(self, network: Network) -> None:
        from painpoints.encode.encoder import EncoderInfo

        self._network = network
        self.figures = network.info.figures
        self.info: EncoderInfo = EncoderInfo(
            name=network.info.name, source="shipped", dimension=network.dimension, device="cpu", precision="fp32",
            prefix="", max_tokens=0, adapter=network.info.version)

    def encode_passages(self, passages: Sequence[Passage], *, rules: bool = True, progress: Progress | None = None
                        ) -> EncodedPassages:
        """Units of ``passages``, by the rules whatever ``rules`` says, with their vectors."""
        import numpy as np

        cuts = [rule_cuts(passage.blocks) for passage in passages]
        vectors = np.zeros((sum(map(len, cuts)), self.info.dimension), np.float32)
        whole = np.zeros((len(passages), self.info.dimension), np.float32)
        at = 0
        for begin, end in _lots([len(passage.text) for passage in passages]):
            of = cuts[begin:end]
            count = sum(map(len, of))
            self._read(passages[begin:end], of, vectors[at:at + count], whole[begin:end])
            at += count
            if progress is not None:
                progress(end, len(passages))
        return EncodedPassages(cuts, vectors, whole, [None] * len(vectors))

    def rest(self) -> None:
        """Does nothing: a student is small."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors of ``texts``: (n, dimension) float32, L2-normalised, in the order given."""
        import numpy as np

        whole = np.zeros((len(texts), self.info.dimension), np.float32)
        for begin, end in _lots([len(text) for text in texts]):
            words = read_words(texts[begin:end])
            edges = np.searchsorted(words.texts, np.arange(end - begin + 1))
            self._fill(words, np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.stack([edges[:-1], edges[1:]], 1),
                       np.zeros((0, self.info.dimension), np.float32), whole[begin:end])
            if progress is not None:
                progress(end, len(texts))
        return whole

    def _read(self, passages: Sequence[Passage], cuts: Sequence[Sequence[Cut]], units: np.ndarray, whole: np.ndarray
              ) -> None:
        """Fills ``units`` and ``whole`` with the vectors of ``passages``."""
        import numpy as np

        words = read_words([passage.text for passage in passages])
        size = max(len(passage.text) for passage in passages) + 1
        line = words.texts * size + words.starts  # all passages one after the other: one search finds every word
        owner = np.repeat(np.arange(len(passages)), [len(of) for of in cuts])
        context = np.array([passage.context for passage in passages], np.int64)
        reach = np.array([(cut.reach_start, cut.reach_end) for of in cuts for cut in of], np.int64).reshape(-1, 2)
        reach[context[owner] > 0, 0] = 0  # an answer counts with its question
        own = np.searchsorted(line, reach + owner[:, None] * size)
        edges = np.searchsorted(words.texts, np.arange(len(passages) + 1))
        begins = np.searchsorted(line, context + np.arange(len(passages)) * size)
        empty = own[:, 0] == own[:, 1]  # all its characters are in a word that begins before, or in none
        own[empty, 0] = np.clip(own[empty, 0] - 1, edges[owner[empty]], np.maximum(edges[owner[empty] + 1] - 1, 0))
        own[empty, 1] = np.minimum(own[empty, 0] + 1, edges[owner[empty] + 1])
        self._fill(words, own, owner, np.stack([begins, edges[1:]], 1), units, whole)

    def _fill(self, words: Words, own: np.ndarray, owner: np.ndarray, all_words: np.ndarray, units: np.ndarray,
              whole: np.ndarray) -> None:
        """Where there are words; the rest stays as it is."""
        import numpy as np

        said = all_words[:, 1] > all_words[:, 0]
        some = said[owner] & (own[:, 1] > own[:, 0])
        if said.any():
            place = np.cumsum(said) - 1
            units[some], whole[said] = self._network.vectors(words, own[some], place[owner[some]], all_words[said])


def _lots(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbours that together have about as many characters as are read at once."""
    begin = size = 0
    for end, length in enumerate(lengths, 1):
        size += length
        if size >= _CHARACTERS_AT_ONCE or end == len(lengths):
            yield begin, end
            begin, size = end, 0


def load_student(folder: Path | None = None) -> StudentEncoder:
    """The student in ``folder``, or the one that ships. Raises ModelError when there is none."""
    return StudentEncoder(load_network(folder))
