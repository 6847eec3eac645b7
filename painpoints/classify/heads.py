"""Trained heads over encoder vectors: one shared hidden layer, one output a task.

A heads folder holds ``heads.safetensors`` (``mean``, ``scale``, ``hidden.*``, ``<task>.*``) and ``heads.json``
(encoder, labels, temperatures, floors), both written by ``scripts/publish_heads.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.classify.calibration import by_language, softmax
from painpoints.classify.products import product
from painpoints.errors import ModelError

if TYPE_CHECKING:
    import numpy as np


SENTIMENTS = ("neg", "neu", "pos")
EMOTIONS = ("anger", "disappointment", "worry", "confusion", "resignation", "none")
"""What a negative unit feels like; ``none`` reports a fault flatly."""
TASKS = ("sentiment", "overall", "touchpoint", "problem", "emotion")


@dataclass(frozen=True)
class Probabilities:
    """Calibrated probabilities of n units: (n, 3) of sentiment as opinion units, (n, 3) as whole texts (``overall``),
    (n, touchpoints), (n, 2) with the problem's at column 1, and (n, 6) of `EMOTIONS`, which mean something for negative
    units only."""

    sentiment: np.ndarray
    overall: np.ndarray
    touchpoint: np.ndarray
    problem: np.ndarray
    emotion: np.ndarray


@dataclass(frozen=True)
class HeadsInfo:
    """What the heads were trained for; ``temperatures`` and ``floors`` map task to language to value. ``coverage`` is
    how often the labels that reach their floor hold the true one."""

    encoder: str
    version: str
    touchpoints: tuple[str, ...]
    temperatures: Mapping[str, Mapping[str, float]]
    floors: Mapping[str, Mapping[str, float]]
    coverage: float


class Heads:
    """Vectors to calibrated probabilities of sentiment, touchpoint, problem and emotion."""

    def __init__(self, weights: Mapping[str, np.ndarray], info: HeadsInfo) -> None:
        self._weights = weights
        self.info = info

    @property
    def dimension(self) -> int:
        """Width of the vectors these heads read."""
        return int(self._weights["mean"].shape[0])

    def logits(self, vectors: np.ndarray) -> dict[str, np.ndarray]:
        """Uncalibrated scores of ``vectors`` (n, d): task to (n, classes).

        Raises ModelError when the vectors have another width than the heads were trained on.
        """
        import numpy as np

        if vectors.shape[1] != self.dimension:
            raise ModelError(f"The heads read vectors of {self.dimension} numbers, these have {vectors.shape[1]}.",
                             hint=f"Judge with vectors of {self.info.encoder}.")
        weights = self._weights
        hidden = (vectors - weights["mean"]) / weights["scale"]
        hidden = _gelu(product(hidden, weights["hidden.weight"].T) + weights["hidden.bias"])
        ends = np.cumsum([len(weights[f"{task}.bias"]) for task in TASKS])
        scores = product(hidden, np.concatenate([weights[f"{task}.weight"] for task in TASKS]).T)
        return {task: part + weights[f"{task}.bias"]
                for task, part in zip(TASKS, np.split(scores, ends[:-1], axis=1), strict=True)}

    def probabilities(self, vectors: np.ndarray, langs: Sequence[str]) -> Probabilities:
        """Calibrated probabilities of ``vectors`` (n, d), each with the temperature of its language."""
        logits = self.logits(vectors)
        calibrated = {task: softmax(logits[task], by_language(self.info.temperatures[task], langs)) for task in TASKS}
        return Probabilities(**calibrated)


def load_heads(folder: Path | None = None, *, fast: bool = False) -> Heads:
    """The heads in ``folder``, or the shipped ones: those of the full encoder, or of the ``fast`` lane's student.

    Raises ModelError when the folder holds none.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    shipped = "fast" if fast else "heads"
    try:
        home = resources.files("painpoints_models").joinpath(shipped) if folder is None else folder
        weights = load(home.joinpath("heads.safetensors").read_bytes())
        content = json.loads(home.joinpath("heads.json").read_text(encoding="utf8"))
        info = HeadsInfo(content["encoder"], content["version"], tuple(content["touchpoints"]),
                         content["temperatures"], content["floors"], float(content["coverage"]))
    except (ImportError, OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        where = folder or f"painpoints_models/{shipped}"
        raise ModelError(f"{where}: no trained heads that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or train them with scripts/train.py.") from error
    return Heads({name: array.astype(np.float32) for name, array in weights.items()}, info)


def _gelu(x: np.ndarray) -> np.ndarray:
    import numpy as np
    from scipy.special import erf

    return np.asarray(0.5 * x * (1.0 + erf(x * np.float32(0.7071067811865476))))
