"""Small random heads, and a folder of them as the training script writes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from painpoints.classify import Heads
from painpoints.classify.heads import HeadsInfo
from painpoints.taxonomy import load_taxonomy

WIDTH, HIDDEN = 12, 64


def heads_with(sentiment: float = 0.0, stage: float = 0.0, seed: int = 3) -> Heads:
    rng = np.random.default_rng(seed)
    codes = load_taxonomy().codes
    weights: dict[str, np.ndarray] = {
        "mean": rng.normal(size=WIDTH), "scale": rng.uniform(0.5, 2, WIDTH),
        "hidden.weight": rng.normal(size=(HIDDEN, WIDTH)), "hidden.bias": rng.normal(-1, 1, HIDDEN)}
    for task, classes in (("sentiment", 3), ("overall", 3), ("touchpoint", len(codes)), ("problem", 2), ("emotion", 6)):
        weights[f"{task}.weight"] = rng.normal(0, 0.5, (classes, HIDDEN))
        weights[f"{task}.bias"] = rng.normal(size=classes)
    frameworks = load_taxonomy().frameworks
    info = HeadsInfo(
        "toy", "1", codes,
        {"sentiment": {"*": 1.5, "fa": 3.0}, "touchpoint": {"*": 2.0}, "problem": {"*": 1.0}, "emotion": {"*": 1.0},
         "overall": {"*": 1.2}},
        {"sentiment": {"*": sentiment}, **{f"stage:{name}": {"*": stage} for name in frameworks}},
        0.9)
    return Heads({name: array.astype(np.float32) for name, array in weights.items()}, info)


@pytest.fixture
def toy_heads() -> Callable[..., Heads]:
    """Makes random heads over vectors of width 12 with the given floors."""
    return heads_with


@pytest.fixture
def heads_folder(tmp_path: Path) -> Path:
    """Random heads on disk."""
    from safetensors.numpy import save_file

    heads = heads_with()
    save_file(dict(heads._weights), tmp_path / "heads.safetensors")
    info = heads.info
    (tmp_path / "heads.json").write_text(json.dumps({
        "encoder": info.encoder, "version": info.version, "touchpoints": info.touchpoints,
        "temperatures": info.temperatures, "floors": info.floors, "coverage": info.coverage}), "utf8")
    return tmp_path
