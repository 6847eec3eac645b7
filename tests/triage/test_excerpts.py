"""The line of a comment that shows what was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from painpoints.triage import excerpt, highlight

LONG = "غذا خوب بود. " * 30 + "اما پیک خیلی دیر رسید و دیر زنگ زد " + "همین. " * 50


def test_the_stretch_with_most_hits_is_shown_in_whole_words() -> None:
    text = "late. " + "nothing to say here, " * 20 + "so late, very late, always late indeed " + "and so on, " * 20
    shown = excerpt(text, highlight(text, "late"), 60)
    assert [shown.text[a:b] for a, b in shown.spans] == ["late"] * 3
    assert shown.text == text[shown.start:shown.end] and text[shown.start - 1] == text[shown.end] == " "


def test_persian_is_cut_in_its_own_order() -> None:
    shown = excerpt(LONG, highlight(LONG, "دير"), 40)
    assert [shown.text[a:b] for a, b in shown.spans] == ["دیر", "دیر"] and len(shown.text) <= 40


def test_a_text_without_hits_is_shown_from_its_beginning() -> None:
    assert excerpt("one two three four", [], 9).text == "one two"
    assert excerpt("short", []).text == "short" and excerpt("", []).text == ""


def test_a_hit_longer_than_the_line_is_whole() -> None:
    text = "a " + "x" * 50 + " b"
    assert excerpt(text, [(2, 52)], 10).text == "x" * 50


@given(st.text(st.sampled_from("ab دی\u200cر\n."), max_size=120), st.integers(1, 60), st.data())
def test_an_excerpt_is_a_slice_that_holds_its_first_hit(text: str, width: int, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8)))
    spans = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    shown = excerpt(text, spans, width)
    assert shown.text == text[shown.start:shown.end]
    assert bool(shown.spans) == bool(spans)
    for a, b in shown.spans:
        assert (a + shown.start, b + shown.start) in spans
    assert len(shown.text) <= max(width, max((b - a for a, b in spans), default=0))
