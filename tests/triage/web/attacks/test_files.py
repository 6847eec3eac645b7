"""What is taken away from the page: files that do nothing in the programs that open them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Browser, Planted

LANGS = ("fa", "ar", "ru", "en")
VIEWS = ("comments", "opinions", "painpoints", "journey")


@pytest.fixture(scope="module")
def admin(hostile: Planted) -> Browser:
    return hostile.browser("admin")


def is_a_file(answer: Any) -> None:
    assert answer.status_code == 200, answer.text[:300]
    place = answer.headers["content-disposition"]
    assert place.startswith("attachment;") and place.isascii() and place.isprintable()
    plain = re.match(r'attachment; filename="([^"\\/<>:]*)"', place)
    assert plain and "<" not in place and place.count('"') == 2
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers or "lang=" in answer.headers["set-cookie"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_spreadsheet_runs_nothing_that_a_customer_wrote(admin: Browser, view: str) -> None:
    answer = admin.get(f"/export/{view}.csv?status=all")
    is_a_file(answer)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) > 2 or view == "journey"
    for row in rows:
        assert len(row) == len(rows[0])
        for cell in row:
            assert cell[:1] not in ("=", "+", "@", "\t", "\r") and not re.match(r"-(?![\d.,]+%?$)", cell), cell[:40]
    answer = admin.get(f"/export/{view}.xlsx?status=all")
    is_a_file(answer)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
        sheets = "".join(packed.read(name).decode() for name in names if name.startswith("xl/worksheets/"))
    assert "<f>" not in sheets and "<hyperlink" not in sheets
    assert not any(name.endswith((".bin", ".vml")) or "external" in name.lower() for name in names)


@pytest.mark.parametrize("view", VIEWS)
def test_a_table_for_programs_holds_what_was_written(admin: Browser, view: str) -> None:
    import polars as pl

    answer = admin.get(f"/export/{view}.parquet?status=all")
    is_a_file(answer)
    frame = pl.read_parquet(io.BytesIO(answer.content))
    said = str(frame.select(pl.col(pl.Utf8)).to_dicts())
    assert len(frame) and ("onerror" in said or view == "journey")


class Links(HTMLParser):
    """The elements of a message."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One of them."""
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", LANGS)
def test_a_digest_that_is_sent_on_holds_no_mark_up_of_a_customer(hostile: Planted, admin: Browser, lang: str) -> None:
    for form in ("html", "md", "text", "json"):
        answer = admin.get(f"/digest/file/{form}", params={"lang": lang})
        is_a_file(answer)
        if form == "html":
            assert not [word for word in hostile.words if "<" in word and len(word) > 8 and word in answer.text]
            for tag, attributes in Links(answer.text).found:
                assert tag not in ("script", "img", "iframe", "object", "embed", "form", "input", "base", "link"), tag
                assert not [name for name in attributes if name.startswith("on")]
                assert (attributes.get("href") or "#").startswith(("#", "https://", "http://"))
        if form == "md":  # what is escaped, and commands to be copied, are no mark-up
            left = re.sub(r"\\.|`[^`]*`", "", answer.text)
            assert "<" not in left and "](javascript:" not in left and "![" not in left
