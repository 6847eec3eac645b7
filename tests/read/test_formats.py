"""JSON, Parquet, workbooks, plain text, pages, streams and frames give the same documents."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter

from painpoints.errors import EmptyInputError, InputError
from painpoints.read import ReadOptions, documents_from_frame, inspect, read_documents

RECORDS: list[dict[str, object]] = [
    {"id": 1, "متن": "پیک دیر رسید و غذا سرد بود", "stars": 2, "date": "2026-08-30", "city": "تهران"},
    {"id": 2, "متن": "الخدمة بطيئة جدا والسعر مرتفع", "stars": 1, "date": "2026-08-31", "city": None},
    {"id": 3, "متن": "Всё понравилось, спасибо", "stars": 5, "date": "2026-09-01", "city": "Омск"},
    {"id": 4, "متن": "checkout kept failing on me", "stars": 1, "date": "2026-09-02", "city": "Leeds"},
]
COLUMNS = ["source_id", "text", "rating", "time", "meta.city"]


@pytest.fixture
def expected() -> pl.DataFrame:
    return documents_from_frame(pl.DataFrame(RECORDS)).select(COLUMNS)


def only(path: Path, options: ReadOptions | None = None) -> pl.DataFrame:
    return pl.concat(list(read_documents([path], options)))


def test_what_is_expected_is_right(expected: pl.DataFrame) -> None:
    assert expected["source_id"].to_list() == ["1", "2", "3", "4"]
    assert expected["rating"].to_list() == [0.25, 0.0, 1.0, 0.0]
    assert expected["meta.city"].to_list() == ["تهران", None, "Омск", "Leeds"]


@pytest.mark.parametrize(
    "shape", ["jsonl", "array", "wrapped", "nested_wrap", "side_by_side", "indexed", "pretty_rows"]
)
def test_json_in_its_many_shapes(tmp_path: Path, shape: str, expected: pl.DataFrame) -> None:
    names = list(RECORDS[0])
    document = {
        "jsonl": "\n".join(json.dumps(record) for record in RECORDS),
        "array": json.dumps(RECORDS, indent=1, ensure_ascii=False),
        "wrapped": json.dumps({"count": 4, "data": RECORDS}),
        "nested_wrap": json.dumps({"status": "ok", "response": {"items": RECORDS, "next": None}}),
        "side_by_side": json.dumps({name: [record[name] for record in RECORDS] for name in names}),
        "indexed": json.dumps({name: {str(i): r[name] for i, r in enumerate(RECORDS)} for name in names}),
        "pretty_rows": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    }[shape]
    path = tmp_path / ("reviews.jsonl" if shape == "jsonl" else "reviews.json")
    path.write_text(document, encoding="utf-8")
    assert only(path).select(COLUMNS).equals(expected)


def test_nested_objects_are_flattened_one_level(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    rows = [
        {
            "text": f"so slow today {row}",
            "author": {"name": f"Ann{row}"},
            "visit": {"geo": {"x": row}, "tags": ["a", "b"]},
        }
        for row in range(3)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    frame = only(path, ReadOptions(author_secret=b"secret"))
    assert frame["author_key"].null_count() == 0
    assert frame["meta.visit.geo"].to_list()[1] == '{"x": 1}'
    assert frame["meta.visit.tags"].to_list()[1] == "a\nb"


def test_lists_of_pros_and_cons_become_lines(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text(json.dumps({"نظر": "در کل بد نیست", "مزایا": ["سبک", "خوش‌دست"], "معایب": []}), encoding="utf-8")
    frame = only(path)
    assert frame["text"][0] == "در کل بد نیست\n\nسبک\nخوش‌دست"


def test_fields_that_appear_late_in_json_lines_travel_on(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    rows = [json.dumps({"text": f"so slow today {row}"}) for row in range(60)]
    path.write_text("\n".join([*rows, json.dumps({"text": "the last one", "late": "x"})]), encoding="utf-8")
    frames = list(read_documents([path], ReadOptions(batch_rows=50)))
    assert pl.concat(frames, how="diagonal")["meta.late"].to_list()[-1] == "x"


def test_broken_json_lines_are_rejected_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_text(
        '{"text": "fine words"}\n{"text": "cut o\n[1, 2]\n"bare words"\n\n{"text": "more words"}\n', encoding="utf-8"
    )
    rejected = []
    frame = pl.concat(list(read_documents([path], on_reject=rejected.append)))
    assert frame["text"].to_list() == ["fine words", "bare words", "more words"]
    assert [(record.row, record.code) for record in rejected] == [(2, "bad_json"), (3, "bad_json")]


def test_a_json_document_that_breaks_off_says_where(tmp_path: Path) -> None:
    path = tmp_path / "reviews.json"
    path.write_text('[{"text": "a b c"},\n {"text": "d e', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        list(read_documents([path]))


def test_parquet_with_its_own_types(tmp_path: Path, expected: pl.DataFrame) -> None:
    path = tmp_path / "reviews.parquet"
    pl.DataFrame(RECORDS).with_columns(pl.col("date").str.to_datetime(time_unit="ns")).write_parquet(path)
    assert only(path).select(COLUMNS).equals(expected)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="Parquet"):
        list(read_documents([path]))


def workbook(path: Path, header_above: int = 0) -> None:
    import datetime as dt

    with xlsxwriter.Workbook(path) as book:
        cover = book.add_worksheet("Cover")
        cover.write(0, 0, "A long explanation of what this workbook is and of nothing else at all")
        sheet = book.add_worksheet("نظرات")
        if header_above:
            sheet.write(0, 0, "گزارش ماهانه")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, name in enumerate(RECORDS[0]):
            sheet.write(header_above, column, name)
            for row, record in enumerate(RECORDS, header_above + 1):
                value = record[name]
                if name == "date":
                    sheet.write_datetime(row, column, dt.datetime.fromisoformat(str(value)), day)
                elif value is not None:
                    sheet.write(row, column, value)


@pytest.mark.parametrize("header_above", [0, 2])
def test_the_sheet_with_the_texts_is_found(tmp_path: Path, expected: pl.DataFrame, header_above: int) -> None:
    path = tmp_path / "reviews.xlsx"
    workbook(path, header_above)
    assert only(path).select(COLUMNS).equals(expected)
    assert inspect(path).sheet == "نظرات"


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.xlsx"
    workbook(path)
    assert only(path, ReadOptions(sheet="Cover")).height == 1
    with pytest.raises(InputError, match=r"no sheet 'Covr'.*'Cover'"):
        only(path, ReadOptions(sheet="Covr"))


def test_plain_text_is_one_text_a_line(tmp_path: Path) -> None:
    path = tmp_path / "reviews.txt"
    path.write_text("خیلی دیر رسید\n\nسيئ جدا\r\nplain, but fine; really\n", encoding="utf-8")
    assert only(path)["text"].to_list() == ["خیلی دیر رسید", "سيئ جدا", "plain, but fine; really"]


def test_hard_wrapped_paragraphs_stay_whole(tmp_path: Path) -> None:
    first = (
        "I ordered the small one and they sent the large one\n"
        "which did not fit, and then nobody answered the\nphone for a week."
    )
    second = "После второго звонка оператор всё-таки перезвонил\nи пообещал вернуть деньги, но прошло уже две\nнедели."
    path = tmp_path / "reviews.txt"
    path.write_text(f"{first}\n\n{second}\n", encoding="utf-8")
    assert only(path)["text"].to_list() == [first, second]


def test_a_page_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "thread.html"
    path.write_text("<html><body><p>دیر رسید</p>\n<p>و سرد بود</p></body></html>", encoding="utf-8")
    assert only(path).height == 1


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "so slow"}\n{"text": "so cold"}\n',
        b"id,text\n1,so slow\n2,so cold\n",
        b"so slow\nso cold\n",
    ],
)
def test_the_standard_input_is_understood_by_content(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    class Stdin:
        buffer = io.BytesIO(content)

    monkeypatch.setattr("sys.stdin", Stdin)
    (frame,) = read_documents(["-"])
    assert frame["text"].to_list() == ["so slow", "so cold"]
    assert frame["file"].to_list() == ["-", "-"]


def test_frames_of_every_make_are_the_same(expected: pl.DataFrame) -> None:
    source = pl.DataFrame(RECORDS)
    assert documents_from_frame(source.lazy()).select(COLUMNS).equals(expected)
    assert documents_from_frame(pa.Table.from_pylist(RECORDS)).select(COLUMNS).equals(expected)
    pandas = pd.DataFrame(RECORDS).assign(date=lambda frame: pd.to_datetime(frame["date"]))
    assert documents_from_frame(pandas).select(COLUMNS).equals(expected)


def test_missing_values_of_pandas_are_null() -> None:
    frame = pd.DataFrame(
        {
            "text": ["so slow it was", None, "fine by me"],
            "date": pd.to_datetime(["2026-08-31", None, None]),
            "stars": [1.0, float("nan"), 5.0],
            "city": ["a", None, "b"],
        }
    )
    rejected = []
    documents = documents_from_frame(frame, on_reject=rejected.append)
    assert [record.code for record in rejected] == ["empty_text"]
    assert documents["time"].null_count() == 1
    assert documents["rating"].to_list() == [0.0, 1.0]


def test_what_is_no_frame_is_an_error() -> None:
    with pytest.raises(InputError, match="not dict"):
        documents_from_frame({"text": ["a"]})
    with pytest.raises(EmptyInputError):
        documents_from_frame(pl.DataFrame({"text": []}))
