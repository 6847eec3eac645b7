"""What the audit log tells of an export."""

from __future__ import annotations

from painpoints.triage import Wanted, asked_for


def test_filters_are_told_but_no_words_of_a_search() -> None:
    told = asked_for(Wanted(lang="fa", status=("new", "done"), uncertain=True, search="نام مشتری"))
    assert told == {"lang": "fa", "status": "new done", "uncertain": "yes", "search": "yes"}
    assert asked_for(Wanted()) == {}
