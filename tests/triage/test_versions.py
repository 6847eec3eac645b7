"""What changed between two versions, or that nobody can tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from painpoints.triage.versions import KEPT, MOST, Versions


def test_what_changed_since_is_all_that_changed_after() -> None:
    versions = Versions("e")
    names = [versions.next(changed) for changed in (None, {"a"}, {"b", "c"}, set())]
    assert versions.changes(names[0], names[3]) == {"a", "b", "c"}
    assert versions.changes(names[1], names[2]) == {"b", "c"} and versions.changes(names[3], names[3]) == frozenset()


def test_what_cannot_be_told_is_everything() -> None:
    versions, other = Versions("e"), Versions("f")
    first = versions.next({"a"})
    strange = other.next({"a"})
    many = versions.next({str(number) for number in range(MOST + 1)})
    last = versions.next({"b"})
    assert versions.changes(first, last) is None and versions.changes(many, last) == {"b"}
    assert versions.changes(last, first) is None and versions.changes(strange, last) is None
    for _ in range(KEPT):
        newest = versions.next({"c"})
    assert versions.changes(last, newest) == {"c"} and versions.changes(many, newest) is None


@given(since=st.text(max_size=20) | st.from_regex(r"e-[0-9٠-٩]{0,30}"))
def test_whatever_a_browser_says_it_saw_is_answered(since: str) -> None:
    versions = Versions("e")
    last = versions.next(None)
    found = versions.changes(since, last)
    assert found is None or since.rstrip("\n") == last
