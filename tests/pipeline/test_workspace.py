"""A workspace: week after week the same pain points, whatever is added, in whatever order, and whatever people edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.errors import BusyError, InputError, UsageError, WorkspaceError
from painpoints.pipeline import Workspace
from painpoints.store import open_workspace

FIRST = 40


def state_of(workspace: Workspace) -> dict[str, Any]:
    """Everything that matters, without the moments at which it was written."""
    with open_workspace(workspace.path) as folder, folder.state.reading() as state:
        found = {name: state.rows(name) for name in
                 ("documents", "painpoints", "placements", "lineage", "bonds", "proposals")}
    return {name: [{k: v for k, v in row.items() if k != "made"} for row in table] for name, table in found.items()}


def places(workspace: Workspace) -> dict[str, str | None]:
    return {row["unit_id"]: row["painpoint_id"] for row in state_of(workspace)["placements"]}


def test_the_first_addition_finds_pain_points_in_more_than_one_language(shop: Workspace) -> None:
    points = shop.painpoints()
    assert len(points) >= 3
    spoken = {lang for point in points for lang in shop.units_of(point["painpoint_id"])["lang"]}
    assert spoken == {"fa", "ar", "ru", "en"}
    assert [event["event"] for event in shop.lineage()] == ["born"] * len(points)


def test_adding_again_changes_nothing(shop: Workspace, rows: pl.DataFrame) -> None:
    before, files = state_of(shop), sorted(shop.path.rglob("*.parquet"))
    added = shop.add(rows.head(FIRST).sample(fraction=1.0, shuffle=True, seed=3))
    assert (added.number, added.read, added.documents) == (None, FIRST, 0)
    assert state_of(shop) == before and sorted(shop.path.rglob("*.parquet")) == files


def test_known_units_keep_their_pain_points_and_new_ones_join_them(shop: Workspace, rows: pl.DataFrame) -> None:
    before = places(shop)
    added = shop.add(rows)
    assert (added.number, added.read, added.documents) == (2, len(rows), len(rows) - FIRST)
    after = places(shop)
    assert {unit: after[unit] for unit, name in before.items() if name} == {u: n for u, n in before.items() if n}
    assert added.joined >= 0.8 * added.problems > 0
    joined = {after[unit] for unit in after.keys() - before.keys()} & set(before.values()) - {None}
    assert len(joined) >= 3


def test_shuffled_input_gives_the_same_state_wherever_it_lies(begun: Path, rows: pl.DataFrame, tmp_path: Path,
                                                              database: str | None) -> None:
    found = []
    for seed, place in ((1, None), (2, database)):
        settings = Settings(shard_rows=7 * seed)
        with Workspace.create(tmp_path / f"shuffled{seed}", settings, database=place) as made:
            made.add(rows.head(FIRST).sample(fraction=1.0, shuffle=True, seed=seed))
            made.add(rows.sample(fraction=1.0, shuffle=True, seed=seed + 10))
            found.append(state_of(made))
    assert found[0] == found[1]
    with Workspace.open(begun) as first:
        assert {row["painpoint_id"] for row in state_of(first)["painpoints"]} <= {
            row["painpoint_id"] for row in found[0]["painpoints"]}


def test_titles_and_splits_and_merges_of_people_survive_additions(shop: Workspace, rows: pl.DataFrame) -> None:
    first, second, third = (point["painpoint_id"] for point in shop.painpoints()[:3])
    shop.rename(first, "پیک دیر می‌رسد")
    shop.merge(third, second)
    parted = shop.split(first)
    edited = places(shop)
    shop.add(rows)
    after = places(shop)
    assert {unit: after[unit] for unit in edited if edited[unit]} == {u: n for u, n in edited.items() if n}
    points = {point["painpoint_id"]: point for point in shop.painpoints()}
    assert points[first]["title"] == "پیک دیر می‌رسد" and points[third]["units"] == 0
    assert points[third]["merged_into"] == second and points[parted]["title"]
    assert {event["event"] for event in shop.lineage()} - {"retitled"} == {"born", "renamed", "merged into",
                                                                            "split from"}
    assert not any({p["painpoint_id"], p["other"]} == {first, parted} for p in shop.proposals())


def test_a_retired_one_comes_back_when_much_is_added_unless_it_is_pinned(shop: Workspace, rows: pl.DataFrame) -> None:
    names = [point["painpoint_id"] for point in shop.painpoints()]
    for name in names:
        shop.retire(name)
    shop.pin(names[0])
    added = shop.add(rows)
    status = {point["painpoint_id"]: point["status"] for point in shop.painpoints()}
    assert added.reopened and set(added.reopened) <= set(names[1:])
    assert status[names[0]] == "retired" and {status[name] for name in added.reopened} == {"open"}
    assert not set(added.born) & set(names)
    events = [event for event in shop.lineage() if event["event"] == "reopened"]
    assert {event["painpoint_id"] for event in events} == set(added.reopened) and events[0]["addition"] == 2


def test_a_split_takes_copies_of_a_unit_along(shop: Workspace, rows: pl.DataFrame) -> None:
    said = rows.filter(pl.col("text").is_in(rows.head(FIRST)["text"].to_list()))
    twice = said.with_columns(id=pl.concat_str(pl.lit("again-"), "id"))
    shop.add(twice)
    for point in shop.painpoints():
        units = shop.units_of(point["painpoint_id"])
        doubled = units.filter(pl.col("text").is_duplicated())
        if len(doubled) and units["text"].n_unique() > 1:
            new = shop.split(point["painpoint_id"], [doubled["unit_id"][0]])
            assert shop.units_of(new)["text"].to_list() == [doubled["text"][0]] * int(
                (units["text"] == doubled["text"][0]).sum())
            return
    pytest.fail("no copies to try it on")


def test_the_table_has_the_ids_and_titles_of_the_state(shop: Workspace) -> None:
    points = shop.painpoints()
    shop.rename(points[0]["painpoint_id"], "Курьеры опаздывают")
    shop.retire(points[1]["painpoint_id"])
    table = shop.table()
    titles = {point["painpoint_id"]: point["title"] for point in shop.painpoints() if point["status"] == "open"}
    assert dict(table.select("painpoint_id", "title").iter_rows()) == titles
    assert table["rank"].to_list() == list(range(1, len(table) + 1)) and table["impact"].is_sorted(descending=True)


def test_an_addition_that_fails_before_the_state_is_written_leaves_no_trace(
        shop: Workspace, rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.pipeline.adding as adding

    before = state_of(shop)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    commit: Callable[..., Any] = adding._commit
    monkeypatch.setattr(adding, "_commit", fail)
    with pytest.raises(KeyboardInterrupt):
        shop.add(rows)
    assert state_of(shop) == before and (shop.path / "facts" / "000002").is_dir()
    assert len(shop.table()) == sum(point["status"] == "open" for point in shop.painpoints())
    monkeypatch.setattr(adding, "_commit", commit)
    assert shop.add(rows.head(FIRST)).number is None
    assert not (shop.path / "facts" / "000002").exists()
    assert shop.add(rows).number == 2


def test_while_one_writes_others_read_and_are_refused_to_write(shop: Workspace, rows: pl.DataFrame) -> None:
    name = shop.painpoints()[0]["painpoint_id"]
    with open_workspace(shop.path) as other, other.alone():
        for change in (lambda: shop.add(rows), lambda: shop.rename(name, "x"), lambda: shop.split(name)):
            with pytest.raises(BusyError, match="another painpoints process"):
                change()
        assert shop.painpoints() and len(shop.units_of(name))


def test_input_that_cannot_be_read_leaves_the_workspace_as_it_was(shop: Workspace, tmp_path: Path) -> None:
    before = state_of(shop)
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(InputError):
        shop.add(tmp_path / "bad.xlsx")
    assert state_of(shop) == before and not (shop.path / "pending").exists()


def test_texts_without_a_problem_are_added_all_the_same(tmp_path: Path, database: str | None) -> None:
    with Workspace.create(tmp_path / "shop", Settings(), database=database) as made:
        assert made.painpoints() == [] and not len(made.table())
        added = made.add(pl.DataFrame({"text": ["عالی بود، ممنون", "ممتاز شكرا", "Всё отлично", "Great, thanks"]}))
        assert (added.documents, added.born) == (4, ()) and made.painpoints() == [] and not len(made.table())
        assert made.add(pl.DataFrame({"text": ["Great, thanks"]})).number is None


def test_another_model_of_vectors_is_refused(shop: Workspace, rows: pl.DataFrame) -> None:
    with open_workspace(shop.path) as folder, folder.state.writing() as state:
        state.keep("vectors", {"encoder": "another"})
    with pytest.raises(WorkspaceError, match="another model"):
        shop.add(rows)


def test_settings_are_kept_and_wrong_ones_refused_at_once(tmp_path: Path, database: str | None) -> None:
    with Workspace.create(tmp_path / "shop", Settings(lang="ar", detail="fine", whole=True), database=database) as made:
        assert (made.settings.lang, made.settings.detail, made.settings.whole) == ("ar", "fine", True)
    with pytest.raises(UsageError):
        Workspace.create(tmp_path / "other", Settings(namer_model="x"))
    assert not (tmp_path / "other").exists()


def test_its_data_are_one_view_in_which_every_document_has_a_time(shop: Workspace, rows: pl.DataFrame) -> None:
    with shop:
        shop.add(rows.with_columns(pl.when(pl.int_range(pl.len()) < len(rows) - 1).then("date")))
        data, made = shop.data(), shop.additions()[1]["made"]
        assert (data.name, len(data.documents), len(data.additions)) == ("shop", len(rows), 2)
        assert data.documents["time"].null_count() == 0 and set(data.documents["addition"]) == {1, 2}
        undated = data.documents.filter(~pl.col("dated"))
        assert [time.isoformat(timespec="seconds") for time in undated["time"]] == [made]
        assert {name for name in data.units["painpoint_id"] if name} == {p["painpoint_id"] for p in data.points}
        vectors = data.vectors(data.units["unit_id"].head(3))
        assert vectors.shape[0] == 3 and vectors.dtype.name == "float32"
        moved = shop.trends()
        assert set(moved["painpoint_id"]) <= {p["painpoint_id"] for p in data.points}
        assert {week.weekday() for week in moved["week"]} == {0}


def test_what_doubles_is_titled_anew_unless_a_person_named_it(shop: Workspace, rows: pl.DataFrame) -> None:
    first, second = [point["painpoint_id"] for point in shop.painpoints()][:2]
    shop.rename(first, "نام خودمان")
    with open_workspace(shop.path) as folder, folder.state.writing() as state:
        state.change("painpoints", "painpoint_id", [{"painpoint_id": name, "titled": 1, "title": "?"}
                                                    for name in (first, second)])
    shop.add(rows)
    titles = {point["painpoint_id"]: (point["title"], point["titled"]) for point in shop.painpoints()}
    assert titles[first] == ("?", 1), "a person's title is left alone"
    assert titles[second][0] != "?" and titles[second][1] >= 4
    assert "retitled" in [event["event"] for event in shop.lineage(second)]


def test_a_column_can_be_named_as_the_source_of_what_is_added(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,where\nthe courier was late again,app\nthe soup was cold,web\n", "utf8")
    with Workspace.create(tmp_path / "shop", Settings()) as made:
        made.add(tmp_path / "in.csv", source="where")
        assert sorted(made.data().documents["source"]) == ["app", "web"]
