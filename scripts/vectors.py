"""Vectors of the embedded encoder, kept between runs of the training scripts."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from datasets import PROJECT, Marked

from painpoints.encode import Encoder, load_encoder
from painpoints.text import Block, Language, Passage, Span, normalise


def model_texts(texts: Sequence[str], langs: Sequence[str]) -> list[str]:
    """The texts as the main job gives them to the encoder: normalised."""
    return [normalise(text, lang).text for text, lang in zip(texts, langs, strict=True)]


@cache
def full_encoder() -> Encoder:
    """The shipped encoder, loaded once."""
    return load_encoder()


@cache
def _adapter() -> str:
    """What tells one adapted encoder from another: the hash of the shipped adapter."""
    return hashlib.blake2b((PROJECT / "models" / "adapter" / "adapter.safetensors").read_bytes()).hexdigest()


def cached_vectors(texts: Sequence[str], cache: Path, name: str, langs: Sequence[str]) -> np.ndarray:
    """Vectors (n, d) float32 of ``texts``, read from ``cache`` when the same texts were encoded before."""
    prepared = model_texts(texts, langs)
    digest = hashlib.blake2b("\0".join([_adapter(), *prepared]).encode(), digest_size=8).hexdigest()
    path = cache / f"{name}-{digest}.npy"
    if path.is_file():
        return np.load(path).astype(np.float32)
    encoder = full_encoder()

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty() or done == total:
            print(f"\r{name}: {done}/{total}", end="\n" if done == total else "", file=sys.stderr)

    vectors = encoder.encode(prepared, show)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors.astype(np.float16))
    return vectors.astype(np.float16).astype(np.float32)


def marked_passages(texts: Sequence[Marked]) -> list[Passage]:
    """The texts as the encoder reads them, every unit a block of its own."""
    passages = []
    for row, marked in enumerate(texts):
        text, blocks = "", []
        for parts in marked.parts:
            unit = normalise(" ".join(part for part, _ in parts), marked.lang).text
            start = len(text) + 1 if text else 0
            text = f"{text} {unit}" if text else unit
            blocks.append(Block(start, len(text), True, (Span(start, len(text)),)))
        passages.append(Passage(row, text, Language(marked.lang, 1.0), tuple(blocks), None))
    return passages


def unit_vectors(texts: Sequence[Marked]) -> np.ndarray:
    """Vectors (units, d) of all units of ``texts``, each pooled from its document."""
    return full_encoder().encode_passages(marked_passages(texts), rules=True).vectors
