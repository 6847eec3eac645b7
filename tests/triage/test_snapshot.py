"""Lists, counts and single comments of a snapshot say what a look at every comment says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.errors import UsageError, WorkspaceError
from painpoints.triage import FACETS, NOBODY, OPEN, STATUSES, Live, Queue, Snapshot, Wanted

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ALL = ("all",)


@pytest.fixture
def database() -> None:
    """What is read from memory does not hang on where the state is."""


@pytest.fixture
def shown(written_shop: Workspace) -> Snapshot:
    """A snapshot in which somebody has worked."""
    live = Live(written_shop, clock=lambda: NOW)
    keys = [row["doc_id"] for row in live.now().listing(limit=20).rows]
    queue = Queue(written_shop.folder.state, "sara")
    queue.assign(keys[:3], "sara")
    queue.assign(keys[3:5], "علي")
    queue.wait(keys[5:7])
    queue.done(keys[7:12])
    queue.mute(keys[12:13])
    return live.now()


def rows(shown: Snapshot, **wanted: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in shown.listing(Wanted(**wanted), "sara", "en", limit=None).rows]


def fits(row: dict[str, Any], name: str, value: str) -> bool:
    """Whether a comment is one that a filter asks for, looked at by itself."""
    listed = {"stage": "stages", "touchpoint": "touchpoints", "painpoint": "painpoint_ids"}
    if name in listed:
        return value in (row[listed[name]] or [])
    if name == "uncertain":
        return bool(row["uncertain"] == (value == "uncertain"))
    if name == "assignee":
        return row["assignee"] is None if value == NOBODY else row["assignee"] == value
    if name == "status" and value == "mine":
        return row["status"] == "mine" and row["assignee"] == "sara"
    return bool(row[name] == value)


@pytest.mark.parametrize("wanted", [
    {}, {"lang": "fa"}, {"touchpoint": "delivery", "source": "Instagram"}, {"uncertain": True, "lang": "ru"},
    {"stage": "after", "status": ("done", "muted")}, {"assignee": NOBODY, "touchpoint": "app"},
    {"assignee": "علي", "status": ALL}, {"painpoint": "0PARC", "lang": "ar"}, {"search": "parcel", "status": ALL}])
def test_counts_are_what_a_look_at_every_comment_counts(shown: Snapshot, wanted: dict[str, Any]) -> None:
    everything = rows(shown, status=ALL)
    found = {key["doc_id"] for key in rows(shown, search=wanted.get("search"), status=ALL)}
    points = {key: key for key in ("0PARCEL0000000000000000000",)}
    asked: dict[str, Any] = {name: value for name, value in wanted.items() if name not in ("status", "search")}
    if "painpoint" in asked:
        asked["painpoint"] = next(iter(points))
    if "uncertain" in asked:
        asked["uncertain"] = "uncertain"
    statuses = wanted.get("status") or OPEN
    statuses = STATUSES if statuses == ALL else statuses
    counts = shown.facets(Wanted(**wanted), "sara")
    assert tuple(counts) == FACETS
    for facet, told in counts.items():
        others = [row for row in everything if row["doc_id"] in found
                  and (facet == "status" or row["status"] in statuses)
                  and all(fits(row, name, value) for name, value in asked.items() if name != facet)]
        for value, number in told.items():
            named = "assignee" in asked and facet == "status" and value == "mine"
            assert number == sum(row["status"] == "mine" if named else fits(row, facet, value) for row in others), (
                facet, value)
    assert shown.listing(Wanted(**wanted), "sara").found == len(
        [row for row in everything if row["doc_id"] in found and row["status"] in statuses
         and all(fits(row, name, value) for name, value in asked.items())])


def test_each_count_is_what_the_list_finds_when_it_is_chosen(shown: Snapshot) -> None:
    for wanted in (Wanted(), Wanted(lang="en"), Wanted(status=("mine",)), Wanted(touchpoint="delivery")):
        for facet, told in shown.facets(wanted, "sara").items():
            if facet == "uncertain":
                continue
            for value, number in told.items():
                chosen = replace(wanted, **{facet: (value,) if facet == "status" else value})
                assert shown.listing(chosen, "sara").found == number, (wanted, facet, value)


def test_pages_follow_one_another_and_hold_everything_once(shown: Snapshot) -> None:
    whole = rows(shown)
    pages = [row for start in range(0, len(whole), 7)
             for row in shown.listing(Wanted(), "sara", "en", offset=start, limit=7).rows]
    assert pages == whole and [row["rank"] for row in pages] == list(range(1, len(whole) + 1))
    assert shown.listing(Wanted(), "sara", offset=10_000).rows == []
    assert shown.listing(Wanted(), "sara", offset=-5, limit=1).rows[0]["rank"] == 1


@pytest.mark.parametrize(("sort", "column", "falling"), [("urgency", "score", True), ("newest", "time", True),
                                                         ("oldest", "time", False)])
def test_orders(shown: Snapshot, sort: str, column: str, falling: bool) -> None:
    values = [row[column] for row in shown.listing(Wanted(), "sara", limit=None, sort=sort).rows]
    assert values == sorted(values, reverse=falling)


def test_an_order_or_a_filter_that_is_none_is_told(shown: Snapshot) -> None:
    with pytest.raises(UsageError):
        shown.listing(Wanted(), "sara", sort="random")
    for wanted in (Wanted(lang="xx"), Wanted(touchpoint="delivry"), Wanted(status=("gone",)), Wanted(source="fax")):
        with pytest.raises(UsageError):
            shown.facets(wanted, "sara")
    with pytest.raises(WorkspaceError):
        shown.listing(Wanted(painpoint="ZZZZZZ"), "sara")


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_filters_are_named_as_people_name_them(shown: Snapshot, lang: str) -> None:
    name = shown.edition(lang).touchpoint("delivery")
    assert shown.listing(Wanted(touchpoint=name), "sara").found == len(rows(shown, touchpoint="delivery")) > 0


def test_reasons_speak_the_language_that_is_asked_for(shown: Snapshot) -> None:
    said = {lang: shown.listing(Wanted(), "sara", lang).rows[0]["reasons"] for lang in ("fa", "ar", "ru", "en")}
    assert len({reasons[0]["words"] for reasons in said.values()}) == 4
    assert len({tuple(reason["code"] for reason in reasons) for reasons in said.values()}) == 1


def test_a_comment_is_whole_with_every_opinion_at_its_place(shown: Snapshot) -> None:
    for key in shown.data.documents["doc_id"]:
        row = shown.comment(key, "ru")
        assert row["units"] and all(row["text"][unit["start"]:unit["end"]] == unit["text"] for unit in row["units"])
        assert [unit["start"] for unit in row["units"]] == sorted(unit["start"] for unit in row["units"])
        assert {unit["painpoint_id"] for unit in row["units"]} - {None} >= {row["painpoint_id"]} - {None}
    ranked = shown.listing(Wanted(status=ALL), "sara", "ru").rows[0]
    one = shown.comment(ranked["doc_id"], "ru")
    assert {name: one[name] for name in ranked if name != "rank"} == {
        name: value for name, value in ranked.items() if name != "rank"}


def test_a_copy_can_be_looked_at_but_has_no_rank(shown: Snapshot) -> None:
    copies = set(shown.data.documents["doc_id"]) - set(shown.ranking.frame["doc_id"])
    assert copies
    row = shown.comment(copies.pop())
    assert (row["score"], row["reasons"], row["status"]) == (None, [], "new") and row["text"]
    with pytest.raises(WorkspaceError):
        shown.comment("0" * 16)


def test_all_that_a_filter_finds_is_one_change_unless_somebody_was_faster(shown: Snapshot, written_shop: Workspace
                                                                        ) -> None:
    wanted = Wanted(touchpoint="delivery")
    names = shown.every(wanted, "sara")
    assert [name.split("@")[0] for name in names] == [row["doc_id"] for row in rows(shown, touchpoint="delivery")]
    with pytest.raises(UsageError):
        shown.every(wanted, "sara", most=len(names) - 1)
    Queue(written_shop.folder.state, "Ali").done([names[-1]])
    from painpoints.errors import ConflictError

    queue = Queue(written_shop.folder.state, "sara")
    with pytest.raises(ConflictError):
        queue.mute(names)
    again = Live(written_shop, clock=lambda: NOW).now().every(wanted, "sara")
    assert len(queue.mute(again).after) == len(names) - 1


def test_pain_points_are_told_with_their_sizes_languages_and_weeks(shown: Snapshot) -> None:
    units = shown.data.units
    for point in shown.points:
        mine = units.filter(units["painpoint_id"] == point["painpoint_id"])
        assert (point["units"], point["documents"]) == (len(mine), mine["doc_id"].n_unique())
        assert sum(lang["units"] for lang in point["langs"]) == len(mine)
        weeks = [week["week"] for week in point["weeks"]]
        assert weeks == sorted(weeks) and sum(week["documents"] for week in point["weeks"]) > 0
    assert [point["units"] for point in shown.points] == sorted((p["units"] for p in shown.points), reverse=True)
