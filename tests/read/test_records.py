"""A table as it stands."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from painpoints.errors import ColumnError, EmptyInputError, UsageError
from painpoints.read import ReadOptions, read_records

ROWS = [{"id": "1", "text": "پیک دیر رسید", "Touch Point": "delivery", "ok": "1"},
        {"id": "2", "text": "الأكل لذيذ", "Touch Point": "None", "ok": None},
        {"id": "3", "text": "Очень дорого", "Touch Point": "price", "ok": "0"}]


@pytest.mark.parametrize("name", ["in.csv", "in.tsv", "in.jsonl", "in.parquet", "in.xlsx"])
def test_every_format_gives_the_same_cells(name: str, tmp_path: Path) -> None:
    frame, path = pl.DataFrame(ROWS), tmp_path / name
    {"csv": frame.write_csv, "tsv": lambda p: frame.write_csv(p, separator="\t"), "jsonl": frame.write_ndjson,
     "parquet": frame.write_parquet, "xlsx": frame.write_excel}[name.split(".")[1]](path)
    found = read_records(path)
    assert found.columns == ("id", "text", "Touch Point", "ok")
    assert found.plan.columns["text"].name == "text"
    assert found.cells("text") == [row["text"] for row in ROWS]
    assert found.cells("ok") == ["1", None, "0"]
    assert found.numbers == (1, 2, 3) and found.unreadable == 0


def test_a_cell_that_means_nothing_elsewhere_is_a_word_where_one_is_expected(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).write_csv(tmp_path / "in.csv")
    found = read_records(tmp_path / "in.csv")
    assert found.cells("Touch Point") == ["delivery", None, "price"]
    assert found.cells("Touch Point", ("none",)) == ["delivery", "None", "price"]


def test_columns_are_found_whatever_their_case_and_misspelt_ones_are_named(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).write_csv(tmp_path / "in.csv")
    found = read_records(tmp_path / "in.csv")
    assert found.find("stage", "touchpoint") == "Touch Point"
    assert found.find("stage") is None
    assert found.column("touch_point", "touchpoint") == "Touch Point"
    with pytest.raises(ColumnError, match="Did you mean 'Touch Point'"):
        found.column("touchpont", "touchpoint")


def test_rows_that_fall_apart_are_counted_and_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text,ok\n1,late,1\n2,late,1,1,1\n3,cold,0\n", "utf8")
    found = read_records(tmp_path / "in.csv")
    assert (found.numbers, found.unreadable) == ((1, 3), 1)


def test_a_limit_takes_the_first_rows(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).write_csv(tmp_path / "in.csv")
    assert read_records(tmp_path / "in.csv", ReadOptions(limit=2)).numbers == (1, 2)


def test_columns_that_later_rows_bring_are_empty_before(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "late again"}\n{"text": "cold food", "stage": "after"}\n', "utf8")
    assert read_records(tmp_path / "in.jsonl").cells("stage") == [None, "after"]


def test_a_folder_of_several_files_is_not_one_table(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,text\n1,late\n", "utf8")
    with pytest.raises(UsageError, match="2 files"):
        read_records(tmp_path)
    (tmp_path / "empty.csv").write_text("", "utf8")
    with pytest.raises(EmptyInputError):
        read_records(tmp_path / "empty.csv")
