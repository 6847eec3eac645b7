"""A user's mistake gets one clear line: what, where, and what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from painpoints.errors import ColumnError, EmptyInputError, InputError
from painpoints.read import ReadOptions, StdinMark, expand_inputs, inspect, read_documents


def test_a_missing_file_suggests_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("id,text\n1,so slow\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"reveiws\.csv: no such file\. Did you mean .*reviews\.csv"):
        expand_inputs([tmp_path / "reveiws.csv"])
    with pytest.raises(InputError, match="folder"):
        expand_inputs([tmp_path / "nowhere" / "reviews.csv"])


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    with pytest.raises(EmptyInputError, match=r"reviews\.csv: the file is empty"):
        list(read_documents([path]))


def test_a_header_and_nothing_below(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text,stars\n", encoding="utf-8")
    with pytest.raises(EmptyInputError, match="no row holds a text"):
        list(read_documents([path]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "a PNG picture"),
        (b"%PDF-1.7\n" + b"x" * 500, "a PDF"),
        (bytes(range(256)) * 50, "a binary file"),
    ],
)
def test_a_binary_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        inspect(path)


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv.gz"
    path.write_bytes(
        gzip.compress(b"id,text\n" + b"".join(b"%d,so slow %d\n" % (i, i * i) for i in range(99_000)))[:-9000]
    )
    with pytest.raises(InputError, match="damaged or cut off"):
        list(read_documents([path]))


def test_no_text_column_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,stars,date\n1,5,2026-08-31\n2,4,2026-09-01\n", encoding="utf-8")
    with pytest.raises(ColumnError) as caught:
        list(read_documents([path]))
    assert str(caught.value) == f"{path}: no text column among id, stars, date. Name it with --text COLUMN."


def test_one_row_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text\n1,so slow\n", encoding="utf-8")
    (frame,) = read_documents([path])
    assert frame.height == 1


def test_one_bad_file_among_several_is_rejected_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,so slow\n", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(b"")
    (tmp_path / "c.csv").write_text("id,stars\n1,5\n", encoding="utf-8")
    rejected = []
    frames = list(read_documents([tmp_path], on_reject=rejected.append))
    assert sum(frame.height for frame in frames) == 1
    assert [(Path(record.file).name, record.row, record.code) for record in rejected] == [
        ("b.csv", 0, "unreadable_file"),
        ("c.csv", 0, "unreadable_file"),
    ]
    assert "--text COLUMN" in rejected[1].reason


def test_folders_are_read_in_order_and_hidden_files_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.csv", "a.jsonl", "sub/c.txt.gz", ".hidden.csv", "notes.pdf", "~$lock.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    assert [str(path.relative_to(tmp_path)) for path in expand_inputs([tmp_path]) if isinstance(path, Path)] == [
        "a.jsonl",
        "b.csv",
        "sub/c.txt.gz",
    ]
    assert expand_inputs(["-"]) == [StdinMark()]


def test_a_folder_without_readable_files(tmp_path: Path) -> None:
    with pytest.raises(EmptyInputError, match="no file to read"):
        expand_inputs([tmp_path])


def test_customer_text_never_stands_in_an_error(tmp_path: Path) -> None:
    path = tmp_path / "reviews.json"
    path.write_text('[{"text": "my secret words"', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read_documents([path]))
    assert "secret" not in str(caught.value)


def test_wrong_codec_and_delimiter_names(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text\n1,so slow\n", encoding="utf-8")
    with pytest.raises(InputError, match="no encoding is called"):
        inspect(path, ReadOptions(encoding="klingon"))
