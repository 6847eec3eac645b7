"""A text cut to size around the words that matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.triage import Marked, marked

FA = "سلام. سه روزه منتظرم ولی بسته‌ام هنوز نرسیده و کسی جواب نمی‌ده، لطفا پیگیری کنید."


def around(text: str, words: str, most: int | None = None) -> Marked:
    start = text.index(words)
    return marked(text, start, start + len(words), most)


@pytest.mark.parametrize(("text", "words"), [
    (FA, "بسته‌ام هنوز نرسیده"), ("الطلب تأخر\nوالمندوب لا يرد", "والمندوب لا يرد"),
    ("Всё хорошо. Курьер опоздал!", "Курьер опоздал!"), ("ok  but\n\nlate 😡 again", "late 😡")])
def test_a_text_that_fits_stays_whole_on_one_line(text: str, words: str) -> None:
    found = around(text, words, 500)
    assert (found.text, found.unit) == (" ".join(text.split()), words)


def test_what_does_not_fit_is_cut_between_words_on_both_sides() -> None:
    text = "one two three four five six LATE AGAIN seven eight nine ten eleven"
    assert around(text, "LATE AGAIN", 30) == Marked("…five six ", "LATE AGAIN", " seven…")
    assert around(text, "one", 20) == Marked("", "one", " two three four…")
    assert around(text, "eleven", 20) == Marked("…nine ten ", "eleven", "")
    found = around(FA, "نرسیده", 40)
    assert found.before.startswith("…") and found.after.endswith("…") and "بسته‌ام هنوز " in found.before


def test_words_that_are_too_long_themselves_are_cut_at_their_end() -> None:
    assert around("before the long complaint itself after", "the long complaint itself", 12) == Marked(
        "… ", "the long…", " …")


def test_what_could_steer_a_terminal_or_turn_a_line_is_left_out_and_joiners_stay() -> None:
    text = "می‌خوام\u202e \x1b[31mпомощь\x00\u2066 now"
    assert marked(text, 0, len(text)).unit == "می‌خوام [31mпомощь now"


@given(st.text(max_size=120), st.integers(0, 130), st.integers(0, 130), st.integers(8, 90))
def test_any_text_is_one_line_of_the_size_asked_for_with_its_words_in_it(text: str, one: int, other: int, most: int
                                                                       ) -> None:
    start, end = sorted((one, other))
    found, whole = marked(text, start, end, most), marked(text, start, end)
    assert len(found.text.splitlines()) <= 1 and "\x1b" not in found.text
    assert len(found.text) <= most + 4
    assert found.unit == whole.unit or len(whole.unit) > most
    assert found.before.removeprefix("…").strip() in whole.before
    assert found.after.removesuffix("…").strip() in whole.after
