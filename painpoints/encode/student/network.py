"""The student's network: words with their neighbours, pooled over a unit and over its passage, to one vector.

As a word's part in its neighbours is the same wherever it stands, it is worked out once for each word there is; what is
left for each place is to add five rows. A vector comes out the same, bit for bit, whatever else is worked on (see
`exact`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints._threads import one_thread
from painpoints.encode.student.exact import ExactProduct
from painpoints.encode.student.packing import PackedRows
from painpoints.encode.student.words import Words, letter_runs, ranges
from painpoints.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

_SURE = 8.0
"""Bound of a word's log weight."""


@dataclass(frozen=True)
class StudentInfo:
    """What the student was taught from, and what it costs against that: ``figures`` by task."""

    name: str
    version: str
    encoder: str
    figures: Mapping[str, Any]


class Network:
    """Vectors of runs of words. ``weights`` are named as ``scripts/fit_student.py`` writes them."""

    def __init__(self, weights: Mapping[str, np.ndarray], info: StudentInfo) -> None:
        import numpy as np

        self.info = info
        self._hashes = weights["word_hashes"]
        self._words = PackedRows(weights["words.codes"], weights["words.scales"])
        self._runs = PackedRows(weights["runs.codes"], weights["runs.scales"])
        self._around, self._hidden, self._out = (
            ExactProduct(weights[f"{name}.codes"], weights[f"{name}.scales"]) for name in ("around", "hidden", "out"))
        self._bias, self._weigh, self._hidden_bias, self._out_bias = (
            weights[name].astype(np.float32) for name in ("bias", "weigh", "hidden.bias", "out.bias"))

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return len(self._out_bias)

    def vectors(self, words: Words, units: np.ndarray, owner: np.ndarray, passages: np.ndarray
                ) -> tuple[np.ndarray, np.ndarray]:
        """L2-normalised float32 vectors of ``units`` (n, d), each in its passage ``owner`` (n,), and of ``passages``.

        Both are runs of words, (n, 2) of first and last, of one word at least.
        """
        with one_thread():
            return self._vectors(words, units, owner, passages)

    def _vectors(self, words: Words, units: np.ndarray, owner: np.ndarray, passages: np.ndarray
                 ) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        inner, weight = self._inner(words)
        mean, most = _pooled(inner, weight, units)
        whole, whole_most = _pooled(inner, weight, passages)
        both = np.concatenate([np.concatenate([mean, most, whole[owner]], 1),
                               np.concatenate([whole, whole_most, whole], 1)])
        hidden = np.maximum(self._hidden(both) + self._hidden_bias, 0)
        found = self._out(hidden) + self._out_bias
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return found[:len(mean)], found[len(mean):]

    def _inner(self, words: Words) -> tuple[np.ndarray, np.ndarray]:
        """Every word in its surroundings (n, h), and how much it weighs (n,)."""
        import numpy as np

        met, first, place = np.unique(words.hashes, return_index=True, return_inverse=True)
        width = len(self._bias)
        parts = self._around(self._alone(words, met, first))
        edge = np.zeros_like(parts[:1])  # beyond the first and the last word of a text
        parts = np.concatenate([parts, edge]).reshape(-1, width)
        count, wide = len(place), len(parts) // (len(met) + 1)
        inner = np.repeat(self._bias[None], count, 0)
        part = np.empty_like(inner)
        for at in range(wide):
            shift = at - wide // 2
            there = np.clip(np.arange(count) + shift, 0, count - 1)
            near = np.where((words.texts[there] == words.texts) & (there - shift == np.arange(count)), place[there],
                            len(met))
            inner += np.take(parts, near * wide + at, 0, out=part, mode="clip")
        np.maximum(inner, 0, out=inner)
        said = np.einsum("ij,j->i", inner, self._weigh)
        return inner, np.exp(np.clip(said, -_SURE, _SURE))

    def _alone(self, words: Words, met: np.ndarray, first: np.ndarray) -> np.ndarray:
        """The word types ``met``, of which each stands first at ``first``, as rows (n, w)."""
        import numpy as np

        row = np.minimum(np.searchsorted(self._hashes, met), len(self._hashes) - 1)
        taught = self._hashes[row] == met
        found = np.empty((len(met), self._words.codes.shape[1] * 2), np.float32)
        found[taught] = self._words.take(row[taught])
        if not taught.all():
            runs, each = letter_runs(words, first[~taught])
            rows, column = np.unique(runs % np.uint64(len(self._runs.codes)), return_inverse=True)
            share = np.repeat(1 / each, each).astype(np.float32)
            found[~taught] = _sums(self._runs.take(rows.astype(np.int64)), column, each, share)
        return found


def _pooled(inner: np.ndarray, weight: np.ndarray, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and maximum over the words of every segment: (n, h) each."""
    import numpy as np

    lengths = segments[:, 1] - segments[:, 0]
    rows = ranges(segments[:, 0], lengths)
    starts = np.cumsum(lengths) - lengths
    share = weight[rows] / np.repeat(np.add.reduceat(weight[rows], starts), lengths) if len(rows) else weight[:0]
    return _sums(inner, rows, lengths, share), _largest(inner, segments[:, 0], lengths)


def _largest(rows: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Maximum of the rows of every segment: the first of all, then the second of those that have one, and so on, which
    is many times as fast as ``reduceat``."""
    import numpy as np

    order = np.argsort(-lengths, kind="stable")
    begins, longest = starts[order], lengths[order]
    found = rows[begins]
    for step in range(1, int(longest[0]) if len(longest) else 0):
        still = int(np.searchsorted(-longest, -step))
        np.maximum(found[:still], rows[begins[:still] + step], out=found[:still])
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return np.asarray(found[back])


def _sums(rows: np.ndarray, chosen: np.ndarray, lengths: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Sums of the ``chosen`` rows, ``lengths`` of them for each, times their ``share``."""
    import numpy as np
    from scipy.sparse import csr_array

    ends = np.concatenate([[0], np.cumsum(lengths)])
    return np.asarray(csr_array((share, chosen, ends), shape=(len(lengths), len(rows))) @ rows)


def load_network(folder: Path | None = None) -> Network:
    """The student in ``folder``, or the one that ships. Raises ModelError when there is none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    home: Any = folder or "painpoints_models/fast"
    try:
        home = folder or resources.files("painpoints_models").joinpath("fast")
        content = json.loads(home.joinpath("student.json").read_text(encoding="utf8"))
        info = StudentInfo(content["name"], content["version"], content["encoder"], content["figures"])
        return Network(load(home.joinpath("student.safetensors").read_bytes()), info)
    except (ImportError, OSError, KeyError, ValueError, SafetensorError) as error:
        raise ModelError(f"{home}: no student that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or teach one with scripts/fit_student.py.") from error
