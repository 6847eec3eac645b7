"""The state of a workspace: additions, pain points, placements, lineage and people's wishes, in one database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from painpoints.errors import BusyError
from painpoints.store.address import Address
from painpoints.store.advisory import writing_on_server
from painpoints.store.engines import connect
from painpoints.store.migrations import STEPS, check, level, make_schema, migrate
from painpoints.store.partitions import Generation
from painpoints.store.refusals import told

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Table

    from painpoints.store.cells import Cell
    from painpoints.store.marks import Marks

GENERATION = "generation"
_AT_ONCE = 5000
_AGAIN = 9
T = TypeVar("T")


class State:
    """The database at ``address``. Reading sees the last whole state; `writing` happens wholly or not at all."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._engine = connect(address)
        self._still_alone: Callable[[], None] | None = None

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent view of the state. Raises WorkspaceError for a database that is none."""
        with told(self.address), self._looking().begin() as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: everything is written when the body ends, nothing when it raises."""
        with told(self.address), self._engine.begin() as connection:
            yield Writer(connection)
            if self._still_alone is not None:
                self._still_alone()

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A transaction on the server, for what is only derived: each statement sees what others have finished."""
        with told(self.address), self._engine.connect() as connection:
            connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                yield connection

    def compact(self) -> None:
        """Has the database let go of what was deleted: its files are written anew. Nobody else may be writing."""
        from painpoints.store.compacting import compact

        with told(self.address):
            compact(self._engine, self.address.schema)

    @contextmanager
    def cells(self) -> Iterator[Iterator[Cell]]:
        """Every text in every table, also of those that are only derived."""
        from painpoints.store.cells import cells

        with told(self.address), self._looking().begin() as connection:
            yield cells(connection, self.address.schema)

    def settled(self, change: Callable[[Writer], T]) -> T:
        """What ``change`` gives, in a transaction of its own, which is done again where others wrote at the same time.

        Raises BusyError when that goes on.
        """
        for _ in range(_AGAIN):
            with suppress(BusyError), self.writing() as writer:
                return change(writer)
        with self.writing() as writer:
            return change(writer)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps writers on other machines out while the body runs, where the state is on a server.

        Raises BusyError at once when there is one.
        """
        if self.address.schema is None:
            yield
            return
        with ExitStack() as held:
            with told(self.address):
                self._still_alone = held.enter_context(
                    writing_on_server(self._engine, self.address.schema, self.address.shown))
            try:
                yield
            finally:
                self._still_alone = None

    def level(self) -> int:
        """The last migration that was done, 0 where there is no state. Raises WorkspaceError for no database."""
        with told(self.address), self._looking().begin() as connection:
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
        with told(self.address), self._engine.begin() as connection:
            if self.address.schema is not None and level(connection) == 0:
                make_schema(connection, self.address.schema)
            return migrate(connection, made)

    def _looking(self) -> Engine:
        return self._engine.execution_options(postgresql_readonly=True)


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
        found = self._connection.execute(select(chosen).order_by(*map(self._plain, chosen.primary_key.columns)))
        return [dict(row) for row in found.mappings()]

    def rows_with(self, table: str, column: str, values: Iterable[Any], without: Sequence[str] = ()
                  ) -> list[dict[str, Any]]:
        """The rows of ``table`` whose ``column`` holds one of ``values``, by its key; ``without`` some columns."""
        from sqlalchemy import select

        chosen, asked = _table(table), sorted(set(values))
        key = [column.name for column in chosen.primary_key.columns]
        found: list[dict[str, Any]] = []
        for start in range(0, len(asked), _AT_ONCE):
            some = select(*(one for one in chosen.c if one.name not in without)).where(
                chosen.c[column].in_(asked[start:start + _AT_ONCE]))
            found += [dict(row) for row in self._connection.execute(some).mappings()]
        return sorted(found, key=lambda row: [row[name] for name in key])

    def rows_after(self, table: str, number: int, without: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The rows of a numbered ``table`` that follow ``number``, in order; ``without`` some columns."""
        from sqlalchemy import select

        chosen = _table(table)
        wanted = select(*(one for one in chosen.c if one.name not in without))
        found = self._connection.execute(wanted.where(chosen.c.number > number).order_by(chosen.c.number))
        return [dict(row) for row in found.mappings()]

    def columns(self, table: str, *names: str) -> list[tuple[Any, ...]]:
        """Columns of all rows of ``table``, in any order: what `rows` gives of a large table in a third of the time."""
        from sqlalchemy import select

        chosen = _table(table)
        found = self._connection.execute(select(*(chosen.c[name] for name in names))).all()
        return [tuple(row) for row in found]

    def marks(self) -> Marks:
        """What tells this state from an earlier one."""
        from painpoints.store.marks import marks

        return marks(self._connection)

    def values(self, table: str, column: str) -> set[Any]:
        """What ``column`` of ``table`` holds, without the nulls."""
        from sqlalchemy import select

        chosen = _table(table).c[column]
        return set(self._connection.execute(select(chosen).where(chosen.is_not(None)).distinct()).scalars())

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

    def beginning(self, letters: str, most: int, table: str = "documents") -> list[str]:
        """The ids of documents, or keys of ``table``, that begin with ``letters``: at most so many, in order."""
        from sqlalchemy import select

        column = _table(table).primary_key.columns[0]
        key = self._plain(column)
        some = select(column).where(key >= letters, key < letters + "\uffff").order_by(key).limit(most)
        return list(self._connection.execute(some).scalars())

    def next_number(self, table: str) -> int:
        """The number that follows the last one of ``table``."""
        from sqlalchemy import func, select

        last = self._connection.execute(select(func.max(_table(table).c.number))).scalar()
        return int(last or 0) + 1

    def _plain(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """``column`` ordered by code points, as SQLite does, whatever the server's language."""
        from sqlalchemy import Text

        plain = self._connection.dialect.name == "postgresql" and isinstance(column.type, Text)
        return column.collate("C") if plain else column


class Writer(Reader):
    """Changes of the state."""

    def queue_up(self, table: str) -> None:
        """Lets those who queue up for ``table`` write one after the other, without the lock that additions hold.

        It is to be the first thing a transaction does, which then sees all that those before it wrote. Raises BusyError
        or StorageError when its turn does not come.
        """
        from sqlalchemy import text

        name = _table(table).name
        # On a server a lock is taken before the view is; in a file, whatever may write holds the one lock there is.
        server = self._connection.dialect.name == "postgresql"
        self._connection.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE" if server
                                      else f"DELETE FROM {name} WHERE false"))

    def keep(self, name: str, value: Any) -> None:
        """Keeps ``value`` (JSON) under ``name``."""
        from sqlalchemy import delete

        from painpoints.store.schema import meta

        self._connection.execute(delete(meta).where(meta.c.name == name))
        self.insert("meta", [{"name": name, "value": json.dumps(value, ensure_ascii=False)}])

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds ``rows``; those of numbered tables get their ``number`` here unless they have one."""
        from sqlalchemy import insert

        chosen, given = _table(table), [{name: storable(value) for name, value in row.items()}
                                        for row in self.numbered(table, rows)]
        for start in range(0, len(given), _AT_ONCE):
            self._connection.execute(insert(chosen), given[start:start + _AT_ONCE])

    def numbered(self, table: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """``rows`` as `insert` would number them."""
        if not rows or "number" not in _table(table).c or "number" in rows[0]:
            return rows
        return [{"number": number, **row} for number, row in enumerate(rows, self.next_number(table))]

    def drop(self, name: str) -> None:
        """Keeps nothing under ``name`` any more."""
        self.remove("meta", "name", [name])

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
        self._connection.execute(statement, [{"_key": row[key], **{f"_{name}": storable(row[name]) for name in named}}
                                             for row in rows])

    def change_alike(self, table: str, key: str, values: Iterable[Any], new: Mapping[str, Any]) -> None:
        """Makes all rows whose ``key`` column holds one of ``values`` what ``new`` says."""
        from sqlalchemy import update

        chosen, asked = _table(table), sorted(set(values))
        for start in range(0, len(asked), _AT_ONCE):
            some = chosen.c[key].in_(asked[start:start + _AT_ONCE])
            self._connection.execute(update(chosen).where(some).values(
                {name: storable(value) for name, value in new.items()}))

    def remove(self, table: str, column: str, values: Iterable[Any]) -> int:
        """Removes the rows of ``table`` whose ``column`` holds one of ``values``; how many there were."""
        from sqlalchemy import delete

        chosen, asked = _table(table), sorted(set(values))
        return sum(self._connection.execute(
            delete(chosen).where(chosen.c[column].in_(asked[start:start + _AT_ONCE]))).rowcount
            for start in range(0, len(asked), _AT_ONCE))

    def remove_where(self, table: str, keys: Sequence[Mapping[str, Any]]) -> None:
        """Removes the rows of ``table`` that hold what one of ``keys`` says; all keys name the same columns."""
        from sqlalchemy import bindparam, delete

        if not keys:
            return
        chosen = _table(table)
        statement = delete(chosen).where(*(chosen.c[name] == bindparam(f"_{name}") for name in keys[0]))
        self._connection.execute(statement, [{f"_{name}": value for name, value in key.items()} for key in keys])

    def clear(self, table: str) -> None:
        """Removes all rows of ``table``."""
        from sqlalchemy import delete

        self._connection.execute(delete(_table(table)))


def _table(name: str) -> Table:
    from painpoints.store.schema import METADATA

    return METADATA.tables[name]


def storable(value: Any) -> Any:
    """``value`` without the one letter that PostgreSQL's texts cannot hold."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
