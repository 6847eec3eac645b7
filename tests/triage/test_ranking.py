"""Comments are ranked by what is urgent in them, whatever the order they come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from painpoints.store import WorkspaceData
from painpoints.triage import TOP_BAND, URGENCY, urgency

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DOCUMENT = {"author_key": None, "time": NOW, "sentiment": "neg", "touchpoint": "delivery", "stage": "post_purchase",
            "is_problem": True, "certain": True}
UNIT = {"lang": "en", "weight": 1, "p_neg": .8, "p_pos": .05, "problem_p": .8, "emotion": None, "emotion_p": None,
        "painpoint_id": None}
TEXTS = {"plain": "The parcel came late.", "praise": "Lovely shop, thank you."}


def workspace(*comments: dict[str, Any]) -> WorkspaceData:
    """Each comment: ``id``, ``units`` (texts or dicts), and columns of the document."""
    documents, units = [], []
    for comment in comments:
        parts = [part if isinstance(part, dict) else {"text": part} for part in comment["units"]]
        documents.append({**DOCUMENT, "doc_id": comment["id"], "text": " ".join(part["text"] for part in parts),
                          **{k: v for k, v in comment.items() if k not in ("id", "units")}})
        at = 0
        for number, part in enumerate(parts):
            units.append({**UNIT, "unit_id": f"{comment['id']}-{number}", "doc_id": comment["id"], "start": at,
                          "end": at + len(part["text"]), **part})
            at += len(part["text"]) + 1
    kinds = {"author_key": pl.Utf8, "time": pl.Datetime("us", "UTC")}
    return WorkspaceData("shop", pl.DataFrame(documents, schema_overrides=kinds), pl.DataFrame(units, schema_overrides={
        "emotion": pl.Utf8, "emotion_p": pl.Float32, "painpoint_id": pl.Utf8, "p_neg": pl.Float32}),
        [], [], [], [], [], [], {}, lambda ids: np.zeros((len(ids), 1)))


def ranked(*comments: dict[str, Any], trends: pl.DataFrame | None = None) -> list[dict[str, Any]]:
    return urgency(workspace(*comments), now=NOW, trends=trends).rows(named=True)


def codes(row: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in row["reasons"]]


def plain(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "units": [TEXTS["plain"]], **more}


def test_a_row_a_comment_with_the_urgent_unit_at_its_place() -> None:
    [row] = ranked({"id": "a", "units": [TEXTS["plain"], "The kettle caught fire.", "Bye."]})
    text = f"{TEXTS['plain']} The kettle caught fire. Bye."
    assert (row["unit_id"], text[row["start"]:row["end"]]) == ("a-1", "The kettle caught fire.")
    assert row["score"] >= TOP_BAND
    assert row["reasons"][0]["code"] == "safety"
    assert row["reasons"][0]["detail"] == "caught fire"
    assert (row["lang"], row["touchpoint"], row["sentiment"], row["uncertain"]) == ("en", "delivery", "neg", False)


def test_reasons_are_greatest_first_and_add_up_to_the_score() -> None:
    [row] = ranked({"id": "a", "units": ["Scammers! Nobody answers."], "meta.likes": "300"})
    weights = [reason["weight"] for reason in row["reasons"]]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(row["score"], abs=2)
    assert {"fraud", "waiting", "problem", "negative", "reach", "fresh"} <= set(codes(row))


@pytest.mark.parametrize(("lang", "text"), [
    ("fa", "به پلیس فتا شکایت می‌کنم"), ("fa", "shekayat mikonam"), ("ar", "سأقاضيكم في المحكمة"),
    ("ru", "Подаю в суд"), ("en", "I will sue you")])
def test_threats_of_law_come_first_in_every_language(lang: str, text: str) -> None:
    rows = ranked(plain("b"), {"id": "a", "units": [{"text": text, "lang": lang}]})
    assert rows[0]["doc_id"] == "a"
    assert rows[0]["score"] >= TOP_BAND > rows[1]["score"]


def test_news_of_danger_and_figures_of_speech_in_praise_lift_nothing() -> None:
    news = {"text": "Fire brigade: a kettle caught fire in town.", "p_neg": .1, "problem_p": .1, "p_pos": .1}
    praise = {"text": "I never want to go elsewhere, tell everyone on my blog", "p_neg": .02, "problem_p": .02,
              "p_pos": .96}
    rows = ranked({"id": "news", "units": [news]}, {"id": "praise", "units": [praise]}, plain("c"))
    assert next(row["doc_id"] for row in rows) == "c"
    assert not {"safety", "exposure", "churn"} & {code for row in rows for code in codes(row)}


def test_copies_are_left_out_but_a_stock_phrase_in_a_comment_counts() -> None:
    copied = {"id": "copy", "units": [{"text": "Scam", "weight": 0}]}
    mixed = {"id": "own", "units": [{"text": "Scam!", "weight": 0}, TEXTS["plain"]]}
    rows = ranked(copied, mixed)
    assert [row["doc_id"] for row in rows] == ["own"]
    assert "fraud" in codes(rows[0])


def test_fresh_comments_stand_above_old_ones_and_old_ones_keep_some_of_it() -> None:
    rows = ranked(plain("old", time=NOW - timedelta(days=60)), plain("new"),
                  plain("ahead", time=NOW + timedelta(hours=3)))
    assert [row["doc_id"] for row in rows] == ["ahead", "new", "old"]
    assert rows[0]["score"] == rows[1]["score"]
    assert rows[2]["score"] == pytest.approx(.6 * rows[1]["score"], rel=.01)


def test_reach_counts_on_a_logarithmic_scale_and_only_where_something_is_wrong() -> None:
    rows = {row["doc_id"]: row for row in ranked(
        *(plain(f"n{n}", **{"meta.likes": n}) for n in ("0", "10", "100", "10000", "90000")),
        {"id": "praise", "units": [{"text": TEXTS["praise"], "p_neg": 0., "problem_p": 0., "p_pos": 1.}],
         "meta.likes": "90000"})}
    scores = [rows[f"n{n}"]["score"] for n in ("0", "10", "100", "10000", "90000")]
    assert scores == sorted(scores)
    assert scores[3] == scores[4]
    assert rows["n100"]["reach"] == 100
    assert rows["praise"]["score"] == 0
    assert ranked(plain("a"))[0]["reach"] is None


def test_whoever_wrote_and_complained_before_goes_before_others() -> None:
    rows = {row["doc_id"]: row for row in ranked(
        plain("first", author_key="k", time=NOW - timedelta(days=9)), plain("second", author_key="k"),
        plain("stranger", author_key="s"), plain("nameless"), plain("nameless too"))}
    assert rows["second"]["score"] > rows["stranger"]["score"] == rows["nameless"]["score"]
    assert {"again", "regular"} <= set(codes(rows["second"]))
    assert not {"again", "regular"} & set(codes(rows["first"]) + codes(rows["nameless too"]))


def test_a_pain_point_that_is_new_or_growing_raises_its_comments() -> None:
    trends = pl.DataFrame({"painpoint_id": ["P", "Q", "P"], "week": [date(2026, 11, 9)] * 2 + [date(2026, 11, 2)],
                           "status": ["growing", "steady", "steady"]})
    placed = [{"id": name.lower(), "units": [{"text": TEXTS["plain"], "painpoint_id": name}]} for name in "PQR"]
    rows = ranked(*placed, trends=trends)
    assert [row["painpoint_id"] for row in rows] == ["P", "Q", "R"]
    assert rows[0]["score"] > rows[1]["score"] == rows[2]["score"]
    assert next(r["detail"] for r in rows[0]["reasons"] if r["code"] == "trend") == "growing"
    assert len({row["score"] for row in ranked(*placed)}) == 1


def test_anger_worry_and_certainty_count() -> None:
    angry = {"text": TEXTS["plain"], "emotion": "anger", "emotion_p": .9}
    rows = ranked(plain("flat"), plain("unsure", certain=False), {"id": "angry", "units": [angry]})
    assert [row["doc_id"] for row in rows] == ["angry", "flat", "unsure"]
    assert [row["uncertain"] for row in rows] == [False, False, True]


def test_the_order_of_rows_does_not_matter() -> None:
    comments = [plain(f"d{n}", author_key=f"k{n % 3}", time=NOW - timedelta(hours=n % 4), **{"meta.likes": str(n)})
                for n in range(12)] + [{"id": "x", "units": ["Scam!", "Scam!", "I will sue you"], "meta.likes": None}]
    data = workspace(*comments)
    usual = urgency(data, now=NOW)
    for seed in range(3):
        mixed = replace(data, documents=data.documents.sample(fraction=1, shuffle=True, seed=seed),
                        units=data.units.sample(fraction=1, shuffle=True, seed=seed + 9))
        assert urgency(mixed, now=NOW).equals(usual)
    assert usual.schema == URGENCY


def test_nothing_to_rank_is_an_empty_table() -> None:
    data = workspace({"id": "copy", "units": [{"text": "Scam", "weight": 0}]})
    assert urgency(data, now=NOW).schema == URGENCY
    assert urgency(data, now=NOW).is_empty()
