"""CSV: any delimiter, any quoting, and one broken row costs one row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.read import ReadOptions, Rejected, inspect, read_documents
from painpoints.read.delimited import Dialect, records


def read(tmp_path: Path, content: str, **options: object) -> tuple[list[str], list[Rejected]]:
    path = tmp_path / "reviews.csv"
    path.write_text(content, encoding="utf-8", newline="")
    rejected: list[Rejected] = []
    frames = list(read_documents([path], ReadOptions(**options), rejected.append))  # type: ignore[arg-type]
    return [text for frame in frames for text in frame["text"]], rejected


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    rows = [
        ["id", "متن", "ستاره"],
        ["1", "خوب بود ولی دیر رسید", "3"],
        ["2", "плохо; дорого", "1"],
        ["3", "سيئ، بطيء", "2"],
    ]
    content = "\n".join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in rows)
    texts, rejected = read(tmp_path, content)
    assert texts == [row[1] for row in rows[1:]]
    assert rejected == []


def test_line_breaks_and_doubled_quotes_in_a_cell(tmp_path: Path) -> None:
    texts, _ = read(tmp_path, 'id,text,stars\r\n1,"line one\r\nline ""two""",3\r\n2,short one,4\r\n')
    assert texts == ['line one\r\nline "two"', "short one"]


def test_lines_of_prose_with_as_many_commas_as_the_table_has_columns_stay_in_their_cell(tmp_path: Path) -> None:
    prose = 'Дорого, медленно\nшумно, грязно, холодно\nпришли, постояли, ушли\nконец :"D'
    quoted = prose.replace('"', '""')
    texts, rejected = read(tmp_path, f'id,text,stars\n1,"{quoted}",1\n2,"{quoted}",2\n')
    assert texts == [prose, prose]
    assert rejected == []


def test_an_unclosed_quote_does_not_swallow_the_rest(tmp_path: Path) -> None:
    rows = [f"{row},fine text number {row},4" for row in range(1, 41)]
    rows[9] = '10,"never closed,2'
    texts, rejected = read(tmp_path, "id,text,stars\n" + "\n".join(rows))
    assert len(texts) + len(rejected) == 40
    assert "never closed" in texts
    assert rejected == []


def test_an_unclosed_quote_before_quoted_rows_costs_one_row(tmp_path: Path) -> None:
    rows = [f'{row},"quoted, text {row}",4' for row in range(1, 21)]
    rows[4] = '5,"open, and never closed,2'
    texts, rejected = read(tmp_path, "id,text,stars\n" + "\n".join(rows))
    assert len(texts) == 19
    assert [(record.row, record.code) for record in rejected] == [(5, "broken_quoting")]


def test_two_unclosed_quotes_that_close_each_other_do_not_hide_the_rows_between(tmp_path: Path) -> None:
    rows = [f"{row},plain words {row},4" for row in range(1, 21)]
    rows[4] = '5,"open,2'
    rows[12] = '13,open",2'
    texts, _ = read(tmp_path, "id,text,stars\n" + "\n".join(rows))
    assert {f"plain words {row}" for row in range(6, 13)} <= set(texts)


def test_bare_quotes_inside_a_quoted_cell_are_mended(tmp_path: Path) -> None:
    texts, rejected = read(tmp_path, 'id,text,stars\n1,"he said "wow" and left",5\n2,"ok, fine",4\n')
    assert texts == ['he said "wow" and left', "ok, fine"]
    assert rejected == []


def test_inch_marks_in_an_unquoted_cell_stay(tmp_path: Path) -> None:
    texts, _ = read(tmp_path, 'id,text,stars\n1,the 32" screen broke,1\n2,"good, 5"" one",4\n')
    assert texts == ['the 32" screen broke', 'good, 5" one']


def test_backslash_escaped_quotes(tmp_path: Path) -> None:
    texts, _ = read(tmp_path, 'id,text\n1,"he said \\"no\\", twice"\n2,"так себе, \\"сервис\\""\n')
    assert texts == ['he said "no", twice', 'так себе, "сервис"']


def test_a_delimiter_inside_an_unquoted_text_is_mended_where_the_numbers_after_it_fit(tmp_path: Path) -> None:
    rows = "\n".join(f"{row},plain text {row},{row % 5 + 1}" for row in range(1, 21))
    texts, rejected = read(tmp_path, f"id,text,stars\n{rows}\n21,good, but slow,3\n22,a,b,c,d,e,f,not a number\n")
    assert texts[-1] == "good, but slow"
    assert [(record.row, record.code) for record in rejected] == [(22, "field_count")]


def test_a_text_column_full_of_bare_delimiters_leaves_time_and_rating_readable(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(
        "id,متن,تاریخ,امتیاز\n1,گران, کند, بد,1404/08/30,1\n2,سرد, شور, دیر,1404/09/01,5\n", encoding="utf-8"
    )
    (frame,) = read_documents([path])
    assert frame["text"].to_list() == ["گران, کند, بد", "سرد, شور, دیر"]
    assert frame["rating"].to_list() == [0.0, 1.0]
    assert frame["time"].null_count() == 0


def test_short_rows_are_filled_up_and_empty_surplus_is_cut(tmp_path: Path) -> None:
    content = "id,text,stars,city\n1,плохо и дорого,1,Москва\n2,нормально всё\n3,отлично было,5,Омск,,\n"
    texts, rejected = read(tmp_path, content)
    assert texts == ["плохо и дорого", "нормально всё", "отлично было"]
    assert rejected == []


def test_a_row_torn_by_a_bare_line_break_is_rejected_not_misread(tmp_path: Path) -> None:
    rows = "\n".join(f"{row},plain text {row},4" for row in range(1, 21))
    _, rejected = read(tmp_path, f"id,text,stars\n{rows}\n21,first half\nsecond half,5\n")
    assert [record.code for record in rejected] == ["field_count"]


def test_double_and_missing_header_names(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text,,note,note\n1,خوب نبود اصلا,x,a,b\n2,بد هم نبود,y,c,d\n", encoding="utf-8")
    (frame,) = read_documents([path])
    assert {"meta.column_3", "meta.note", "meta.note_2"} <= set(frame.columns)


def test_a_table_without_header_is_understood_by_content(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(
        "17,2026-08-30,Курьер приехал поздно,2\n18,2026-08-31,Всё понравилось очень,5\n"
        "19,2026-09-01,Дорого и невкусно было,1\n",
        encoding="utf-8",
    )
    plan = inspect(path)
    assert not plan.header
    assert {role: column.name for role, column in plan.columns.items()} == {
        "text": "column_3",
        "id": "column_1",
        "time": "column_2",
        "rating": "column_4",
    }


def test_excel_separator_line(tmp_path: Path) -> None:
    texts, _ = read(tmp_path, "sep=;\nid;text\n1;good, but late\n2;bad, and late\n")
    assert texts == ["good, but late", "bad, and late"]


def test_one_column_of_prose_is_not_cut_at_its_commas(tmp_path: Path) -> None:
    texts, _ = read(tmp_path, "text\nخوب، ولی گران\ngood, cheap, fast\nnice\nbad, slow, rude, never again\n")
    assert texts == ["خوب، ولی گران", "good, cheap, fast", "nice", "bad, slow, rude, never again"]


def test_old_mac_line_ends(tmp_path: Path) -> None:
    assert read(tmp_path, "id,text\r1,so so lala\r2,not that good\r")[0] == ["so so lala", "not that good"]


def test_the_delimiter_can_be_named(tmp_path: Path) -> None:
    assert read(tmp_path, "id~text\n1~good, but\n2~bad, and\n", delimiter="~")[0] == ["good, but", "bad, and"]


def test_a_ten_megabyte_cell_is_rejected_and_the_next_row_read(tmp_path: Path) -> None:
    texts, rejected = read(tmp_path, f'id,text\n1,fine words\n2,"{"long " * 2_000_000}"\n3,fine again\n')
    assert texts == ["fine words", "fine again"]
    assert [(record.row, record.code, len(record.raw)) for record in rejected] == [(2, "text_too_long", 10_000)]


def test_rows_without_text_are_rejected(tmp_path: Path) -> None:
    texts, rejected = read(tmp_path, "id,text,stars\n1,fine words,3\n2,  ,4\n3,NULL,5\n4,more words,1\n")
    assert texts == ["fine words", "more words"]
    assert [(record.row, record.code) for record in rejected] == [(2, "empty_text"), (3, "empty_text")]


_CELL = st.text(alphabet='ab,;"\n\r سلامпр', min_size=1, max_size=12).filter(lambda cell: cell.strip() != "")


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_is_quoted_by_the_book_reads_back(rows: list[list[str]]) -> None:
    lines = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
    physical = lines.splitlines(keepends=True)
    assert [record.fields for record in records(physical, Dialect(","))] == rows


@given(st.text(alphabet='ab,"\n', max_size=200))
def test_no_input_makes_the_reader_fail_or_lose_lines(text: str) -> None:
    found = list(records(text.splitlines(keepends=True), Dialect(","), 3))
    seen = "".join("".join(record.fields or [record.raw]) for record in found)
    assert sum(map(seen.count, "ab")) == sum(map(text.count, "ab"))
