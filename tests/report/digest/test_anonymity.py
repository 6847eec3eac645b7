"""What too few people stand behind is neither quoted nor named nor counted out, and the digest says so."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from painpoints.report import build_digest, digest_json, read_digest, render_digest, trends_until
from painpoints.report.digest.model import Digest, Period
from painpoints.report.edition import Edition
from painpoints.store import WorkspaceData
from painpoints.taxonomy import load_taxonomy

WEEK = Period(date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
SECRET = "My violet harpsichord from Shiraz came broken"
WIDE = "The courier came three hours late again"


def shop(authors: dict[str, int], named: str = "machine") -> WorkspaceData:
    """Pain points by how many people speak of each, six texts of each."""
    documents: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    for point, people in authors.items():
        for turn in range(6):
            name = f"{point}{turn}"
            text = f"{SECRET if people < 5 else WIDE} {turn}"
            documents.append({"doc_id": name, "source_id": name, "author_key": f"{point}{turn % people}",
                              "source": "app" if point == "WIDE" else "shop", "rating": None, "lang": "en",
                              "time": datetime(2026, 11, 16, 12) + timedelta(days=turn), "addition": 1, "dated": True})
            units.append({"unit_id": f"u{name}", "doc_id": name, "start": 0, "end": len(text), "text": text,
                          "model_text": text, "key": text, "lang": "en", "weight": 1, "sentiment": "neg", "p_neg": .9,
                          "p_neu": .05, "p_pos": .05, "touchpoint": "delivery" if point == "WIDE" else "packaging",
                          "touchpoint_p": .8, "stage": "x", "problem_p": .9, "is_problem": True, "certain": True,
                          "painpoint_id": point, "painpoint_strength": .8, "placed_by": "machine"})
    points = [{"painpoint_id": point, "title": SECRET if people < 5 else WIDE, "titles": "[]", "named_by": named,
               "merged_into": None, "pinned": 0, "status": "open"} for point, people in authors.items()]
    frame = pl.DataFrame(documents, schema_overrides={"rating": pl.Float64}).with_columns(
        pl.col("time").dt.replace_time_zone("UTC").dt.cast_time_unit("us"))
    return WorkspaceData("shop", frame, pl.DataFrame(units), points, [], [],
                         [{"number": 1, "made": "2026-11-23T08:00:00+00:00", "note": "{}"}], [], [], {},
                         lambda ids: None)  # type: ignore[arg-type,return-value]


def digest(data: WorkspaceData, least: int, lang: str = "en") -> Digest:
    return build_digest(data, trends_until(data, WEEK), WEEK, taxonomy=load_taxonomy(), framework="three-stage",
                        lang=lang, min_authors=least)


def test_with_one_everything_is_as_without() -> None:
    data = shop({"WIDE": 6, "FEW": 2})
    assert digest(data, 1) == build_digest(data, trends_until(data, WEEK), WEEK, taxonomy=load_taxonomy(),
                                           framework="three-stage")


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
@pytest.mark.parametrize("form", ["html", "md", "text", "json"])
def test_two_peoples_words_stand_in_no_form_and_the_digest_says_why(lang: str, form: str) -> None:
    found = digest(shop({"WIDE": 6, "FEW": 2}), 5, lang)
    said = render_digest(found, form, Edition.of(lang, load_taxonomy(), "three-stage"))
    assert "harpsichord" not in said and "courier" in said
    why = {"fa": "نقل‌قول‌ها نشان داده نمی‌شود", "ar": "حُجبت الاقتباسات", "ru": "Цитаты скрыты",
           "en": "Quotes are withheld"}
    fewer = {"fa": "کمتر از", "ar": "أقل من", "ru": "менее", "en": "fewer than"}
    if form != "json":
        assert why[lang] in said and fewer[lang] in said


def test_sizes_below_the_floor_are_all_alike() -> None:
    one, other = (digest(shop({"WIDE": 6, "FEW": people}), 5) for people in (1, 4))
    assert [p for p in one.top if p.withheld] == [p for p in other.top if p.withheld] != []
    few = next(point for point in one.top if point.withheld)
    assert few.documents == few.before == 4 and few.quotes == () and few.title == "" and few.spark == ()
    assert read_digest(digest_json(one)) == one and json.loads(digest_json(one))["min_authors"] == 5


def test_what_enough_people_say_is_quoted_as_ever_and_a_persons_title_stays() -> None:
    wide = next(point for point in digest(shop({"WIDE": 6, "FEW": 2}), 5).top if point.painpoint_id == "WIDE")
    assert wide.quotes and not wide.withheld and wide.title == WIDE and wide.documents == 6
    named = digest(shop({"WIDE": 6, "FEW": 2}, "person"), 5)
    assert {point.title for point in named.top} == {WIDE, SECRET}


def test_texts_of_unknown_authors_count_one_each_and_are_told() -> None:
    data = shop({"FEW": 6})
    nobody = WorkspaceData(**{**vars(data), "documents": data.documents.with_columns(
        author_key=pl.lit(None, pl.Utf8))})
    found = digest(nobody, 5)
    assert found.unknown_authors == 6 and not found.top[0].withheld
