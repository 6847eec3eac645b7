"""Documents that are no experience at all: adverts, spam, off-topic talk; each with a probability.

A small head over the encoder's vector of the whole document, and over cues (`noise.toml`): a number to call, a link, a
call to follow. It was fitted by ``scripts/fit_noise.py``; its card stands in ``models/noise``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from painpoints.classify.products import product
from painpoints.errors import ModelError
from painpoints.taxonomy import NO_STAGE
from painpoints.text import fold_key

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

KINDS = ("customer", "advert", "spam", "off_topic")
"""What a document is; only the last three are noise."""
NO_TOUCHPOINT = "none"


@dataclass(frozen=True)
class NoiseHead:
    """``weight`` (4, d + cues) and ``bias`` (4,) over ``(vector - mean) / scale`` and cues times ``gain``; ``least`` is
    the probability from which a document is of a kind of noise."""

    mean: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    gain: float
    least: dict[str, float]

    def probabilities(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Probabilities (n, 4) of `KINDS` for documents ``texts`` with their ``vectors`` (n, d)."""
        import numpy as np

        scores = product(features(texts, vectors, self.mean, self.scale, self.gain), self.weight.T) + self.bias
        likely = np.exp(scores - scores.max(1, keepdims=True))
        return np.asarray(likely / likely.sum(1, keepdims=True))

    def kinds(self, texts: Sequence[str], vectors: np.ndarray) -> list[str | None]:
        """The kind of noise that each document is, None where it is none, or not surely so."""
        likely = self.probabilities(texts, vectors)
        best = likely[:, 1:].argmax(1) + 1
        noisy = likely[:, 1:].sum(1)
        return [KINDS[kind] if share >= self.least[KINDS[kind]] else None
                for kind, share in zip(best.tolist(), noisy.tolist(), strict=True)]


def features(texts: Sequence[str], vectors: np.ndarray, mean: np.ndarray, scale: np.ndarray, gain: float) -> np.ndarray:
    """What the head reads (n, d + cues)."""
    import numpy as np

    return np.concatenate([(vectors - mean) / scale, gain * cues(texts)], 1)


def cues(texts: Sequence[str]) -> np.ndarray:
    """Which cues each of ``texts`` has: (n, cues) of 0 and 1."""
    import numpy as np

    patterns, words = _lexicon()
    rows = []
    for text in texts:
        folded = fold_key(text)
        scripts = [script for script, letter in _SCRIPTS.items() if letter.search(folded)]
        rows.append([float(may_hold(text) and pattern.search(text) is not None) for pattern, may_hold in patterns]
                    + [float(_any_in(folded, group, scripts)) for group in words])
    return np.array(rows, np.float64).reshape(len(rows), len(patterns) + len(words))


def _any_in(folded: str, group: Mapping[str, Sequence[str]], scripts: Sequence[str]) -> bool:
    for script in scripts:
        for word in group.get(script, ()):
            if word in folded:
                return True
    return False


_SCRIPTS = {"latin": re.compile("[a-z]"), "cyrillic": re.compile("[\u0400-\u04ff]"),
            "arabic": re.compile("[\u0600-\u06ff]"), "other": re.compile("")}
"""A letter of each script: a text without one holds no word that begins with one."""


def _script(word: str) -> str:
    return next(script for script, letter in _SCRIPTS.items() if letter.match(word))


def _holds_equals(text: str) -> bool:
    return "=" in text or "\uff1d" in text


def _repeats_a_word(text: str) -> bool:
    """Whether a word of four letters comes again within five; said of too many texts rather than too few."""
    last: dict[str, int] = {}
    for at, word in enumerate(text.translate(_DOTTED).casefold().split()):
        if len(word) > 3:
            if at - last.get(word, -9) <= 5:
                return True
            last[word] = at
    return False


_DOTTED = str.maketrans("\u0130\u0131", "ii")
"""Letters that are one where case is ignored, though not where it is folded."""
_NUMBER = re.compile(r"[0-9\u06f0-\u06f9\u0660-\u0669][0-9\u06f0-\u06f9\u0660-\u0669 ()\-\u200c]{6}")
_PAGE = re.compile(r"www\.|\bt\.me/|\.(?:com|ir|ru|net|org|example|shop|xyz|info)", re.IGNORECASE)


def _holds_a_number(text: str) -> bool:
    return _NUMBER.search(text) is not None or "[" in text or "\U0001f4de" in text


def _holds_a_link(text: str) -> bool:
    return "://" in text or "[" in text or ("." in text and _PAGE.search(text) is not None)


def _holds_a_handle(text: str) -> bool:
    return "@" in text or "[" in text


_NEEDED: dict[str, Callable[[str], bool]] = {
    "phone": _holds_a_number, "link": _holds_a_link, "handle": _holds_a_handle, "pairs": _holds_equals,
    "repeats": _repeats_a_word}
"""What a text must have for a pattern to be searched in it."""


@cache
def _lexicon() -> tuple[list[tuple[re.Pattern[str], Callable[[str], bool]]], list[dict[str, list[str]]]]:
    content = tomllib.loads(resources.files("painpoints.classify").joinpath("noise.toml").read_text("utf8"))
    groups: list[dict[str, list[str]]] = []
    for group in content["words"].values():
        groups.append({})
        for word in map(fold_key, group):
            groups[-1].setdefault(_script(word), []).append(word)
    return ([(re.compile(pattern, re.IGNORECASE), _NEEDED.get(name, bool))
             for name, pattern in content["patterns"].items()], groups)


@cache
def load_noise() -> NoiseHead:
    """The head that ships. Raises ModelError when it cannot be read."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        home = resources.files("painpoints_models").joinpath("noise")
        tensors = load(home.joinpath("noise.safetensors").read_bytes())
        content = json.loads(home.joinpath("noise.json").read_text(encoding="utf8"))
        mean, scale, weight, bias = (tensors[name].astype(np.float64) for name in ("mean", "scale", "weight", "bias"))
        return NoiseHead(mean, scale, weight, bias, float(content["gain"]), dict(content["least"]))
    except (ImportError, OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        raise ModelError(f"painpoints_models/noise: no head that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or fit it with scripts/fit_noise.py.") from error


def mark_noise(units: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """Judged ``units`` with ``none_kind``; those of documents in ``kinds`` are on no touchpoint and no problem."""
    import polars as pl

    noisy = pl.col("none_kind").is_not_null()
    marked = units.with_columns(
        none_kind=pl.col("doc_id").replace_strict(kinds, default=None, return_dtype=pl.Utf8) if kinds
        else pl.lit(None, pl.Utf8))
    return marked.with_columns(
        touchpoint=pl.when(noisy).then(pl.lit(NO_TOUCHPOINT)).otherwise("touchpoint"),
        stage=pl.when(noisy).then(pl.lit(NO_STAGE)).otherwise("stage"),
        is_problem=pl.when(noisy).then(False).otherwise("is_problem"),
        problem_p=pl.when(noisy).then(pl.min_horizontal("problem_p", pl.lit(0.49, pl.Float32))).otherwise("problem_p"))
