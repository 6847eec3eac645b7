"""Digests of a real workspace: weeks of it, its segments, and what it cannot answer."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.errors import EmptyInputError, UsageError
from painpoints.pipeline import Workspace
from painpoints.pipeline.digesting import DigestQuestion, make_digests
from painpoints.report import digest_json, read_digest
from painpoints.store import WorkspaceData
from painpoints.taxonomy import load_taxonomy

SPRING = {"since": "2026-03-02", "until": "2026-05-31"}


@pytest.fixture(scope="module")
def shop(feedback: Path, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Workspace:
    """A workspace with everything in `feedback`; tests only read it."""
    made = Workspace.create(tmp_path_factory.mktemp("digested") / "shop", Settings(lang="ru"))
    made.add(feedback)
    return made


def test_a_workspace_tells_its_last_week_and_any_other(shop: Workspace) -> None:
    last = shop.digest()
    days = shop.data().documents["time"].dt.date()
    assert last.period.week == days.max().strftime("%G-W%V") and last.volume.documents > 0  # type: ignore[union-attr]
    first = shop.digest("2026-W10")
    assert (first.period.first, first.weeks) == (date(2026, 3, 2), 1)
    assert shop.digest("2026-W10", lang="fa").period.first == date(2026, 2, 28)
    assert read_digest(digest_json(last)) == last


def test_all_of_spring_has_pain_points_with_words_in_several_languages(shop: Workspace) -> None:
    digest = shop.digest(**SPRING)
    open_ones = {p["painpoint_id"] for p in shop.painpoints() if p["status"] == "open"}
    assert digest.painpoints >= 3 and {p.painpoint_id for p in digest.top} <= open_ones
    assert {q.lang for p in digest.top for q in p.quotes} == {"fa", "ar", "ru", "en"}
    assert digest.weakest is not None and digest.volume.documents == 72
    assert {t.touchpoint for t in digest.journey} <= set(load_taxonomy().codes)


def test_one_digest_for_every_product_or_source(shop: Workspace) -> None:
    whole = shop.digest(**SPRING)
    made = shop.digests(by="product", **SPRING)
    assert [d.segment for d in made.digests] == [("product", "food"), ("product", "phone")] and made.left_out == ()
    assert sum(d.volume.documents for d in made.digests) == whole.volume.documents
    assert all(d.not_covered.rejected == {} for d in made.digests)
    week = shop.digests("2026-W10", by="source")
    assert week.digests == () and sum(n for _, n in week.left_out) == shop.digest("2026-W10").volume.documents
    with pytest.raises(UsageError, match="No column 'prodcut'") as caught:
        shop.digests(by="prodcut")
    assert "Did you mean 'product'?" in str(caught.value.hint)


def test_what_people_decide_is_in_the_next_digest(shop: Workspace, tmp_path: Path) -> None:
    shutil.copytree(shop.path, tmp_path / "shop")
    with Workspace.open(tmp_path / "shop") as made:
        first, second = (p.painpoint_id for p in made.digest(**SPRING).top[:2])
        made.rename(first, "Курьер не приехал")
        made.retire(second)
        points = {p.painpoint_id: p for p in made.digest(lang="fa", **SPRING).top}
        assert (points[first].title, points[first].named_by) == ("Курьер не приехал", "person")
        assert second not in points


def test_where_nothing_was_added_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "shop", Settings()) as made, pytest.raises(EmptyInputError, match="nothing was"):
        made.digest()


def written(size: int, points: int, weeks: int) -> WorkspaceData:
    """A workspace of ``size`` documents of two opinions each, without the texts' worth."""
    chance = np.random.default_rng(3)
    ids = pl.Series([f"d{n:05}" for n in range(size)])
    seconds = pl.Series(np.sort(chance.integers(0, weeks * 7 * 86400, size)))
    documents = pl.DataFrame({"doc_id": ids, "source_id": ids, "author_key": ids, "source": "app", "rating": 0.5,
                              "lang": chance.choice(["fa", "ar", "ru", "en"], size), "addition": 1, "dated": True,
                              "seconds": seconds}).with_columns(
        time=((1_772_409_600 + pl.col("seconds")) * 1_000_000).cast(pl.Datetime("us", "UTC")))
    many = 2 * size
    problem = chance.random(many) < 0.4
    texts = [f"text number {n} of somebody who complains of a thing" for n in range(many)]
    units = pl.DataFrame({
        "unit_id": [f"u{n:06}" for n in range(many)], "doc_id": pl.concat([ids, ids]), "key": texts, "weight": 1,
        "text": texts, "model_text": texts, "start": [0] * size + [60] * size, "end": [50] * size + [110] * size,
        "speaker": None, "lang": chance.choice(["fa", "ar", "ru", "en"], many),
        "sentiment": np.where(problem, "neg", "pos"), "p_neg": np.where(problem, 0.9, 0.1),
        "touchpoint": chance.choice(load_taxonomy().codes, many), "touchpoint_p": 0.8, "problem_p": 0.5,
        "is_problem": problem, "certain": True, "painpoint_strength": 0.8,
        "painpoint_id": [f"P{n:03}" if p else None
                         for n, p in zip(chance.integers(0, points, many), problem, strict=True)]})
    rows = [{"painpoint_id": f"P{n:03}", "title": "t", "titles": "[]", "named_by": "machine", "status": "open"}
            for n in range(points)]
    return WorkspaceData("shop", documents, units, rows, [], [], [], [], [], {}, lambda ids: np.zeros((len(ids), 1)))


def test_a_text_copied_into_another_branch_counts_there_too_and_once_in_all() -> None:
    half = written(60, 3, 1)
    again = half.documents.with_columns(pl.concat_str(pl.lit("x"), "doc_id").alias("doc_id"),
                                        pl.concat_str(pl.lit("x"), "author_key").alias("author_key"))
    copies = half.units.with_columns(pl.concat_str(pl.lit("x"), "unit_id").alias("unit_id"),
                                     pl.concat_str(pl.lit("x"), "doc_id").alias("doc_id"), weight=pl.lit(0, pl.Int32))
    documents = pl.concat([half.documents.with_columns(pl.lit("north").alias("meta.branch")),
                           again.with_columns(pl.lit("south").alias("meta.branch"))])
    data = replace(half, documents=documents, units=pl.concat([half.units, copies]))
    week = DigestQuestion("2026-W10", today=date(2026, 9, 30))
    north, south = make_digests(data, Settings(), replace(week, by="branch")).digests
    (whole,) = make_digests(data, Settings(), week).digests
    assert north.volume.documents == south.volume.documents == whole.volume.documents == 60
    assert whole.not_covered.copies == 60 and south.not_covered.copies == 0
    assert [p.documents for p in north.top] == [p.documents for p in south.top]


def test_a_hundred_thousand_opinions_take_seconds() -> None:
    data = written(50_000, 200, 26)
    start = time.process_time()
    digest = make_digests(data, Settings(), DigestQuestion("2026-W30", today=date(2026, 9, 30))).digests[0]
    assert time.process_time() - start < 40
    assert digest.painpoints == 200 and digest.volume.documents > 1000
