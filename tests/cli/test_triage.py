"""painpoints triage and the commands that change what it lists, from the command line."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from painpoints.cli.terminal import marked_lines
from painpoints.pipeline import Workspace

if TYPE_CHECKING:
    from conftest import Ended, Run

AUTHORS = ["@sara_1990", "Иван Петров", "محمد", "bob"]


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAINPOINTS_USER", raising=False)


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> str:
    shutil.copytree(begun, tmp_path / "shop")
    return "shop"


Ask = Callable[..., dict[str, Any]]


def ids(found: dict[str, Any]) -> list[str]:
    return [row["doc_id"] for row in found["comments"]]


def test_the_most_urgent_come_first_with_all_that_is_to_be_known(ask: Ask, begun: Path) -> None:
    found = ask("triage", "--top", 5)
    scores = [row["score"] for row in found["comments"]]
    assert len(scores) == 5 and scores == sorted(scores, reverse=True)
    assert [row["rank"] for row in found["comments"]] == [1, 2, 3, 4, 5]
    assert found["counts"]["new"] == found["found"] > 60 and found["who"] == "sara"
    with Workspace.open(begun) as opened:
        data = opened.data()
    for row in found["comments"]:
        unit = data.units.row(by_predicate=pl.col("unit_id") == row["unit_id"], named=True)
        assert row["text"][row["start"]:row["end"]] == unit["text"]
        assert row["doc_id"].startswith(row["short"]) and (row["status"], row["version"]) == ("new", 0)
        assert sum(reason["weight"] for reason in row["reasons"]) == pytest.approx(row["score"], abs=0.01)
        assert all(re.search("[\u0600-\u06ff]", reason["words"]) for reason in row["reasons"]), "in Persian"
        datetime.fromisoformat(row["time"])
    titles = {point["painpoint_id"]: point["title"] for point in data.points}
    assert {row["painpoint_title"] for row in ask("triage", "--top", 100)["comments"]} - {None} <= set(titles.values())


def test_a_person_reads_where_why_and_the_words_with_the_urgent_ones_marked(run: Run, shop: str) -> None:
    shown = run("triage", shop, "--top", 72)
    assert shown.code == 0 and "painpoints done shop" in shown.err
    lines = shown.out.splitlines()
    assert lines[0].endswith("new)") and lines[2].startswith("1. [")
    assert sum("»" in line and "«" in line for line in lines) > 5
    assert any("\u2067" in line and line.index("\u2067") == 4 and line.endswith("\u2069") for line in lines)
    assert any("Instagram" in line for line in lines) and any("negative" in line for line in lines)
    why = [line for line in lines if line.startswith("    why: \u2068")]
    assert len(why) > 60 and any("پول یا کلاه\u200cبرداری" in line for line in why)
    assert max(map(len, lines)) < 200
    assert sum(shown.out.count(opening) for opening in "\u2066\u2067\u2068") == shown.out.count("\u2069")


def test_authors_are_not_shown(run: Run, shop: str, begun: Path) -> None:
    with Workspace.open(begun) as opened:
        keys = set(opened.data().documents["author_key"].drop_nulls())
    assert len(keys) == 4
    for arguments in ([], ["--json"]):
        out = run("triage", shop, "--top", 100, *arguments).out
        assert not [name for name in (*AUTHORS[:2], *keys, "author") if name in out]


def test_what_is_done_or_muted_leaves_the_list_until_it_is_asked_for(ask: Ask, run: Run, shop: str) -> None:
    first, second, third, fourth = ids(ask("triage", "--top", 4))
    assert run("done", shop, first[:8], "--as", "sara").out == f"{first} done (sara), was new\n"
    ask("mute", second)
    ask("wait", third, "--note", "запросили номер заказа")
    assert run("assign", shop, fourth, "me", "--as", "Ali").out == f"{fourth} assigned (Ali), was new\n"
    left = ids(ask("triage", "--top", 3))
    assert left[:2] == [third, fourth]
    for status, which in (("done", [first]), ("muted", [second]), ("waiting", [third])):
        assert ids(ask("triage", "--status", status)) == which
    assert ids(ask("triage", "--status", "done", "--status", "muted")) == [first, second]
    assert len(ids(ask("triage", "--status", "all", "--top", 100))) == ask("triage", "--top", 1)["found"] + 2
    assert ids(ask("triage", "--status", "mine")) == []
    assert ids(ask("triage", "--status", "mine", "--as", "ALI")) == [fourth]
    assert ids(ask("triage", "--assignee", "ali")) == [fourth] and ids(ask("triage", "--assignee", "نیست")) == []
    assert fourth not in ids(ask("triage", "--assignee", "nobody", "--top", 100))
    text = run("triage", shop, "--as", "sara").out
    assert f"{third[:6]}  waiting (me)" in text and "  with Ali  " in text and "note: запросили номер заказа" in text
    assert text.splitlines()[0].endswith("1 mine, 1 waiting, 1 done, 1 muted)")


def test_filters_choose_and_what_they_cannot_mean_is_told(ask: Ask, run: Run, shop: str) -> None:
    everything = ask("triage", "--top", 100)["comments"]
    for option, column in (("lang", "lang"), ("source", "source")):
        for value in {row[column] for row in everything}:
            found = ask("triage", f"--{option}", value, "--top", 100)
            assert {row[column] for row in found["comments"]} == {value}
            assert found["found"] == sum(row[column] == value for row in everything)
    for option in ("stage", "touchpoint"):
        value = everything[0][option]
        found = ask("triage", f"--{option}", value, "--top", 100)
        assert found["comments"] and all(value in row[f"{option}s"] for row in found["comments"])
    point = next(row["painpoint_id"] for row in everything if row["painpoint_id"])
    found = ask("triage", "--painpoint", point[:6].lower(), "--top", 100)
    assert found["comments"] and all(point in row["painpoint_ids"] for row in found["comments"])
    doubted = ask("triage", "--uncertain", "--top", 100)
    assert doubted["found"] == sum(row["uncertain"] for row in everything) < len(everything)
    assert ask("triage", "--source", "instagram")["found"] == ask("triage", "--source", "Instagram")["found"] > 0
    for option, value in (("source", "Instagramm"), ("status", "dun"), ("stage", "durin"), ("lang", "farsi-dari"),
                          ("painpoint", "ZZZZZZ"), ("touchpoint", "nowhere")):
        refused = run("triage", shop, f"--{option}", value)
        assert refused.code == 2 and "hint: " in refused.err and refused.out == ""


@pytest.mark.parametrize("words", ["refund", "پولم", "المندوب", "Курьер"])
def test_a_search_narrows_the_list_and_urgency_still_orders_it(ask: Ask, words: str) -> None:
    everything = ask("triage", "--top", 100)["comments"]
    wanted = [row["doc_id"] for row in everything if re.search(rf"\b{words}\b", row["text"], re.I)]
    assert 0 < len(wanted) < len(everything)
    assert ids(ask("triage", "--search", words, "--top", 100)) == wanted
    assert ids(ask("triage", "--search", f'"{words}"', "--top", 1)) == wanted[:1]


def test_one_comment_is_shown_whole_with_who_did_what(ask: Ask, run: Run, shop: str) -> None:
    first = ids(ask("triage", "--top", 1))[0]
    ask("assign", first, "Ali", "--note", "زنگ بزن")
    ask("undo")
    ask("wait", first, "--as", "Ali")
    lines = run("triage", shop, first[:7], "--as", "Ali").out.splitlines()
    told = [line.split(" ", 2)[2] for line in lines if line.startswith("20")]
    assert told == ["sara (undone): new to mine; given to Ali; note: \u2068زنگ بزن\u2069",
                    "sara (undid): mine to new; taken from Ali; note taken away",
                    "Ali: new to waiting; given to Ali"]
    found = ask("triage", first)
    assert [row["field"] for row in found["history"]] == ["status", "assignee", "note"] * 2 + ["status", "assignee"]
    assert found["moves"] == []
    assert run("triage", shop, first, "--status", "new").code == 2
    assert run("triage", shop, "ffffffff").code == 2


def test_where_its_opinions_went_is_told_among_what_was_done(ask: Ask, run: Run, shop: str) -> None:
    from painpoints.pipeline import Workspace

    with Workspace.open(shop) as opened:
        units = opened.data().units
        placed = units.filter(units["painpoint_id"].is_not_null()).sort("unit_id").row(0, named=True)
        home = opened.gather([placed["unit_id"]], "جای تازه", "sara")
    doc, unit = placed["doc_id"], placed["unit_id"]
    ask("wait", doc, "--as", "Ali")
    run("undo", shop, "--as", "sara")
    lines = run("triage", shop, doc).out.splitlines()
    told = [line.split(" ", 2)[2] for line in lines if line.startswith("20")]
    was = placed["painpoint_id"]
    assert told[0].startswith(f"sara (undone): {unit} to {home} \u2068جای تازه\u2069, was in {was} \u2068")
    assert told[1].startswith("Ali: new to waiting")
    assert told[2].startswith(f"sara (undid): {unit} to {was}") and f"was in {home} " in told[2]
    assert [(row["before"], row["after"]) for row in ask("triage", doc)["moves"]] == [(was, home), (home, was)]


def test_many_at_once_also_from_the_standard_input(ask: Ask, run: Run, shop: str, monkeypatch: pytest.MonkeyPatch
                                                   ) -> None:
    many = ids(ask("triage", "--top", 12))
    assert len(ask("done", *many[:3])["after"]) == 3
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(f"{name}@0" for name in many[3:])))
    shown = run("assign", shop, "-", "سارا", "--as", "sara").out.splitlines()
    assert len(shown) == 9 and all(line.endswith("assigned (\u2068سارا\u2069), was new") for line in shown)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*many, "ffffffff"])))
    assert run("mute", shop, "-", "--as", "sara").code == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO(" \n"))
    assert run("mute", shop, "-").code == 2
    assert ask("triage")["counts"]["muted"] == 0
    more = ids(ask("triage", "--top", 100, "--assignee", "nobody"))
    shown = run("mute", shop, *more[:14], *many[:1], "--as", "sara").out.splitlines()
    assert len(shown) == 11 and shown[-1] == "and 5 more"


def test_undo_is_told_in_words(ask: Ask, run: Run, shop: str) -> None:
    first, second = ids(ask("triage", "--top", 2))
    ask("done", first, second, "--note", "refunded")
    lines = run("undo", shop, "--as", "sara").out.splitlines()
    assert re.fullmatch(r"Undone, what you did at \d{4}-\d\d-\d\d \d\d:\d\d UTC:", lines[0])
    assert sorted(lines[1:]) == sorted(f"{key} new, was done (sara); note taken away" for key in (first, second))
    nothing = run("undo", shop, "--as", "sara")
    assert nothing.code == 2 and "error: sara has changed nothing that could be undone." in nothing.err
    assert ids(ask("triage", "--top", 2)) == [first, second]


def test_a_colleague_who_was_first_is_named_and_not_overwritten(ask: Ask, run: Run, shop: str) -> None:
    first = ids(ask("triage", "--top", 1))[0]
    ask("assign", f"{first}@0", "me")
    late = run("done", shop, f"{first}@0", "--as", "Ali")
    assert late.code == 1 and f"error: {first}: changed by sara meanwhile; nothing was changed." in late.err
    rude = run("done", shop, first, "--as", "Ali")
    assert rude.code == 1 and f"{first}@1" in rude.err
    assert ask("triage", first)["comments"][0]["status"] == "mine"
    assert ask("done", f"{first}@1", "--as", "Ali")["after"][0]["version"] == 2


def test_so_already_is_said(ask: Ask, run: Run, shop: str) -> None:
    first = ids(ask("triage", "--top", 1))[0]
    ask("done", first)
    assert run("done", shop, first, "--as", "sara").out == f"1 comment was so already: {first}\n"
    assert run("untriage", shop, first, "--as", "sara").out == f"{first} new, was done (sara)\n"


def test_the_last_word_is_who_or_the_note(ask: Ask, run: Run, shop: str) -> None:
    first, second = ids(ask("triage", "--top", 2))
    for command in ("assign", "note"):
        for arguments in ([first], [first, second[:8]]):
            refused = run(command, shop, *arguments)
            assert refused.code == 2 and "the last word is to be" in refused.err
            assert f"hint: painpoints {command} shop" in refused.err
    assert run("note", shop, first, second, "زنگ بزن", "--as", "sara").out.count("note: \u2068زنگ بزن\u2069") == 2
    assert run("note", shop, first, "", "--as", "sara").out == f"{first} note taken away\n"


def test_a_workspace_without_feedback_says_how_to_add_some(run: Run) -> None:
    run("init", "empty")
    refused = run("triage", "empty")
    assert refused.code == 2 and "painpoints add empty FILE" in refused.err
    assert run("done", "empty", "abcdef").code == 2 and run("done", "nowhere", "abcdef").code == 2


def test_the_same_on_a_server(run: Run, server: str, rows: pl.DataFrame) -> None:
    assert run("init", "shop", "--database", server).code == 0
    with Workspace.open("shop") as opened:
        opened.add(rows.head(12))
    first = ids(json.loads(run("triage", "shop", "--json").out))[0]
    assert run("done", "shop", first[:6], "--as", "Сара").code == 0
    assert first not in ids(json.loads(run("triage", "shop", "--json").out))
    assert ids(json.loads(run("triage", "shop", "--json", "--status", "done").out)) == [first]
    assert run("undo", "shop", "--as", "сара").code == 0
    assert ids(json.loads(run("triage", "shop", "--json").out))[0] == first


@pytest.fixture
def ended(run: Run) -> Iterator[Ended]:
    yield run("triage", "--help")


def test_help_names_the_filters(ended: Ended) -> None:
    assert ended.code == 0 and all(f"--{name}" in ended.out for name in ("top", "lang", "assignee", "search", "as"))


def test_marked_lines_fit_run_one_way_and_mark_every_line_they_break() -> None:
    text = "سه روز است که منتظرم ولی ", "سفارش iPhone من هنوز نرسیده است", " و کسی پاسخ نمی‌دهد"
    lines = marked_lines(*text, 24, bold=False)
    assert all(line[0] == "\u2067" and line[-1] == "\u2069" and len(line) <= 26 for line in lines)
    plain = " ".join(line[1:-1] for line in lines)
    assert plain == "سه روز است که منتظرم ولی »سفارش iPhone من هنوز نرسیده است« و کسی پاسخ نمی‌دهد"
    bold = marked_lines(*text, 24, bold=True)
    assert sum("\x1b[1m" in line for line in bold) >= 2
    assert all(line.count("\x1b[1m") == line.count("\x1b[22m") for line in bold)
    assert marked_lines("", "late \x1b[31mагain", "!", 40, bold=False) == ["»late [31mагain«!"]
    assert marked_lines("", "late again", "", 40, bold=False) == ["late again"]
    assert marked_lines("", "late again", "", 40, bold=True) == ["late again"]
    assert marked_lines("ok ", "سلام", "", 40, bold=False) == ["\u2066ok »سلام«\u2069"]
    assert marked_lines("", "w" * 25, " x", 10, bold=True)[0] == "\x1b[1m" + "w" * 10 + "\x1b[22m"
    assert marked_lines("", "", "", 10, bold=True) == []
