"""A toy encoder in the packed format, small enough to be written and read in a blink."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

HIDDEN, LAYERS, HEADS, INNER, POSITIONS, TYPES = 32, 1, 2, 64, 40, 1
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁دیر", "▁late", "▁поздно", *"abcdefghijklmnopqrstuvwxyz:", "<mask>"]


@dataclass(frozen=True)
class Packed:
    path: Path
    tensors: dict[str, np.ndarray]
    """What the file says the weights are, after rounding to four bits."""


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    """A packed encoder with one layer of width 32."""
    return write_packed(tmp_path / "toy-q4.bin")


@pytest.fixture
def pack() -> Callable[..., Packed]:
    """Writes such an encoder to a path, in blocks of another size or ``without`` a tensor."""
    return write_packed


def write_packed(path: Path, block: int = 32, without: str | None = None) -> Packed:
    rng = np.random.default_rng(5)
    shapes = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (POSITIONS, HIDDEN), "emb.type": (TYPES, HIDDEN),
              "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for part in ("q", "k", "v", "ao"):
        shapes |= {f"l0.{part}.w": (HIDDEN, HIDDEN), f"l0.{part}.b": (HIDDEN,)}
    shapes |= {"l0.fi.w": (INNER, HIDDEN), "l0.fi.b": (INNER,), "l0.fo.w": (HIDDEN, INNER), "l0.fo.b": (HIDDEN,)}
    for part in ("aln", "oln"):
        shapes |= {f"l0.{part}.w": (HIDDEN,), f"l0.{part}.b": (HIDDEN,)}
    shapes.pop(without or "", None)
    body, directory, tensors = b"", [], {}
    for name, shape in shapes.items():
        values = rng.normal(0, 0.3, shape).astype("<f4")
        packs = len(shape) == 2 and name != "emb.type"
        raw, tensors[name] = _four_bits(values) if packs else (values.tobytes(), values)
        directory.append((name.encode(), int(packs), values.size, len(body), len(raw)))
        body += raw
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0] + [len(piece.encode()) for piece in PIECES]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    start = b"E5S1" + struct.pack("<I", 1)
    start += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, TYPES, 1e-12, block)
    start += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + ends.tobytes() + scores.tobytes() + blob
    start += struct.pack("<iI", 0, 5) + b"\0" * 5 + struct.pack("<i", len(directory))
    length = len(start) + sum(2 + len(name) + 21 for name, *_ in directory)
    for name, kind, elements, offset, size in directory:
        start += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, elements, length + offset, size)
    path.write_bytes(start + body)
    return Packed(path, tensors)


def _four_bits(values: np.ndarray) -> tuple[bytes, np.ndarray]:
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(1) / 7).astype("<f2")
    numbers = np.clip(np.rint(blocks / scale[:, None].astype(np.float32)), -8, 7).astype(np.int8)
    nibbles = (numbers + 8).astype(np.uint8)
    rows = [s.tobytes() + (n[:16] | n[16:] << 4).astype(np.uint8).tobytes()
            for s, n in zip(scale, nibbles, strict=True)]
    return b"".join(rows), (numbers * scale[:, None].astype(np.float32)).reshape(values.shape)
