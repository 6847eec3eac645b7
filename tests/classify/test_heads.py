"""Heads on disk and in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from painpoints.classify import Heads, load_heads
from painpoints.errors import ModelError

ToyHeads = Callable[..., Heads]


def test_what_was_saved_is_what_is_loaded(heads_folder: Path, toy_heads: ToyHeads) -> None:
    vectors = np.random.default_rng(0).normal(size=(5, 12)).astype(np.float32)
    loaded, made = load_heads(heads_folder), toy_heads()
    assert (loaded.dimension, loaded.info) == (12, made.info)
    for task, logits in made.logits(vectors).items():
        assert np.array_equal(loaded.logits(vectors)[task], logits)


def test_they_compute_what_torch_trained(toy_heads: ToyHeads) -> None:
    vectors = np.random.default_rng(1).normal(size=(7, 12)).astype(np.float32)
    heads = toy_heads()
    w = {name: torch.tensor(array) for name, array in heads._weights.items()}
    hidden = torch.nn.functional.gelu(torch.nn.functional.linear(
        (torch.tensor(vectors) - w["mean"]) / w["scale"], w["hidden.weight"], w["hidden.bias"]))
    for task, logits in heads.logits(vectors).items():
        expected = torch.nn.functional.linear(hidden, w[f"{task}.weight"], w[f"{task}.bias"]).numpy()
        assert np.allclose(logits, expected, atol=1e-4)


def test_vectors_of_another_width_are_refused_with_both_numbers(toy_heads: ToyHeads) -> None:
    with pytest.raises(ModelError, match=r"read vectors of 12 numbers, these have 384\. Judge with vectors of toy\."):
        toy_heads().logits(np.zeros((2, 384), np.float32))


@pytest.mark.parametrize("damage", ["no folder", "no weights", "no words", "broken weights", "broken words",
                                    "a word missing", "words of the wrong kind"])
def test_a_folder_that_holds_no_heads_says_what_to_do(heads_folder: Path, damage: str) -> None:
    weights, words = heads_folder / "heads.safetensors", heads_folder / "heads.json"
    match damage:
        case "no folder":
            heads_folder = heads_folder / "absent"
        case "no weights":
            weights.unlink()
        case "no words":
            words.unlink()
        case "broken weights":
            weights.write_bytes(weights.read_bytes()[:40])
        case "broken words":
            words.write_text("{", "utf8")
        case "a word missing":
            words.write_text(json.dumps({"encoder": "toy", "version": "1"}), "utf8")
        case "words of the wrong kind":
            words.write_text("[]", "utf8")
    with pytest.raises(ModelError) as caught:
        load_heads(heads_folder)
    assert caught.value.message.startswith(f"{heads_folder}: no trained heads that can be read")
    assert "scripts/train.py" in str(caught.value.hint)


def test_an_installation_without_models_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> object:
        raise ModuleNotFoundError(package)

    monkeypatch.setattr("painpoints.classify.heads.resources.files", absent)
    with pytest.raises(ModelError, match="Reinstall painpoints"):
        load_heads()
