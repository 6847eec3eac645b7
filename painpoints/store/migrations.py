"""The tables of a workspace's state, as the steps that made them; only ever added to, never changed.

The SQL is what SQLite and PostgreSQL both take: no own types, no counters of the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.errors import WorkspaceError

if TYPE_CHECKING:
    from sqlalchemy import Connection

STEPS: tuple[tuple[str, ...], ...] = (
    (  # 1
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE additions (number INTEGER PRIMARY KEY, made TEXT NOT NULL, inputs TEXT NOT NULL, "
        "documents INTEGER NOT NULL, units INTEGER NOT NULL, note TEXT NOT NULL)",
        "CREATE TABLE documents (doc_id TEXT PRIMARY KEY, addition INTEGER NOT NULL)",
        "CREATE TABLE painpoints (painpoint_id TEXT PRIMARY KEY, title TEXT NOT NULL, titles TEXT NOT NULL, "
        "named_by TEXT NOT NULL, status TEXT NOT NULL, merged_into TEXT, pinned INTEGER NOT NULL, "
        "addition INTEGER, made TEXT NOT NULL)",
        "CREATE TABLE placements (unit_id TEXT PRIMARY KEY, addition INTEGER NOT NULL, painpoint_id TEXT, "
        "strength DOUBLE PRECISION NOT NULL, placed_by TEXT NOT NULL)",
        "CREATE INDEX placements_by_painpoint ON placements (painpoint_id)",
        "CREATE TABLE lineage (number INTEGER PRIMARY KEY, made TEXT NOT NULL, addition INTEGER, "
        "painpoint_id TEXT NOT NULL, event TEXT NOT NULL, other TEXT, detail TEXT)",
        "CREATE TABLE bonds (number INTEGER PRIMARY KEY, made TEXT NOT NULL, kind TEXT NOT NULL, "
        "painpoint_id TEXT NOT NULL, unit_id TEXT, other TEXT)",
    ),
    (  # 2
        "CREATE TABLE proposals (number INTEGER PRIMARY KEY, addition INTEGER NOT NULL, kind TEXT NOT NULL, "
        "painpoint_id TEXT NOT NULL, other TEXT, share DOUBLE PRECISION NOT NULL)",
    ),
    (  # 3
        "CREATE TABLE alerts (number INTEGER PRIMARY KEY, made TEXT NOT NULL, painpoint_id TEXT NOT NULL, "
        "kind TEXT NOT NULL, since TEXT NOT NULL, detail TEXT NOT NULL, status TEXT NOT NULL, until TEXT)",
    ),
    (  # 4
        "CREATE TABLE deliveries (key TEXT PRIMARY KEY, made TEXT NOT NULL, digest TEXT NOT NULL, "
        "target TEXT NOT NULL, status TEXT NOT NULL, tries INTEGER NOT NULL, detail TEXT)",
    ),
    (  # 5: how many units a pain point had when a machine last titled it
        "ALTER TABLE painpoints ADD COLUMN titled INTEGER NOT NULL DEFAULT 0",
    ),
    (  # 6: the queue of comments; a history row tells of one field, `change` joins what was done at once
        "CREATE TABLE triage (doc_id TEXT PRIMARY KEY, status TEXT NOT NULL, assignee TEXT, note TEXT, "
        "version INTEGER NOT NULL, changed TEXT NOT NULL, changed_by TEXT NOT NULL)",
        "CREATE TABLE triage_history (number INTEGER PRIMARY KEY, made TEXT NOT NULL, who TEXT NOT NULL, "
        "change INTEGER NOT NULL, undoes INTEGER, doc_id TEXT NOT NULL, field TEXT NOT NULL, before TEXT, after TEXT)",
        "CREATE INDEX triage_history_by_who ON triage_history (who)",
        "CREATE INDEX triage_history_by_doc ON triage_history (doc_id)",
    ),
    (  # 7: the page: corrections of single opinions, edits that can be undone, views, people and what they did
        "ALTER TABLE triage_history ADD COLUMN unit_id TEXT",
        "CREATE TABLE corrections (unit_id TEXT NOT NULL, field TEXT NOT NULL, doc_id TEXT NOT NULL, value TEXT NOT "
        "NULL, made TEXT NOT NULL, who TEXT NOT NULL, PRIMARY KEY (unit_id, field))",
        "CREATE TABLE edits (number INTEGER PRIMARY KEY, made TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, "
        "painpoint_id TEXT NOT NULL, other TEXT, undoes INTEGER, follows INTEGER NOT NULL, undo TEXT NOT NULL)",
        "CREATE TABLE views (number INTEGER PRIMARY KEY, made TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, "
        "shared INTEGER NOT NULL, query TEXT NOT NULL)",
        "CREATE TABLE users (name TEXT PRIMARY KEY, shown TEXT NOT NULL, hash TEXT NOT NULL, role TEXT NOT NULL, "
        "made TEXT NOT NULL, changed TEXT NOT NULL)",
        "CREATE TABLE sessions (key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, csrf TEXT NOT NULL, "
        "made TEXT NOT NULL, seen TEXT NOT NULL)",
        "CREATE TABLE audit (number INTEGER PRIMARY KEY, made TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, "
        "object TEXT, detail TEXT)",
    ),
    (  # 8: what was forgotten, as keyed hashes that keep it from coming back; files that left, up to which addition
        "CREATE TABLE forgotten (mark TEXT PRIMARY KEY, made TEXT NOT NULL)",
        "CREATE TABLE exports (number INTEGER PRIMARY KEY, made TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, "
        "form TEXT NOT NULL, place TEXT NOT NULL, rows INTEGER, additions INTEGER NOT NULL, detail TEXT NOT NULL)",
    ),
)


def level(connection: Connection) -> int:
    """The last step that was done; 0 where there is no state yet."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("migrations"):
        return 0
    return int(connection.execute(text("SELECT coalesce(max(number), 0) FROM migrations")).scalar_one())


def make_schema(connection: Connection, name: str) -> None:
    """Makes the schema of a workspace's tables on a server, unless a first try has made it."""
    from sqlalchemy.schema import CreateSchema

    connection.execute(CreateSchema(name, if_not_exists=True))


def migrate(connection: Connection, made: str) -> int:
    """Does the steps that are still to be done, in the transaction of ``connection``; how many there were.

    Raises WorkspaceError when the state was made by a newer version.
    """
    from sqlalchemy import text

    done = level(connection)
    check(done)
    if done == 0:
        connection.execute(text("CREATE TABLE migrations (number INTEGER PRIMARY KEY, made TEXT NOT NULL)"))
    for number, statements in enumerate(STEPS[done:], done + 1):
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO migrations (number, made) VALUES (:number, :made)"),
                           {"number": number, "made": made})
    return len(STEPS) - done


def check(done: int) -> None:
    """Raises WorkspaceError for a state that is further than this version knows."""
    if done > len(STEPS):
        raise WorkspaceError(f"The workspace was made by a newer painpoints (state {done}, known here: {len(STEPS)}).",
                             hint="Install a newer painpoints: pip install -U painpoints")
