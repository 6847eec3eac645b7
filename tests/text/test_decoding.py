"""The boundary head and the rules decide together where a unit begins."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import Decoding, blocks, decide, rule_cuts

EVEN = Decoding(dict.fromkeys(("fa", "ar", "ru", "en"), 0.0), dict.fromkeys(("fa", "ar", "ru", "en"), 0.0))
TEXTS = {
    "fa": "اتاق تمیز بود صبحونه ساعت هشت تموم شد",
    "ar": "الغرفة نظيفة الفطور خلص الساعة ثمانية",
    "ru": "номер чистый завтрак кончился в восемь",
    "en": "the room was clean breakfast ended at eight",
}


def tokens(text: str) -> tuple[np.ndarray, np.ndarray]:
    found = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    return np.array([a for a, _ in found]), np.array([b for _, b in found])


def cut(text: str, lang: str, at: tuple[int, ...], decoding: Decoding = EVEN) -> list[str]:
    starts, ends = tokens(text)
    odds = np.full(len(starts), -5.0)
    odds[list(at)] = 5.0
    found = decide(text, lang, blocks(text, lang), (0, len(text)), starts, ends, odds, decoding)
    return [text[c.start:c.end] for c in found]


@pytest.mark.parametrize("lang", TEXTS)
def test_units_begin_where_the_head_is_sure(lang: str) -> None:
    text = TEXTS[lang]
    words = text.split()
    middle = len(words) // 2
    assert cut(text, lang, (middle,)) == [" ".join(words[:middle]), " ".join(words[middle:])]


def test_a_boundary_at_a_mark_counts_for_the_word_that_follows() -> None:
    assert cut("clean room , but cold", "en", (2,)) == ["clean room", "but cold"]


def test_rules_join_in_with_their_weight() -> None:
    text = "The room was clean. The food was cold."
    assert cut(text, "en", ()) == ["The room was clean. The food was cold"]
    assert cut(text, "en", (), Decoding({"en": 8.0}, {"en": 0.0})) == ["The room was clean", "The food was cold"]


def test_no_unit_crosses_a_line_a_bullet_or_an_item_whatever_the_head_says() -> None:
    assert cut("slow app\nrude staff", "en", ()) == ["slow app", "rude staff"]
    assert cut("Pros: cheap, fast\nCons: noisy", "en", ()) == ["cheap", "fast", "noisy"]
    assert cut("نقاط ضعف: گرون، کند", "fa", ()) == ["گرون", "کند"]


def test_items_of_a_list_are_not_cut_further() -> None:
    assert cut("Pros: very good battery", "en", (3,)) == ["very good battery"]


def test_a_language_without_a_threshold_is_cut_by_the_rules() -> None:
    text = "Das Zimmer war sauber. Das Essen war kalt."
    assert cut(text, "de", (3,)) == [text[c.start:c.end] for c in rule_cuts(blocks(text, "de"))]


def test_half_a_word_begins_nothing() -> None:
    text = "می‌خوام برگردونم"
    starts, ends = np.array([0, 3, 9]), np.array([2, 8, 16])
    odds = np.array([-5.0, 5.0, -5.0])
    found = decide(text, "fa", blocks(text, "fa"), (0, len(text)), starts, ends, odds, EVEN)
    assert [text[c.start:c.end] for c in found] == [text]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab .,\n-!؟یم🙂", min_size=1, max_size=60), st.data())
def test_units_are_apart_in_order_and_within_their_reach(text: str, data: st.DataObject) -> None:
    starts, ends = tokens(text)
    odds = np.array(data.draw(st.lists(st.floats(-6, 6), min_size=len(starts), max_size=len(starts))))
    found = decide(text, "en", blocks(text, "en"), (0, len(text)), starts, ends, odds, EVEN)
    for one, other in pairwise(found):
        assert one.end <= other.start and one.reach_end <= other.reach_start
    assert all(c.reach_start <= c.start < c.end <= c.reach_end for c in found)
