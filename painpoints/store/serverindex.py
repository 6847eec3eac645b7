"""Texts found by their words where the state is on a server: folded words as tsvectors. Texts stay in the folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from painpoints.store.advisory import lock_key
from painpoints.store.textindex import FORMAT, PATIENCE, Match, Source, Sources, Texts
from painpoints.text import Question, Term, streams

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from painpoints.store.state import State

_LAST_PLACE = 16_383  # PostgreSQL counts no further within a text
_MOST_BYTES = 900_000  # of the words of a text; a tsvector holds 1 MiB
_BETWEEN = 2  # places between words and parts, so that no phrase reaches over
_TABLES = (
    "CREATE TABLE search_made (version TEXT NOT NULL)",
    "CREATE TABLE search_sources (number INTEGER PRIMARY KEY, made TEXT NOT NULL)",
    "CREATE TABLE search_words (doc_id TEXT NOT NULL, addition INTEGER NOT NULL, words TSVECTOR NOT NULL)",
)
_DROP = "DROP TABLE IF EXISTS search_made, search_sources, search_words"
_INDEX = "CREATE INDEX IF NOT EXISTS search_words_by_word ON search_words USING gin (words) WITH (fastupdate = off)"
_FIND = """
    SELECT doc_id, addition, ts_rank(words, asked, 1) AS score, count(*) OVER () AS total
    FROM search_words, CAST(:asked AS tsquery) AS asked WHERE words @@ asked
    ORDER BY score DESC, addition DESC, doc_id COLLATE "C" LIMIT :most"""


class ServerIndex:
    """The index in the schema of ``state``: made when it is missing or of another version."""

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, question: Question, sources: Sources, texts: Texts, limit: int | None = None
             ) -> tuple[int, list[Match]]:
        """See `painpoints.store.textindex.TextIndex`. Raises what the server refuses, as `State.writing` does."""
        from sqlalchemy import text

        with self._state.beside() as connection:
            current = _sources(connection) == set(sources())
        if not current:
            self._update(sources, texts)
        with self._state.beside() as connection:
            rows = connection.execute(text(_FIND), {"asked": tsquery(question), "most": limit}).all()
        return (rows[0].total if rows else 0), [Match(row.doc_id, row.addition, row.score, None) for row in rows]

    def discard(self) -> None:
        """See `painpoints.store.textindex.TextIndex`."""
        from sqlalchemy import text

        with self._state.beside() as connection:
            self._take_turn(connection)
            connection.execute(text(_DROP))

    def _take_turn(self, connection: Connection) -> None:
        """Waits until no other process makes the index."""
        from sqlalchemy import text

        connection.execute(text(f"SET LOCAL lock_timeout TO '{PATIENCE}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"),
                           {"key": lock_key(f"search {self._state.address.schema}")})

    def _update(self, sources: Sources, texts: Texts) -> None:
        from sqlalchemy import text

        while True:
            with self._state.beside() as connection:
                self._take_turn(connection)
                held, wanted = _sources(connection), set(sources())
                if held is None or not held <= wanted:
                    _make_tables(connection)
                    held = set()
                missing = sorted(wanted - held)
                if missing:
                    _insert(connection, missing[0][0], texts(missing[0][0]))
                    connection.execute(text("INSERT INTO search_sources VALUES (:number, :made)"),
                                       {"number": missing[0][0], "made": missing[0][1]})
                if len(missing) <= 1:
                    connection.execute(text(_INDEX))
                    connection.execute(text("ANALYZE search_words"))
                    return


def tsquery(question: Question) -> str:
    """``question`` for PostgreSQL. Its words are letters and digits, so that nothing of them can be syntax."""
    return " & ".join([*map(_ts_term, question.wanted), *(f"!{_ts_term(term)}" for term in question.unwanted)])


def tsvector(text: str) -> str:
    """The folded words of ``text``, and their parts, with their places, as PostgreSQL reads them."""
    wholes, parts = (stream.split() for stream in streams(text))
    places: dict[str, list[int]] = {}
    for place, word in enumerate(wholes, 1):
        places.setdefault(word, []).append(place)
    for place, word in enumerate(parts, len(wholes) + _BETWEEN):
        places.setdefault(word, []).append(place)
    taken, said = 0, []
    for word, found in places.items():
        taken += len(word.encode()) + 2 * len(found) + 8
        if taken > _MOST_BYTES:
            break
        said.append(f"'{word}':" + ",".join(str(min(place, _LAST_PLACE)) for place in found))
    return " ".join(said)


def _ts_term(term: Term) -> str:
    star = ":*" if term.prefix else ""
    return "(" + " | ".join("(" + " <-> ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}'{star}"]) + ")"
                            for words in term.alternatives) + ")"


def _sources(connection: Connection) -> set[Source] | None:
    """The additions that the index holds, None where it is none of this version."""
    from sqlalchemy import text

    if connection.execute(text("SELECT to_regclass('search_made')")).scalar() is None:
        return None
    if connection.execute(text("SELECT version FROM search_made")).scalar() != FORMAT:
        return None
    return {(row.number, row.made) for row in connection.execute(text("SELECT number, made FROM search_sources"))}


def _make_tables(connection: Connection) -> None:
    from sqlalchemy import text

    for statement in (_DROP, *_TABLES):
        connection.execute(text(statement))
    connection.execute(text("INSERT INTO search_made VALUES (:version)"), {"version": FORMAT})


def _insert(connection: Connection, addition: int, texts: Iterable[tuple[str, str]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy("COPY search_words (doc_id, addition, words) FROM STDIN") as copy:
        for doc_id, text in texts:
            copy.write_row((doc_id, addition, tsvector(text)))
