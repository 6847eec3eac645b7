"""painpoints preview: what was understood, five judged rows, and nothing stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Run


def write_persian(path: Path) -> Path:
    path.write_bytes("شناسه;متن نظر;تاریخ;امتیاز\n1;پیک دیر رسید ولی غذا خوب بود;۱۴۰۴/۰۸/۳۰;۲\n"
                     "2;اپ مدام هنگ می‌کنه;۱۴۰۴/۰۸/۳۱;۱\n3;عالی بود؛ ممنون;1404/06/31;۵\n".encode())
    return path


def test_it_shows_columns_calendar_scale_and_units(run: Run, tmp_path: Path) -> None:
    ended = run("preview", write_persian(tmp_path / "in.csv"))
    assert ended.code == 0
    assert "jalali" in ended.out and "1-5" in ended.out and "متن نظر" in ended.out
    assert "row 1, id 1, 2025-11-21" in ended.out
    assert "\u2068پیک دیر رسید" in ended.out
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_json_holds_the_plan_and_five_rows(run: Run, feedback: Path) -> None:
    seen = json.loads(run("preview", feedback, "--json").out)
    assert {role: column["name"] for role, column in seen["plan"]["columns"].items()} == {
        "text": "text", "id": "id", "time": "date", "rating": "stars", "author": "user", "source": "channel",
        "product": "product"}
    assert all(column["why"] for column in seen["plan"]["columns"].values())
    assert seen["plan"]["rating_scale"] == "1-5" and seen["plan"]["encoding"] == "utf-8"
    assert len(seen["rows"]) == 5
    for row in seen["rows"]:
        assert all(row["text"][unit["start"]:unit["end"]] == unit["text"] for unit in row["units"])
        assert all(unit["sentiment"] in ("neg", "neu", "pos") for unit in row["units"])
    assert "rows" not in seen["plan"]


def test_an_override_is_followed_and_its_reason_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\nThe courier was late,The app crashed\n", "utf8")
    seen = json.loads(run("preview", "in.csv", "--text", "b", "--json").out)
    assert seen["plan"]["columns"]["text"]["name"] == "b"
    assert seen["rows"][0]["text"] == "The app crashed"


def test_a_row_without_an_opinion_is_shown_as_such(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n1,12345\n2,The app crashed\n", "utf8")
    assert "no opinion unit" in run("preview", "in.csv").out
