"""A comment stands among those it belongs with, however an export tells of them, and nobody is named."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import polars as pl
import pytest

from painpoints.errors import WorkspaceError
from painpoints.read import ReadOptions, documents_from_frame, told_columns
from painpoints.store import WorkspaceData
from painpoints.triage import Conversation, Threads, conversation

TALK = [("1", "سفارشم نرسید"), ("2", "We are sorry, which order?"), ("3", "الطلب رقم ٤٥"), ("4", "Уже едет"),
        ("9", "so cold")]


def data_of(documents: pl.DataFrame, **settings: Any) -> WorkspaceData:
    frame = documents.with_columns(addition=pl.lit(1), dated=pl.col("time").is_not_null())
    return WorkspaceData("shop", frame, pl.DataFrame(), (), (), (), (), (), (), settings, lambda _: np.zeros((0, 1)))


def read(columns: dict[str, list[Any]], **options: Any) -> WorkspaceData:
    frame = pl.DataFrame({"date": [f"2026-11-{day + 1:02}" for day in range(len(columns["text"]))], **columns})
    kept = documents_from_frame(frame, ReadOptions(author_secret=b"key", **{"kind": "comment", **options}))
    return data_of(kept, show_authors=options.get("show_authors", False))


def around(data: WorkspaceData, text: str, **how: Any) -> Conversation:
    (doc_id,) = data.documents.filter(pl.col("text") == text)["doc_id"]
    return conversation(data, doc_id, **how)


def said(found: Conversation) -> list[str]:
    return [message.text for message in found.messages]


@pytest.mark.parametrize("column", [
    "thread_id", "conversation_id", "Ticket ID", "شماره تیکت", "شماره تيكت", "رقم التذكرة", "номер обращения",
    "ID диалога", "chat.id", "case_number"])
def test_comments_of_one_thread_stand_together_in_order_of_time(column: str) -> None:
    data = read({"text": [text for _, text in TALK], "message_id": [f"m{key}" for key, _ in TALK],
                 column: ["۱۲", "12", " 12.0", "١٢", "13"]})
    found = around(data, "الطلب رقم ٤٥")
    assert said(found) == [text for _, text in TALK[:4]]
    assert [message.chosen for message in found.messages] == [False, False, True, False]
    assert (found.total, found.later, found.lost) == (4, 0, False) and not found.alone
    assert around(data, "so cold").alone


@pytest.mark.parametrize("column", [
    "in_reply_to", "parent_id", "in_response_to_tweet_id", "در پاسخ به", "ردا على", "в ответ на", "inReplyToStatusId"])
def test_answers_stand_with_what_they_answer(column: str) -> None:
    data = read({"id": [key for key, _ in TALK], "text": [text for _, text in TALK],
                 column: [None, "1", "2.0", "t1_3", None]})
    found = around(data, "We are sorry, which order?")
    assert said(found) == [text for _, text in TALK[:4]]
    ids = [message.doc_id for message in found.messages]
    assert [message.answers for message in found.messages] == [None, *ids[:3]]


def test_a_column_of_answers_joins_too_and_a_ticket_that_is_the_id() -> None:
    data = read({"tweet_id": ["1", "2", "3", "4"], "text": ["a a", "b b", "c c", "d d"],
                 "response_tweet_id": ["2,3", None, None, None]})
    assert said(around(data, "c c")) == ["a a", "b b", "c c"]
    many = [str(number) for number in range(20)]
    ticket = read({"ticket": [*many, "7"], "text": [f"late {number}" for number in [*many, "again"]],
                   "date": ["2026-11-01"] * 21})
    assert said(around(ticket, "late again")) == ["late 7", "late again"]


@pytest.mark.parametrize(("column", "values"), [
    ("role", ["customer", "agent"]), ("sender", ["Customer", "Support"]), ("فرستنده", ["مشتری", "پشتیبان"]),
    ("الدور", ["العميل", "الموظف"]),
    ("отправитель", ["клиент", "оператор"]), ("inbound", ["True", "False"]), ("is_agent", ["0", "1"]),
    ("ورودی", ["بله", "خیر"]),
    ("исходящее", ["нет", "да"]), ("direction", ["incoming", "outgoing"])])
def test_the_brands_own_side_is_told(column: str, values: list[str]) -> None:
    data = read({"text": ["so late", "we are sorry"], "thread": ["1", "1"], column: values})
    assert [message.side for message in around(data, "so late").messages] == ["customer", "brand"]


@pytest.mark.parametrize("column", ["reply_content", "owner response", "پاسخ فروشنده", "رد المتجر", "Ответ магазина"])
def test_an_answer_in_the_row_itself_follows_its_comment(column: str) -> None:
    data = read({"text": ["so late", "so cold"], column: ["We are sorry <b>", None]})
    found = around(data, "so late")
    assert [(message.text, message.side, message.doc_id is None) for message in found.messages] == [
        ("so late", None, False), ("We are sorry <b>", "brand", True)]
    assert not found.alone and around(data, "so cold").alone


def test_circles_and_parents_that_are_not_here_harm_nothing() -> None:
    data = read({"id": ["1", "2", "3", "4", "5", "6"], "text": ["a a", "b b", "c c", "d d", "e e", "f f"],
                 "parent_id": ["3", "1", "2", "4", "77", "77"]})
    assert said(around(data, "b b")) == ["a a", "b b", "c c"] and not around(data, "b b").lost
    assert said(around(data, "d d")) == ["d d"]
    found = around(data, "f f")
    assert said(found) == ["e e", "f f"] and found.lost and found.messages[0].answers is None
    assert conversation(data, around(data, "c c").messages[1].doc_id or "", most=1).total == 3
    with pytest.raises(WorkspaceError, match="no such comment"):
        conversation(data, "ffff")


def test_ids_of_other_sources_and_files_are_not_mixed_up() -> None:
    rows = {"id": ["1", "2"], "text": ["a a", "b b"], "parent_id": [None, "1"], "source": ["app", "app"]}
    other = {**rows, "text": ["c c", "d d"], "source": ["web", "web"]}
    third = {**rows, "text": ["e e", "f f"]}
    frames = [documents_from_frame(pl.DataFrame(each)).with_columns(file=pl.lit(name))
              for each, name in ((rows, "x.csv"), (other, "x.csv"), (third, "y.csv"))]
    data = data_of(pl.concat(frames, how="diagonal"))
    found = [said(around(data, text)) for text in ("b b", "d d", "f f")]
    assert found == [["a a", "b b"], ["c c", "d d"], ["e e", "f f"]]


def test_a_week_later_an_answer_finds_what_it_answers_in_an_older_file() -> None:
    old = documents_from_frame(pl.DataFrame({"id": ["1"], "text": ["a a"]})).with_columns(file=pl.lit("x"))
    new = documents_from_frame(pl.DataFrame({"id": ["2"], "text": ["b b"], "parent_id": ["1"]}))
    new = new.with_columns(file=pl.lit("y"))
    assert said(around(data_of(pl.concat([old, new], how="diagonal")), "b b")) == ["a a", "b b"]


def test_what_the_same_customer_wrote_elsewhere_stands_apart() -> None:
    data = read({"text": ["one", "two", "three", "four"], "thread": ["1", "2", "1", "3"],
                 "user": ["Sara", "Sara", "Ali", "Sara"]})
    found = around(data, "two")
    assert said(found) == ["two"] and [message.text for message in found.same_customer] == ["one", "four"]
    assert found.elsewhere == 2 and not found.alone
    few = around(data, "two", most=1)
    assert len(few.same_customer) == 1 and few.elsewhere == 2
    assert [message.text for message in around(data, "one").same_customer] == ["two", "four"]


@pytest.mark.parametrize("column", ["نام کاربر", "اسم المستخدم", "автор", "username"])
def test_authors_go_by_a_pseudonym_unless_the_workspace_keeps_their_names(column: str) -> None:
    rows = {"text": ["one", "two"], "thread": ["1", "1"], column: ["Sara Ahmadi", "<b>هدى"]}
    hidden = around(read(rows), "one")
    assert "Sara" not in repr(hidden) and [message.author for message in hidden.messages] == [None, None]
    marks = [message.pseudonym for message in hidden.messages]
    assert all(mark and len(mark) == 4 for mark in marks) and len(set(marks)) == 2
    kept = read(rows, show_authors=True)
    assert [message.author for message in around(kept, "one").messages] == ["Sara Ahmadi", "<b>هدى"]
    closed = data_of(kept.documents, show_authors=False)
    assert "Sara" not in repr(around(closed, "one"))


def test_the_brands_other_answers_are_no_customers() -> None:
    data = read({"text": ["one", "two", "three"], "thread": ["1", "1", "2"], "user": ["Sara", "Shop", "Shop"],
                 "inbound": ["true", "false", "false"]})
    assert around(data, "two").same_customer == ()


def test_without_dates_a_conversation_keeps_the_order_of_its_rows_and_says_no_times() -> None:
    kept = documents_from_frame(pl.DataFrame({"text": ["b", "a", "c"], "thread": ["1"] * 3}))
    found = around(data_of(kept), "a")
    assert said(found) == ["b", "a", "c"] and {message.time for message in found.messages} == {None}


def test_of_a_long_conversation_the_near_ones_are_shown_and_the_others_counted() -> None:
    many = 10_000
    rows = {"id": [str(n) for n in range(many)], "text": [f"text {n}" for n in range(many)],
            "parent_id": [None, *(["0"] * (many - 1))], "date": ["2026-11-01"] * many}
    rows["parent_id"][9000] = "5000"
    found = around(read(rows), "text 5000", most=20)
    assert len(found.messages) == 20 and found.total == many
    shown = {int(message.text.split()[1]) for message in found.messages}
    assert {0, 5000, 9000, 4999, 5001} <= shown
    assert sum(message.skipped for message in found.messages) + found.later + 20 == many
    assert found.messages[0].text == "text 0" and found.messages[1].skipped > 4000


def test_a_hundred_thousand_comments_take_milliseconds() -> None:
    many = 100_000
    documents = pl.DataFrame({
        "doc_id": [f"{n:016x}" for n in range(many)], "source_id": [str(n) for n in range(many)],
        "text": [f"text {n}" for n in range(many)], "author_key": [f"{n % 30_000:016x}" for n in range(many)],
        "time": [None] * many, "meta.parent_id": ["0" if n < 20_000 else str(n - n % 7) for n in range(many)]},
        schema_overrides={"time": pl.Datetime("us", "UTC")})
    data = data_of(documents)
    threads = Threads(data.documents)
    spent = []
    for n in range(0, many, 997):
        begun = time.perf_counter()
        conversation(data, f"{n:016x}", threads=threads)
        spent.append(time.perf_counter() - begun)
    assert sorted(spent)[len(spent) // 2] < 0.02


def test_columns_without_a_word_about_conversations_tell_nothing() -> None:
    assert not any(told_columns(["meta.city", "thread_id", "text", "meta.likes"]).values())
    assert told_columns(["meta.thread_id", "meta.Thread ID_2"])["thread"] == ["meta.thread_id", "meta.Thread ID_2"]
