"""Texts found by their words: what is searched beside a state, made from the documents and never the place of anything.

Where the state lies in the folder, the index is a file beside it, SQLite's FTS5 over folded words. Whoever asks first
after an addition brings it up to date; additions wait for nothing. It may be deleted at any time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from painpoints.errors import BusyError, StorageError
from painpoints.store.files import storage
from painpoints.store.lock import writing
from painpoints.text import TOKENS, Question, Term, streams

if TYPE_CHECKING:
    from painpoints.store.workspacefolder import WorkspaceFolder

FORMAT = f"1.{TOKENS}"
INDEX, LOCK = "search.sqlite", "search.lock"
PATIENCE = 300  # seconds to wait while somebody else makes the index
_LOOK = 0.05
_READY = 30
_BEYOND_US = ("full", "readonly", "disk I/O", "unable to open", "locked", "no such module")
_TABLES = ("made", "sources", "texts", "words")

Source = tuple[int, str]
"""An addition: its number, and when it was made (a workspace that was put back from a copy may give a number again)."""
Sources = Callable[[], Iterable[Source]]
"""The additions as they are now: asked again once no other process makes the index."""
Texts = Callable[[int], Iterable[tuple[str, str]]]
"""The documents of an addition: doc_id and text."""


class Match(NamedTuple):
    """A document that answers a question; a greater ``score`` is better. ``text`` is None where the index has none."""

    doc_id: str
    addition: int
    score: float
    text: str | None


class TextIndex(Protocol):
    """What both kinds of index do."""

    def find(self, question: Question, sources: Sources, texts: Texts, limit: int | None = None
             ) -> tuple[int, list[Match]]:
        """How many documents answer ``question``, and the ``limit`` best (None: all), best first."""

    def discard(self) -> None:
        """Removes the index, texts and words; the next question makes it anew."""


def text_index(folder: WorkspaceFolder) -> TextIndex:
    """The index of a workspace: on the server where its state is on one, else a file."""
    from painpoints.store.serverindex import ServerIndex

    if folder.state.address.schema is None:
        return FileIndex(folder.path / INDEX)
    return ServerIndex(folder.state)


class FileIndex:
    """The index at ``path``: made when it is missing, of another version or damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, question: Question, sources: Sources, texts: Texts, limit: int | None = None
             ) -> tuple[int, list[Match]]:
        """See `TextIndex`. Raises StorageError when the index cannot be written, BusyError when another process has
        been making it for PATIENCE seconds."""
        with self._told():
            seen = self._identity()
            try:
                return self._found(question, sources, texts, limit)
            except sqlite3.DatabaseError as error:
                if any(word in str(error) for word in _BEYOND_US) and self.path.exists():
                    raise
            with self._alone():
                if self._identity() == seen:  # else somebody has made it anew meanwhile
                    self._discard()
            return self._found(question, sources, texts, limit)

    def discard(self) -> None:
        """See `TextIndex`. Waits for whoever makes it. Raises BusyError, StorageError."""
        with self._told(), self._alone():
            self._discard()

    def _found(self, question: Question, sources: Sources, texts: Texts, limit: int | None
               ) -> tuple[int, list[Match]]:
        if self._sources() != set(sources()):
            with self._alone():
                self._update(sources, texts)
        with closing(self._open()) as connection:
            return _matches(connection, fts_query(question), limit)

    def _sources(self) -> set[Source] | None:
        """The additions that the index holds, None where it is none of this version."""
        if not self.path.is_file():
            return None
        with closing(self._open()) as connection:
            tables = {name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables.issuperset(_TABLES):
                return None
            if connection.execute("SELECT version FROM made").fetchone() != (FORMAT,):
                return None
            return set(connection.execute("SELECT number, made FROM sources"))

    def _update(self, sources: Sources, texts: Texts) -> None:
        held, wanted = self._sources(), set(sources())
        with closing(self._open(make=True)) as connection:
            if held is None or not held <= wanted:
                with _transaction(connection):
                    _make_tables(connection)
                held = set()
            for number, made in sorted(wanted - held):
                with _transaction(connection):
                    _insert(connection, number, texts(number))
                    connection.execute("INSERT INTO sources VALUES (?, ?)", (number, made))

    def _identity(self) -> int | None:
        """Which file it is, None where there is none."""
        return self.path.stat().st_ino if self.path.exists() else None

    def _discard(self) -> None:
        # The database first: SQLite takes no log for one that is not there.
        for ending in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _open(self, make: bool = False) -> sqlite3.Connection:
        address = f"{self.path.resolve().as_uri()}?mode={'rwc' if make else 'rw'}"
        connection = sqlite3.connect(address, uri=True, timeout=_READY, isolation_level=None)
        if make:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Waits until no other process makes the index, and keeps others from it while the body runs."""
        late = time.monotonic() + PATIENCE
        with ExitStack() as held:
            while True:
                try:
                    held.enter_context(writing(self.path.with_name(LOCK)))
                    break
                except BusyError:
                    if time.monotonic() > late:
                        raise BusyError(f"{self.path}: another process has been making the index for {PATIENCE} s.",
                                        hint="Search again when it has ended.") from None
                time.sleep(_LOOK)
            yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with storage(self.path):
                yield
        except sqlite3.Error as error:
            if "no such module" in str(error):
                raise StorageError("The SQLite of this Python has no FTS5, which searching needs.",
                                   hint="Use a Python whose SQLite has it, such as those of python.org.") from None
            if "locked" in str(error):
                raise BusyError(f"{self.path}: stayed locked for {_READY} s.", hint="Search again.") from None
            raise StorageError(f"{self.path}: cannot be used ({type(error).__name__}: {error}).",
                               hint="Free some space or make the folder writable, then search again.") from None


def fts_query(question: Question) -> str:
    """``question`` for FTS5. Its words are letters and digits, so that nothing of them can be syntax."""
    wanted = " AND ".join(map(_fts_term, question.wanted))
    unwanted = " OR ".join(map(_fts_term, question.unwanted))
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _fts_term(term: Term) -> str:
    star = "*" if term.prefix else ""
    return "(" + " OR ".join(f'"{" ".join(words)}"{star}' for words in term.alternatives) + ")"


def _matches(connection: sqlite3.Connection, asked: str, limit: int | None) -> tuple[int, list[Match]]:
    with _transaction(connection, "BEGIN"):
        total, = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (asked,)).fetchone()
        found: list[Any] = connection.execute(
            "SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
            (asked, -1 if limit is None else limit)).fetchall()
        matches = []
        for number, rank in found:
            row = connection.execute("SELECT doc_id, addition, text FROM texts WHERE number = ?", (number,)).fetchone()
            matches.append(Match(row[0], row[1], -rank, row[2]))
    return total, matches


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _make_tables(connection: sqlite3.Connection) -> None:
    for name in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute("CREATE TABLE made (version TEXT)")
    connection.execute("INSERT INTO made VALUES (?)", (FORMAT,))
    connection.execute("CREATE TABLE sources (number INTEGER PRIMARY KEY, made TEXT NOT NULL)")
    connection.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, "
                       "addition INTEGER NOT NULL, text TEXT NOT NULL)")
    # The words come folded, with a space between: ASCII's tokenizer leaves all other letters alone.
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(wholes, parts, content='', tokenize='ascii')")
    connection.execute("INSERT INTO words (words, rank) VALUES ('rank', 'bm25(1.0, 0.5)')")


def _insert(connection: sqlite3.Connection, addition: int, texts: Iterable[tuple[str, str]]) -> None:
    last = connection.execute("SELECT coalesce(max(number), 0) FROM texts").fetchone()[0]
    for number, (doc_id, text) in enumerate(texts, last + 1):
        connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", (number, doc_id, addition, text))
        connection.execute("INSERT INTO words (rowid, wholes, parts) VALUES (?, ?, ?)", (number, *streams(text)))
