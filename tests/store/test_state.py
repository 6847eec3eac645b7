"""The state of a workspace: whole or unchanged, and readable by later versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from painpoints.errors import WorkspaceError
from painpoints.store import State, create_workspace, open_workspace
from painpoints.store.migrations import STEPS
from painpoints.store.schema import METADATA
from painpoints.store.state import sqlite_url

TITLES = ["پیک سه ساعت دیر رسید", "المندوب تأخر ثلاث ساعات", "Курьер опоздал на три часа", "The courier was late"]


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(sqlite_url(tmp_path / "state.sqlite"))
    made.migrate("2026-11-22T00:00:00+00:00")
    return made


def old_workspace(path: Path, steps: int) -> None:
    """What a version that knew only the first ``steps`` left behind."""
    (path / "facts").mkdir(parents=True)
    connection = sqlite3.connect(path / "state.sqlite")
    connection.execute("CREATE TABLE migrations (number INTEGER PRIMARY KEY, made TEXT NOT NULL)")
    for number, statements in enumerate(STEPS[:steps], 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute("INSERT INTO migrations VALUES (?, 'then')", (number,))
    connection.execute("INSERT INTO meta VALUES ('settings', '{\"lang\": \"fa\"}')")
    connection.commit()
    connection.close()


def test_the_tables_that_are_used_are_the_tables_that_were_made(state: State, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    for name, table in METADATA.tables.items():
        made = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
        assert made == {column.name for column in table.columns}, name
    connection.close()


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


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
def test_an_older_workspace_opens(tmp_path: Path, steps: int) -> None:
    old_workspace(tmp_path / "shop", steps)
    with open_workspace(tmp_path / "shop") as folder, folder.state.reading() as reader:
        assert reader.meta("settings") == {"lang": "fa"}
        assert all(reader.rows(name) is not None for name in METADATA.tables)
        assert folder.state.level() == len(STEPS)


def test_a_workspace_of_a_newer_version_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    create_workspace(tmp_path / "shop", {}, "1").state.close()
    connection = sqlite3.connect(tmp_path / "shop" / "state.sqlite")
    connection.execute("INSERT INTO migrations VALUES (99, 'later')")
    connection.commit()
    connection.close()
    with pytest.raises(WorkspaceError, match="newer painpoints") as caught:
        open_workspace(tmp_path / "shop")
    assert "pip install" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"no database, only words " * 50])
def test_what_is_no_workspace_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "state.sqlite").write_bytes(content)
    with pytest.raises(WorkspaceError):
        open_workspace(tmp_path)


def test_a_workspace_whose_making_was_cut_short_is_made_again(tmp_path: Path) -> None:
    old_workspace(tmp_path / "shop", 1)
    connection = sqlite3.connect(tmp_path / "shop" / "state.sqlite")
    connection.execute("DELETE FROM meta")
    connection.commit()
    connection.close()
    with pytest.raises(WorkspaceError, match="not a workspace"):
        open_workspace(tmp_path / "shop")
    with create_workspace(tmp_path / "shop", {"lang": "ru"}, "1") as folder, folder.state.reading() as reader:
        assert reader.meta("settings") == {"lang": "ru"}


def test_a_taken_place_is_refused(tmp_path: Path) -> None:
    create_workspace(tmp_path / "shop", {}, "1").state.close()
    with pytest.raises(WorkspaceError, match="workspace already"):
        create_workspace(tmp_path / "shop", {}, "1")
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "monday.txt").write_text("rain", "utf8")
    with pytest.raises(WorkspaceError, match="not an empty folder"):
        create_workspace(tmp_path / "diary", {}, "1")
