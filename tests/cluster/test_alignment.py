"""Each language's own mean is taken out, so that nearness is about the matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from painpoints.cluster.alignment import LOOSE_SHRINKAGE, align


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def speech(counts: dict[str, int], width: int = 24, offset: float = 1.5) -> tuple[np.ndarray, list[str]]:
    """Unit vectors around zero with a direction of its own added for each language."""
    rng = np.random.default_rng(4)
    langs = [lang for lang, count in counts.items() for _ in range(count)]
    directions = {lang: offset * row for lang, row in zip(counts, np.eye(width), strict=False)}
    vectors = rng.normal(0, 1, (len(langs), width)) / np.sqrt(width) + np.array([directions[lang] for lang in langs])
    return unit(vectors).astype(np.float32), langs


def means(vectors: np.ndarray, langs: list[str]) -> dict[str, float]:
    of = np.array(langs)
    return {lang: float(np.linalg.norm(vectors[of == lang].mean(0))) for lang in dict.fromkeys(langs)}


def test_with_many_units_the_mean_of_every_language_becomes_nearly_zero() -> None:
    vectors, langs = speech({"fa": 3000, "ar": 2500, "ru": 2000, "en": 4000})
    assert min(means(vectors, langs).values()) > 0.7
    assert max(means(align(vectors, langs), langs).values()) < 0.06


def test_rows_come_back_as_unit_vectors_of_the_same_shape_and_type() -> None:
    vectors, langs = speech({"fa": 40, "en": 60})
    aligned = align(vectors, langs)
    assert (aligned.shape, aligned.dtype) == (vectors.shape, np.float32)
    assert np.allclose(np.linalg.norm(aligned, axis=1), 1, atol=1e-5)


def test_the_vectors_given_are_left_as_they_were() -> None:
    vectors, langs = speech({"fa": 40, "en": 60})
    before = vectors.copy()
    align(vectors, langs)
    assert np.array_equal(vectors, before)


def test_translations_become_neighbours() -> None:
    rng = np.random.default_rng(6)
    meaning = rng.normal(0, 1, (400, 24)) / np.sqrt(24)
    persian, english = (unit(meaning + 2.0 * np.eye(24)[k]).astype(np.float32) for k in (0, 1))
    both, langs = np.concatenate([persian, english]), ["fa"] * 400 + ["en"] * 400

    def found(vectors: np.ndarray) -> float:
        nearest = (vectors @ vectors.T - 3 * np.eye(800)).argmax(1)
        return float((nearest == (np.arange(800) + 400) % 800).mean())

    assert found(both) < 0.1
    assert found(align(both, langs)) > 0.9


def test_a_single_language_is_centred_on_its_own_mean() -> None:
    vectors, langs = speech({"ru": 800})
    assert means(align(vectors, langs), langs)["ru"] < 0.03


def test_a_language_of_few_units_keeps_part_of_its_offset_from_the_whole() -> None:
    vectors, langs = speech({"en": 2000, "fa": 5})
    aligned = align(vectors, langs)
    raw = vectors[2000:].mean(0, dtype=np.float64)
    overall = vectors.mean(0, dtype=np.float64)
    expected = unit(vectors[2000:] - (5 * raw + LOOSE_SHRINKAGE * overall) / (5 + LOOSE_SHRINKAGE))
    assert np.allclose(aligned[2000:], expected, atol=1e-5)
    assert means(aligned, langs)["fa"] > 0.2


def test_a_stored_mean_serves_a_language_of_few_units() -> None:
    vectors, langs = speech({"en": 2000, "fa": 5})
    stored = {"fa": speech({"en": 1, "fa": 3000})[0][1:].mean(0)}
    left = means(align(vectors, langs, stored), langs)["fa"]
    assert left < 0.6


def test_one_unit_of_a_language_without_a_stored_mean_does_not_vanish() -> None:
    vectors, langs = speech({"en": 300, "tr": 1})
    assert np.linalg.norm(align(vectors, langs)[-1]) == pytest.approx(1, abs=1e-5)


def test_what_equals_its_mean_stays_a_zero_vector() -> None:
    row = unit(np.ones((1, 8))).astype(np.float32)
    aligned = align(np.repeat(row, 20, 0), ["fa"] * 20)
    assert np.isfinite(aligned).all()
    norms = np.linalg.norm(aligned, axis=1)
    assert (np.isclose(norms, 0) | np.isclose(norms, 1, atol=1e-5)).all()


def test_zero_rows_are_safe() -> None:
    assert np.isfinite(align(np.zeros((6, 4), np.float32), ["fa", "ar", "ru", "en", "und", "fa"])).all()


def test_nothing_in_nothing_out() -> None:
    assert align(np.zeros((0, 8), np.float32), []).shape == (0, 8)


@settings(deadline=None, max_examples=60)
@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.just(4)), elements=st.floats(-1, 1, width=32)), st.data())
def test_every_row_is_finite_and_of_length_one_or_zero(vectors: np.ndarray, data: st.DataObject) -> None:
    langs = data.draw(st.lists(st.sampled_from(["fa", "ar", "ru", "en"]), min_size=len(vectors), max_size=len(vectors)))
    norms = np.linalg.norm(align(vectors, langs), axis=1)
    assert np.isfinite(norms).all()
    assert (np.isclose(norms, 0, atol=1e-6) | np.isclose(norms, 1, atol=1e-4)).all()
