"""What a fitted model of pain points knows, and the one file it is kept in: safetensors with its metadata, no texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painpoints.errors import ModelError, StorageError

KIND = "painpoints pain point model, form 1"
_METADATA = "painpoints"
_ARRAYS = {"units": np.float16, "labels": np.int64, "strength": np.float32, "distance": np.float32, "border": np.bool_,
           "place": np.int64, "centres": np.float32, "stability": np.float64, "overall": np.float32}
_NUMBERS = ("agreement", "floor", "threshold")


@dataclass(frozen=True)
class ModelContent:
    """What was learnt.

    ``units`` (u, d) float16, as clustered, each once, with ``labels``, ``strength``, ``distance`` and ``border`` (u,);
    ``place`` (n,): the unit of each row that was fitted; ``centres`` (k, d) and ``stability`` (k,); ``agreement`` of
    subsamples; ``floor`` and ``threshold`` of votes; ``overall`` (d,) the mean of all vectors and ``means`` (d,) those
    removed from each language; ``params`` of the estimator.
    """

    units: np.ndarray
    labels: np.ndarray
    strength: np.ndarray
    distance: np.ndarray
    border: np.ndarray
    place: np.ndarray
    centres: np.ndarray
    stability: np.ndarray
    agreement: float
    floor: float
    threshold: float
    overall: np.ndarray
    means: Mapping[str, np.ndarray]
    params: Mapping[str, Any]


def write_model(content: ModelContent, stored: Mapping[str, np.ndarray] | None, path: Path) -> None:
    """Writes ``content`` and the ``stored`` means of languages it was fitted with. Raises StorageError."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    tensors: dict[str, np.ndarray] = {
        name: np.ascontiguousarray(getattr(content, name), kind) for name, kind in _ARRAYS.items()}
    tensors |= {f"mean.{lang}": np.ascontiguousarray(mean, np.float32) for lang, mean in content.means.items()}
    tensors |= {f"stored.{lang}": np.ascontiguousarray(mean, np.float32) for lang, mean in (stored or {}).items()}
    numbers = {name: None if np.isnan(value := getattr(content, name)) else float(value) for name in _NUMBERS}
    said = {"kind": KIND, "params": dict(content.params), "stored": stored is not None, **numbers}
    try:
        save_file(tensors, str(path), {_METADATA: json.dumps(said, default=int, sort_keys=True)})
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise StorageError(f"{path}: could not be written ({reason}).",
                           hint="Check that the folder is there, is writable and has room.") from None


def read_model(path: Path) -> tuple[ModelContent, dict[str, np.ndarray] | None]:
    """What `write_model` wrote to ``path``. Raises ModelError when it is no such file or is damaged."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise ModelError(f"{path}: no such file.", hint="Name a file that PainPointModel.save wrote.")
    try:
        with safe_open(str(path), "numpy") as opened:
            said = json.loads((opened.metadata() or {})[_METADATA])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        if said["kind"] != KIND:
            raise ValueError(said["kind"])
        numbers: dict[str, Any] = {name: float("nan") if said[name] is None else float(said[name]) for name in _NUMBERS}
        content = ModelContent(**{name: tensors[name] for name in _ARRAYS}, **numbers,
                               means=_under("mean.", tensors), params=said["params"])
        _check(content)
        stored = _under("stored.", tensors) if said["stored"] else None
    except (OSError, KeyError, ValueError, TypeError, AttributeError, SafetensorError) as error:
        raise ModelError(f"{path}: no model of pain points that can be read ({type(error).__name__}).",
                         hint="Name a file that PainPointModel.save wrote with this version.") from error
    return content, stored


def _under(prefix: str, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in tensors.items() if name.startswith(prefix)}


def _check(content: ModelContent) -> None:
    """Raises ValueError where parts do not fit each other."""
    units, width = content.units.shape
    clusters = int(content.labels.max(initial=-1)) + 1
    of_units = (content.labels, content.strength, content.distance, content.border)
    fits = (all(array.shape == (units,) for array in of_units) and content.centres.shape == (clusters, width)
            and content.stability.shape == (clusters,)
            and all(mean.shape == (width,) for mean in (content.overall, *content.means.values()))
            and content.place.ndim == 1 and bool(((content.place >= 0) & (content.place < max(1, units))).all()))
    if not fits:
        raise ValueError("parts of different sizes")
