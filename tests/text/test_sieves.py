"""Plain pieces rule out only what the patterns would not find either."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import any_of, needles


@pytest.mark.parametrize(("entry", "pieces"), [
    ("lawyer", {" lawyer "}),
    ("lawyer*", {" lawyer"}),
    ("(my|our) lawyer", {" my lawyer ", " our lawyer "}),
    ("(so |very |)ill", {" so ill ", " very ill ", " ill "}),
    ("rushed ... to hospital", {" to hospital "}),
    ("(contact*|tell) my lawyer", {" my lawyer "}),
    ("کی‌شارژ", {" کیشارژ ", " کی شارژ "}),
    ("(a*|b*)", {" "}),
    ("it's a (trap|((big|small) |)scam)", {" its a trap ", " its a big scam ", " its a small scam ", " its a scam "}),
])
def test_pieces_are_the_longest_that_every_match_holds(entry: str, pieces: set[str]) -> None:
    assert set(needles([entry])) == pieces


def test_what_may_be_written_in_too_many_ways_is_told_by_a_part() -> None:
    many = f"({'|'.join(f'a{n}' for n in range(40))})"
    assert needles([f"{many} {many} holidays"]) == [" holidays "]


def test_other_ends_are_told_with_the_pieces() -> None:
    assert needles(["sue"], before="", after=" ") == ["sue "]


WORDS = st.sampled_from(["a", "b", "ab", "ba", "aab"])
PARTS = st.recursive(
    WORDS | st.builds("{}*".format, WORDS) | st.builds("{0}\u200c{0}".format, WORDS),
    lambda inner: st.builds("{} {}".format, inner, inner) | st.builds("{} ... {}".format, inner, inner)
    | st.builds("({}|{})".format, inner, inner) | st.builds("({} |){}".format, inner, inner), max_leaves=5)


@settings(max_examples=400)
@given(st.lists(PARTS, min_size=1, max_size=3), st.lists(st.sampled_from(["a", "b", "ab", "ba", "aab", "abab"]),
                                                         max_size=8))
def test_no_match_is_ruled_out(entries: list[str], words: list[str]) -> None:
    text = f" {' '.join(words)} "
    if re.search(f" (?:{any_of(entries)}) ", text):
        assert any(piece in text for piece in needles(entries))


def test_matches_are_not_too_rare_to_prove_anything() -> None:
    assert re.search(f" (?:{any_of(['(a |)b ... ab*'])}) ", " b a aab abab ")
    assert any(piece in " b a aab abab " for piece in needles(["(a |)b ... ab*"]))
