"""The map from the encoder's space into one where nearness means "the same went wrong".

A linear map learnt contrastively (``scripts/train.py``) on complaints of the same pain, questions of the
same intent and translations. Vectors of other encoders are used as they are, and the run says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify import product
from painpoints.errors import ModelError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Projection:
    """``matrix`` (d, e) and ``mean`` (d,) float32; ``language_means`` (e,) each, of projected vectors.

    ``encoder`` is the model whose vectors it reads.
    """

    encoder: str
    version: str
    matrix: np.ndarray
    mean: np.ndarray
    language_means: Mapping[str, np.ndarray]

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """``vectors`` (n, d) in the pain space: (n, e) float32, L2-normalised."""
        import numpy as np

        projected = product(np.asarray(vectors, np.float32) - self.mean, self.matrix)
        length = np.linalg.norm(projected, axis=1, keepdims=True)
        return np.asarray(projected / np.maximum(length, 1e-9))


def load_projection(folder: Path | None = None, *, fast: bool = False) -> Projection:
    """The projection in ``folder``, or the shipped one: that of the full encoder, or of the ``fast`` lane's student.

    Raises ModelError when there is none.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    shipped = "fast" if fast else "pain-projection"
    home: Any = folder or f"painpoints_models/{shipped}"
    try:
        home = folder or resources.files("painpoints_models").joinpath(shipped)
        arrays = {name: array.astype(np.float32)
                  for name, array in load(home.joinpath("projection.safetensors").read_bytes()).items()}
        content = json.loads(home.joinpath("projection.json").read_text(encoding="utf8"))
        means = {name.removeprefix("language."): array for name, array in arrays.items()
                 if name.startswith("language.")}
        return Projection(content["encoder"], content["version"], arrays["matrix"], arrays["mean"], means)
    except (ImportError, OSError, KeyError, ValueError, SafetensorError) as error:
        raise ModelError(f"{home}: no projection that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or train one with scripts/train.py.") from error
