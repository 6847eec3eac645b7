"""Vectors of the embedded encoder, kept between runs of the training scripts."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from painpoints.encode import load_encoder
from painpoints.text import normalise


def model_texts(texts: Sequence[str], langs: Sequence[str]) -> list[str]:
    """The texts as the main job gives them to the encoder: normalised."""
    return [normalise(text, lang).text for text, lang in zip(texts, langs, strict=True)]


def cached_vectors(texts: Sequence[str], cache: Path, name: str, langs: Sequence[str]) -> np.ndarray:
    """Vectors (n, d) float32 of ``texts``, read from ``cache`` when the same texts were encoded before."""
    prepared = model_texts(texts, langs)
    digest = hashlib.blake2b("\0".join(prepared).encode(), digest_size=8).hexdigest()
    path = cache / f"{name}-{digest}.npy"
    if path.is_file():
        return np.load(path).astype(np.float32)
    encoder = load_encoder()

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            print(f"\r{name}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr)

    vectors = encoder.encode(prepared, show)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors.astype(np.float16))
    return vectors.astype(np.float16).astype(np.float32)
