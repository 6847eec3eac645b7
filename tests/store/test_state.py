"""The state of a workspace: whole or unchanged, and readable by later versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect

from painpoints.errors import BusyError, WorkspaceError
from painpoints.store import State, Writer, create_workspace, migrations, open_workspace
from painpoints.store.address import Address, file_address, keep_address, server_address
from painpoints.store.migrations import STEPS
from painpoints.store.schema import METADATA

TITLES = ["پیک سه ساعت دیر رسید", "المندوب تأخر ثلاث ساعات", "Курьер опоздал на три часа", "The courier was late"]


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    yield made
    made.close()


@contextmanager
def old_workspace(path: Path, steps: int, database: str | None) -> Iterator[Writer]:
    """What a version that knew only the first ``steps`` left behind, still open to be written to."""
    (path / "facts").mkdir(parents=True)
    address = file_address(path / "state.sqlite") if database is None else server_address(database)
    if database is not None:
        keep_address(path, address)
    state = State(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "STEPS", STEPS[:steps])
        state.migrate("then")
    with state.writing() as writer:
        writer.keep("settings", {"lang": "fa"})
        yield writer
    state.close()


def test_the_tables_that_are_used_are_the_tables_that_were_made(state: State) -> None:
    made = inspect(state._engine)
    for name, table in METADATA.tables.items():
        assert {column["name"] for column in made.get_columns(name)} == {column.name for column in table.columns}, name


def test_what_is_kept_comes_back_in_every_script(state: State) -> None:
    with state.writing() as writer:
        writer.keep("titles", TITLES)
    with state.reading() as reader:
        assert reader.meta("titles") == TITLES and reader.meta("nothing") is None


def test_a_change_that_fails_leaves_nothing_of_itself(state: State) -> None:
    with pytest.raises(ZeroDivisionError), state.writing() as writer:
        writer.insert("documents", [{"doc_id": "d1", "addition": 1}])
        raise ZeroDivisionError
    with state.reading() as reader:
        assert reader.known(["d1"]) == set()


def test_a_reader_sees_the_last_whole_state_while_somebody_writes(state: State) -> None:
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": "d1", "addition": 1}])
        with state.reading() as reader:
            assert reader.rows("documents") == []
    with state.reading() as reader:
        assert reader.known(["d1", "d2"]) == {"d1"}


def test_more_documents_than_one_question_holds_are_known(state: State) -> None:
    names = [f"d{number}" for number in range(12_001)]
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": name, "addition": 1} for name in names])
    with state.reading() as reader:
        assert reader.known([*names, "new"]) == set(names)


def test_numbers_go_on_where_they_stopped(state: State) -> None:
    event = {"made": "now", "addition": 1, "painpoint_id": "A", "event": "born", "other": None, "detail": None}
    for _ in range(2):
        with state.writing() as writer:
            writer.insert("lineage", [event, event])
    with state.reading() as reader:
        assert [row["number"] for row in reader.rows("lineage")] == [1, 2, 3, 4]


def test_some_rows_and_values_are_asked_for(state: State) -> None:
    with state.writing() as writer:
        writer.insert("lineage", [{"made": "now", "addition": 1, "painpoint_id": name, "event": "born", "other": other,
                                   "detail": None} for name, other in zip("bAßa", [None, "x", "y", "x"], strict=True)])
    with state.reading() as reader:
        assert [row["number"] for row in reader.rows_with("lineage", "painpoint_id", ["a", "b", "c", "a"])] == [1, 4]
        assert reader.rows_with("lineage", "painpoint_id", []) == []
        assert [row["painpoint_id"] for row in reader.rows_after("lineage", 2)] == ["ß", "a"]
        assert reader.values("lineage", "other") == {"x", "y"} and reader.values("lineage", "detail") == set()


def test_documents_are_found_by_the_first_letters_of_their_ids(state: State) -> None:
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": key, "addition": 1} for key in ("ab1", "ab", "aB2", "abc", "b_", "bx")])
    with state.reading() as reader:
        assert reader.beginning("ab", 9) == ["ab", "ab1", "abc"] and reader.beginning("ab", 2) == ["ab", "ab1"]
        assert reader.beginning("b_", 9) == ["b_"] and reader.beginning("c", 9) == reader.beginning("%", 9) == []


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
def test_an_older_workspace_opens_with_what_it_held(tmp_path: Path, steps: int, database: str | None) -> None:
    event = {"made": "then", "addition": 1, "painpoint_id": "A", "event": "renamed", "other": None, "detail": TITLES[0]}
    with old_workspace(tmp_path / "shop", steps, database) as writer:
        writer.insert("documents", [{"doc_id": "d1", "addition": 1}])
        writer.insert("lineage", [event])
    with open_workspace(tmp_path / "shop") as folder, folder.state.reading() as reader:
        assert reader.meta("settings") == {"lang": "fa"}
        assert all(reader.rows(name) is not None for name in METADATA.tables)
        assert reader.known(["d1"]) == {"d1"} and reader.rows("lineage") == [{"number": 1, **event}]
        assert folder.state.level() == len(STEPS)


def test_a_workspace_of_a_newer_version_is_refused_and_stays_as_it_is(tmp_path: Path, database: str | None) -> None:
    with create_workspace(tmp_path / "shop", {}, "1", database) as folder:
        with folder.state.writing() as writer:
            writer._connection.exec_driver_sql("INSERT INTO migrations VALUES (99, 'later')")
        with pytest.raises(WorkspaceError, match="newer painpoints") as caught:
            open_workspace(tmp_path / "shop")
        assert "pip install" in str(caught.value) and folder.state.level() == 99


@pytest.mark.parametrize("content", [None, b"", b"no database, only words " * 50])
def test_what_is_no_workspace_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "state.sqlite").write_bytes(content)
    with pytest.raises(WorkspaceError):
        open_workspace(tmp_path)


def test_a_workspace_whose_making_was_cut_short_is_made_again(tmp_path: Path, database: str | None) -> None:
    with old_workspace(tmp_path / "shop", 1, database) as writer:
        writer.clear("meta")
    with pytest.raises(WorkspaceError, match="not a workspace"):
        open_workspace(tmp_path / "shop")
    with create_workspace(tmp_path / "shop", {"lang": "ru"}, "1", database) as folder:
        with folder.state.reading() as reader:
            assert reader.meta("settings") == {"lang": "ru"}
        assert (tmp_path / "shop" / "state.sqlite").is_file() == (database is None)


def test_a_taken_place_is_refused(tmp_path: Path, database: str | None) -> None:
    create_workspace(tmp_path / "shop", {}, "1", database).state.close()
    with pytest.raises(WorkspaceError, match="workspace already"):
        create_workspace(tmp_path / "shop", {}, "1", database)
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "monday.txt").write_text("rain", "utf8")
    with pytest.raises(WorkspaceError, match="not an empty folder"):
        create_workspace(tmp_path / "diary", {}, "1")


def test_rows_come_in_the_order_of_code_points_whatever_the_servers_language(state: State) -> None:
    names = ["Z", "_", "a", "B", "é", "ی", "ب", "Я", "0", "z"]
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": name, "addition": 1} for name in names])
    with state.reading() as reader:
        assert [row["doc_id"] for row in reader.rows("documents")] == sorted(names)


def test_a_letter_that_one_database_cannot_hold_spoils_no_title(state: State) -> None:
    with state.writing() as writer:
        writer.insert("documents", [{"doc_id": "d\0", "addition": 1}])
        writer.change("documents", "addition", [{"addition": 1, "doc_id": "پیک\0"}])
    with state.reading() as reader:
        assert reader.rows("documents") == [{"doc_id": "پیک\ufffd", "addition": 1}]


def test_a_view_stays_the_same_while_others_write(state: State) -> None:
    with state.reading() as reader:
        assert reader.rows("documents") == []
        with state.writing() as writer:
            writer.insert("documents", [{"doc_id": "d1", "addition": 1}])
        assert reader.rows("documents") == []


def test_a_change_that_met_another_one_is_made_anew_and_nothing_of_the_first_try_stays(state: State) -> None:
    tries = []

    def change(writer: Writer) -> int:
        tries.append(len(writer.rows("documents")))
        writer.insert("documents", [{"doc_id": f"d{len(tries)}", "addition": 1}])
        if len(tries) < 3:
            raise BusyError("another process changed the state at the same time")
        return len(writer.rows("documents"))

    assert state.settled(change) == 1 and tries == [0, 0, 0]


def test_rows_are_removed_by_all_that_is_said_of_them(state: State) -> None:
    rows = [{"unit_id": unit, "field": field, "doc_id": "d", "value": "neg", "made": "then", "who": "سارا"}
            for unit in ("u1", "u2") for field in ("sentiment", "problem")]
    with state.writing() as writer:
        writer.insert("corrections", rows)
        writer.remove_where("corrections", [])
        writer.remove_where("corrections", [{"unit_id": unit, "field": field} for unit, field in (
            ("u1", "problem"), ("u2", "sentiment"), ("u3", "sentiment"))])
    with state.reading() as reader:
        assert [(row["unit_id"], row["field"]) for row in reader.rows("corrections")] == [
            ("u1", "sentiment"), ("u2", "problem")]
