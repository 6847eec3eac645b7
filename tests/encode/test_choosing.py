"""The number format that is taken is the quickest of those whose vectors are true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from painpoints.encode.choosing import Rate, choose, judged, kept_choice, load_encoder
from painpoints.encode.int8 import int8_linear


def taken(*rates: Rate) -> str:
    found = [rate for rate in judged(rates) if not rate.refused]
    assert len(found) == 1
    return found[0].precision


@pytest.mark.parametrize(("bf16", "int8", "expected"), [
    ((300, .9997), (200, .998), "bf16"), ((300, .9997), (350, .998), "bf16"), ((300, .9997), (400, .998), "int8"),
    ((300, .9997), (900, .99), "bf16"), ((80, .9997), (130, .998), "int8"), ((80, .9997), (110, .998), "fp32")])
def test_int8_has_to_be_true_and_clearly_quicker(bf16: tuple[float, float], int8: tuple[float, float], expected: str
                                                 ) -> None:
    assert taken(Rate("fp32", 100, 1.0), Rate("bf16", *bf16), Rate("int8", *int8)) == expected


def test_what_does_not_run_is_not_taken() -> None:
    assert taken(Rate("fp32", 100, 1.0), Rate("int8", 0, 0, "does not run here (RuntimeError)")) == "fp32"


def test_a_choice_of_another_machine_or_a_broken_file_says_nothing(tmp_path: object, monkeypatch: pytest.MonkeyPatch
                                                                   ) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert kept_choice() is None
    choose([Rate("fp32", 100, 1.0)])
    found = kept_choice()
    assert found is not None and found.precision == "fp32"
    monkeypatch.setattr("painpoints.encode.choosing._machine", lambda: "another")
    assert kept_choice() is None
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    from pathlib import Path

    (Path(str(tmp_path)) / "painpoints" / "precision.json").write_text("{", "ascii")
    assert kept_choice() is None


def test_a_row_in_int8_is_near_the_layer_and_the_same_whatever_stands_beside_it() -> None:
    torch.manual_seed(3)
    layer = nn.Linear(64, 48)
    rows = torch.randn(40, 64) * torch.rand(40, 1) * 5 + 0.3
    rows[:, 7] *= 9  # a channel that stands out, as in every trained encoder
    with torch.inference_mode():
        exact, near = layer(rows), int8_linear(layer)(rows)
        alone = torch.cat([int8_linear(layer)(rows[at:at + 20]) for at in (0, 20)])
    assert nn.functional.cosine_similarity(exact, near).min() > 0.999
    assert torch.equal(near, alone)


def test_an_encoder_in_int8_is_in_int8_after_it_has_rested() -> None:
    encoder = load_encoder(precision="int8")
    texts = ["پیک دیر آمد", "تأخر المندوب", "Курьер опоздал", "The courier came late"]
    before = encoder.encode(texts)
    encoder.rest()
    np.testing.assert_array_equal(encoder.encode(texts), before)
    assert encoder.info.precision == "int8"
