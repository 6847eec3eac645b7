"""Every bad input of a user's life: one clear line and exit code 2, or a sensible report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run


def write(name: str, content: bytes) -> Callable[[], str]:
    def make() -> str:
        Path(name).write_bytes(content)
        return name

    return make


REFUSED = {
    "missing file": (lambda: "reviews.csv", "reviews.csv: no such file."),
    "missing folder": (lambda: "no/such/place.csv", "no such file"),
    "empty file": (write("in.csv", b""), "in.csv: the file is empty."),
    "empty folder": (lambda: Path("empty").mkdir() or "empty", "no file to read"),
    "nothing but a header": (write("in.csv", b"id,text\n"), "in.csv"),
    "no text column": (write("in.csv", b"id,stars,date\n1,5,2026-01-01\n2,4,2026-01-02\n"), "text column"),
    "picture": (write("in.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), "PNG picture"),
    "binary": (write("in.csv", bytes(range(256)) * 400), "binary file"),
    "damaged gzip": (write("in.csv.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 40), "damaged"),
    "workbook that is none": (write("in.xlsx", b"PK\x03\x04 this is no workbook"), "in.xlsx"),
    "parquet that is none": (write("in.parquet", b"PAR1 and then nothing"), "in.parquet"),
    "broken JSON": (write("in.json", b'[{"text": "late"}, {"text": '), "in.json"),
    "only empty texts": (write("in.csv", b"id,text\n1,\n2,\n"), "no row holds a text"),
}


@pytest.mark.parametrize("command", [["mine", "-o", "run"], ["score", "-o", "out.csv"], ["preview"]],
                         ids=["mine", "score", "preview"])
@pytest.mark.parametrize("case", list(REFUSED))
def test_it_is_refused_with_one_line(case: str, command: list[str], run: Run) -> None:
    make, words = REFUSED[case]
    ended = run(*command, make())
    assert ended.code == 2, ended.err
    assert ended.out == ""
    lines = ended.err.splitlines()
    assert lines[0].startswith("error: ") and words in lines[0]
    assert len(lines) <= 2 and all(line.startswith("hint: ") for line in lines[1:])
    assert not Path("run").exists() and not Path("out.csv").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_nobody_may_read(run: Run) -> None:
    Path("in.csv").write_text("text\nlate\n", "utf8")
    Path("in.csv").chmod(0)
    assert "permission" in run("mine", "in.csv").err


def test_a_misspelt_name_gets_the_nearest(run: Run) -> None:
    Path("reviews.csv").write_text("text\nlate\n", "utf8")
    assert "hint: Did you mean reviews.csv?" in run("mine", "review.csv").err


def test_a_misspelt_column_gets_the_nearest(run: Run) -> None:
    Path("in.csv").write_text("id,comment\n1,The courier was late\n", "utf8")
    ended = run("mine", "in.csv", "--text", "coment", "-o", "run")
    assert ended.code == 2 and "comment" in ended.err


MENDED = {
    "broken quoting": (b'id,text\n1,"The courier was "late" and rude"\n2,"The app crashed\n3,The shop was closed\n', 1),
    "mixed encodings": ("id;text\n1;Курьер опоздал\n".encode() + "2;Приложение зависает\n".encode("cp1251"), 2),
    "NUL bytes": (b"id,text\n1,The courier\x00 was late\n2,The app crashed\n", 2),
    "10 MB cell": (b"id,text\n1,The courier was late\n2," + b"late again " * 950_000 + b"\n3,The app crashed\n", 2),
    "one row": ("id,text\n1,پیک دیر رسید\n".encode(), 1),
    "all the same": (b"id,text\n" + b"".join(b"%d,The courier was late and the food was cold\n" % n for n in range(30)),
                     30),
    "another language": ("id,text\n1,Die Lieferung kam viel zu spät an\n2,Der Kundendienst war unfreundlich\n".encode(),
                         2),
    "UTF-16": ("id\ttext\n1\tКурьер опоздал\n2\tپیک دیر رسید\n".encode("utf-16"), 2),
    "Windows Persian": ("id,text\n1,پيك دير رسيد و غذا سرد بود\n2,برنامه باز نميشه\n".encode("cp1256"), 2),
}


@pytest.mark.parametrize("case", list(MENDED))
def test_it_gives_a_sensible_report(case: str, run: Run) -> None:
    content, least = MENDED[case]
    Path("in.csv").write_bytes(content)
    ended = run("mine", "in.csv", "-o", "run", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["documents"] >= least
    assert all(line.startswith("note: ") for line in ended.err.splitlines())
    assert Path("run/report.html").stat().st_size > 10_000
    aside = [json.loads(line) for line in Path("run/rejected.jsonl").read_text("utf8").splitlines()]
    assert len(aside) == sum(found["rejected"].values())
    if case == "10 MB cell":
        assert found["rejected"] == {"text_too_long": 1}
    if case == "all the same":
        assert found["painpoints"] == 0


def test_one_bad_file_among_good_ones_is_left_out_and_told(run: Run) -> None:
    Path("good.csv").write_text("id,text\n1,The courier was late\n", "utf8")
    Path("bad.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    ended = run("mine", "good.csv", "bad.csv", "-o", "run")
    assert ended.code == 0 and "left out: unreadable_file 1" in ended.out
