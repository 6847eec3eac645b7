"""The state of a workspace: additions, pain points, placements, lineage and people's wishes, in one database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import StorageError, WorkspaceError
from painpoints.store.migrations import STEPS, check, level, migrate
from painpoints.store.partitions import Generation

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

GENERATION = "generation"
_AT_ONCE = 5000
_READY = 30


def sqlite_url(path: Path) -> str:
    """The address of the SQLite database at ``path``."""
    return f"sqlite:///{path}"


class State:
    """The database at ``url``. Reading sees the last whole state; `writing` happens wholly or not at all."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent view of the state. Raises WorkspaceError for a database that is none."""
        with _told(self._engine), self._engine.begin() as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: everything is written when the body ends, nothing when it raises."""
        with _told(self._engine), self._engine.begin() as connection:
            yield Writer(connection)

    def level(self) -> int:
        """The last migration that was done, 0 where there is no state. Raises WorkspaceError for no database."""
        with _told(self._engine), self._engine.begin() as connection:
            return level(connection)

    def behind(self) -> bool:
        """Whether `migrate` has something to do. Raises WorkspaceError for the state of a newer version."""
        done = self.level()
        check(done)
        return done < len(STEPS)

    def kept(self, name: str) -> bool:
        """Whether something is kept under ``name``."""
        with self.reading() as state:
            return state.meta(name) is not None

    def migrate(self, made: str) -> int:
        """Brings the tables up to this version; how many steps that took. Raises WorkspaceError for a newer state."""
        with _told(self._engine), self._engine.begin() as connection:
            return migrate(connection, made)


class Reader:
    """Questions to the state, all answered from one view."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def meta(self, name: str) -> Any:
        """The value kept under ``name``, None where there is none."""
        from sqlalchemy import select

        from painpoints.store.schema import meta

        found = self._connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
        return None if found is None else json.loads(found)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of ``table``, by its key."""
        from sqlalchemy import select

        chosen = _table(table)
        found = self._connection.execute(select(chosen).order_by(*chosen.primary_key.columns))
        return [dict(row) for row in found.mappings()]

    def generation(self) -> Generation:
        """The generation of judgements and vectors that holds."""
        kept = self.meta(GENERATION)
        return Generation() if kept is None else Generation(kept["units"], kept["vectors"])

    def additions(self) -> list[int]:
        """The numbers of the additions, in order."""
        return [row["number"] for row in self.rows("additions")]

    def known(self, doc_ids: Iterable[str]) -> set[str]:
        """Those of ``doc_ids`` that were added before."""
        from sqlalchemy import select

        from painpoints.store.schema import documents

        asked = list(doc_ids)
        found: set[str] = set()
        for start in range(0, len(asked), _AT_ONCE):
            some = select(documents.c.doc_id).where(documents.c.doc_id.in_(asked[start:start + _AT_ONCE]))
            found.update(self._connection.execute(some).scalars())
        return found

    def next_number(self, table: str) -> int:
        """The number that follows the last one of ``table``."""
        from sqlalchemy import func, select

        last = self._connection.execute(select(func.max(_table(table).c.number))).scalar()
        return int(last or 0) + 1


class Writer(Reader):
    """Changes of the state."""

    def keep(self, name: str, value: Any) -> None:
        """Keeps ``value`` (JSON) under ``name``."""
        from sqlalchemy import delete

        from painpoints.store.schema import meta

        self._connection.execute(delete(meta).where(meta.c.name == name))
        self.insert("meta", [{"name": name, "value": json.dumps(value, ensure_ascii=False)}])

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds ``rows``; those of numbered tables get their ``number`` here unless they have one."""
        from sqlalchemy import insert

        chosen, given = _table(table), [dict(row) for row in rows]
        if "number" in chosen.c and given and "number" not in given[0]:
            given = [{"number": number, **row} for number, row in enumerate(given, self.next_number(table))]
        for start in range(0, len(given), _AT_ONCE):
            self._connection.execute(insert(chosen), given[start:start + _AT_ONCE])

    def insert_new(self, table: str, row: Mapping[str, Any]) -> bool:
        """Adds ``row`` unless its key is there already; whether it was added. Of several processes one adds it."""
        from sqlalchemy import text

        columns = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        done = self._connection.execute(
            text(f"INSERT INTO {_table(table).name} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"), dict(row))
        return done.rowcount == 1

    def change_where(self, table: str, known: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Makes the row that still is as ``known`` says what ``new`` says; whether there was one."""
        from sqlalchemy import update

        chosen = _table(table)
        statement = update(chosen).where(*(chosen.c[name] == value for name, value in known.items())).values(dict(new))
        return self._connection.execute(statement).rowcount == 1

    def change(self, table: str, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Changes rows, each found by its ``key`` column, to what ``rows`` say."""
        from sqlalchemy import bindparam, update

        if not rows:
            return
        chosen = _table(table)
        named = [name for name in rows[0] if name != key]
        statement = update(chosen).where(chosen.c[key] == bindparam("_key")).values(
            {name: bindparam(f"_{name}") for name in named})
        self._connection.execute(statement, [{"_key": row[key], **{f"_{name}": row[name] for name in named}}
                                             for row in rows])

    def clear(self, table: str) -> None:
        """Removes all rows of ``table``."""
        from sqlalchemy import delete

        self._connection.execute(delete(_table(table)))


def _table(name: str) -> Table:
    from painpoints.store.schema import METADATA

    return METADATA.tables[name]


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event

    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": _READY})

    def prepare(connection: Any, record: Any) -> None:
        del record
        # The driver would begin transactions late and end them before CREATE; here SQLAlchemy says when.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Turns what a database refuses into an error that names the place and the remedy, without what was written."""
    from sqlalchemy.exc import DatabaseError, OperationalError

    place = engine.url.database
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason:
            raise StorageError(f"{place}: stayed locked for {_READY} s.", hint="Give the command again.") from None
        if "full" in reason or "readonly" in reason or "disk I/O" in reason:
            raise StorageError(f"{place}: cannot be written ({reason}).",
                               hint="Free some space or make it writable, then give the command again.") from None
        raise WorkspaceError(f"{place}: cannot be opened ({reason}).",
                             hint="Name a folder that painpoints init made.") from None
    except DatabaseError as error:
        raise WorkspaceError(f"{place}: no state of a workspace ({type(error.orig).__name__}).",
                             hint="Name a folder that painpoints init made.") from None
