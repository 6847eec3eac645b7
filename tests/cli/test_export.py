"""painpoints export from the command line: every view, every form, the whole for other programs."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastexcel
import numpy as np
import pandas as pd
import polars as pl
import pytest

from painpoints.pipeline import Workspace
from painpoints.triage import VIEWS

if TYPE_CHECKING:
    from conftest import Ended, Run

NAMES = ["sara_1990", "Петров", "محمد", "bob"]
Out = Callable[..., "Ended"]


@pytest.fixture
def place(begun: Path, tmp_path: Path) -> Path:
    shutil.copytree(begun, tmp_path / "shop")
    return tmp_path


@pytest.fixture
def out(run: Run, place: Path) -> Out:
    """Exports to a file and gives how that ended."""
    return lambda *arguments: run("export", "shop", "--as", "sara", "-o", *arguments)


@pytest.fixture
def listed(run: Run, place: Path) -> Callable[..., list[dict[str, Any]]]:
    """The rows that the queue lists for the same filters."""
    def rows(*filters: str) -> list[dict[str, Any]]:
        told = json.loads(run("triage", "shop", "--top", 999, "--json", *filters).out)
        found: list[dict[str, Any]] = told["comments"]
        return found

    return rows


@pytest.mark.parametrize("filters", [
    (), ("--lang", "fa"), ("--status", "done"), ("--source", "Instagram", "--uncertain"), ("--touchpoint", "delivery"),
    ("--search", "پول OR refund")])
def test_an_export_holds_the_comments_that_the_queue_lists_in_its_order(
        out: Out, listed: Callable[..., list[dict[str, Any]]], run: Run, filters: tuple[str, ...]) -> None:
    first = listed()[0]["doc_id"]
    assert run("done", "shop", first, "--note", "=1+1", "--as", "sara").code == 0
    assert out("a.parquet", *filters).code == 0
    found, wanted = pl.read_parquet("a.parquet"), listed(*filters)
    assert found["doc_id"].to_list() == [row["doc_id"] for row in wanted]
    assert found["text"].to_list() == [row["text"] for row in wanted]
    assert found["painpoint_title"].to_list() == [row["painpoint_title"] for row in wanted]
    for row, one in zip(found.iter_rows(named=True), wanted, strict=True):
        assert row["score"] == pytest.approx(one["score"], abs=0.1)  # a moment has passed
        assert (row["status"], row["version"], row["note"]) == (one["status"], one["version"], one["note"])


@pytest.mark.parametrize(("lang", "word", "done"), [("fa", "متن", "انجام‌شده"), ("ar", "النص", "منجز"),
                                                    ("ru", "Текст", "готово"), ("en", "Text", "done")])
def test_people_read_names_in_their_language(out: Out, run: Run, listed: Callable[..., list[dict[str, Any]]], lang: str,
                                             word: str, done: str) -> None:
    run("done", "shop", listed()[0]["doc_id"], "--note", "@SUM(1)", "--as", "sara")
    assert out("a.csv", "--names", lang, "--status", "all").code == 0
    assert out("a.xlsx", "--names", lang, "--status", "all").code == 0
    with Path("a.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert word in head and done in rows[0] and "'@SUM(1)" in rows[0]
    book = fastexcel.read_excel("a.xlsx").load_sheet(0, dtypes="string").to_polars()
    assert book.columns == head and book.rows()[0][2] == rows[0][2].lstrip("'") and "@SUM(1)" in book.rows()[0]


def test_no_file_holds_the_name_of_an_author_and_pseudonyms_only_when_asked_for(out: Out) -> None:
    for file, more in (("a.csv", ()), ("o.csv", ("--opinions",)), ("d.db", ("--to", "datasette")),
                       ("e.parquet", ("--to", "embedding-atlas"))):
        assert out(file, *more).code == 0
    written = b"".join(Path(name).read_bytes() for name in ("a.csv", "o.csv", "d.db"))
    frame = str(pl.read_parquet("e.parquet").drop("text").rows()).encode()
    with Workspace.open("shop") as opened:
        keys = opened.data().documents["author_key"].unique().to_list()
    assert not [name for name in (*NAMES, *keys) if name.encode() in written + frame]
    assert out("k.csv", "--author-keys").code == 0 and keys[0] in Path("k.csv").read_text("utf-8-sig")


def test_opinions_of_a_pain_point_are_all_of_them_firmest_first(out: Out, run: Run) -> None:
    with Workspace.open("shop") as opened:
        point = opened.painpoints()[0]["painpoint_id"]
        units = opened.data().units.filter((pl.col("painpoint_id") == point) & (pl.col("weight") > 0))
    run("done", "shop", units["doc_id"][0], "--as", "sara")
    assert out("o.parquet", "--opinions", "--painpoint", point[:8]).code == 0
    found = pd.read_parquet("o.parquet")
    assert sorted(found["unit_id"]) == sorted(units["unit_id"].to_list()) and len(found) > 1
    assert found["painpoint_strength"].is_monotonic_decreasing and "done" in set(found["status"])


def test_pain_points_and_the_journey_are_tables_too(out: Out) -> None:
    for view in ("painpoints", "journey"):
        for form in ("csv", "xlsx", "parquet"):
            assert out(f"{view}.{form}", f"--{view}").code == 0
    points, journey = pd.read_parquet("painpoints.parquet"), pd.read_parquet("journey.parquet")
    with Workspace.open("shop") as opened:
        assert set(points["painpoint_id"]) == {row["painpoint_id"] for row in opened.painpoints()}
    assert points["impact"].is_monotonic_decreasing and (points["units"] > 0).all()
    assert (journey["net_low"] <= journey["net"]).all() and journey["touchpoint"].is_unique


def test_every_view_has_an_option_and_every_export_is_in_the_audit_log(out: Out) -> None:
    for view in VIEWS:
        assert out(f"{view}.csv", *([] if view == "comments" else [f"--{view}"])).code == 0
    out("d.db", "--to", "datasette")
    out("no.xls")
    with closing(sqlite3.connect("shop/state.sqlite")) as state:
        rows = state.execute("SELECT who, action, object FROM audit ORDER BY number").fetchall()
    assert rows == [("sara", "export", what) for what in (*VIEWS, "datasette")]


def test_the_whole_goes_to_datasette(out: Out) -> None:
    ended = out("shop copy.db", "--to", "datasette")
    assert ended.code == 0 and "datasette 'shop copy.db' --metadata 'shop copy.metadata.json'" in ended.err
    told = json.loads(Path("shop copy.metadata.json").read_text("utf8"))["databases"]["shop copy"]["tables"]
    with Workspace.open("shop") as opened, closing(sqlite3.connect("shop copy.db")) as database:
        data = opened.data()
        for name, frame in (("comments", data.documents), ("opinions", data.units)):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
            assert database.execute(f"SELECT count(*) FROM {name}").fetchone() == (len(frame),)
            assert set(told[name]["columns"]) == set(columns), "each column is described"
        (hits,) = database.execute("SELECT count(*) FROM comments_words WHERE comments_words MATCH 'refund'").fetchone()
        assert hits == data.documents["text"].str.to_lowercase().str.contains(r"\brefund\b").sum() > 0


def test_the_whole_goes_to_embedding_atlas(out: Out) -> None:
    ended = out("map.parquet", "--to", "embedding-atlas", "--names", "ru")
    assert ended.code == 0 and "hint: embedding-atlas map.parquet --text text" in ended.err
    found = pd.read_parquet("map.parquet")
    with Workspace.open("shop") as opened:
        assert len(found) == (opened.data().units["weight"] > 0).sum()
    assert {"персидский", "русский"} <= set(found["lang"].str.lower())
    assert all(len(each["ids"]) == 15 and row not in each["ids"] for row, each in enumerate(found["neighbors"]))


def test_the_map_has_places_and_titles_where_there_is_a_layout(out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.cluster

    def layout(vectors: np.ndarray, labels: list[str | None]) -> np.ndarray:
        assert len(vectors) == len(labels) and any(labels) and not all(labels)
        return np.stack([np.arange(len(vectors)), np.zeros(len(vectors))], 1).astype(np.float32)

    monkeypatch.setattr(painpoints.cluster, "layout", layout, raising=False)
    ended = out("map.parquet", "--to", "embedding-atlas")
    assert ended.err.endswith("--x projection_x --y projection_y --neighbors neighbors --labels map.labels.parquet\n")
    found, labels = pd.read_parquet("map.parquet"), pd.read_parquet("map.labels.parquet")
    assert found["projection_x"].tolist() == list(range(len(found))) and "vector" not in found.columns
    assert set(labels["text"]) == set(found["painpoint"].dropna()) and list(labels.columns[:3]) == ["x", "y", "text"]
    assert labels["priority"].sum() == found["painpoint"].notna().sum()


@pytest.mark.parametrize(("arguments", "said"), [
    (("a.xls",), "a.xls: no table is written in that form"),
    (("a.csv", "--opinions", "--journey"), "two tables"),
    (("a.csv", "--painpoints", "--lang", "fa"), "Filters choose comments"),
    (("a.xlsx", "--delimiter", ";"), "--delimiter is for CSV"),
    (("a.csv", "--delimiter", "x"), "--delimiter cannot be"),
    (("a.csv", "--names", "de"), "No report in the language"),
    (("a.csv", "--touchpoint", "delivry"), "--touchpoint cannot be"),
    (("a.db", "--to", "datasete"), "--to cannot be"),
    (("a.csv", "--to", "datasette"), "a.csv: is no name for datasette"),
    (("a.db", "--to", "datasette", "--lang", "fa"), "exports the whole"),
    (("a.db", "--to", "datasette", "--names", "fa"), "keep codes"),
    (("a.parquet", "--to", "embedding-atlas", "--author-keys"), "has no authors"),
    (("shop/a.csv",), "lies in the workspace"),
    (("there.csv",), "there.csv: is there already"),
])
def test_what_cannot_be_is_told_in_a_line_and_leaves_nothing(out: Out, place: Path, arguments: tuple[str, ...],
                                                             said: str) -> None:
    (place / "there.csv").write_text("mine")
    ended = out(*arguments)
    assert ended.code == 2 and said in ended.err and len(ended.err.splitlines()) <= 2
    assert sorted(path.name for path in place.iterdir()) == ["shop", "there.csv"]
    assert (place / "there.csv").read_text() == "mine" and not (place / "shop" / "a.csv").exists()


def test_a_file_that_is_there_is_overwritten_by_force(out: Out, place: Path) -> None:
    (place / "a.csv").write_text("mine")
    assert out("a.csv", "--force", "--delimiter", ";").code == 0
    assert (place / "a.csv").read_bytes()[3:].split(b"\r\n")[0].count(b";") > 15
