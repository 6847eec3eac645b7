"""Samples that hang on the keys alone."""

from __future__ import annotations

import numpy as np

from painpoints.cluster.sampling import draw

KEYS = [f"unit-{at}" for at in range(3000)]
LANGS = np.array(["en"] * 2800 + ["fa"] * 120 + ["ar"] * 60 + ["ru"] * 20)


def test_it_is_the_same_in_any_order_of_rows() -> None:
    order = np.random.default_rng(1).permutation(len(KEYS))
    turned = draw([KEYS[at] for at in order], LANGS[order], 300)
    assert {KEYS[at] for at in draw(KEYS, LANGS, 300)} == {KEYS[order[at]] for at in turned}


def test_more_units_do_not_change_who_of_the_others_is_before_whom() -> None:
    alone = {KEYS[at] for at in draw(KEYS[:2800], LANGS[:2800], 300)}
    among = {KEYS[at] for at in draw(KEYS, LANGS, 300) if LANGS[at] == "en"}
    assert among < alone


def test_small_languages_keep_their_units() -> None:
    found = LANGS[draw(KEYS, LANGS, 300)]
    assert (found == "ru").sum() >= 18
    assert (found == "ar").sum() >= 18
    assert (found == "fa").sum() >= 18
    assert (found == "en").sum() > 200
    assert 290 <= len(found) <= 300


def test_another_salt_draws_anew() -> None:
    one, other = set(draw(KEYS, LANGS, 300).tolist()), set(draw(KEYS, LANGS, 300, 1).tolist())
    assert len(one & other) < 100


def test_where_there_are_no_more_all_are_taken() -> None:
    assert draw(KEYS[:50], LANGS[:50], 50).tolist() == list(range(50))
    assert draw([], LANGS[:0], 50).tolist() == []
