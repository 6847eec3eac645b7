"""painpoints redact: the same file without the personal data in its texts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Run

SAID = {
    "fa": ("لطفاً با ۰۹۱۲\u200c۳۴۵\u200c۶۷۸۹ تماس بگیرید", "لطفاً با [phone 1] تماس بگیرید"),
    "ar": ("رقمي ٠٥٠١٢٣٤٥٦٧ اتصلوا بي", "رقمي [phone 1] اتصلوا بي"),
    "ru": ("звоните на +7 912 345-67-89", "звоните на [phone 1]"),
    "en": ("mail a.b@example.com, please; a.b@example.com", "mail [email 1], please; [email 1]"),
}


def write_csv(path: Path, delimiter: str = ",", ending: str = "\r\n", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=ending)
        writer.writerow(["id", "comment", "stars", "user", "note"])
        for at, (said, _) in enumerate(SAID.values()):
            writer.writerow([f"0{at}", said, 3, "Olga", "call 09123456789" if at == 1 else "two\nlines, \"quoted\""])
    return path


@pytest.mark.parametrize(("delimiter", "ending", "encoding"), [
    (",", "\r\n", "utf-8"), (";", "\n", "utf-8-sig"), ("\t", "\n", "utf-16")])
def test_a_table_comes_back_as_it_was_but_for_its_texts(run: Run, delimiter: str, ending: str, encoding: str) -> None:
    before = write_csv(Path("in.csv"), delimiter, ending, encoding).read_bytes()
    ended = run("redact", "in.csv", "-o", "out.csv")
    assert ended.code == 0, ended.err
    wanted = before.decode(encoding)
    for said, clean in SAID.values():
        wanted = wanted.replace(said, clean)
    written = Path("out.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(written.decode(encoding), newline=""), delimiter=delimiter))
    assert rows == list(csv.reader(io.StringIO(wanted, newline=""), delimiter=delimiter))
    assert written[:2] == before[:2] and written.decode(encoding).count("\r\n") == wanted.count("\r\n")
    assert "4 rows. Personal data taken out: phone 3, email 2" in ended.err
    assert "left as they are though they hold personal data: user, note" in ended.err
    assert sorted(path.name for path in Path().iterdir()) == ["in.csv", "out.csv"]


def test_all_columns_leave_neither_values_nor_names(run: Run) -> None:
    write_csv(Path("in.csv"))
    ended = run("redact", "in.csv", "--all-columns", "--quiet")
    assert ended.code == 0 and ended.err == ""
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["comment"] for row in rows] == [clean for _, clean in SAID.values()]
    assert len({row["user"] for row in rows}) == 1 and rows[0]["user"].startswith("[name ")
    assert rows[1]["note"] == "call [phone 2]" and [row["id"] for row in rows] == ["00", "01", "02", "03"]


def test_named_columns_kinds_and_style_are_followed(run: Run) -> None:
    write_csv(Path("in.csv"))
    rows = list(csv.DictReader(io.StringIO(run("redact", "in.csv", "--column", "note", "--style", "symbols").out)))
    assert rows[1]["note"] == "call «📞1»" and rows[0]["comment"] == SAID["fa"][0]
    rows = list(csv.DictReader(io.StringIO(run("redact", "in.csv", "--kinds", "email").out)))
    assert rows[0]["comment"] == SAID["fa"][0] and rows[3]["comment"] == SAID["en"][1]


def test_lines_of_json_are_changed_only_where_something_was_found(run: Run) -> None:
    lines = [json.dumps({"id": at, "text": said, "nested": {"n": at, "tel": "09123456789"}}, ensure_ascii=at % 2 == 0)
             for at, (said, _) in enumerate(SAID.values())]
    lines.append('{"id":  9,   "text": "nothing to find"}')
    lines.append('{"id": 10, "text": "broken ٠٥٠١٢٣٤٥٦٧')
    Path("in.jsonl").write_text("\n".join(lines) + "\n", "utf8")
    out = run("redact", "in.jsonl").out.splitlines()
    assert [json.loads(line)["text"] for line in out[:4]] == [clean for _, clean in SAID.values()]
    assert json.loads(out[0])["nested"] == {"n": 0, "tel": "09123456789"}
    assert out[4] == lines[4] and out[5] == '{"id": 10, "text": "broken [phone 1]'
    everywhere = run("redact", "in.jsonl", "--all-columns").out.splitlines()
    assert json.loads(everywhere[0])["nested"]["n"] == 0 and "9123456789" not in "".join(everywhere)


def test_plain_text_goes_through_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"{said}\r\n\r\n" for said, _ in SAID.values())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ended = run("redact", "-", "--json")
    assert ended.out == "".join(f"{clean}\r\n\r\n" for _, clean in SAID.values())
    summary = json.loads(ended.err.splitlines()[-1])
    assert summary["redacted"] == {"email": 2, "phone": 3} and summary["format"] == "text"


def test_a_workbook_keeps_its_numbers(run: Run) -> None:
    pl.DataFrame({"id": [1, 2], "text": [SAID["fa"][0], "nobody came"], "score": [1.5, 2.5]}).write_excel("in.xlsx")
    assert run("redact", "in.xlsx", "-o", "out.xlsx").code == 0
    written = pl.read_excel("out.xlsx").to_dict(as_series=False)
    assert written == {"id": [1, 2], "text": [SAID["fa"][1], "nobody came"], "score": [1.5, 2.5]}


def test_the_map_tells_places_and_pseudonyms_and_nothing_that_leads_back(run: Run) -> None:
    write_csv(Path("in.csv"))
    assert run("redact", "in.csv", "-o", "out.csv", "--map", "map.jsonl").code == 0
    places = [json.loads(line) for line in Path("map.jsonl").read_text("utf8").splitlines()]
    assert [(place["row"], place["column"], place["kind"], place["number"]) for place in places] == [
        (1, "comment", "phone", 1), (2, "comment", "phone", 1), (3, "comment", "phone", 1), (4, "comment", "email", 1),
        (4, "comment", "email", 1)]
    assert set(places[0]) == {"row", "column", "kind", "number", "start", "end", "length", "pseudonym"}
    with Path("out.csv").open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[3]["comment"][places[4]["start"]:places[4]["end"]] == "[email 1]"


@pytest.mark.parametrize(("arguments", "said"), [
    (("none.csv",), "no such file"), (("empty.csv",), "empty"), (("in.csv", "--kinds", "fone"), "fone"),
    (("in.csv", "--style", "bold"), "redact_style"), (("in.csv", "--column", "coment"), "no column 'coment'"),
    (("in.csv", "-o", "in.csv"), "is the file itself"), (("in.csv", "--column", "id", "--all-columns"), "--column"),
    (("in.parquet",), "cannot be written again"), (("in.xlsx",), "not written to the terminal"),
    (("in.csv", "-o", "out.csv.gz"), "unpacked"), (("picture.png",), "PNG"), ((".",), "files where one"),
])
def test_wrong_use_is_one_line_and_writes_nothing(run: Run, arguments: tuple[str, ...], said: str) -> None:
    write_csv(Path("in.csv"))
    Path("empty.csv").touch()
    Path("picture.png").write_bytes(b"\x89PNG\r\n\x1a\n0000")
    pl.DataFrame({"text": ["a b"]}).write_parquet("in.parquet")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    ended = run("redact", *arguments)
    assert ended.code == 2 and said in ended.err and ended.out == ""
    assert len([line for line in ended.err.splitlines() if line.startswith("error: ")]) == 1
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_no_row_is_lost_where_the_table_is_broken(run: Run) -> None:
    Path("in.csv").write_text('id,text,n\n1,fine text,2\n2,too,many,09123456789,5\n3,"never closed 09123456789,4\n'
                              "4,good text here,6\n", "utf8")
    out = run("redact", "in.csv").out
    assert len(out.splitlines()) == 5 and "09123456789" not in out and out.count("[phone 1]") == 2


def test_without_redaction_mine_score_and_preview_say_so(run: Run) -> None:
    Path("in.csv").write_text("id,text\n1,The courier never came; call 09123456789\n", "utf8")
    line = "note: Personal data stay in what is stored and shown: redaction is off."
    shown = run("preview", "in.csv")
    assert "[phone 1]" in shown.out and "Personal data taken out: phone 1; names of persons" in shown.out
    assert line not in shown.err
    for arguments in (("preview", "in.csv"), ("score", "in.csv"), ("mine", "in.csv", "-o", "run")):
        ended = run(*arguments, "--no-redact")
        assert line in ended.err.splitlines() and "Personal data taken out" not in ended.out + ended.err
        assert arguments[0] == "mine" or "09123456789" in ended.out
    assert run("mine", "in.csv", "-o", "other").out.splitlines()[1].startswith("Personal data taken out: phone 1;")


def test_a_workspace_may_be_made_without_redaction_and_an_addition_with_it(run: Run) -> None:
    Path("in.csv").write_text("id,text\n1,The courier never came; call 09123456789\n", "utf8")
    assert run("init", "shop", "--no-redact").code == 0
    added = run("add", "shop", "in.csv", "--redact")
    assert "Personal data taken out: phone 1" in added.out
    (documents,) = Path("shop").rglob("documents.parquet")
    assert pl.read_parquet(documents)["text"][0].endswith("[phone 1]")
