"""The SQLite file as SQLite and Datasette read it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from painpoints.report import datasette_metadata, write_datasette

TIME = pl.Datetime("us", "UTC")
TEXTS = {"d1": "کتاب‌ها دیر رسید", "d2": "الكتاب ممتاز جدًا والإحتيال", "d3": "Ещё не пришло", "d4": "=1+1 nul\x00 😡"}


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    """Four comments, a pain point and one that was merged into it."""
    ids = list(TEXTS)
    return {
        "comments": pl.DataFrame({"doc_id": ids, "text": list(TEXTS.values()), "painpoint_id": ["P1", None, None, None],
                                  "dated": [True, False, True, True], "score": [80.5, None, float("nan"), 1.0]}
                                 ).with_columns(
            time=pl.lit(datetime(2026, 3, 1, tzinfo=UTC)).cast(TIME),
            reasons=pl.Series([[{"code": "anger", "weight": 2.0, "detail": "داد"}], [], [], []])),
        "opinions": pl.DataFrame({"unit_id": ["u1", "u2"], "doc_id": ["d1", "d2"], "text": ["دیر رسید", "ممتاز"],
                                  "painpoint_id": ["P1", None], "lang": ["fa", "ar"]}),
        "painpoints": pl.DataFrame({"painpoint_id": ["P0", "P1"], "title": ["old", "دیر"],
                                    "merged_into": ["P1", None]}),
        "lineage": pl.DataFrame({"number": [1], "painpoint_id": ["P0"], "event": ["merged into"], "other": ["P1"]}),
        "weeks": pl.DataFrame({"painpoint_id": ["P1"], "week": [date(2026, 3, 2)], "growth": [float("inf")]}),
    }


@pytest.fixture
def database(tables: dict[str, pl.DataFrame], tmp_path: Path) -> Iterator[sqlite3.Connection]:
    write_datasette(tmp_path / "shop.db", tables)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as opened:
        yield opened


def found(database: sqlite3.Connection, words: str) -> list[str]:
    """What Datasette's search runs."""
    return [row[0] for row in database.execute(
        "SELECT doc_id FROM comments WHERE rowid IN (SELECT rowid FROM comments_words WHERE comments_words MATCH ?)",
        [f'"{words}"'])]


def test_it_is_sound_and_all_it_points_to_is_there(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    links = {(row[3], row[2], row[4]) for row in database.execute("PRAGMA foreign_key_list(opinions)")}
    assert links == {("doc_id", "comments", "doc_id"), ("painpoint_id", "painpoints", "painpoint_id")}
    indexed = {row[1] for row in database.execute("PRAGMA index_list(opinions)")}
    assert {"opinions_doc_id", "opinions_painpoint_id", "opinions_lang"} <= indexed


def test_texts_times_truth_and_lists_come_back(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT text, time, dated, reasons, score FROM comments ORDER BY doc_id").fetchall()
    assert [row[0] for row in rows] == list(TEXTS.values())
    assert rows[0][1] == "2026-03-01T00:00:00Z" and [row[2] for row in rows] == [1, 0, 1, 1]
    assert json.loads(rows[0][3])[0]["detail"] == "داد" and [row[4] for row in rows] == [80.5, None, None, 1.0]
    assert database.execute("SELECT week, growth FROM weeks").fetchone() == ("2026-03-02", None), "JSON has no infinity"


@pytest.mark.parametrize(("words", "ids"), [
    ("کتاب", ["d1"]), ("كتاب", ["d1"]), ("الکتاب", ["d2"]), ("الكتاب", ["d2"]), ("کتابها", ["d1"]), ("еще", ["d3"]),
    ("ЕЩЁ", ["d3"]), ("والاحتيال", ["d2"]), ("جدا", ["d2"]), ("нет", [])])
def test_a_word_is_found_however_it_is_spelt(database: sqlite3.Connection, words: str, ids: list[str]) -> None:
    assert found(database, words) == ids


def test_the_metadata_describes_every_table_and_only_columns_that_are_there(tables: dict[str, pl.DataFrame]) -> None:
    told = datasette_metadata("shop", "Кофейня", tables)
    assert told["title"] == "Кофейня" and not {"license", "source"} & set(told)
    described = told["databases"]["shop"]["tables"]
    assert set(tables) <= set(described)
    for name, frame in tables.items():
        assert described[name]["title"] and described[name]["description"]
        assert set(described[name]["columns"]) <= set(frame.columns)
    assert described["comments"]["fts_table"] == "comments_words" and described["comments_words"] == {"hidden": True}
    json.dumps(told)


def test_a_row_that_points_to_nothing_is_no_file(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    tables["weeks"] = tables["weeks"].with_columns(painpoint_id=pl.lit("P9"))
    with pytest.raises(ValueError, match="1 rows of weeks point to nothing"):
        write_datasette(tmp_path / "a.db", tables)
