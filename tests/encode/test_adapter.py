"""The adapter is merged into the encoder it was made for, and into no other."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from painpoints.encode.adapter import Adapter, TokenHead, load_adapter
from painpoints.errors import ModelError
from painpoints.text import Decoding

HEAD = TokenHead(torch.zeros(3, 12), torch.zeros(3), torch.zeros(2, 3), torch.tensor([1.0, -1.0]), Decoding({}, {}),
                 0.0)


class Tiny(nn.Module):
    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.layer = nn.Linear(width, 3)


def adapter(rank: int = 2) -> Adapter:
    torch.manual_seed(0)
    return Adapter("t", 2.0, {"layer": (torch.randn(rank, 4), torch.randn(3, rank))}, HEAD)


def test_merging_adds_the_scaled_product_of_both_matrices() -> None:
    model, given = Tiny(), adapter()
    before = model.layer.weight.detach().clone()
    given.merge_into(model)
    down, up = given.layers["layer"]
    torch.testing.assert_close(model.layer.weight.detach(), before + 2.0 * up @ down)


def test_merging_into_another_encoder_is_refused() -> None:
    with pytest.raises(ModelError, match="does not fit"):
        adapter().merge_into(Tiny(width=5))
    with pytest.raises(ModelError, match="does not fit"):
        adapter().merge_into(nn.Identity())


def test_the_shipped_adapter_fits_and_knows_how_to_cut_all_four_languages() -> None:
    shipped = load_adapter()
    assert len(shipped.layers) == 72
    assert set(shipped.head.decoding.threshold) == {"fa", "ar", "ru", "en"}
    assert shipped.head.log_odds(torch.zeros(1, 5, shipped.head.inner.shape[1] // 3)).shape == (1, 5, 2)


def test_the_token_head_reads_a_token_between_its_neighbours() -> None:
    torch.manual_seed(1)
    head = TokenHead(torch.randn(3, 12), torch.randn(3), torch.randn(2, 3), torch.randn(2), Decoding({}, {}), 0.0)
    states = torch.randn(2, 5, 4)
    around = torch.nn.functional.pad(states, (0, 0, 1, 1))
    for at in range(5):
        window = around[:, at:at + 3].reshape(2, 12)
        inner = torch.nn.functional.gelu(window @ head.inner.T + head.inner_bias)
        torch.testing.assert_close(head.log_odds(states)[:, at], inner @ head.weight.T + head.bias)


def test_a_folder_without_an_adapter_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_adapter(tmp_path)
    assert "train.py" in str(caught.value.hint)
    (tmp_path / "adapter.json").write_text("{}", "utf8")
    with pytest.raises(ModelError):
        load_adapter(tmp_path)
