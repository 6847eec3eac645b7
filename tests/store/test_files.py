"""A file is whole or absent, and a disk that refuses says so in one line."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from painpoints.errors import StorageError
from painpoints.store import storage, write_json, write_text, write_whole
from painpoints.store.files import growing_parquet, write_parquet


def refuse(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "note.txt", "نظر\nотзыв")
    assert [p.name for p in tmp_path.iterdir()] == ["note.txt"]
    assert (tmp_path / "note.txt").read_bytes() == "نظر\nотзыв".encode()


def test_json_keeps_letters_and_reads_back(tmp_path: Path) -> None:
    content = {"title": "پیک دیر رسید", "n": 3, "path": Path("a")}
    write_json(tmp_path / "m.json", content)
    raw = (tmp_path / "m.json").read_text("utf8")
    assert "پیک" in raw and raw.endswith("}\n")
    assert json.loads(raw) == content | {"path": "a"}


def test_parquet_reads_back(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["سلام", None, "ok"], "n": [1, 2, None]})
    write_parquet(tmp_path / "f.parquet", frame)
    assert pl.read_parquet(tmp_path / "f.parquet").equals(frame)


def test_a_file_that_was_there_is_replaced(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old and long")
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text("utf8") == "new"


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), refuse(errno.ENOSPC), refuse(errno.EIO)],
                         ids=["value", "ctrl-c", "full", "broken"])
@pytest.mark.parametrize("before", [None, "what was there"])
def test_a_failure_half_way_leaves_what_was_there_before(tmp_path: Path, error: BaseException,
                                                         before: str | None) -> None:
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_text(before, "utf8")

    def half(partial: Path) -> None:
        partial.write_text("half", "utf8")
        raise error

    with pytest.raises((type(error), StorageError)):
        write_whole(path, half)
    assert [p.read_text("utf8") for p in tmp_path.iterdir()] == ([] if before is None else [before])


def test_nobody_sees_the_file_while_it_is_written(tmp_path: Path) -> None:
    def watch(partial: Path) -> None:
        assert not (tmp_path / "a.txt").exists()
        assert partial.parent == tmp_path, "a rename is whole only within one disk"
        partial.write_text("x", "utf8")

    write_whole(tmp_path / "a.txt", watch)
    assert (tmp_path / "a.txt").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_how_to_go_on(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageError) as caught, storage(tmp_path / "a.txt"):
        raise refuse(number)
    assert caught.value.message == f"{tmp_path}: the disk is full."
    assert "--resume" in str(caught.value.hint)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_folder_that_may_not_be_written_asks_for_another(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageError) as caught, storage(tmp_path / "a.txt"):
        raise refuse(number)
    assert str(caught.value) == f"{tmp_path}: not writable. Make it writable or name another folder."


def test_other_failures_are_not_dressed_up(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), storage(tmp_path / "a.txt"):
        raise refuse(errno.ENOENT)
    with pytest.raises(ZeroDivisionError), storage(tmp_path / "a.txt"):
        raise ZeroDivisionError


def test_a_disk_that_fills_up_only_when_flushed_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise refuse(errno.ENOSPC)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="the disk is full"):
        write_text(tmp_path / "a.txt", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_really_full_is_told_whoever_was_writing(tmp_path: Path) -> None:
    write = f"""
import os, resource, signal
import polars as pl
from pathlib import Path
from painpoints.errors import StorageError
from painpoints.store import write_text
from painpoints.store.files import write_parquet
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
place = Path({str(tmp_path)!r})
frame = pl.DataFrame({{"a": [os.urandom(40).hex() for _ in range(5000)]}})
for attempt in (lambda: write_parquet(place / "f.parquet", frame), lambda: write_text(place / "t.txt", "x" * 90_000)):
    try:
        attempt()
    except StorageError as error:
        print(error.exit_code, error.message)
"""
    done = subprocess.run([sys.executable, "-c", write], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"2 {tmp_path}: the disk is full."] * 2
    assert list(tmp_path.iterdir()) == []


def test_a_table_written_in_parts_is_the_table(tmp_path: Path) -> None:
    whole = pl.DataFrame({"text": ["دیر", "متأخر", "поздно", "late", None], "n": [1, 2, None, 4, 5],
                          "parts": [[{"field": "text", "start": 0}], [], None, [], []]})
    with growing_parquet(tmp_path / "t.parquet", rows=2) as take:
        for at in range(5):
            take(whole[at:at + 1])
    read = pl.read_parquet(tmp_path / "t.parquet")
    assert read.schema == whole.schema and read.equals(whole)


def test_of_a_table_that_could_not_be_finished_nothing_is_left(tmp_path: Path) -> None:
    part = pl.DataFrame({"n": [1, 2, 3]})
    with pytest.raises(StorageError), growing_parquet(tmp_path / "t.parquet", rows=2) as take:
        take(part)
        raise refuse(errno.ENOSPC)
    assert not list(tmp_path.iterdir())
