"""Trained heads over encoder vectors: one shared hidden layer, one output a task.

A heads folder holds ``heads.safetensors`` (``mean``, ``scale``, ``hidden.*``, ``<task>.*``) and ``heads.json``
(encoder, labels, temperatures, thresholds), both written by ``scripts/train_heads.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.classify.calibration import by_language, softmax
from painpoints.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

SENTIMENTS = ("neg", "neu", "pos")
TASKS = ("sentiment", "touchpoint", "problem")


@dataclass(frozen=True)
class Probabilities:
    """Calibrated probabilities of n units: (n, 3), (n, touchpoints) and (n, 2) with the problem's at column 1."""

    sentiment: np.ndarray
    touchpoint: np.ndarray
    problem: np.ndarray


@dataclass(frozen=True)
class HeadsInfo:
    """What the heads were trained for; ``temperatures`` and ``thresholds`` map task to language to value."""

    encoder: str
    version: str
    touchpoints: tuple[str, ...]
    temperatures: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, Mapping[str, float]]
    targets: Mapping[str, float]


class Heads:
    """Vectors to calibrated probabilities of sentiment, touchpoint and problem."""

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
        if vectors.shape[1] != self.dimension:
            raise ModelError(f"The heads read vectors of {self.dimension} numbers, these have {vectors.shape[1]}.",
                             hint=f"Judge with vectors of {self.info.encoder}.")
        weights = self._weights
        hidden = (vectors - weights["mean"]) / weights["scale"]
        hidden = _gelu(hidden @ weights["hidden.weight"].T + weights["hidden.bias"])
        return {task: hidden @ weights[f"{task}.weight"].T + weights[f"{task}.bias"] for task in TASKS}

    def probabilities(self, vectors: np.ndarray, langs: Sequence[str]) -> Probabilities:
        """Calibrated probabilities of ``vectors`` (n, d), each with the temperature of its language."""
        logits = self.logits(vectors)
        calibrated = {task: softmax(logits[task], by_language(self.info.temperatures[task], langs)) for task in TASKS}
        return Probabilities(**calibrated)


def load_heads(folder: Path | None = None) -> Heads:
    """The heads in ``folder``, or the shipped ones. Raises ModelError when the folder holds none."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        home = resources.files("painpoints_models").joinpath("heads") if folder is None else folder
        weights = load(home.joinpath("heads.safetensors").read_bytes())
        content = json.loads(home.joinpath("heads.json").read_text(encoding="utf8"))
        info = HeadsInfo(content["encoder"], content["version"], tuple(content["touchpoints"]),
                         content["temperatures"], content["thresholds"], content["targets"])
    except (ImportError, OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        where = folder or "painpoints_models/heads"
        raise ModelError(f"{where}: no trained heads that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or train heads with scripts/train_heads.py.") from error
    return Heads({name: array.astype(np.float32) for name, array in weights.items()}, info)


def _gelu(x: np.ndarray) -> np.ndarray:
    import numpy as np
    from scipy.special import erf

    return np.asarray(0.5 * x * (1.0 + erf(x * np.float32(0.7071067811865476))))
