"""A workspace as one SQLite file for Datasette (docs.datasette.io) and everything else that reads SQLite.

Tables: comments, opinions, painpoints, lineage, weeks, tied by foreign keys, each key indexed; full-text search over
comments and opinions (FTS5) that also finds a word spelt with the other Arabic or Persian letters.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

KEYS = {"comments": "doc_id", "opinions": "unit_id", "painpoints": "painpoint_id", "lineage": "number",
        "weeks": None}
"""The tables, in the order in which they can be filled, and their keys."""
_FILLED = ("painpoints", "comments", "opinions", "lineage", "weeks")
LINKS = {"comments": {"painpoint_id": "painpoints"},
         "opinions": {"doc_id": "comments", "painpoint_id": "painpoints"},
         "lineage": {"painpoint_id": "painpoints", "other": "painpoints"},
         "painpoints": {"merged_into": "painpoints"}, "weeks": {"painpoint_id": "painpoints"}}
INDEXED = {"comments": ("time", "lang", "source", "touchpoint", "stage", "sentiment", "status", "score"),
           "opinions": ("lang", "touchpoint", "stage", "sentiment"), "weeks": ("week",), "lineage": (),
           "painpoints": ()}
SEARCHED = ("comments", "opinions")
_SPELT = str.maketrans("ىيكڪةأإآٱؤئёЁ", "ییککهااااوئеЕ"), str.maketrans("یکىڪأإآٱ", "يكيكاااا")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_ROWS = 5000


def write_datasette(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Writes the ``tables`` (those of `KEYS`) as an SQLite file; lists and structures become JSON."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "encoding = 'UTF-8'", "page_size = 4096"):
            database.execute(f"PRAGMA {pragma}")
        for name in _FILLED:
            frame = tables[name]
            database.execute(_definition(name, frame))
            places = ", ".join("?" * len(frame.columns))
            database.execute("BEGIN")
            database.executemany(f'INSERT INTO "{name}" VALUES ({places})', _rows(frame))
            database.execute("COMMIT")
            for column in dict.fromkeys((*LINKS[name], *INDEXED[name])):
                if column in frame.columns:
                    database.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
        for name in SEARCHED:
            _index_words(database, name)
        for check in ("foreign_key_check", "optimize"):
            broken = database.execute(f"PRAGMA {check}").fetchall()
            if broken and check == "foreign_key_check":
                raise ValueError(f"{len(broken)} rows of {broken[0][0]} point to nothing")
        database.execute("ANALYZE")


def datasette_metadata(database: str, title: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The metadata.json that Datasette is to be given with the file called ``database``: what the tables and their
    columns hold and in which units, by which the rows are faceted and sorted, how they are searched.

    The words are those of ``datasette.toml``. Licence and source are left to whoever publishes it.
    """
    said = tomllib.loads(files("painpoints.report").joinpath("export/datasette.toml").read_text("utf8"))
    facets = {"comments": ["lang", "source", "stage", "touchpoint", "sentiment", "status"],
              "opinions": ["lang", "stage", "touchpoint", "sentiment"], "painpoints": ["status", "trend", "stage"],
              "lineage": ["event"], "weeks": ["status"]}
    sorting = {"comments": {"sort_desc": "score"}, "opinions": {"sort": "doc_id"}, "painpoints": {"sort_desc": "units"},
               "lineage": {"sort_desc": "number"}, "weeks": {"sort_desc": "week"}}
    labels = {"painpoints": "title"}
    told: dict[str, Any] = {}
    for name in KEYS:
        words = said[name]
        columns = {column: words["columns"][column] for column in tables[name].columns if column in words["columns"]}
        told[name] = {"title": words["title"], "description": words["description"], "columns": columns,
                      "facets": facets[name], **sorting[name]}
        if name in labels:
            told[name]["label_column"] = labels[name]
        if name in SEARCHED:
            told[name] |= {"fts_table": f"{name}_words", "fts_pk": "rowid"}
    told |= {f"{name}_words": {"hidden": True} for name in SEARCHED}
    return {"title": title, "description": said["description"],
            "databases": {database: {"description": said["description"], "tables": told}}}


def _definition(name: str, frame: pl.DataFrame) -> str:
    columns = [f'"{column}" {_affinity(kind)}' + (" PRIMARY KEY" if column == KEYS[name] else "")
               for column, kind in frame.schema.items()]
    links = [f'FOREIGN KEY ("{column}") REFERENCES "{other}" ("{KEYS[other]}")'
             for column, other in LINKS[name].items() if column in frame.columns]
    whole = ['PRIMARY KEY ("painpoint_id", "week")'] if name == "weeks" else []
    return f'CREATE TABLE "{name}" ({", ".join([*columns, *whole, *links])})'


def _affinity(kind: pl.DataType) -> str:
    return "INTEGER" if kind.is_integer() or kind == pl.Boolean else "REAL" if kind.is_float() else "TEXT"


def _rows(frame: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows as SQLite keeps them: times as ISO 8601 in UTC, truth as 0 and 1, lists and structures as JSON."""
    nested = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List | pl.Struct)]
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    days = [name for name, kind in frame.schema.items() if kind == pl.Date]
    real = [name for name, kind in frame.schema.items() if kind.is_float()]  # JSON knows no infinity
    for start in range(0, len(frame), _ROWS):
        part = frame.slice(start, _ROWS).with_columns(
            pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pl.col(days).cast(pl.Utf8),
            pl.col(pl.Boolean).cast(pl.Int64),
            *(pl.when(pl.col(name).is_finite()).then(pl.col(name).cast(pl.Float64)).name.keep() for name in real))
        for name in nested:
            part = part.with_columns(pl.Series(name, [_json(value) for value in part[name].to_list()], dtype=pl.Utf8))
        yield from part.iter_rows()


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _index_words(database: sqlite3.Connection, name: str) -> None:
    """A contentless index of the texts, each also as the other Arabic-script keyboard spells it."""
    database.create_function("spellings", 1, spellings, deterministic=True)
    index = f"{name}_words"
    database.execute(f"CREATE VIRTUAL TABLE {index} USING fts5(text, spellings, content='', "
                     "tokenize=\"unicode61 remove_diacritics 2\")")
    database.execute("BEGIN")
    database.execute(f'INSERT INTO {index} (rowid, text, spellings) SELECT rowid, text, spellings(text) FROM "{name}"')
    database.execute("COMMIT")
    database.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")


def spellings(text: str | None) -> str:
    """``text`` in Persian letters and in Arabic ones, without hamza, vowel marks and tatweel, and without ZWNJ, where
    that makes a difference."""
    if not text:
        return ""
    persian, arabic = (_MARKS.sub("", text).translate(table) for table in _SPELT)
    joined = persian.replace("\u200c", "")
    return " ".join(dict.fromkeys(form for form in (persian, joined, arabic) if form != text))
