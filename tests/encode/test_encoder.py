"""One pass over many texts: order kept, company irrelevant, nothing lost."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path

import numpy as np
import pytest

from painpoints.encode import EMBEDDED_NAME, Encoder, load_encoder, resolve_model
from painpoints.encode import encoder as encoder_module
from painpoints.encode.encoder import _TOKENS_A_BATCH
from painpoints.errors import ModelError, PainpointsError, UsageError

TEXTS = (
    "بسته‌بندی پاره شده بود و نصف برنج ریخته بود",
    "پشتیبانی بعد از سه روز جواب داد",
    "الطلب وصل ناقصاً ومن دون فاتورة",
    "Вернули деньги только после третьего звонка",
    "Checkout froze twice and I was charged twice",
    "👍",
    "ok",
    "The delivery window was four hours long. " * 8,
)


@pytest.mark.parametrize(("set_before", "kept"), [(None, encoder_module._SHAPES_KEPT), ("7", "7")])
def test_few_shapes_of_products_are_kept_unless_the_user_says_how_many(
        monkeypatch: pytest.MonkeyPatch, set_before: str | None, kept: str) -> None:
    name = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
    monkeypatch.setenv(name, set_before or "")
    if set_before is None:
        monkeypatch.delenv(name)
    with pytest.raises(ModelError):
        load_encoder("no/such-model-anywhere")
    assert os.environ[name] == kept


def test_vectors_are_of_unit_length_and_of_the_promised_type(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_the_company_a_text_is_encoded_in_does_not_matter(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert (together * alone).sum(1).min() > 0.9999


def test_an_encoder_that_has_rested_gives_the_same_vectors(encoder: Encoder) -> None:
    before, model = encoder.encode(TEXTS), weakref.ref(encoder._model)
    encoder.rest()
    gc.collect()
    assert model() is None, "nothing holds the model"
    encoder.rest()
    np.testing.assert_array_equal(encoder.encode(TEXTS), before)


def test_the_order_given_is_the_order_returned(encoder: Encoder) -> None:
    forth, back = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])
    assert (forth * back[::-1]).sum(1).min() > 0.9999
    cosines = forth @ back[::-1].T
    assert (cosines.argmax(1) == np.arange(len(TEXTS))).all()


def test_identical_texts_get_identical_vectors(encoder: Encoder) -> None:
    vectors = encoder.encode([TEXTS[0], TEXTS[3], TEXTS[0], TEXTS[3], TEXTS[0]])
    assert (vectors[[0, 1, 0, 1, 0]] == vectors).all()
    assert not np.allclose(vectors[0], vectors[1])


def test_identical_texts_are_encoded_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    forward = encoder._model[0].forward

    def counted(features: dict[str, object]) -> object:
        seen.append(len(features["input_ids"]))  # type: ignore[arg-type]
        return forward(features)

    monkeypatch.setattr(encoder._model[0], "forward", counted)
    encoder.encode([*TEXTS, *TEXTS, *TEXTS])
    assert sum(seen) == len(TEXTS)


def test_the_same_texts_give_the_same_vectors_twice(encoder: Encoder) -> None:
    assert (encoder.encode(TEXTS) == encoder.encode(TEXTS)).all()


def test_small_batches_give_what_one_big_batch_gives(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encoder.encode(TEXTS)
    monkeypatch.setitem(_TOKENS_A_BATCH, encoder.info.device, 32)
    assert (encoder.encode(TEXTS) * whole).sum(1).min() > 0.9999


def test_many_windows_give_what_one_window_gives(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encoder.encode(TEXTS)
    monkeypatch.setattr("painpoints.encode.encoder._SORT_WINDOW", 3)
    assert (encoder.encode(TEXTS) * whole).sum(1).min() > 0.9999


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", " ", "\u200c", "\x00", "🏳️‍🌈", "\U000e0041"])
def test_a_text_of_nothing_readable_still_gets_a_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_what_lies_beyond_the_token_limit_is_not_read(encoder: Encoder) -> None:
    start = "доставка опоздала " * 400
    vectors = encoder.encode([start + "деньги", start + "ужасный вкус"])
    assert (vectors[0] == vectors[1]).all()


def test_progress_ends_at_the_number_of_texts_given(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_TOKENS_A_BATCH, encoder.info.device, 64)
    calls: list[tuple[int, int]] = []
    encoder.encode([*TEXTS, *TEXTS], lambda done, total: calls.append((done, total)))
    done = [d for d, _ in calls]
    assert len(calls) > 2
    assert done == sorted(done)
    assert calls[-1] == (2 * len(TEXTS), 2 * len(TEXTS))
    assert {total for _, total in calls} == {2 * len(TEXTS)}


def test_the_same_complaint_is_nearer_in_another_language_than_another_complaint(encoder: Encoder) -> None:
    late = encoder.encode(["پیک دیر رسید", "تأخر المندوب", "Курьер опоздал", "The courier was late"])
    taste = encoder.encode(["غذا شور بود", "الأكل مالح", "Еда пересолена", "The food was too salty"])
    same = [float(late[i] @ late[j]) for i in range(4) for j in range(i)]
    other = [float(late[i] @ taste[j]) for i in range(4) for j in range(4) if i != j]
    assert np.mean(same) > np.mean(other) + 0.02


def test_precision_can_be_chosen() -> None:
    assert load_encoder(precision="bf16").info.precision == "bf16"


def test_a_precision_there_is_not_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="There is no precision 'int4'"):
        load_encoder(precision="int4")


def test_a_local_copy_has_its_own_prefix_and_no_adapter() -> None:
    folder = Path(resolve_model(EMBEDDED_NAME).path)
    local = load_encoder(str(folder))
    assert (local.info.source, local.info.prefix) == ("local", "query: ")
    assert local.info.adapter is None
    plain = load_encoder(adapted=False)
    assert (local.encode(TEXTS[:3]) * plain.encode(TEXTS[:3])).sum(1).min() > 0.9999


def test_a_model_of_the_hub_without_a_connection_says_what_to_do() -> None:
    with pytest.raises(ModelError) as caught:
        load_encoder("nobody-at-all/no-such-model")
    assert "nobody-at-all/no-such-model: the model could not be loaded from the hub" in caught.value.message
    assert caught.value.hint == "No connection to the model hub? Fetch the model elsewhere and name its folder."


def test_a_folder_that_holds_no_model_says_what_to_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf8")
    with pytest.raises(PainpointsError) as caught:
        load_encoder(str(tmp_path))
    assert isinstance(caught.value, ModelError)
    assert caught.value.hint == "Name a folder in sentence-transformers layout."
