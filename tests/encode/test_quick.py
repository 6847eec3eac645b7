"""The quick layers against the plain ones, and each text against its company."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from painpoints.encode import Encoder, hardware, load_encoder, quick
from painpoints.encode.quick import QuickLayers
from painpoints.encode.transformer import Layer, Transformer

if hardware().device != "cpu":
    pytest.skip("on a GPU sentence-transformers loads the embedded encoder", allow_module_level=True)

TEXTS = ["پیک سه ساعت دیر رسید و کسی جواب نداد، اصلاً راضی نیستم", "می‌خواستم پولم برگردد ولی برنگشت",
         "تأخر المندوب ثلاث ساعات ولم يرد علينا أحد من الدعم", "التطبيق يتوقف عند الدفع كل مرة",
         "Курьер опоздал на три часа, поддержка молчит.", "Ещё и коробка помята, вернуть не дали",
         "The courier came three hours late and nobody answered.", "peyk dir resid 😡😡", "", "ok",
         "доставка опоздала " * 15, "the app crashed again and " * 40]


@pytest.fixture(scope="module")
def encoders() -> tuple[Encoder, Encoder]:
    """The encoder that takes the quick way, and one that does not."""
    fast = load_encoder(precision="bf16")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transformer, "quicken", lambda self: None)
        return fast, load_encoder(precision="bf16")


def layers(width: int = 64, heads: int = 2, count: int = 2) -> list[Layer]:
    torch.manual_seed(4)
    found = [Layer(width, heads, 4 * width, 1e-12).to(torch.bfloat16).eval() for _ in range(count)]
    return [layer.requires_grad_(False) for layer in found]


def test_bfloat16_takes_the_quick_way_and_nothing_else_does(encoders: tuple[Encoder, Encoder]) -> None:
    assert [each._model[0]._quick is not None for each in encoders] == [True, False]
    assert load_encoder(precision="fp32")._model[0]._quick is None


def test_vectors_are_those_of_the_plain_way_and_as_near_to_full_precision(encoders: tuple[Encoder, Encoder]) -> None:
    fast, plain = (each.encode(TEXTS) for each in encoders)
    exact = load_encoder(precision="fp32").encode(TEXTS)
    assert (fast * plain).sum(1).min() > 0.9997
    off_fast, off_plain = (1 - (each * exact).sum(1) for each in (fast, plain))
    assert off_fast.mean() < 1.5 * off_plain.mean() + 1e-5


@pytest.mark.parametrize("tokens", [1, 5, 31, 32, 33, 100, 250])
def test_states_are_those_of_the_plain_layers_for_every_length(tokens: int) -> None:
    plain = layers()
    states = torch.randn(3, tokens, 64, generator=torch.Generator().manual_seed(tokens)).to(torch.bfloat16)
    with torch.inference_mode():
        expected = states
        for layer in plain:
            expected = layer(expected)
        found = QuickLayers(plain)(states)
    assert found.shape == expected.shape and found.dtype == torch.bfloat16
    assert (found.float() - expected.float()).abs().max() < 0.06  # two last digits of numbers up to 4


def test_attention_goes_to_the_tokens_of_a_text_alone() -> None:
    """Rows of scores are wider than texts are long: were the rest not shut out, values would be too small."""
    attention = quick._Attention(2, 5, 64, 2)
    asked = torch.zeros(2, 5, 3 * 64, dtype=torch.bfloat16)
    asked[..., 128:] = 1.0
    assert torch.equal(attention(asked), torch.ones(2, 5, 64, dtype=torch.bfloat16))


@pytest.mark.parametrize("held", [1, 1 << 14, 1 << 30])
def test_how_many_texts_are_worked_on_at_a_time_makes_no_difference(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    states = torch.randn(7, 40, 64, generator=torch.Generator().manual_seed(1)).to(torch.bfloat16)
    with torch.inference_mode():
        usual = QuickLayers(layers())(states)
        monkeypatch.setattr(quick, "_HELD", held)
        assert torch.equal(QuickLayers(layers())(states), usual)
        assert torch.equal(torch.cat([QuickLayers(layers())(row[None]) for row in states]), usual)


def test_a_vector_is_the_same_bit_for_bit_in_any_company(encoders: tuple[Encoder, Encoder]) -> None:
    together = encoders[0].encode(TEXTS)
    assert np.array_equal(together, np.concatenate([encoders[0].encode([text]) for text in TEXTS]))
    assert np.array_equal(together, encoders[0].encode([*TEXTS, *(f"{text} !" for text in TEXTS)])[:len(TEXTS)])


def test_where_weights_cannot_be_laid_out_anew_products_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    states = torch.randn(3, 20, 64, generator=torch.Generator().manual_seed(2)).to(torch.bfloat16)
    with torch.inference_mode():
        usual = QuickLayers(layers())(states)

        def refused(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(torch.ops.mkldnn, "_reorder_linear_weight", refused)
        assert torch.equal(QuickLayers(layers())(states), usual)
