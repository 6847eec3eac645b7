"""Documents are judged by their units, each as heavy as it is long."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.classify import MIXED, judge_documents

P = {"neg": (0.8, 0.1, 0.1), "neu": (0.1, 0.8, 0.1), "pos": (0.1, 0.1, 0.8)}
STAGES = {"ads": "before", "price": "before", "staff": "during", "delivery": "after", "product": "after",
          "general": "none", "none": "none"}


def unit(doc: str, length: int, sentiment: str = "neu", touchpoint: str = "delivery", **more: Any) -> dict[str, Any]:
    neg, neu, pos = P[sentiment]
    return {"doc_id": doc, "start": 0, "end": length, "lang": "en", "sentiment": sentiment, "p_neg": neg, "p_neu": neu,
            "p_pos": pos, "touchpoint": touchpoint, "touchpoint_p": 0.6, "stage": STAGES[touchpoint], "stage_p": 0.7,
            "problem_p": 0.2, "is_problem": False, "certain": True} | more


def judged(*units: dict[str, Any], docs: list[str] | None = None) -> pl.DataFrame:
    names = docs or list(dict.fromkeys(u["doc_id"] for u in units))
    schema = {"doc_id": pl.Utf8, "start": pl.Int64, "end": pl.Int64, "lang": pl.Utf8, "sentiment": pl.Utf8,
              "p_neg": pl.Float32, "p_neu": pl.Float32, "p_pos": pl.Float32, "touchpoint": pl.Utf8,
              "touchpoint_p": pl.Float32, "stage": pl.Utf8, "stage_p": pl.Float32, "problem_p": pl.Float32,
              "is_problem": pl.Boolean, "certain": pl.Boolean}
    documents = pl.DataFrame({"doc_id": names, "text": [f"text of {n}" for n in names]},
                             schema={"doc_id": pl.Utf8, "text": pl.Utf8})
    return judge_documents(documents, pl.DataFrame(list(units), schema=schema))


def one(*units: dict[str, Any]) -> dict[str, Any]:
    return judged(*units).row(0, named=True)


def test_a_single_unit_speaks_for_its_document() -> None:
    found = one(unit("a", 20, "neg", problem_p=0.9, is_problem=True, certain=False))
    assert (found["sentiment"], found["touchpoint"], found["stage"], found["units"]) == ("neg", "delivery", "after", 1)
    assert found["p_neg"] == pytest.approx(0.8)
    assert (found["is_problem"], found["certain"]) == (True, False)
    assert found["problem_p"] == pytest.approx(0.9)


def test_probabilities_are_means_by_length() -> None:
    found = one(unit("a", 90, "neg"), unit("a", 10, "neu"))
    assert found["p_neg"] == pytest.approx(0.9 * 0.8 + 0.1 * 0.1)
    assert found["p_neg"] + found["p_neu"] + found["p_pos"] == pytest.approx(1.0)
    assert found["sentiment"] == "neg"


@pytest.mark.parametrize(("praise", "complaint", "expected"), [
    (50, 50, MIXED), (75, 25, MIXED), (25, 75, MIXED), (76, 24, "pos"), (10, 90, "neg")])
def test_a_document_is_mixed_when_each_side_holds_a_quarter(praise: int, complaint: int, expected: str) -> None:
    assert one(unit("a", praise, "pos"), unit("a", complaint, "neg"))["sentiment"] == expected


def test_neutral_beside_one_side_is_not_mixed() -> None:
    assert one(unit("a", 50, "neu"), unit("a", 60, "neg"))["sentiment"] == "neg"
    assert one(unit("a", 60, "neu"), unit("a", 50, "pos"))["sentiment"] == "neu"


def test_the_touchpoint_with_the_most_text_leads() -> None:
    found = one(unit("a", 30, touchpoint="product"), unit("a", 25, touchpoint="staff"),
                unit("a", 25, touchpoint="staff"))
    assert found["touchpoint"] == "staff"
    assert found["touchpoints"] == ["product", "staff"]


def test_a_verdict_leads_only_where_there_is_nothing_else() -> None:
    beside = one(unit("a", 200, touchpoint="general"), unit("a", 10, touchpoint="price"))
    assert (beside["touchpoint"], beside["stage"], beside["touchpoints"]) == ("price", "before", ["price"])
    alone = one(unit("a", 200, touchpoint="general"), unit("a", 300, touchpoint="none"))
    assert (alone["touchpoint"], alone["stage"], alone["touchpoints"]) == ("none", "none", [])


def test_the_stage_is_mixed_when_none_holds_half_of_the_journey_text() -> None:
    thirds = one(unit("a", 30, touchpoint="ads"), unit("a", 30, touchpoint="staff"), unit("a", 40))
    assert thirds["stage"] == MIXED
    half = one(unit("a", 30, touchpoint="ads"), unit("a", 20, touchpoint="staff"), unit("a", 50))
    assert half["stage"] == "after"
    padded = one(unit("a", 500, touchpoint="general"), unit("a", 60), unit("a", 40, touchpoint="ads"))
    assert padded["stage"] == "after", "what is on no journey does not count"


def test_two_touchpoints_of_one_stage_add_up() -> None:
    found = one(unit("a", 30, touchpoint="product"), unit("a", 30), unit("a", 40, touchpoint="ads"))
    assert (found["touchpoint"], found["stage"]) == ("ads", "after")


def test_one_problem_makes_a_problem_and_one_doubt_a_doubt() -> None:
    found = one(unit("a", 50), unit("a", 5, problem_p=0.8, is_problem=True), unit("a", 5, certain=False))
    assert (found["is_problem"], found["certain"], found["units"]) == (True, False, 3)
    assert found["problem_p"] == pytest.approx(0.8)


def test_the_language_is_that_of_most_of_the_text() -> None:
    assert one(unit("a", 10, lang="en"), unit("a", 50, lang="fa"), unit("a", 10, lang="en"))["lang"] == "fa"
    assert one(unit("a", 30, lang="en"), unit("a", 50, lang="fa"), unit("a", 30, lang="en"))["lang"] == "en"


def test_a_document_without_units_gets_nulls_and_keeps_its_place() -> None:
    frame = judged(unit("c", 10, "neg"), unit("a", 10, "pos"), docs=["a", "b", "c"])
    assert frame["doc_id"].to_list() == ["a", "b", "c"]
    assert frame["sentiment"].to_list() == ["pos", None, "neg"]
    bare = frame.row(1, named=True)
    assert bare.pop("text") == "text of b"
    assert bare.pop("doc_id") == "b"
    assert set(bare.values()) == {None}


def test_no_units_at_all() -> None:
    frame = judged(docs=["a", "b"])
    assert frame["sentiment"].to_list() == [None, None]
    assert frame.height == 2


def test_judging_again_replaces_the_columns() -> None:
    units = [unit("a", 10, "neg"), unit("b", 10, "pos")]
    first = judged(*units)
    again = judge_documents(first, pl.DataFrame(units))
    assert again.columns == first.columns
    assert again["sentiment"].to_list() == ["neg", "pos"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([7, 10, 20, 40]), st.sampled_from(list(P)), st.sampled_from(list(STAGES)),
                          st.sampled_from(["fa", "ar", "ru", "en"])), min_size=1, max_size=7), st.randoms())
def test_the_order_of_units_does_not_matter(rows: list[tuple[int, str, str, str]], random: Any) -> None:
    units = [unit("a", length, sentiment, touchpoint, lang=lang) for length, sentiment, touchpoint, lang in rows]
    shuffled = units.copy()
    random.shuffle(shuffled)
    first, second = one(*units), one(*shuffled)
    for name, value in first.items():
        assert second[name] == (pytest.approx(value, abs=1e-5) if isinstance(value, float) else value), name
