"""Exports of Telegram, Zendesk and Intercom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.errors import PainpointsError
from painpoints.read import FilePlan, ReadOptions, Rejected, read_documents


def read(tmp_path: Path, content: Any, name: str = "export.json", **options: Any
         ) -> tuple[pl.DataFrame, FilePlan, list[Rejected]]:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf8")
    plans: list[FilePlan] = []
    rejected: list[Rejected] = []
    frames = list(read_documents([path], ReadOptions(author_secret=b"key", **options), rejected.append,
                                 on_plan=plans.append))
    return pl.concat(frames, how="diagonal"), plans[0], rejected


def said(frame: pl.DataFrame, row: int = 0) -> list[tuple[str, str]]:
    text = frame["text"][row]
    return [(turn["speaker"], text[turn["start"]:turn["end"]]) for turn in frame["turns"].to_list()[row]]


def message(number: int, sender: str, who: str, text: Any, at: int = 1_700_000_000, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "message", "date": "2023-11-14T22:13:20", "date_unixtime": str(at + 60 * number),
            "from": sender, "from_id": who, "text": text, **more}


CHAT = {"name": "Мария", "type": "personal_chat", "id": 77, "messages": [
    {"id": 1, "type": "service", "date": "2023-11-14T22:13:20", "date_unixtime": "1700000000", "actor": "Мария",
     "actor_id": "user77", "action": "phone_call", "text": ""},
    message(2, "Мария", "user77", ["Где мой заказ ", {"type": "bold", "text": "№ 5512"}, "?"]),
    message(3, "Лавка", "user1", "Сейчас проверю."),
    message(4, "Мария", "user77", "", photo="photos/1.jpg"),
    message(5, "Мария", "user77", "Статья о вас", forwarded_from="Газета"),
    message(6, "Мария", "user77", "Не пришло и сегодня", at=1_700_000_000 + 30 * 86_400),
]}


def test_a_telegram_chat_has_its_pieces_of_text_joined_and_is_parted_by_silence(tmp_path: Path) -> None:
    frame, plan, rejected = read(tmp_path, CHAT, "result.json")
    assert plan.format == "telegram" and not rejected
    assert said(frame) == [("system", "phone call"), ("customer", "Где мой заказ № 5512?"),
                           ("agent", "Сейчас проверю."),
                           ("other", "Статья о вас")]
    assert said(frame, 1) == [("customer", "Не пришло и сегодня")]
    assert frame["source_id"].to_list() == ["77", "77-2"]
    assert frame["time"][0].year == 2023
    assert plan.transcript is not None and plan.transcript.dropped == {"media_only": 1}


def test_a_telegram_account_gives_its_chats_and_rejects_its_channels(tmp_path: Path) -> None:
    chats = [CHAT, {"name": "Новости", "type": "private_channel", "id": 5, "messages": [
        message(1, "Новости", "channel5", "Скидки")]},
        {"name": "فاطمه", "type": "personal_chat", "id": 78, "messages": [
            message(1, "فاطمه", "user78", "سلام"), message(2, "Лавка", "user1", "سلام، بفرمایید")]}]
    account = {"about": "...", "personal_information": {"user_id": 1, "first_name": "Лавка"},
               "contacts": {"list": [{"first_name": "a"}, {"first_name": "b"}]}, "chats": {"about": "", "list": chats}}
    frame, _, rejected = read(tmp_path, account, "result.json")
    assert frame["source_id"].to_list() == ["77", "77-2", "78"]
    assert [record.code for record in rejected] == ["no_conversation"]
    assert said(frame, 2) == [("customer", "سلام"), ("agent", "سلام، بفرمایید")]


def test_a_telegram_channel_alone_stays_a_list_of_texts(tmp_path: Path) -> None:
    channel = {"name": "n", "type": "public_channel", "id": 5, "messages": [
        message(n, "n", "channel5", f"Пост номер {n} о доставке") for n in range(3)]}
    assert read(tmp_path, channel)[1].kind == "comment"


def test_names_are_in_no_column_unless_asked_for(tmp_path: Path) -> None:
    frame, plan, _ = read(tmp_path, CHAT)
    assert "Мария" not in str(frame.to_dicts()) and "Мария" not in str(plan.as_dict())
    assert frame["author_key"][0] is not None
    assert read(tmp_path, CHAT, show_authors=True)[0]["meta.author"][0] == "Мария"


TICKET = {"id": 35, "subject": "الطلب", "status": "solved", "tags": ["refund", "late"], "requester_id": 900,
          "submitter_id": 900, "via": {"channel": "email", "source": {"from": {"address": "a@b.example"}}},
          "created_at": "2024-03-01T10:00:00Z",
          "satisfaction_rating": {"score": "good"}, "comments": [
              {"id": 1, "author_id": 900, "body": "طلبي ما وصل", "public": True, "created_at": "2024-03-01T10:00:00Z",
               "attachments": [{"id": 4}]},
              {"id": 2, "author_id": 11, "body": "العميل غاضب", "public": False, "created_at": "2024-03-01T10:05:00Z"},
              {"id": 3, "author_id": 11, "html_body": "<p>نعتذر عن التأخير</p>", "public": True,
               "created_at": "2024-03-01T11:00:00Z"}]}


@pytest.mark.parametrize("content", [
    [TICKET, {**TICKET, "id": 36}], {"tickets": [TICKET, {**TICKET, "id": 36}]},
    "\n".join(json.dumps(ticket) for ticket in (TICKET, {**TICKET, "id": 36}))])
def test_zendesk_tickets_leave_private_notes_out(tmp_path: Path, content: Any) -> None:
    frame, plan, _ = read(tmp_path, content)
    assert plan.format == "zendesk"
    assert frame["source_id"].to_list() == ["35", "36"]
    assert said(frame) == [("customer", "طلبي ما وصل"), ("agent", "نعتذر عن التأخير")]
    assert plan.transcript is not None and plan.transcript.dropped == {"private_note": 2, "attachment": 2}
    assert frame["rating"][0] == 1.0 and frame["meta.status"][0] == "solved"
    assert "b.example" not in str(frame.to_dicts()) and "غاضب" not in str(frame.to_dicts())


def test_an_intercom_conversation_opens_with_its_source(tmp_path: Path) -> None:
    conversation = {
        "type": "conversation", "id": "123", "created_at": 1_709_000_000, "state": "closed",
        "source": {"type": "conversation", "body": "<p>The app <b>crashes</b> at checkout</p>", "subject": "",
                   "author": {"type": "user", "id": "u1", "name": "Dana", "email": "d@x.example"}},
        "contacts": {"contacts": [{"id": "u1"}]}, "tags": {"type": "tag.list", "tags": [{"name": "bug"}]},
        "conversation_rating": {"rating": 2, "remark": "slow"},
        "conversation_parts": {"type": "conversation_part.list", "total_count": 4, "conversation_parts": [
            {"part_type": "comment", "body": "<p>Hi, I am a bot.</p>", "created_at": 1_709_000_010,
             "author": {"type": "bot", "id": "b", "name": "Fin"}},
            {"part_type": "assignment", "body": None, "created_at": 1_709_000_020,
             "author": {"type": "admin", "id": "1"}},
            {"part_type": "note", "body": "<p>angry one</p>", "created_at": 1_709_000_030,
             "author": {"type": "admin", "id": "1", "name": "Ali"}},
            {"part_type": "comment", "body": "<p>Sorry &amp; thanks</p>", "created_at": 1_709_000_040,
             "author": {"type": "admin", "id": "1", "name": "Ali"}}]}}
    for content in ([conversation, {**conversation, "id": "124"}], {"conversations": [conversation]}, conversation):
        frame, plan, _ = read(tmp_path, content)
        assert plan.format == "intercom"
        assert said(frame) == [("customer", "The app crashes at checkout"), ("bot", "Hi, I am a bot."),
                               ("system", "assignment"), ("agent", "Sorry & thanks")]
        assert frame["meta.tags"][0] == "bug" and frame["source_id"][0] == "123"
        assert "Dana" not in str(frame.to_dicts()) and "d@x" not in str(frame.to_dicts())


def test_a_ticket_in_which_nobody_but_the_team_speaks_is_rejected(tmp_path: Path) -> None:
    only = {**TICKET, "id": 40, "comments": TICKET["comments"][1:]}
    _, plan, rejected = read(tmp_path, [TICKET, only])
    assert [record.code for record in rejected] == ["no_customer"] and plan.rejected == 1
    with pytest.raises(PainpointsError):
        read(tmp_path, [only, only])
