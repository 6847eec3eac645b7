"""The lean embedded encoder against the same folder loaded by sentence-transformers; its quick way has its own tests
(test_quick.py)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from painpoints.encode import Encoder, encoder, load_encoder
from painpoints.encode.lean import LeanModel
from painpoints.encode.transformer import Transformer

if encoder.hardware().device != "cpu":
    pytest.skip("on a GPU sentence-transformers loads the embedded encoder", allow_module_level=True)

TEXTS = ["پیک سه ساعت دیر رسید و کسی جواب نداد، اصلاً راضی نیستم", "می‌خواستم پولم برگردد",
         "تأخر المندوب ولم يرد علينا أحد", "التطبيق يتوقف عند الدفع",
         "Курьер опоздал на три часа, поддержка молчит.", "Ещё и коробка помята",
         "The courier came three hours late and nobody answered.", "peyk dir resid 😡😡", "", "\u200c", "🏳️‍🌈",
         "<mask> <pad> </s> late", "доставка опоздала " * 200]


@pytest.fixture(scope="module", params=["bf16", "fp32", "int8"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Encoder, Encoder]]:
    """The lean encoder and the other, in one precision."""
    resolved = encoder.resolve_model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transformer, "quicken", lambda self: None)
        lean = load_encoder(precision=request.param)
        patch.setattr(encoder, "resolve_model", lambda name: replace(resolved(name), kind="hub cache"))
        yield lean, load_encoder(precision=request.param)


def test_the_embedded_encoder_is_lean_and_any_other_is_not(both: tuple[Encoder, Encoder]) -> None:
    assert [isinstance(each._model, LeanModel) for each in both] == [True, False]
    assert replace(both[0].info, source="") == replace(both[1].info, source="")


def test_vectors_are_the_same_bit_for_bit(both: tuple[Encoder, Encoder]) -> None:
    lean, full = (each.encode(TEXTS) for each in both)
    assert np.array_equal(lean, full)


def test_tokens_and_their_characters_are_the_same(both: tuple[Encoder, Encoder]) -> None:
    lean, full = (list(each.tokenise(TEXTS)) for each in both)
    assert lean == full


def test_token_states_are_the_same_bit_for_bit(both: tuple[Encoder, Encoder]) -> None:
    runs = [ids[:both[0].content_limit] for ids, _ in both[0].tokenise(TEXTS)]
    for lean, full in zip(*(each.token_states(runs, torch.clone) for each in both), strict=True):
        assert (lean[0], lean[2]) == (full[0], full[2])
        assert torch.equal(lean[1], full[1])


def test_loading_it_imports_neither_transformers_nor_sentence_transformers() -> None:
    code = ("import sys; from painpoints.encode import load_encoder; load_encoder().encode(['دیر رسید', 'late']);"
            "sys.exit(any(name in sys.modules for name in ('transformers', 'sentence_transformers')))")
    subprocess.run([sys.executable, "-c", code], check=True)
