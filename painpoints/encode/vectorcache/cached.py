"""An encoder that looks texts up before it reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from painpoints.encode.passages import EncodedPassages
from painpoints.encode.vectorcache.addresses import passage_addresses, text_addresses
from painpoints.text import Cut

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode.encoder import EncoderInfo, Progress
    from painpoints.encode.face import UnitEncoder
    from painpoints.encode.vectorcache.shelf import Shelf
    from painpoints.text import Passage

_CUT, _EXPECTED = 4, 2
"""Numbers that say where a unit is, and where what was expected."""


class CachedEncoder:
    """``inner``, whose vectors are kept on ``shelf`` under addresses made with ``secret``.

    ``found`` and ``encoded`` count the distinct texts and passages of all calls.
    """

    def __init__(self, inner: UnitEncoder, shelf: Shelf, secret: bytes) -> None:
        self.inner = inner
        self._shelf = shelf
        self._secret = secret
        self.found = self.encoded = 0

    @property
    def info(self) -> EncoderInfo:
        """What the manifest records of the encoder itself."""
        return self.inner.info

    @property
    def notes(self) -> list[str]:
        """What went wrong with the cache, in sentences; nothing of it touches the vectors."""
        trouble = self._shelf.trouble
        return [] if trouble is None else [f"Vectors could not be kept for later runs: {trouble}."]

    def record(self) -> dict[str, int | bool]:
        """What the manifest says of the cache: how many texts were ``found`` and ``encoded``; whether what was encoded
        was more than the cache holds."""
        return {"found": self.found, "encoded": self.encoded, "full": self._shelf.full}

    def rest(self) -> None:
        """Has the encoder itself let go of what it can load anew."""
        self.inner.rest()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors of ``texts``: (n, dimension) float32, L2-normalised, in the order given."""
        import numpy as np

        distinct = list(dict.fromkeys(texts))
        addresses = text_addresses(self._secret, distinct)
        vectors = np.zeros((len(distinct), self.info.dimension), np.float32)
        missing = np.ones(len(distinct), bool)
        for row, entry in self._shelf.look_up(addresses):
            vectors[row] = np.frombuffer(entry, "<f4")
            missing[row] = False
        left = np.flatnonzero(missing)
        self._count(len(distinct), len(left))
        if len(left):
            vectors[left] = self.inner.encode([distinct[at] for at in left], _rest(progress, len(left), len(texts)))
            self._shelf.keep(addresses[left], [vectors[at].astype("<f4").tobytes() for at in left])
        if progress is not None:
            progress(len(texts), len(texts))
        if len(distinct) == len(texts):
            return vectors
        place = {text: at for at, text in enumerate(distinct)}
        return np.asarray(vectors[[place[text] for text in texts]])

    def encode_passages(self, passages: Sequence[Passage], *, rules: bool = False, progress: Progress | None = None
                        ) -> EncodedPassages:
        """Units of ``passages`` with their vectors; ``rules`` cuts by the rules alone."""
        import numpy as np

        every = passage_addresses(self._secret, passages, rules=rules)
        addresses, first, inverse = np.unique(every, axis=0, return_index=True, return_inverse=True)
        known = _Units(len(addresses), self.info.dimension)
        for row, entry in self._shelf.look_up(addresses):
            known.add(row, entry)
        left = known.missing()[np.argsort(first[known.missing()])]
        self._count(len(addresses), len(left))
        fresh = self.inner.encode_passages([passages[at] for at in first[left]], rules=rules,
                                           progress=_rest(progress, len(left), len(passages)))
        self._shelf.keep(addresses[left], list(_entries(fresh)))
        if progress is not None:
            progress(len(passages), len(passages))
        return known.together(left, fresh, inverse.reshape(-1))

    def _count(self, distinct: int, left: int) -> None:
        self.found += distinct - left
        self.encoded += left


def _rest(progress: Progress | None, left: int, whole: int) -> Progress | None:
    """What is told when the last ``left`` of ``whole`` texts are worked on."""
    if progress is None:
        return None
    return lambda done, of: progress(whole - left + round(done / max(1, of) * left), whole)


def _entries(encoded: EncodedPassages) -> Iterator[bytes]:
    """The bytes that are kept of each passage: its units, what was expected, their vectors, its own vector."""
    import numpy as np

    begin = 0
    for cuts, passage in zip(encoded.cuts, encoded.passages, strict=True):
        end = begin + len(cuts)
        expected = [place or (-1, -1) for place in encoded.expectations[begin:end]]
        yield b"".join([np.array(cuts, "<i4").tobytes(), np.array(expected, "<i4").tobytes(),
                        encoded.vectors[begin:end].astype("<f4").tobytes(), passage.astype("<f4").tobytes()])
        begin = end


class _Units:
    """The entries of some of ``passages``, read back."""

    def __init__(self, passages: int, width: int) -> None:
        self._width = width
        self._row = [-1] * passages
        self._cuts: list[list[Cut]] = []
        self._expected: list[list[tuple[int, int] | None]] = []
        self._vectors: list[np.ndarray] = []

    def add(self, row: int, entry: memoryview) -> None:
        """Enters what is kept of passage ``row``."""
        import numpy as np

        count = (len(entry) // 4 - self._width) // (_CUT + _EXPECTED + self._width)
        numbers = np.frombuffer(entry, "<i4", count * (_CUT + _EXPECTED)).tolist()
        edge = count * _CUT
        self._row[row] = len(self._cuts)
        self._cuts.append([Cut(*numbers[at:at + _CUT]) for at in range(0, edge, _CUT)])
        self._expected.append([(numbers[at], numbers[at + 1]) if numbers[at] >= 0 else None
                               for at in range(edge, len(numbers), _EXPECTED)])
        # A copy: a view would hold the whole stretch of the file that was read at once.
        self._vectors.append(np.frombuffer(entry, "<f4", offset=4 * len(numbers)).reshape(-1, self._width).copy())

    def missing(self) -> np.ndarray:
        """The passages of which nothing was entered."""
        import numpy as np

        return np.flatnonzero(np.array(self._row, np.int64) < 0)

    def together(self, left: np.ndarray, fresh: EncodedPassages, inverse: np.ndarray) -> EncodedPassages:
        """What was entered and, of the passages ``left``, the ``fresh``, in the order of ``inverse``."""
        import numpy as np

        row = list(self._row)
        begins = [0, *accumulate(map(len, fresh.cuts))]
        for number, place in enumerate(left.tolist()):
            row[place] = len(self._cuts) + number
        known = len(self._cuts)
        cuts: list[list[Cut]] = []
        expected: list[tuple[int, int] | None] = []
        parts: list[np.ndarray] = []
        whole = np.zeros((len(inverse), self._width), np.float32)
        for at, place in enumerate(inverse.tolist()):
            number = row[place]
            if number < known:
                cuts.append(self._cuts[number])
                expected += self._expected[number]
                parts.append(self._vectors[number][:-1])
                whole[at] = self._vectors[number][-1]
            else:
                number -= known
                begin, end = begins[number], begins[number + 1]
                cuts.append(fresh.cuts[number])
                expected += fresh.expectations[begin:end]
                parts.append(fresh.vectors[begin:end])
                whole[at] = fresh.passages[number]
        vectors = np.concatenate(parts) if parts else np.zeros((0, self._width), np.float32)
        return EncodedPassages(cuts, vectors, whole, expected)
