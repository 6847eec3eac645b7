"""The section on conversations: counts, the choice of those worth reading, bubbles, marks, four editions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from bs4 import BeautifulSoup

from painpoints.report import Edition, render_html, write_tables
from painpoints.report.conversations import by_touchpoint, conversations, feelings_by_turn, overview, telling
from painpoints.report.sections.conversations import conversations_section
from painpoints.report.sections.transcript import pieces, promise_name, speaker_names, transcript, turn_marks
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy

LANGS = ("fa", "ar", "ru", "en")


def edition(taxonomy: Taxonomy, lang: str = "en") -> Edition:
    return Edition.of(lang, taxonomy, "three-stage")


def only(talks: RunData, **values: Any) -> RunData:
    """The run with these columns of every conversation set."""
    assert talks.conversations is not None
    return replace(talks, conversations=talks.conversations.with_columns(
        pl.lit(value).cast(talks.conversations.schema[name]).alias(name) for name, value in values.items()))


def talk(name: str, **values: Any) -> dict[str, Any]:
    return {"doc_id": name, "resolution": "unknown", "trajectory": "level", "effort": 0, "promises": [],
            "courtesy": "plain", "sentiment_start": 0.0, "sentiment_end": 0.0, **values}


def test_a_run_without_conversations_has_no_section(sample: RunData, talks: RunData, taxonomy: Taxonomy) -> None:
    assert conversations(sample).is_empty()
    assert conversations_section(edition(taxonomy), sample, {}) is None
    assert 'id="conversations"' not in render_html(sample) and 'href="#conversations"' not in render_html(sample)
    without = replace(talks, conversations=talks.conversations.clear())  # type: ignore[union-attr]
    assert conversations_section(edition(taxonomy), without, {}) is None


def test_counts_are_those_of_the_conversations(talks: RunData) -> None:
    judged = talks.conversations
    assert judged is not None
    counts = overview(conversations(talks))
    assert counts["conversations"] == 160
    assert counts["resolution"] == dict(judged.group_by("resolution").len().iter_rows())
    assert counts["trajectory"] == dict(judged.group_by("trajectory").len().iter_rows())
    fates = Counter(promise["kept"] for row in judged["promises"] for promise in row)
    assert counts["promises"] == fates
    bots = judged.filter(pl.col("effort_signs").list.eval(pl.element().struct.field("sign") == "bot_loop").list.any())
    assert counts["effort"]["bot_loop"] == len(bots) > 0
    assert counts["effortful"] == judged.filter(pl.col("effort") > 0).height
    assert counts["manner"]["courteous"] == (
        judged.filter(pl.col("courtesy") == "courteous").height,
        judged.filter((pl.col("courtesy") == "courteous") & pl.col("company_failure")).height)


def test_copies_are_not_counted(talks: RunData) -> None:
    documents = talks.documents.with_columns(
        copy_of=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("doc-x")).otherwise(None))
    assert overview(conversations(replace(talks, documents=documents)))["conversations"] == 157


def test_touchpoints_add_up(talks: RunData) -> None:
    table = by_touchpoint(conversations(talks))
    assert table["conversations"].sum() == 160
    assert (table["resolved"] + table["unresolved"] + table["unknown"]).to_list() == table["conversations"].to_list()
    assert table["conversations"].to_list() == sorted(table["conversations"], reverse=True)


def test_the_most_telling_are_the_strongest_of_each_kind_in_turn() -> None:
    broken = {"turn": 1, "kept": "broken"}
    rows = [talk("a", promises=[broken]), talk("b", promises=[broken, broken], effort=3, resolution="unresolved"),
            talk("c", effort=2, resolution="unresolved"), talk("d", effort=5, resolution="unresolved"),
            talk("e", trajectory="worse", sentiment_start=0.2, sentiment_end=-0.8),
            talk("f", courtesy="discourteous"), talk("g"), talk("h", effort=1, resolution="unresolved"),
            talk("i", trajectory="better", resolution="resolved", sentiment_start=-0.5, sentiment_end=0.5)]
    frame = pl.DataFrame(rows[::-1])
    assert [(row["doc_id"], row["why"]) for row in telling(frame)] == [
        ("b", "promise"), ("d", "effort"), ("e", "fall"), ("f", "manner"), ("i", "rise"),
        ("a", "promise"), ("c", "effort")]
    assert [row["doc_id"] for row in telling(frame, 3)] == ["b", "d", "e"]


def test_at_most_twelve_are_shown_each_once(talks: RunData) -> None:
    chosen = [row["doc_id"] for row in telling(conversations(talks))]
    assert len(chosen) == len(set(chosen)) == 12


def test_feeling_is_the_mean_of_a_turns_opinions() -> None:
    units = pl.DataFrame({"doc_id": ["d"] * 4, "turn": [0, 0, 2, None], "p_pos": [0.0, 0.5, 0.9, 1.0],
                          "p_neg": [1.0, 0.5, 0.0, 0.0]}, schema_overrides={"turn": pl.Int32})
    assert feelings_by_turn(units).rows() == [("d", 0, -0.5), ("d", 2, 0.9)]


def test_a_turn_is_cut_where_opinions_and_promises_begin_and_end() -> None:
    assert pieces("abcdefgh", 1, 7, [(2, 5, "opinion neg"), (4, 8, "promise"), (0, 1, "opinion pos")]) == [
        ("b", ""), ("cd", "opinion neg"), ("e", "opinion neg promise"), ("fg", "promise")]
    assert pieces("قول می‌دهم", 0, 10, []) == [("قول می‌دهم", "")]
    assert pieces("", 0, 0, []) == []


def test_pieces_together_are_the_turn(talks: RunData, taxonomy: Taxonomy) -> None:
    for row in telling(conversations(talks)):
        units = talks.units.filter(pl.col("doc_id") == row["doc_id"]).to_dicts()
        turns = [turn for part in transcript(edition(taxonomy), row, units, {})["parts"] for turn in part["turns"]]
        assert ["".join(text for text, _ in turn["pieces"]) for turn in turns] == [
            row["text"][turn["start"]:turn["end"]] for turn in row["turns"]]


def test_marks_stand_at_the_turns_that_show_it(taxonomy: Taxonomy) -> None:
    row = {"resolution": "unresolved", "resolution_turn": 5, "trajectory": "worse", "lowest_turn": 6,
           "courtesy": "courteous", "courtesy_turn": 1,
           "effort_signs": [{"sign": "waiting", "turn": 2}, {"sign": "repeat", "turn": 2}],
           "promises": [{"turn": 1, "hours": 48.0, "kept": "broken", "kept_turn": 4}]}
    marks = {turn: [each["text"] for each in found] for turn, found in turn_marks(edition(taxonomy), row).items()}
    assert marks == {5: ["Shows: Unresolved"], 2: ["Waits", "Asks again"],
                     1: ["Promise: within 2 days – broken", "Courteous"], 4: ["Promise broken here"],
                     6: ["Lowest point"]}
    unknown = {**row, "resolution": "unknown", "resolution_turn": None, "effort_signs": [], "promises": [],
               "courtesy": "plain", "courtesy_turn": None, "trajectory": "level"}
    assert turn_marks(edition(taxonomy), unknown) == {}


@pytest.mark.parametrize(("lang", "hours", "said"), [
    ("en", None, "Promise"), ("en", 0.5, "Promise: within 30 minutes"), ("en", 24.0, "Promise: within 24 hours"),
    ("en", 72.0, "Promise: within 3 days"), ("fa", 48.0, "قول: ظرف ۲ روز"), ("ar", 48.0, "وعد، المهلة: يومان"),
    ("ar", 72.0, "وعد، المهلة: ٣ أيام"), ("ru", 24.0, "Обещание, срок: 24 часа"),
    ("ru", 5.0, "Обещание, срок: 5 часов"),
])
def test_a_promise_is_named_with_its_span(taxonomy: Taxonomy, lang: str, hours: float | None, said: str) -> None:
    assert promise_name(edition(taxonomy, lang), {"hours": hours}) == said


def test_speakers_are_numbered_where_several_share_a_role(taxonomy: Taxonomy) -> None:
    turns = [{"speaker": speaker, "who": who} for speaker, who in (
        ("customer", 0), ("bot", 1), ("agent", 2), ("agent", 5), ("agent", 2), ("clerk", 7))]
    assert speaker_names(edition(taxonomy), turns) == ["Customer", "Bot", "Agent 1", "Agent 2", "Agent 1", "Other"]
    assert speaker_names(edition(taxonomy, "fa"), turns[:4]) == ["مشتری", "ربات", "کارشناس ۱", "کارشناس ۲"]


def test_a_turn_names_each_touchpoint_once_by_the_worst_that_is_said_of_it(taxonomy: Taxonomy) -> None:
    turn = {"speaker": "customer", "who": 0, "time": None, "start": 0, "end": 16}
    row = {"text": "late, rude, late", "turns": [turn], "promises": [], "effort_signs": [],
           "resolution": "unknown", "resolution_turn": None, "courtesy": "plain", "courtesy_turn": None,
           "trajectory": "level", "lowest_turn": None}
    said = [("delivery", "neu", None), ("staff", "neg", None), ("delivery", "neg", "PP1"), ("general", "neg", None),
            ("none", "neu", None)]
    units = [{"turn": 0, "start": 0, "end": 4, "touchpoint": touchpoint, "sentiment": mood, "painpoint_id": pain}
             for touchpoint, mood, pain in said]
    told = transcript(edition(taxonomy), row, units, {"PP1": ("#p1", "Late", "en")})["parts"][0]["turns"][0]["opinions"]
    assert [(each["name"], each["tone"], each["pain"]) for each in told] == [
        ("Staff on site", "neg", None), ("Delivery", "neg", ("#p1", "Late", "en"))]


def test_long_conversations_fold_what_carries_no_mark(taxonomy: Taxonomy) -> None:
    text = "\n".join(f"turn {n}" for n in range(30))
    starts = [text.index(f"turn {n}") for n in range(30)]
    turns = [{"speaker": "agent" if n % 2 else "customer", "who": n % 2, "time": None, "start": start,
              "end": start + len(f"turn {n}")} for n, start in enumerate(starts)]
    row = {"text": text, "turns": turns, "promises": [], "effort_signs": [{"sign": "waiting", "turn": 14}],
           "resolution": "unknown", "resolution_turn": None, "courtesy": "plain", "courtesy_turn": None,
           "trajectory": "level", "lowest_turn": None}
    parts = transcript(edition(taxonomy), row, [], {})["parts"]
    assert [(part["fold"], [turn["number"] for turn in part["turns"]]) for part in parts] == [
        ("", [0, 1]), ("11 turns without marks", [*range(2, 13)]), ("", [13, 14, 15]),
        ("12 turns without marks", [*range(16, 28)]), ("", [28, 29])]
    short = transcript(edition(taxonomy), {**row, "turns": turns[:15][:14], "effort_signs": []}, [], {})["parts"]
    assert [part["fold"] for part in short] == [""]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_bubbles_with_opinions_and_marks(talks: RunData, lang: str, taxonomy: Taxonomy) -> None:
    page = BeautifulSoup(render_html(talks, lang=lang), "html.parser")
    section = page.select_one("#conversations")
    assert section is not None and page.select_one('nav a[href="#conversations"]') is not None
    shown = section.select(".talks > li")
    assert len(shown) == 12
    for row, item in zip(telling(conversations(talks)), shown, strict=True):
        said = [bubble.get_text() for bubble in item.select(".words")]
        assert [re.sub(r"\s+", " ", each).strip() for each in said] == [
            re.sub(r"\s+", " ", row["text"][turn["start"]:turn["end"]]).strip() for turn in row["turns"]]
        assert [turn["class"][1] for turn in item.select(".turn")] == [turn["speaker"] for turn in row["turns"]]
        assert item.select_one("svg.mood[aria-label]") is not None
        assert {mark.find_parent("li")["class"][1] for mark in item.select("mark.opinion")} == {"customer"}
    outcomes = [edition(taxonomy, lang).say(f"conversations.{code}") for code in ("resolved", "unresolved", "unknown")]
    assert {item.select_one(".volume strong").get_text() for item in shown} <= set(outcomes)


def test_markup_in_what_was_said_stays_text(talks: RunData, taxonomy: Taxonomy) -> None:
    first = telling(conversations(talks))[0]["doc_id"]
    attack = "<img src=x onerror=alert(1)>"
    documents = talks.documents.with_columns(
        text=pl.when(pl.col("doc_id") == first).then(pl.lit(attack) + pl.col("text").str.slice(len(attack)))
        .otherwise(pl.col("text")))
    page = BeautifulSoup(render_html(replace(talks, documents=documents)), "html.parser")
    assert page.select("#conversations img") == []
    assert attack in page.select_one(".talks .words").get_text()


def test_what_the_company_failed_in_is_told_apart_from_manner(talks: RunData) -> None:
    page = BeautifulSoup(render_html(only(talks, courtesy="courteous", company_failure=True)), "html.parser")
    cells = [cell.get_text() for cell in page.select("#conversations table.tight tbody tr > *")]
    assert cells == ["Courteous", "160", "160"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_has_a_row_a_conversation(talks: RunData, taxonomy: Taxonomy, lang: str, tmp_path: Path) -> None:
    write_tables(talks, tmp_path, lang=lang)
    said = edition(taxonomy, lang).say
    rows = pl.read_excel(tmp_path / "findings.xlsx", sheet_name=said("sheet.conversations"))
    assert rows.height == 160
    names = {code: said(f"conversations.{code}") for code in ("resolved", "unresolved", "unknown")}
    assert talks.conversations is not None
    assert rows[said("conversations.resolution")].to_list() == [
        names[code] for code in talks.conversations["resolution"]]
    assert rows[said("conversations.mean_effort")].to_list() == talks.conversations["effort"].to_list()
    first = rows.row(by_predicate=pl.col(said("conversations.conversation")) == "en02", named=True)
    assert first[said("conversations.main_problem")].startswith("Hi, how do I return a rug?")
    assert first[said("conversations.promises_broken")] == 2


def test_a_workbook_without_conversations_has_no_such_sheet(sample: RunData, tmp_path: Path) -> None:
    write_tables(sample, tmp_path)
    with pytest.raises(Exception, match="Conversations"):
        pl.read_excel(tmp_path / "findings.xlsx", sheet_name="Conversations")
