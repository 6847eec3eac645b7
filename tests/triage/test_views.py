"""Saved views: kept as they were meant, one's own or for all, and nobody's private one ever seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import State
from painpoints.triage import MOST_VIEWS, SORTS, STATUSES, Views, Wanted, as_query, from_query

if TYPE_CHECKING:
    from painpoints.store.address import Address

Open = Callable[[str], Views]
LATE = Wanted(touchpoint="delivery", status=("new", "mine"), search='"ارسال دیر" -پیتزا', uncertain=True)


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    yield made
    made.close()


@pytest.fixture
def of(state: State) -> Open:
    return lambda who: Views(state, who)


@pytest.mark.parametrize("name", ["دیررسیده‌ها", "المتأخرة", "Опоздания", "Late ones"])
def test_a_view_is_kept_as_it_was_meant(of: Open, name: str) -> None:
    made = of("sara").save(f"  {name} ", LATE, "newest")
    assert (made.name, made.wanted, made.sort, made.shared, made.readable) == (name, LATE, "newest", False, True)
    assert of("sara").all() == [made] == [of("sara").get(made.number)]


def test_it_is_renamed_changed_shared_and_removed(of: Open) -> None:
    sara = of("sara")
    view = sara.save("late", LATE)
    assert sara.rename(view.number, "too late").name == "too late"
    changed = sara.change(view.number, wanted=Wanted(lang="ar"), sort="oldest", shared=True)
    assert (changed.name, changed.wanted) == ("too late", Wanted(lang="ar"))
    assert (changed.sort, changed.shared) == ("oldest", True)
    sara.remove(view.number)
    assert sara.all() == []


def test_another_s_private_view_is_as_if_there_were_none(of: Open) -> None:
    private = of("sara").save("mine", LATE)
    ali = of("Ali")
    assert ali.all() == []
    said = []
    for number in (private.number, private.number + 1, 0, -1, 2**63):
        for act in (ali.get, ali.remove, lambda n: ali.rename(n, "x"), lambda n: ali.change(n, shared=True)):
            with pytest.raises(WorkspaceError) as told:
                act(number)
            said.append(told.value.message.replace(str(number), "N"))
    assert set(said) == {"N: no such view."}
    assert of("sara").get(private.number) == private


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner_alone(of: Open) -> None:
    shared = of("سارا").save("for all", LATE, shared=True)
    ali = of("Ali")
    own = ali.save("zebra", Wanted())
    assert ali.all() == [own, shared] and ali.get(shared.number).wanted == LATE
    for act in (lambda: ali.rename(shared.number, "x"), lambda: ali.remove(shared.number)):
        with pytest.raises(WorkspaceError):
            act()
    assert of("سارا").change(shared.number, shared=False).shared is False
    assert ali.all() == [own]


def test_a_name_is_a_person_s_own_but_once_however_it_is_spelt(of: Open) -> None:
    sara = of("sara")
    first = sara.save("ارسال ديرکرد", Wanted())
    for again in ("ارسال دیركرد", "  ارسال   دیرکرد"):
        with pytest.raises(UsageError):
            sara.save(again, Wanted())
    assert of("Ali").save("ارسال دیرکرد", Wanted()).number != first.number
    assert sara.rename(first.number, "ارسال دیرکرد").name == "ارسال دیرکرد"
    second = sara.save("other", Wanted())
    with pytest.raises(UsageError):
        sara.rename(second.number, "ارسال دیرکرد")


@pytest.mark.parametrize("name", ["", "  ", "…", "x" * 61, "a\u202eb", "a\x00b"])
def test_what_cannot_be_a_name_is_told(of: Open, name: str) -> None:
    with pytest.raises(UsageError):
        of("sara").save(name, Wanted())


def test_there_are_only_so_many_for_each(of: Open) -> None:
    sara = of("sara")
    for number in range(MOST_VIEWS):
        sara.save(f"view {number}", Wanted())
    with pytest.raises(UsageError):
        sara.save("one more", Wanted())
    of("Ali").save("one more", Wanted())


@pytest.mark.parametrize("query", ["{}}", "[]", "7", '{"sort": "x"}', '{"lang": 7}', '{"status": "new"}',
                                   '{"status": [["new"]]}', '{"owner": "sara"}', '{"uncertain": "yes"}', '{"sort": []}',
                                   '{"search": ""}', '{"lang": "' + "x" * 500 + '"}'])
def test_what_is_kept_is_checked_when_it_is_read(of: Open, state: State, query: str) -> None:
    view = of("sara").save("late", LATE)
    with state.writing() as writer:
        writer.change("views", "number", [{"number": view.number, "query": query}])
    read = of("sara").get(view.number)
    assert (read.readable, read.wanted, read.sort, read.name) == (False, Wanted(), "urgency", "late")
    of("sara").remove(view.number)


LETTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TEXTS = st.none() | st.text(LETTERS, min_size=1, max_size=40)
ASKED = st.builds(Wanted, lang=TEXTS, stage=TEXTS, touchpoint=TEXTS, source=TEXTS, painpoint=TEXTS, assignee=TEXTS,
                  search=TEXTS, uncertain=st.booleans(),
                  status=st.lists(st.sampled_from(STATUSES), unique=True).map(tuple))


@given(wanted=ASKED, sort=st.sampled_from(list(SORTS)))
def test_a_question_comes_back_from_json_as_it_was(wanted: Wanted, sort: str) -> None:
    assert from_query(json.loads(json.dumps(as_query(wanted, sort)))) == (wanted, sort)


JSON: st.SearchStrategy[Any] = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9),
                                            lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(query=st.dictionaries(st.sampled_from(["lang", "status", "sort", "uncertain", "search", "x"]), JSON))
def test_whatever_json_says_is_a_question_or_is_told(query: dict[str, Any]) -> None:
    try:
        wanted, sort = from_query(query)
    except UsageError:
        return
    assert from_query(as_query(wanted, sort)) == (wanted, sort)
