"""The same dump brings nobody back; what an author writes afterwards comes in as anybody's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.pipeline import WhoToForget, Workspace

if TYPE_CHECKING:
    from painpoints.pipeline import Findings


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_forgotten_author_stays_away_and_comes_in_with_new_words(database: str | None, rows: pl.DataFrame,
                                                                  tmp_path: Path) -> None:
    first = rows.head(24)
    mine = first.head(3).with_columns(user=pl.lit("علی کریمی"))
    first = pl.concat([mine, first.slice(3)])
    with Workspace.create(tmp_path / "shop", Settings(fast=True), database=database) as shop:
        shop.add(first, text="text", id="id", author="user")
        found = shop.forget(WhoToForget(authors=["علي كريمي"]), confirm=True)
        assert found.counts["documents"] == 3 and found.certificate is not None and found.certificate.proved
        again = shop.add(first, text="text", id="id", author="user")
        assert (again.number, again.forgotten, again.documents) == (None, 3, 0)
        new = mine.head(1).with_columns(id=pl.lit("r999"), text=pl.lit("I wrote again: the courier lost my parcel."))
        more = shop.add(pl.concat([first, new]), text="text", id="id", author="user")
        assert (more.documents, more.forgotten) == (1, 3)
        assert len(shop.data().documents) == 22
        assert shop.forget(WhoToForget(documents=["r999"]), confirm=False).counts["documents"] == 1


def test_a_telephone_number_that_was_taken_out_leads_to_its_documents(rows: pl.DataFrame, tmp_path: Path) -> None:
    said = rows.head(12).with_columns(text=pl.when(pl.int_range(pl.len()) == 4).then(
        pl.lit("Call me on +98 912 345 67 89, nobody ever answers here")).otherwise("text"))
    with Workspace.create(tmp_path / "shop", Settings(fast=True)) as shop:
        shop.add(said, text="text", id="id")
        for spelled in ("+989123456789", "۰۹۱۲۳۴۵۶۷۸۹"):
            assert shop.forget(WhoToForget(values=[spelled]), confirm=False).counts["documents"] == 1
        assert shop.forget(WhoToForget(values=["+98 912 345 67 80"]), confirm=False).missing == 1


def test_a_run_of_mine_forgets_in_its_tables_report_and_sheets(found: Findings, tmp_path: Path) -> None:
    import shutil

    from painpoints.pipeline import Findings, RunForgetting

    assert found.folder is not None
    place = tmp_path / "run"
    shutil.copytree(found.folder, place)
    gone = str(found.painpoints["quotes"][0][0]["doc_id"])
    text = str(found.documents.filter(pl.col("doc_id") == gone)["text"][0])
    with RunForgetting(place, "officer") as forgetting:
        plan = forgetting.plan(WhoToForget(documents=[gone]))
        assert plan.counts["documents"] == 1 and text in (place / "report.html").read_text("utf8")
        done = forgetting.erase(WhoToForget(documents=[gone]))
    assert done.certificate is not None and done.certificate.proved, done.certificate.proof.traces
    left = Findings.load(place)
    assert len(left.documents) == len(found.documents) - 1
    assert left.units.drop("weight").equals(found.units.filter(pl.col("doc_id") != gone).drop("weight"))
    assert left.manifest["counts"]["documents"] == len(left.documents)
    assert {"report.html", "findings.xlsx", "painpoints.csv"} <= {path.name for path in place.iterdir()}
    assert not (place / "forgetting.json").exists()
