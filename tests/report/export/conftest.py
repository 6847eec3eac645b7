"""A small table with everything that files get wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from painpoints.report import FLAG, MOMENT, NUMBER, RAW, SHARE, TEXT, Column, Edition, Table, naming
from painpoints.taxonomy import load_taxonomy

TEXTS = [
    "=HYPERLINK(\"http://evil\";\"پرداخت\")", "+٩٨٧ اتصل بنا", "-5 из 5, ужас", "@SUM(A1:A9) thanks",
    "\t=1+1", "\r=1+1", "  =1+1", "＝1+1", "خوب بود;=1+1", "первая строка\n=2+2", "a,\"b\",c", "می‌خواهم کتاب‌ها را",
    "👩‍👩‍👧 😡", "nul\x00 and bell\x07", "<r><t>x</t></r>", "<r>&</r>", "_x0041_", "http://a.example/?q=1", "", "1,5",
    "سلام؛ -خوب",
]
Make = Callable[..., Table]


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Texts that spreadsheets and parsers trip over, in four scripts."""
    return TEXTS


@pytest.fixture(scope="session")
def make() -> Make:
    """What makes the table in a language."""
    def made(lang: str = "en", zone: str = "Asia/Tehran", rows: int = len(TEXTS)) -> Table:
        edition = Edition.of(lang, load_taxonomy(), "three-stage")
        place = pl.int_range(rows, eager=True)
        frame = pl.DataFrame({"text": [TEXTS[n % len(TEXTS)] for n in range(rows)]}).with_columns(
            code=pl.when(place % 2 == 0).then(pl.lit("delivery")).otherwise(pl.lit("payment")),
            score=-1.5 * place, count=place, share=place / 100, flag=place % 3 == 0,
            time=pl.lit(datetime(2026, 3, 20, 20, 45, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")),
            hidden=pl.Series([["x"]] * rows, dtype=pl.List(pl.Utf8)))
        codes = naming({code: edition.touchpoint(code) for code in ("delivery", "payment")})
        columns = (Column("text", edition.say("sheet.text"), TEXT, 40),
                   Column("code", edition.say("pains.touchpoint"), TEXT, 20, codes),
                   Column("score", edition.say("sheet.urgency"), NUMBER), Column("count", "=n", NUMBER),
                   Column("share", edition.say("sheet.share"), SHARE),
                   Column("flag", edition.say("sheet.problem"), FLAG),
                   Column("time", edition.say("sheet.time", zone=zone), MOMENT, 18), Column("hidden", "hidden", RAW))
        return Table(edition.say("sheet.comments"), frame, columns, edition, zone)

    return made
