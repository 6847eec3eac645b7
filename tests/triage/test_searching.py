"""Comments found by their words, in a state in the folder and on a server: whole, current, whoever asks."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painpoints.errors import StorageError, UsageError
from painpoints.pipeline import Workspace
from painpoints.store import Generation, WorkspaceFolder, create_workspace, open_workspace, textindex
from painpoints.triage import highlight, matching, search

TEXTS = {
    "fa-late": "پیک سه ساعت دیر رسید و غذا سرد بود",
    "fa-soft": "این نرم‌افزار را نمي‌خواهم، کتاب ها هم نرسید",
    "ar-late": "المندوب تأخّر ثلاث ساعات والأكل بارد",
    "ar-good": "خدمة ممتـــازة وأسعار ١٢٣ ريال",
    "ru-late": "Курьер опоздал на три часа, ещё и еда холодная",
    "ru-price": "Цена 123 рубля, всё понравилось",
    "en-late": "The courier was three hours late and the food was cold",
    "en-refund": "Refunded after 1,200 e-mails; don't buy the iPhone13 case",
    "mixed": "سفارش delivery خیلی late بود؛ цена ۱۲۳",
}
Fill = Callable[..., None]


def fill(folder: WorkspaceFolder, number: int, texts: dict[str, str], made: str = "2026-11-22T00:00:00+00:00") -> None:
    documents = pl.DataFrame({"doc_id": list(texts), "text": list(texts.values())})
    folder.facts.write(number, documents, pl.DataFrame({"unit_id": ["u"]}), np.zeros((1, 2), np.float32), Generation())
    with folder.state.writing() as state:
        state.insert("additions", [{"number": number, "made": made, "inputs": "[]", "documents": len(texts), "units": 0,
                                    "note": ""}])


@pytest.fixture
def shop(tmp_path: Path, database: str | None) -> Iterator[WorkspaceFolder]:
    with create_workspace(tmp_path / "shop", {}, "1", database) as folder:
        fill(folder, 1, TEXTS)
        yield folder


@pytest.mark.parametrize(("words", "found"), [
    ("دير", {"fa-late"}),
    ("نرم افزار", {"fa-soft"}),
    ('"نرم افزار"', {"fa-soft"}),
    ("نرم‌افزار نمیخواهم", {"fa-soft"}),
    ("کتابها", {"fa-soft"}),
    ("كتاب", {"fa-soft"}),
    ("تاخر", {"ar-late"}),
    ("خدمه ممتازه", {"ar-good"}),
    ("أسعار", set()),
    ("واسعار", {"ar-good"}),
    ("еще", {"ru-late"}),
    ("ВСЕ", {"ru-price"}),
    ("LATE", {"en-late", "mixed"}),
    ("late -delivery", {"en-late"}),
    ('late -"three hours"', {"mixed"}),
    ("123", {"ar-good", "ru-price", "mixed"}),
    ("۱۲۳", {"ar-good", "ru-price", "mixed"}),
    ("1200 emails", {"en-refund"}),
    ("1200 mail*", {"en-refund"}),
    ("dont iphone", {"en-refund"}),
    ("refund*", {"en-refund"}),
    ("refund", set()),
    ('"hours three"', set()),
    ('"three hou*"', {"en-late"}),
    ("сереbro", set()),
    ("delivery цена دیر", set()),
    ("delivery цена خیلی", {"mixed"}),
])
def test_words_are_found_however_they_are_spelt(shop: WorkspaceFolder, words: str, found: set[str]) -> None:
    assert set(matching(shop, words)) == found
    result = search(shop, words)
    assert {hit.doc_id for hit in result.hits} == found and result.total == len(found)
    for hit in result.hits:
        assert hit.text == TEXTS[hit.doc_id] and hit.spans and list(hit.spans) == highlight(hit.text, words)


def test_the_best_come_first_and_the_limit_counts_all(shop: WorkspaceFolder) -> None:
    fill(shop, 2, {"long": "late " + "and something else entirely " * 20, "short": "late, late, late"})
    result = search(shop, "late", limit=2)
    assert result.hits[0].doc_id == "short" and len(result.hits) == 2 and result.total == 4
    scores = [hit.score for hit in search(shop, "late", limit=None).hits]
    assert len(scores) == 4 and scores == sorted(scores, reverse=True)


def test_what_was_added_later_is_found_by_the_next_search(shop: WorkspaceFolder) -> None:
    assert matching(shop, "возврат") == []
    fill(shop, 2, {"new": "Возврат за день"})
    assert matching(shop, "возврат") == ["new"]
    assert set(matching(shop, "late")) == {"en-late", "mixed"}


def test_a_workspace_put_back_from_a_copy_and_filled_otherwise_is_indexed_anew(shop: WorkspaceFolder) -> None:
    assert matching(shop, "late")
    with shop.state.writing() as state:
        state.clear("additions")
    (shop.facts.path / "000001").rename(shop.facts.path / "000009")
    fill(shop, 1, {"other": "nothing but praise"}, made="2026-11-23T00:00:00+00:00")
    assert matching(shop, "late") == [] and matching(shop, "praise") == ["other"]


def test_an_index_of_another_version_is_made_anew(shop: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from painpoints.store import serverindex

    with monkeypatch.context() as patch:
        for module in (textindex, serverindex):
            patch.setattr(module, "FORMAT", "0.0")
            patch.setattr(module, "streams", lambda text: ("old", ""))
        assert len(matching(shop, "old")) == len(TEXTS)
    assert matching(shop, "old") == [] and set(matching(shop, "late")) == {"en-late", "mixed"}


def test_a_workspace_without_texts_has_no_hits(tmp_path: Path, database: str | None) -> None:
    with create_workspace(tmp_path / "empty", {}, "1", database) as folder:
        assert search(folder, "late").hits == () and search(folder, "late").total == 0


def test_searching_does_not_wait_for_an_addition_and_is_in_nobodys_way(shop: WorkspaceFolder) -> None:
    with shop.alone(), shop.state.writing() as state:
        state.insert("documents", [{"doc_id": "under way", "addition": 2}])
        assert set(matching(shop, "late")) == {"en-late", "mixed"}


def test_a_person_who_works_in_python_searches_too(shop: WorkspaceFolder) -> None:
    with Workspace.open(shop.path) as opened:
        found = opened.search("late", limit=1)
    assert found.total == 2 and found.hits[0].text[slice(*found.hits[0].spans[0])].casefold() == "late"


ATTACKS = ['"', '"""', "late OR", "NEAR(late cold)", "wholes:late", "late AND NOT", "^late", "late*)", "{wholes}: late",
           "late'; DROP TABLE search_words; --", "' OR 1=1 --", "late & !", "late:*A", "a <-> b", "(((((", "late\\",
           "%_%", ".*", "[a-z]+", "(?P<x>late)", "late\x00cold", "$1 {0} :asked %s %(asked)s", "\ud800late", "-late*",
           '-"', '* - "', "\u202elate\u202c", "late\u0000", "'late':1A", "😡 late"]


@pytest.mark.parametrize("words", ATTACKS)
def test_nothing_that_is_typed_is_syntax_of_a_database(shop: WorkspaceFolder, words: str) -> None:
    try:
        found = search(shop, words)
    except UsageError:
        assert not re.search(r"(?<!-)[^\W_]", words) or words == "-late*"
        return
    assert all(hit.spans for hit in found.hits)
    assert set(matching(shop, "late")) == {"en-late", "mixed"}


def test_no_question_makes_the_database_fail(shop: WorkspaceFolder) -> None:
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(st.sampled_from("late مي\u200cك\"'*-():&|!<>^~{}[]\\%;:,.0١ёß²\x00"), max_size=25))
    def ask(words: str) -> None:
        try:
            search(shop, words)
        except UsageError as error:
            assert error.hint

    ask()


def test_odd_texts_are_indexed_and_their_places_hold(shop: WorkspaceFolder) -> None:
    odd = {"nul": "salt\x00pepper", "long": "xy" * 2500 + " late", "many": "late " * 40_000 + "needle",
           "emoji": "😡late😡", "empty": "", "quotes": "it's \"late\" \\ 'late':1 & | !", "wide": "ｌａｔｅ １２３"}
    fill(shop, 2, odd)
    assert set(matching(shop, "late")) >= {"long", "many", "emoji", "quotes", "wide"}
    assert matching(shop, "needle") == ["many"] and matching(shop, "pepper") == ["nul"]
    assert matching(shop, "xy" * 2500) == ["long"]
    hit, = search(shop, '"salt pepper"').hits
    assert [hit.text[a:b] for a, b in hit.spans] == ["salt\x00pepper"]


CHILD = """
import sys
from pathlib import Path
from painpoints.pipeline import matching
from painpoints.store import open_workspace
with open_workspace(Path(sys.argv[1])) as folder:
    if sys.argv[2:]:
        texts = folder.facts.texts
        def stuck(numbers, doc_ids=None):
            for place, row in enumerate(texts(numbers, doc_ids)):
                if place == 5:
                    print("half", flush=True)
                    sys.stdin.read()
                yield row
        folder.facts.texts = stuck
    else:
        print("ready", flush=True)
        sys.stdin.readline()
    print(*sorted(matching(folder, "late")), flush=True)
"""


def child(folder: WorkspaceFolder, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder.path), *more], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True,
                            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_who_make_the_index_at_once_both_find_everything(shop: WorkspaceFolder) -> None:
    for number in range(2, 6):
        fill(shop, number, {f"{number}-{n}": "late " + TEXTS["fa-soft"] for n in range(50)})
    both = [child(shop), child(shop)]
    assert [line(one) for one in both] == ["ready", "ready"]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    expected = sorted(["en-late", "mixed", *(f"{number}-{n}" for number in range(2, 6) for n in range(50))])
    assert [line(one).split() for one in both] == [expected, expected]
    for one in both:
        one.communicate()
    assert sorted(matching(shop, "late")) == expected


def test_an_index_whose_making_was_killed_is_made_by_the_next(shop: WorkspaceFolder) -> None:
    process = child(shop, "stuck")
    assert line(process) == "half"
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.communicate()
    assert set(matching(shop, "late")) == {"en-late", "mixed"}
    assert search(shop, "late").total == 2


@pytest.mark.parametrize("harm", ["garbage", "cut", "emptied", "no words", "middle"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, harm: str) -> None:
    with create_workspace(tmp_path / "shop", {}, "1") as folder:
        fill(folder, 1, TEXTS | {f"more-{n}": f"text number {n} {TEXTS['mixed']}" for n in range(300)})
        assert len(matching(folder, "late")) == 302
        path = folder.path / "search.sqlite"
        content = path.read_bytes()
        if harm == "garbage":
            path.write_bytes(b"no database at all" * 100)
        elif harm == "cut":
            path.write_bytes(content[:len(content) // 2])
        elif harm == "emptied":
            path.write_bytes(b"")
        elif harm == "no words":
            with sqlite3.connect(path) as connection:
                connection.execute("DROP TABLE words")
            connection.close()
        else:
            path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
        assert len(matching(folder, "late")) == 302 and len(search(folder, "late", limit=None).hits) == 302


def test_a_folder_that_takes_no_index_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with create_workspace(tmp_path / "shop", {}, "1") as folder:
        fill(folder, 1, TEXTS)
        (folder.path / "search.sqlite").mkdir()
        with pytest.raises(StorageError, match=r"search\.sqlite"):
            matching(folder, "late")


def test_the_index_is_no_part_of_the_workspace(shop: WorkspaceFolder) -> None:
    matching(shop, "late")
    for path in shop.path.glob("search.*"):
        path.unlink()
    with open_workspace(shop.path) as again:
        assert set(matching(again, "late")) == {"en-late", "mixed"}
