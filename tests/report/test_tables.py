"""painpoints.csv and findings.xlsx."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import StorageError
from painpoints.report import write_tables
from painpoints.report.cells import CELL_LIMIT, csv_cell, xlsx_cell
from painpoints.report.edition import Edition
from painpoints.report.tables import csv_columns
from painpoints.report.workbook import write_workbook
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy

FORMULAS = ["=HYPERLINK(\"http://x\",\"باز کن\")", "+7 900 000", "-2+3|cmd", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1",
            "＝1+1", "\n@x"]


@pytest.fixture
def hostile(sample: RunData) -> RunData:
    """The sample, with formulas for titles, quotes and texts, control characters, and one huge cell."""
    texts = [*FORMULAS, "bell\x07 and nul\x00", "دراز" * 20_000]
    quotes = [{"unit_id": "u", "doc_id": "d", "lang": "fa", "text": text, "source_id": "=1+1"} for text in texts]
    pains = sample.painpoints.with_columns(
        pl.lit("=cmd|' /C calc'!A0").alias("title"),
        pl.Series("titles", [[]] * len(sample.painpoints), sample.painpoints.schema["titles"]),
        pl.Series("quotes", [quotes] * len(sample.painpoints), sample.painpoints.schema["quotes"]),
        pl.Series("asks", [[{"unit_id": "u", "lang": "fa", "text": text} for text in texts]] * len(sample.painpoints)),
        pl.lit(-0.5).alias("if_solved_rating"))
    units = sample.units.with_columns(
        pl.lit("=1+1").alias("text"), pl.lit("=1+1").alias("expectation"), pl.lit("@SUM(A1)").alias("emotion"))
    return replace(sample, painpoints=pains, units=units)


def _sheets(path: Path) -> dict[str, pl.DataFrame]:
    book = fastexcel.read_excel(path)
    return {name: book.load_sheet(name, dtypes="string").to_polars() for name in book.sheet_names}


def test_the_csv_opens_in_excel_and_keeps_the_contract_columns(sample: RunData, tmp_path: Path) -> None:
    path = write_tables(sample, tmp_path)[0]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == csv_columns()
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, 9)]
    late = next(row for row in rows if row["painpoint_id"] == "PP01LATECOURIER")
    assert late["title_fa"] == "پیک چند ساعت دیر می‌رسد"
    assert late["stage"] == "after"


def test_no_csv_cell_starts_a_formula(hostile: RunData, tmp_path: Path) -> None:
    path = write_tables(hostile, tmp_path)[0]
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for name, cell in row.items():
                if name in ("sentiment", "if_solved_rating") or name.startswith("rating_loss"):
                    float(cell)
                else:
                    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), name


@given(st.text(max_size=60))
def test_a_csv_cell_is_the_text_with_at_most_an_apostrophe_before_it(text: str) -> None:
    cell = csv_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") in (xlsx_cell(text, ""), xlsx_cell(text, "").removeprefix("'"))


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_the_workbook_has_its_sheets_in_the_reader_language(
        sample: RunData, taxonomy: Taxonomy, tmp_path: Path, lang: str) -> None:
    path = write_tables(sample, tmp_path, lang=lang)[1]
    edition = Edition.of(lang, taxonomy, "three-stage")
    keys = ["summary", "painpoints", "skews", "quotes", "journey", "units", "consistency", "made"]
    sheets = _sheets(path)
    assert list(sheets) == [edition.say(f"sheet.{key}") for key in keys]
    assert len(sheets[edition.say("sheet.painpoints")]) == 8
    assert len(sheets[edition.say("sheet.units")]) == len(sample.units)
    with zipfile.ZipFile(path) as archive:
        first = archive.read("xl/worksheets/sheet1.xml").decode()
    assert ('rightToLeft="1"' in first) == (lang in ("fa", "ar"))


@pytest.mark.parametrize(("lang", "anger"), [("fa", "خشم"), ("ar", "غضب"), ("ru", "злость"), ("en", "anger")])
def test_the_workbook_tells_feelings_and_expectations(
        sample: RunData, taxonomy: Taxonomy, tmp_path: Path, lang: str, anger: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    sheets = _sheets(write_tables(sample, tmp_path, lang=lang)[1])
    units = sheets[edition.say("sheet.units")]
    rows = sample.units.rows(named=True)
    assert units[edition.say("sheet.expectation")].to_list() == [row["expectation"] for row in rows]
    assert units[edition.say("sheet.emotion")].to_list() == [
        row["emotion"] and edition.emotion(row["emotion"]) for row in rows]
    sure = units[edition.say("sheet.emotion_p")].cast(pl.Float64).to_list()
    assert sure == [row["emotion_p"] for row in rows]
    table = sheets[edition.say("sheet.journey")].filter(
        pl.col(edition.say("pains.touchpoint")) == edition.touchpoint("delivery")).row(0, named=True)
    felt = table[edition.say("sheet.emotions")]
    assert felt.startswith(anger) and edition.say("text.comma") in felt
    assert ("%" in felt or "٪" in felt) and (lang in ("en", "ru") or not re.search("[0-9]", felt))
    said = table[edition.say("sheet.expectations")].split("\n")
    assert 1 <= len(said) <= 3 and set(said) <= set(sample.units["expectation"])


def test_the_csv_names_a_pain_point_main_emotion_and_one_expectation(sample: RunData, tmp_path: Path) -> None:
    with write_tables(sample, tmp_path)[0].open(encoding="utf-8-sig", newline="") as file:
        rows = {row["painpoint_id"]: row for row in csv.DictReader(file)}
    refund, support = rows["PP06REFUND"], rows["PP03NOREPLY"]
    assert refund["emotion"] == "worry" and 0.5 < float(refund["emotion_share"]) < 1
    assert support["emotion"] == "anger" and support["expectation"] == ""
    assert rows["PP06REFUND"]["expectation"] in ("برگشت پولم", "استرداد فلوسي", "возврата денег")
    assert (rows["PP07LEAKYBOX"]["emotion"], rows["PP07LEAKYBOX"]["emotion_share"]) == ("", "")


def test_a_run_without_the_columns_leaves_their_cells_empty(sample: RunData, tmp_path: Path) -> None:
    older = replace(sample, units=sample.units.drop("emotion", "emotion_p", "expectation"))
    csv_path, xlsx = write_tables(older, tmp_path)
    with csv_path.open(encoding="utf-8-sig", newline="") as file:
        assert {(row["emotion"], row["expectation"]) for row in csv.DictReader(file)} == {("", "")}
    sheets = _sheets(xlsx)
    for sheet, heading in [("Opinions", "Feeling"), ("Opinions", "What was expected"), ("Journey", "They expected")]:
        assert sheets[sheet][heading].null_count() == len(sheets[sheet])


def test_no_workbook_cell_is_a_formula_or_a_link(hostile: RunData, tmp_path: Path) -> None:
    path = write_tables(hostile, tmp_path)[1]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            if name.startswith("xl/worksheets/sheet"):
                body = archive.read(name).decode()
                assert "<f>" not in body and "<f " not in body and "hyperlink" not in body
                assert "\x07" not in body and "_x0007_" not in body
    assert not [name for name in names if "externalLink" in name or "vbaProject" in name]
    quotes = _sheets(path)["Quotes"]["Text"].to_list()
    assert "=HYPERLINK(\"http://x\",\"باز کن\")" in quotes
    assert "bell and nul" in quotes


def test_a_huge_cell_is_cut_with_a_mark(hostile: RunData, tmp_path: Path) -> None:
    path = write_tables(hostile, tmp_path)[1]
    longest = max(_sheets(path)["Quotes"]["Text"].to_list(), key=len)
    assert len(longest) == CELL_LIMIT and longest.endswith("… [cut]")


def test_excel_counts_emoji_twice() -> None:
    cut = xlsx_cell("😡" * 20_000, "…")
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT and cut.endswith("😡…")


def test_more_units_than_a_sheet_holds_are_cut_with_a_note(
        sample: RunData, taxonomy: Taxonomy, tmp_path: Path) -> None:
    path = tmp_path / "small.xlsx"
    write_workbook(path, sample, Edition.of("en", taxonomy, "three-stage"), row_limit=50)
    units = _sheets(path)["Opinions"]
    assert len(units) == 49
    assert units["Text"][0] == f"Only the first 48 opinions of {len(sample.units)} fit on this sheet; " \
                               "all are in units.parquet."


def test_a_run_without_findings_still_gives_both_files(sample: RunData, tmp_path: Path) -> None:
    empty = RunData(sample.documents.clear(), sample.units.clear(), sample.painpoints.clear(), {})
    for path in write_tables(empty, tmp_path):
        assert path.stat().st_size > 0


def test_a_place_that_cannot_be_written_is_one_clear_line(sample: RunData, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="could not be written"):
        write_tables(sample, tmp_path / "file")
