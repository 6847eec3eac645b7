"""The map as bytes: whatever a browser reads out of them is what was put in."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import polars as pl
import pytest

from painpoints.report import Edition
from painpoints.taxonomy import load_taxonomy
from painpoints.triage.unitmap import map_points

FEELINGS = {"neg": "منفی", "neu": "خنثی", "pos": "مثبت"}
TITLES = {"P1": "پیک دیر می‌رسد", "P2": "Приложение \"падает\" </script>", "P3": "لا أحد فيها"}
POINTS = [{"painpoint_id": "P1", "units": 2}, {"painpoint_id": "P2", "units": 1}, {"painpoint_id": "P3", "units": 0}]
UNITS = pl.DataFrame({
    "unit_id": ["a1", "b2", "c3", "d4", "e5", "copy"], "lang": ["fa", "ru", "ar", "en", "de", "fa"],
    "sentiment": ["neg", "neg", "neu", "pos", "neg", "neg"], "weight": [2, 1, 1, 1, 1, 0],
    "touchpoint": ["delivery", "app", "none", "product", "delivery", "delivery"],
    "stage": ["during", "after", "none", "after", "during", "during"],
    "painpoint_id": ["P1", "P2", None, None, "GONE", "P1"]})
PLACES = pl.DataFrame({"unit_id": ["d4", "a1", "b2", "c3", "e5"], "x": [-1.0, 0.25, 1.0, 0.0, 0.5],
                       "y": [1.0, -0.75, 0.0, -1.0, 0.5]}, schema_overrides={"x": pl.Float32, "y": pl.Float32})


def unpacked(body: bytes) -> dict[str, Any]:
    """What the bytes say, read as the page reads them."""
    assert body[:4] == b"PPM1"
    length = struct.unpack_from("<I", body, 4)[0]
    assert length % 4 == 0  # or the numbers would stand askew
    found: dict[str, Any] = {"header": json.loads(body[8:8 + length])}
    count, at = found["header"]["count"], 8 + length
    for name, kind in (("x", "<f4"), ("y", "<f4"), ("painpoint", "<u2"), ("stage", "u1"), ("touchpoint", "u1"),
                       ("lang", "u1"), ("sentiment", "u1"), ("within", "u1")):
        found[name] = np.frombuffer(body, kind, count, at).tolist()
        at += count * np.dtype(kind).itemsize
    found["ids"] = body[at:].decode().split("\n") if count else []
    return found


def packed(lang: str = "fa", places: pl.DataFrame = PLACES, units: pl.DataFrame = UNITS) -> bytes:
    edition = Edition.of(lang, load_taxonomy(), "three-stage")
    return map_points(units, places, POINTS, edition, TITLES, FEELINGS, units["sentiment"] == "neg")


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_every_opinion_on_the_map_comes_out_as_it_went_in(lang: str) -> None:
    found = unpacked(packed(lang))
    header, units = found["header"], {row["unit_id"]: row for row in UNITS.iter_rows(named=True)}
    edition = Edition.of(lang, load_taxonomy(), "three-stage")
    assert found["ids"] == PLACES["unit_id"].to_list()
    assert (found["x"], found["y"]) == (PLACES["x"].to_list(), PLACES["y"].to_list())
    for place, key in enumerate(found["ids"]):
        for column, listed, name in (("stage", "stages", edition.stage), ("touchpoint", "touchpoints",
                                     edition.touchpoint), ("lang", "languages", edition.language),
                                     ("sentiment", "sentiments", FEELINGS.__getitem__)):
            entry = header[listed][found[column][place]]
            assert entry == {"code": units[key][column], "name": name(units[key][column])}
        assert found["within"][place] == (units[key]["sentiment"] == "neg")
    assert header["painpoints"] == [{"id": "P1", "title": TITLES["P1"]}, {"id": "P2", "title": TITLES["P2"]}]
    assert dict(zip(found["ids"], found["painpoint"], strict=True)) == {"d4": 0, "a1": 1, "b2": 2, "c3": 0, "e5": 0}


def test_what_is_left_out_is_counted_in_the_total() -> None:
    assert (unpacked(packed())["header"]["count"], unpacked(packed())["header"]["total"]) == (5, 5)
    few = unpacked(packed(places=PLACES.head(2)))
    assert (few["header"]["count"], few["header"]["total"], few["ids"]) == (2, 5, ["d4", "a1"])


def test_the_page_s_own_languages_and_feelings_stand_in_one_order_always() -> None:
    header = unpacked(packed())["header"]
    assert [entry["code"] for entry in header["languages"]] == ["fa", "ar", "ru", "en", "de"]
    assert [entry["code"] for entry in header["sentiments"]] == ["neg", "neu", "pos"]


def test_an_empty_map_can_be_read() -> None:
    found = unpacked(packed(places=PLACES.head(0)))
    assert found["header"]["count"] == 0 and found["ids"] == [] and found["x"] == []


def test_more_than_256_of_a_kind_share_the_last_number() -> None:
    many = 400
    units = pl.DataFrame({"unit_id": [f"u{n:03}" for n in range(many)], "lang": ["fa"] * many,
                          "touchpoint": [f"own{n:03}" for n in range(many)], "sentiment": ["neg"] * many,
                          "weight": [1] * many, "stage": [None] * many, "painpoint_id": [None] * many},
                         schema_overrides={"stage": pl.Utf8, "painpoint_id": pl.Utf8})
    places = units.select("unit_id", x=pl.lit(0.0, pl.Float32), y=pl.lit(0.0, pl.Float32))
    found = unpacked(packed(places=places, units=units))
    assert len(found["header"]["touchpoints"]) == 256 and max(found["touchpoint"]) == 255
    assert found["header"]["stages"][0]["code"] == "none"


def test_fifty_thousand_opinions_stay_under_two_megabytes() -> None:
    many = 50_000
    units = pl.DataFrame({"unit_id": [f"{n:016x}" for n in range(many)]}).with_columns(
        lang=pl.lit("ar"), touchpoint=pl.lit("app"), sentiment=pl.lit("neg"), stage=pl.lit("after"),
        painpoint_id=pl.lit("P1"), weight=pl.lit(1))
    places = units.select("unit_id", x=pl.lit(0.1, pl.Float32), y=pl.lit(0.2, pl.Float32))
    assert len(packed(places=places, units=units)) < 2_000_000
