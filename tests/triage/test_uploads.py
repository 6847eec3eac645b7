"""What strangers send is looked at before it is taken, kept for a day, and never lies where its name says."""

from __future__ import annotations

import gzip
import io
import os
import stat
import time
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import zstandard

from painpoints.config import Settings
from painpoints.errors import EmptyInputError, InputError, PainpointsError, StorageError, UsageError, WorkspaceError
from painpoints.triage import uploads as module
from painpoints.triage.uploads import TooLargeError, Upload, Uploads, role_settings, shown_name

XSS = "<img src=x onerror=alert(1)>"
CSV = {
    "fa": "شناسه;متن نظر;تاریخ;امتیاز;نام کاربر\n"
          "1;پیک دیر رسید ولی غذا خوب بود;۱۴۰۴/۰۸/۳۰;۲;سارا\n2;اپ مدام هنگ می‌کنه;۱۴۰۴/۰۸/۳۱;۱;علی\n",
    "ar": "المعرف,التعليق,التاريخ,التقييم,اسم المستخدم\n"
          "1,وصل الطلب متأخرا,2026-11-01,2,هدى\n2,التطبيق يتعطل كل يوم,2026-11-02,1,ليلى\n",
    "ru": "номер\tотзыв\tдата\tоценка\tавтор\n"
          "1\tКурьер опоздал на час\t01.11.2026\t2\tАня\n2\tПриложение вылетает\t02.11.2026\t1\tОля\n",
    "en": "id,review,date,stars,user\n"
          "1,The courier was late again,2026-11-01,2,Tom\n2,The app crashes every day,2026-11-02,1,Ann\n",
}


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, 1_000_000)


def take(uploads: Uploads, content: bytes | str, name: str = "in.csv") -> Upload:
    return uploads.take(io.BytesIO(content.encode() if isinstance(content, str) else content), name, "sara")


def workbook(cells: dict[tuple[int, int], Any], rows: int = 0) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for (row, column), value in cells.items():
        sheet.write(row, column, value)
    for row in range(1, rows):
        sheet.write(row, 0, f"The courier was late {row}")
    book.close()
    return file.getvalue()


def left(uploads: Uploads) -> list[str]:
    return sorted(path.name for path in uploads._folder.glob("*")) if uploads._folder.exists() else []


@pytest.mark.parametrize("lang", CSV)
@pytest.mark.parametrize("encode", [str.encode, lambda text: text.encode("utf-16"),
                                    lambda text: gzip.compress(text.encode())])
def test_columns_are_understood_in_four_languages(uploads: Uploads, lang: str, encode: Any) -> None:
    packed = encode is not str.encode and encode("x")[:2] == b"\x1f\x8b"
    seen = uploads.preview(take(uploads, encode(CSV[lang]), "in.csv.gz" if packed else "in.csv"), Settings())
    names = list(seen.glimpse.columns)
    assert seen.roles == dict(zip(names, ("id", "text", "time", "rating", "author"), strict=True))
    assert seen.text == names[1]
    assert (seen.glimpse.total, seen.glimpse.exact, len(seen.glimpse.rows)) == (2, True, 2)
    assert set(seen.warnings) == {"few_rows"} and seen.glimpse.problem is None
    assert seen.glimpse.delimiter == {"fa": ";", "ru": "\t"}.get(lang, ",")


def test_what_a_person_says_of_columns_is_followed_to_the_letter(uploads: Uploads) -> None:
    upload = take(uploads, "a,b,stars,user\nThe courier was late,so cold,5,Tom\nThe app crashed,so slow,1,Ann\n")
    assert uploads.preview(upload, Settings()).roles["stars"] == "rating"
    seen = uploads.preview(upload, Settings(), {"a": "title", "b": "text", "stars": "", "user": ""})
    assert seen.roles == {"a": "title", "b": "text"} and list(seen.left_out) == ["user"] and seen.text == "b"
    assert "people_left_out" in seen.warnings
    with pytest.raises(UsageError, match="Two columns"):
        uploads.preview(upload, Settings(), {"a": "text", "b": "text"})
    with pytest.raises(UsageError, match="No column holds"):
        uploads.preview(upload, Settings(), {"a": "", "b": "id"})
    with pytest.raises(UsageError, match="no role"):
        role_settings({"a": "nonsense"})
    assert "no_text" in uploads.preview(upload, Settings(), {"nowhere": "text"}).warnings


def test_without_a_column_of_texts_the_columns_are_shown_all_the_same(uploads: Uploads) -> None:
    seen = uploads.preview(take(uploads, "id,stars\n1,5\n2,4\n3,1\n"), Settings())
    assert seen.text is None and seen.glimpse.problem is not None and "no_text" in seen.warnings
    assert seen.glimpse.columns == ("id", "stars") and seen.glimpse.rows[0] == ("1", "5")
    assert seen.glimpse.problem.message.startswith("in.csv: no text column")


def test_markup_in_names_and_cells_stays_text(uploads: Uploads) -> None:
    upload = take(uploads, f"id,text,{XSS}\n1,{XSS} the courier was late,{XSS}\n2,so cold today,x\n", f"{XSS}.csv")
    seen = uploads.preview(upload, Settings())
    assert seen.glimpse.columns[2] == XSS and seen.glimpse.rows[0][1] == f"{XSS} the courier was late"
    assert upload.name == f"{XSS}.csv" and XSS not in "".join(left(uploads))


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd.csv", "passwd.csv"), ("C:\\Users\\Sara\\نظرات.csv", "نظرات.csv"), ("a\0b.csv", "ab.csv"),
    ("..\\..\\x.csv", "x.csv"), ("\u202evsc.exe.csv", "vsc.exe.csv"), ("a\nb.csv", "ab.csv"),
    ("/dev/null/отзывы.tsv", "отзывы.tsv"),
    ("می‌نا.csv", "می‌نا.csv"), ("-rf.csv", "-rf.csv"), ("uploads/" + "x" * 500 + ".csv", "x" * 100 + "….csv")])
def test_a_files_name_is_for_showing_only(uploads: Uploads, name: str, shown: str) -> None:
    upload = take(uploads, CSV["en"], name)
    assert upload.name == shown == shown_name(name)
    path = uploads.path(upload)
    assert path.parent == uploads._folder and path.stem == upload.id and len(upload.id) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert uploads.find(upload.id) == upload


@pytest.mark.parametrize("name", ["", "..", "/", "x", "x.exe", "x.html", "x.zip", "x.xls", "x.ods", "x.xlsb", "x.csv/",
                                  "x.xlsx.gz", "x.csv.exe", "x.parquet.zst", "x.md", ".csv.", "csv"])
def test_other_kinds_of_files_are_refused(uploads: Uploads, name: str) -> None:
    with pytest.raises(UsageError):
        take(uploads, CSV["en"], name)
    assert left(uploads) == []


@pytest.mark.parametrize("number", [
    "", "..", "../x", "0" * 31, "G" * 32, "0" * 32, "*" * 32, "0" * 32 + "\n", "٠" * 32])
def test_an_id_from_a_request_leads_nowhere_else(uploads: Uploads, tmp_path: Path, number: str) -> None:
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(WorkspaceError):
        uploads.find(number)
    uploads.remove(number)
    assert (tmp_path / "state.json").exists()


def png(_: object = None) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.mark.parametrize(("content", "name", "error"), [
    (b"", "in.csv", EmptyInputError), (b"\xef\xbb\xbf\n \n", "in.csv", EmptyInputError), (png(), "in.csv", InputError),
    (bytes(range(256)) * 20 + b"\0" * 5000, "in.csv", InputError), (b"%PDF-1.7 x", "in.txt", InputError),
    (b"PK\x03\x04 broken", "in.xlsx", InputError), (b"text,only\n1,2\n", "in.xlsx", InputError),
    (b"PAR1 broken PAR1", "in.parquet", InputError), (b"\x1f\x8b broken", "in.csv.gz", InputError),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "in.xlsx", InputError), (b"[]", "in.json", EmptyInputError),
    (b"{", "in.json", InputError)])
def test_wrong_files_are_told_by_the_name_they_were_sent_under(uploads: Uploads, content: bytes, name: str,
                                                               error: type[PainpointsError]) -> None:
    with pytest.raises(error) as caught:
        uploads.preview(take(uploads, content, name), Settings())
    assert name in caught.value.message and str(uploads._folder) not in str(caught.value)


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Uploads(tmp_path, 1000)
    with pytest.raises(TooLargeError, match="larger than"):
        take(small, "text\n" + "the courier was late\n" * 100)
    assert left(small) == []
    monkeypatch.setattr(module, "_SPARE", 1 << 62)
    with pytest.raises(StorageError, match="almost full"):
        take(small, "text\nso late\n")
    assert left(small) == []


def bombs() -> dict[str, tuple[str, bytes]]:
    zeros = b"text\n" + b"so late " * 4_000_000
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * 20_000_000)
    table = io.BytesIO()
    pl.DataFrame({"text": ["so late"]}).select(pl.col("text").repeat_by(6_000_000).explode()).write_parquet(table)
    return {"gzip": ("in.csv.gz", gzip.compress(zeros)), "zstd": ("in.csv.zst", zstandard.compress(zeros)),
            "workbook": ("in.xlsx", inner.getvalue()), "workbook as text": ("in.csv", inner.getvalue()),
            "parquet": ("in.parquet", table.getvalue()),
            "far cell": ("in.xlsx", workbook({(0, 0): "text", (1, 0): "so late", (1_048_575, 16_383): "x"}))}


@pytest.mark.parametrize("kind", ["gzip", "zstd", "workbook", "workbook as text", "parquet", "far cell"])
def test_bombs_are_not_set_off(uploads: Uploads, kind: str) -> None:
    name, content = bombs()[kind]
    assert len(content) < uploads.most
    begun = time.perf_counter()
    with pytest.raises(InputError, match=r"when it is unpacked|too many|rows deep"):
        take(uploads, content, name)
    assert time.perf_counter() - begun < 5 and left(uploads) == []


def test_a_workbook_that_lies_about_its_sizes_is_damaged(uploads: Uploads) -> None:
    honest = workbook({(0, 0): "text"}, rows=3000)
    with zipfile.ZipFile(io.BytesIO(honest)) as book:
        real = book.getinfo("xl/sharedStrings.xml").file_size
    lie = honest.replace(real.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InputError, match="damaged"):
        take(uploads, lie, "in.xlsx")
    seen = uploads.preview(take(uploads, honest, "in.xlsx"), Settings())
    assert (seen.text, seen.glimpse.total, seen.glimpse.format) == ("text", 2999, "xlsx")


def test_a_long_file_is_estimated_not_read_to_its_end(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 100_000_000)
    rows = 400_000
    lines = "".join(f"{n},the courier was late and the soup was cold\n" for n in range(rows))
    upload = take(uploads, f"id,text\n{lines}")
    seen = uploads.preview(upload, Settings())
    assert not seen.glimpse.exact and abs(seen.glimpse.total - rows) < 0.1 * rows


def test_cells_are_cut_and_only_the_first_rows_shown(uploads: Uploads) -> None:
    seen = uploads.preview(take(uploads, "id,text\n" + f"1,{'so late ' * 900}\n" * 30), Settings())
    assert len(seen.glimpse.rows) == 20 and len(seen.glimpse.rows[0][1] or "") == 301


def test_uploads_go_after_a_day_or_when_they_are_removed(uploads: Uploads) -> None:
    one, two, three = (take(uploads, CSV["en"]) for _ in range(3))
    uploads.remove(one.id)
    assert len(left(uploads)) == 4
    for path in [*uploads._folder.glob(f"{two.id}.*"), *uploads._folder.glob(f"{three.id}.*")]:
        os.utime(path, (time.time() - 90_000,) * 2)
    assert uploads.sweep(kept=[three.id]) == 2 and left(uploads) == [f"{three.id}.csv", f"{three.id}.upload"]


def test_a_folder_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "uploads").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="is no folder"):
        take(Uploads(tmp_path / "shop", 1000), CSV["en"])
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(("name", "content"), [
    ("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hello\n\n00:02.000 --> 00:03.000\n<v Sara>It broke\n"),
    ("talk.txt", "Оператор: Слушаю\nСара: Сломалось\nОператор: Ясно\nСара: Вот"),
    ("talk.jsonl", '{"turns": [{"speaker": "agent", "text": "Hello"}, {"speaker": "customer", "text": "Sara"}]}'),
    ("box.mbox", "From x Tue Mar 12 10:00:00 2024\nFrom: Sara <s@x.example>\nTo: help@y.example\nSubject: a\n"
                 "Date: Tue, 12 Mar 2024 10:00:00 +0000\n\nIt broke\n")])
def test_conversations_are_taken_whatever_roles_the_form_gives(uploads: Uploads, name: str, content: str) -> None:
    upload = take(uploads, content, name)
    seen = uploads.preview(upload, Settings())
    assert seen.glimpse.plan is not None and seen.glimpse.plan.kind == "transcript"
    assert uploads.holds_conversations(upload, Settings())
    assert "no_text" not in seen.warnings and set(seen.roles.values()) <= set(seen.glimpse.columns) | {"id", "time"}
    again = uploads.preview(upload, Settings(), dict.fromkeys(seen.glimpse.columns, ""))
    assert again.glimpse.plan == seen.glimpse.plan
    if name != "talk.jsonl":
        assert seen.glimpse.columns == ("conversation", "speaker", "text")
        assert "Sara" not in str(seen.glimpse.rows)
