"""Code pages are told apart by how plausible the letters are, also on a single line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from painpoints.read import ReadOptions, inspect, read_documents
from painpoints.read.encoding import tell_encoding

RU = "Курьер опоздал на два часа, еда приехала холодная, поддержка молчит"
AR = "وصل الطلب متأخرا ساعتين والطعام بارد وخدمة العملاء لا ترد"
FA = "سفارشم دو ساعت دير رسيد و غذا سرد شده بود، پشتيباني هم جواب نداد"
FR = "Très déçu, le délai était trop long et la qualité médiocre"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RU, "cp1251"),
        (RU, "koi8_r"),
        (RU, "cp866"),
        (RU, "utf-8"),
        (AR, "cp1256"),
        (AR, "iso8859_6"),
        (AR, "utf-8"),
        (FA, "cp1256"),
        (FA, "utf-8"),
        (FR, "cp1252"),
        (FR, "utf-8"),
        ("плохо", "koi8_r"),
        ("Отлично", "cp1251"),
        ("سيئ جدا", "cp1256"),
        ("گران", "cp1256"),
    ],
)
def test_one_line_is_enough(text: str, codec: str) -> None:
    assert tell_encoding(text.encode(codec)).codec == codec


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"])
def test_a_persian_table_reads_the_same_in_every_encoding(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(f"شناسه;متن;ستاره\n1;{FA};2\n2;خيلي بد بود;1\n".encode(codec))
    (frame,) = read_documents([path])
    assert frame["text"].to_list() == [FA, "خيلي بد بود"]
    assert frame["source_id"].to_list() == ["1", "2"]


@pytest.mark.parametrize("codec", ["cp1251", "koi8_r", "utf-16-le"])
def test_a_russian_table_reads_the_same_in_every_encoding(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "отзывы.csv"
    path.write_bytes(f'id,Отзыв\n1,"{RU}"\n2,плохо и дорого\n'.encode(codec))
    (frame,) = read_documents([path])
    assert frame["text"].to_list() == [RU, "плохо и дорого"]


def test_letters_that_come_late_in_a_file_still_tell_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    early = "".join(f"{row},it was all right in the end number {row}\n" for row in range(12_000))
    path.write_bytes(("id,text\n" + early).encode() + f'12001,"{RU}"\n'.encode("cp1251"))
    assert inspect(path).encoding == "cp1251"
    assert list(read_documents([path]))[-1]["text"][-1] == RU


def test_undecodable_rows_of_a_utf8_file_are_rejected_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    rows = [f"{row},{FA}\n".encode() for row in range(1, 9)]
    rows[3] = f"4,{FA}\n".encode("cp1256")
    path.write_bytes(b"id,text\n" + b"".join(rows))
    rejected = []
    (frame,) = read_documents([path], on_reject=rejected.append)
    assert frame["row"].to_list() == [1, 2, 3, 5, 6, 7, 8]
    assert [(record.row, record.code) for record in rejected] == [(4, "undecodable")]
    rejected[0].raw.encode("utf-8")  # can be written to rejected.jsonl


def test_utf8_rows_within_a_cp1251_file_are_read_rightly(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    rows = [f"{row},{RU}\n".encode("cp1251") for row in range(1, 9)]
    rows[3] = f"4,{RU}\n".encode()
    path.write_bytes("id,отзыв\n".encode("cp1251") + b"".join(rows))
    (frame,) = read_documents([path])
    assert set(frame["text"]) == {RU}


def test_nul_bytes_are_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes("id,text\n1,пло\0хо и дорого\n2,нормально, но долго\n".encode())
    (frame,) = read_documents([path])
    assert frame["text"].to_list() == ["плохо и дорого", "нормально, но долго"]


def test_the_encoding_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.txt"
    path.write_bytes("æøå er dyrt".encode("mac-roman"))
    (frame,) = read_documents([path], ReadOptions(encoding="mac-roman"))
    assert frame["text"].to_list() == ["æøå er dyrt"]


def test_packed_files_are_unpacked(tmp_path: Path) -> None:
    import zstandard

    raw = f"id,متن\n1,{FA}\n2,{FA} باز هم\n".encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(raw))
    (tmp_path / "b.csv.zst").write_bytes(zstandard.compress(raw))
    frames = list(read_documents([tmp_path]))
    assert [frame["text"].to_list() for frame in frames] == [[FA, FA + " باز هم"]] * 2
    assert inspect(tmp_path / "b.csv.zst").compression == "zstd"
