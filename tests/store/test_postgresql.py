"""The state on a server: found again without a password in the folder, one writer over all machines, clear refusals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from painpoints.errors import (
    BusyError,
    MissingExtraError,
    PainpointsError,
    StorageError,
    UsageError,
    WorkspaceError,
)
from painpoints.store import WorkspaceFolder, create_workspace, has_password, open_workspace

HOLD = """
import sys
from pathlib import Path
from painpoints.store import open_workspace
with open_workspace(Path(sys.argv[1])) as folder, folder.alone():
    print("held", flush=True)
    sys.stdin.read()
"""


def elsewhere(folder: WorkspaceFolder, path: Path) -> Path:
    """The workspace as another machine has it: the same server, another lock file."""
    shutil.copytree(folder.path, path)
    return path


def documents(folder: WorkspaceFolder) -> list[str]:
    with folder.state.reading() as state:
        return [row["doc_id"] for row in state.rows("documents")]


def until_noticed(server: str, pid: int) -> None:
    """Waits until the server has noticed that the process ``pid`` was killed: a busy one does so late."""
    engine, deadline = create_engine(server), time.monotonic() + 30
    sessions = text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE :name")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(sessions, {"name": f"painpoints pid {pid} on %"}).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    engine.dispose()


@pytest.mark.skipif("PAINPOINTS_TEST_DATABASE" not in os.environ, reason="no server is promised")
def test_where_a_server_is_promised_the_tests_run_on_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    server = request.getfixturevalue("server")
    with create_workspace(tmp_path / "shop", {}, "1", server) as folder, folder.state.reading() as state:
        assert state._connection.execute(text("SELECT version()")).scalar_one().startswith("PostgreSQL")
        assert state._connection.execute(text("SELECT current_schema()")).scalar_one() == folder.state.address.schema
    assert not (tmp_path / "shop" / "state.sqlite").exists()


def test_the_folder_keeps_no_password_and_the_way_in_comes_from_outside(
        server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_url = make_url(server)
    secret = open_url.set(password="geheim۱۲").render_as_string(hide_password=False)
    assert has_password(secret) and not has_password(server) and has_password(f"{server}&sslpassword=x")
    create_workspace(tmp_path / "shop", {"lang": "fa"}, "1", secret).state.close()
    kept = (tmp_path / "shop" / "database.json").read_text("utf8")
    assert "geheim" not in kept and make_url(json.loads(kept)["database"]) == open_url
    (tmp_path / "shop" / "database.json").write_text(
        json.dumps({**json.loads(kept), "database": "postgresql+psycopg://nobody@127.0.0.1:1/none"}), "utf8")
    with pytest.raises(StorageError, match="cannot be reached"):
        open_workspace(tmp_path / "shop")
    monkeypatch.setenv("PAINPOINTS_DATABASE", secret)
    with open_workspace(tmp_path / "shop") as folder, folder.state.reading() as state:
        assert state.meta("settings") == {"lang": "fa"}


def test_workspaces_in_one_database_know_nothing_of_each_other(server: str, tmp_path: Path) -> None:
    with create_workspace(tmp_path / "one", {}, "1", server) as one, \
            create_workspace(tmp_path / "two", {}, "1", server) as two, one.alone(), two.alone():
        for folder, name in ((one, "d1"), (two, "d2")):
            with folder.state.writing() as state:
                state.insert("documents", [{"doc_id": name, "addition": 1}])
        assert (documents(one), documents(two)) == (["d1"], ["d2"])


def test_a_writer_on_another_machine_is_kept_out_until_its_process_has_gone(server: str, tmp_path: Path) -> None:
    with create_workspace(tmp_path / "shop", {}, "1", server) as here:
        there = elsewhere(here, tmp_path / "there")
        holder = subprocess.Popen([sys.executable, "-c", HOLD, str(there)], text=True, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        try:
            assert holder.stdout is not None and holder.stdout.readline() == "held\n"
            with pytest.raises(BusyError, match=rf"\(pid {holder.pid} on .+\) is writing"), here.alone():
                pass
            assert documents(here) == []
        finally:
            holder.kill()
            holder.communicate()
        until_noticed(server, holder.pid)
        with here.alone(), here.state.writing() as state:
            state.insert("documents", [{"doc_id": "d1", "addition": 1}])
        assert documents(here) == ["d1"]


def test_the_next_writer_finds_the_lock_free_however_late_the_server_notices_that_a_session_ended(
        server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (create_workspace(tmp_path / "shop", {}, "1", server) as here,
          open_workspace(elsewhere(here, tmp_path / "there")) as there):
        monkeypatch.setattr(Connection, "invalidate", lambda _: None)
        with here.alone():
            pass
        with there.alone():
            pass


def test_who_lost_the_lock_on_the_way_writes_nothing(server: str, tmp_path: Path) -> None:
    with create_workspace(tmp_path / "shop", {}, "1", server) as folder:
        with folder.alone():
            with folder.state.reading() as state:
                state._connection.execute(text("SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN "
                                               "pg_database ON oid = database WHERE datname = current_database() AND "
                                               "locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"))
            with pytest.raises(StorageError, match="nothing was written"), folder.state.writing() as writer:
                writer.insert("documents", [{"doc_id": "d1", "addition": 1}])
        assert documents(folder) == []


def test_two_changes_of_the_same_row_at_once_do_not_overwrite_each_other(server: str, tmp_path: Path) -> None:
    with create_workspace(tmp_path / "shop", {}, "1", server) as one, open_workspace(tmp_path / "shop") as two:
        with pytest.raises(BusyError, match="at the same time"), one.state.writing() as first:
            assert first.meta("settings") == {}
            with two.state.writing() as second:
                second.change("meta", "name", [{"name": "settings", "value": '"of the second"'}])
            first.change("meta", "name", [{"name": "settings", "value": '"of the first"'}])
        with one.state.reading() as state:
            assert state.meta("settings") == "of the second"


@pytest.mark.parametrize(("url", "error", "told"), [
    ("sqlite:///other.sqlite", UsageError, "lies in the workspace's folder"),
    ("mysql://u:geheim@host/x", UsageError, "mysql is no database"),
    ("postgresql+psycopg2://u:geheim@host/x", UsageError, "postgresql+psycopg2 is no database"),
    ("geheim", UsageError, "cannot be read"),
    ("postgresql://u:geheim@host", UsageError, "names no database"),
    ("postgresql://u:geheim@127.0.0.1:1/x", StorageError, "127.0.0.1/x: the server cannot be reached."),
])
def test_an_address_that_leads_nowhere_is_refused_before_anything_is_made(
        tmp_path: Path, url: str, error: type[PainpointsError], told: str) -> None:
    with pytest.raises(error) as caught:
        create_workspace(tmp_path / "shop", {}, "1", url)
    assert told in caught.value.message and caught.value.hint and "\n" not in str(caught.value)
    assert "geheim" not in str(caught.value) and not (tmp_path / "shop").exists()


@pytest.mark.parametrize(("changed", "told"), [
    ({"database": "painpoints_there_is_none"}, "there is no such database"),
    ({"username": "nobody_here", "password": "geheim"}, "there is no such user"),
])
def test_what_the_server_refuses_is_told_in_one_line(server: str, tmp_path: Path, changed: dict[str, str], told: str
                                                     ) -> None:
    url = make_url(server).set(**changed).render_as_string(hide_password=False)  # type: ignore[arg-type]
    with pytest.raises(WorkspaceError, match=told) as caught:
        create_workspace(tmp_path / "shop", {}, "1", url)
    assert "geheim" not in str(caught.value) and "\n" not in str(caught.value) and not (tmp_path / "shop").exists()


def test_a_user_without_rights_is_told_which_one_to_ask_for(server: str, tmp_path: Path) -> None:
    engine = create_engine(make_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE painpoints_guest LOGIN")
        try:
            url = make_url(server).set(username="painpoints_guest").render_as_string()
            with pytest.raises(WorkspaceError, match="may not") as caught:
                create_workspace(tmp_path / "shop", {}, "1", url)
            assert "GRANT CREATE" in str(caught.value)
        finally:
            connection.exec_driver_sql("DROP ROLE painpoints_guest")
    engine.dispose()


def test_a_schema_that_was_dropped_is_no_workspace_any_more(server: str, tmp_path: Path) -> None:
    with create_workspace(tmp_path / "shop", {}, "1", server) as folder:
        with folder.state.writing() as state:
            state._connection.exec_driver_sql(f'DROP SCHEMA "{folder.state.address.schema}" CASCADE')
        with pytest.raises(WorkspaceError, match="not a workspace"):
            open_workspace(tmp_path / "shop")
        with pytest.raises(WorkspaceError, match="no state of a workspace"), folder.state.reading() as state:
            state.rows("documents")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"database": "postgresql://h/d", "schema": "a\\"; DROP"}'])
def test_a_damaged_note_of_the_place_is_told_with_its_path(tmp_path: Path, content: str) -> None:
    (tmp_path / "database.json").write_text(content, "utf8")
    with pytest.raises(WorkspaceError, match=r"database\.json") as caught:
        open_workspace(tmp_path)
    assert "copy" in str(caught.value)


def test_without_the_driver_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match="psycopg") as caught:
        create_workspace(tmp_path / "shop", {}, "1", "postgresql://user@host/x")
    assert "painpoints[team]" in str(caught.value) and not (tmp_path / "shop").exists()
