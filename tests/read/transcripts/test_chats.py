"""Plain text with labels, chat exports and captions, in four languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.read import FilePlan, ReadOptions, Rejected, read_documents
from painpoints.read.transcripts.chatlines import heading, read_line

Turns = list[tuple[str, str]]


def read(tmp_path: Path, content: str, name: str = "chat.txt", encoding: str = "utf-8", **options: Any
         ) -> tuple[pl.DataFrame, FilePlan, list[Rejected]]:
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    plans: list[FilePlan] = []
    rejected: list[Rejected] = []
    frames = list(read_documents([path], ReadOptions(author_secret=b"key", **options), rejected.append,
                                 on_plan=plans.append))
    return pl.concat(frames, how="diagonal"), plans[0], rejected


def said(frame: pl.DataFrame, row: int = 0) -> Turns:
    text = frame["text"][row]
    return [(turn["speaker"], text[turn["start"]:turn["end"]]) for turn in frame["turns"].to_list()[row]]


LABELLED = {
    "en": ("Agent: Hello.\nCustomer: The lid is cracked:\nright in two.\nAgent: I see.",
           [("agent", "Hello."), ("customer", "The lid is cracked:\nright in two."), ("agent", "I see.")]),
    "fa": ("پشتیبان: سلام\nمشتری: در ظرف شکسته‌است\nپشتیبان: متوجهم",
           [("agent", "سلام"), ("customer", "در ظرف شکسته‌است"), ("agent", "متوجهم")]),
    "fa with Arabic letters": ("پشتيبان : سلام\nمشتري : شکسته", [("agent", "سلام"), ("customer", "شکسته")]),
    "ar": ("العميل: الغطاء مكسور\nالموظف: نعتذر\nالعميلة: طيب", [("customer", "الغطاء مكسور"), ("agent", "نعتذر"),
                                                               ("customer", "طيب")]),
    "ru": ("Оператор: Добрый день\nКлиент: Крышка треснула\nСистема: диалог закрыт",
           [("agent", "Добрый день"), ("customer", "Крышка треснула"), ("system", "диалог закрыт")]),
    "names and roles": ("Mina (Support): Hello\nGuest 4417: It broke", [("agent", "Hello"), ("customer", "It broke")]),
    "times before": ("[10:02] Agent: Hello\n[10:03] Customer: It broke",
                     [("agent", "Hello"), ("customer", "It broke")]),
    "times after": ("Agent (10:02 AM): Hello\nCustomer (10:03 AM): Broken",
                    [("agent", "Hello"), ("customer", "Broken")]),
    "on lines of their own": ("Agent 10:02\nHello\n\nCustomer 10:03\nIt broke\nat once",
                              [("agent", "Hello"), ("customer", "It broke\nat once")]),
    "nicknames": ("[10:02] <mina_support> how can i help\n[10:03] <tomcat> my order came broken\n"
                  "[10:04] <tomcat> hello?",
                  [("agent", "how can i help"), ("customer", "my order came broken"), ("customer", "hello?")]),
    "bold": ("**Agent:** Hello\n**Customer:** It broke", [("agent", "Hello"), ("customer", "It broke")]),
    "numbered": ("Speaker 1: thanks for calling, how can I help\nSpeaker 2: my kettle leaks\nSpeaker 1: let me check",
                 [("agent", "thanks for calling, how can I help"), ("customer", "my kettle leaks"),
                  ("agent", "let me check")]),
    "bot": ("Bot: Choose 1 or 2\nУчастник 1: где мой заказ\nОператор: сейчас", [
        ("bot", "Choose 1 or 2"), ("customer", "где мой заказ"), ("agent", "сейчас")]),
    "someone comes": ("Customer: hi\nMina joined the chat\nAgent: hello", [
        ("customer", "hi"), ("system", "Mina joined the chat"), ("agent", "hello")]),
}


@pytest.mark.parametrize("name", LABELLED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_labels_open_turns(tmp_path: Path, name: str, encoding: str) -> None:
    content, turns = LABELLED[name]
    frame, plan, _ = read(tmp_path, content, encoding=encoding)
    assert said(frame) == turns
    assert (plan.kind, frame["kind"][0]) == ("transcript", "transcript")


def test_customers_turns_are_the_parts(tmp_path: Path) -> None:
    frame, _, _ = read(tmp_path, LABELLED["en"][0])
    (part,) = frame["parts"].to_list()[0]
    assert part["field"] == "turn"
    assert frame["text"][0][part["start"]:part["end"]] == "The lid is cracked:\nright in two."


PARTED = {
    "blank lines": "Agent: a\nCustomer: b\n\nAgent: c\nCustomer: d",
    "two blank lines": "Agent: a\n\nCustomer: b\n\n\nAgent: c\n\nCustomer: d",
    "rules": "Agent: a\nCustomer: b\n-----\nAgent: c\n\nCustomer: d",
    "headings": "Conversation 12\nAgent: a\nCustomer: b\nConversation 13\nAgent: c\nCustomer: d",
    "headings fa": "گفت‌وگوی ۱۲\nپشتیبان: a\nمشتری: b\nگفت‌وگوی ۱۳\nپشتیبان: c\nمشتری: d",
    "headings ar": "محادثة رقم ١٢\nالموظف: a\nالعميل: b\nمحادثة رقم ١٣\nالموظف: c\nالعميل: d",
    "headings ru": "### Диалог №12\nОператор: a\nКлиент: b\n### Диалог №13\nОператор: c\nКлиент: d",
}


@pytest.mark.parametrize("name", PARTED)
def test_a_file_may_hold_several_conversations(tmp_path: Path, name: str) -> None:
    frame, _, _ = read(tmp_path, PARTED[name])
    assert [said(frame, row) for row in range(frame.height)] == [
        [("agent", "a"), ("customer", "b")], [("agent", "c"), ("customer", "d")]]
    if "headings" in name:
        assert [str(int(number)) for number in frame["source_id"]] == ["12", "13"]
    assert frame["row"].to_list() == [1, 2]


def test_one_conversation_with_blank_lines_between_turns_stays_one(tmp_path: Path) -> None:
    frame, _, _ = read(tmp_path, "Agent: a\n\nCustomer: b\n\nAgent: c\n\nCustomer: d")
    assert frame.height == 1


def test_each_file_of_a_folder_is_a_conversation(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(LABELLED["fa"][0], "utf8")
    frames = list(read_documents([tmp_path]))
    assert sum(frame.height for frame in frames) == 3


@pytest.mark.parametrize("text", [
    "Pros: light\nCons: loud\nPros: cheap\nCons: thin\n",
    "The tea was cold: really cold.\nNobody came.\nNever again.\nNote: bring a coat\n",
    "Size: L\nColour: red\nFit: good\nSize: M\nColour: blue\nFit: loose\nSize: S\nColour: green\nFit: fine\n",
    "10:30 we arrived: nobody there\nthe food was fine\nwe left at 12:15: late\n",
    "قیمت: بالا\nکیفیت: خوب\nارسال: دیر\n", "Цена: высокая\nКачество: хорошее\nДоставка: долго\n",
])
def test_other_text_with_colons_stays_lines(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text)[1].kind == "comment"


WHATSAPP = {
    "en 12 h": ("1/13/24, 9:05 PM - Ann: The lid broke\n1/13/24, 9:06\u202fPM - The Shop: Sorry to hear that\n"
                "1/13/24, 9:07 PM - Ann: <Media omitted>", (2024, 1, 13, 21, 5)),
    "en brackets": ("[13/01/2024, 21:05:10] Ann: The lid broke\n"
                    "\u200e[13/01/2024, 21:06:00] The Shop: Sorry to hear that\n"
                    "[13/01/2024, 21:07:00] Ann: \u200eimage omitted", (2024, 1, 13, 21, 5)),
    "fa": ("۲۰۲۴/۱/۱۳،\u200f ۲۱:۰۵ - آنا: درش شکست\n۲۰۲۴/۱/۱۳، ۲۱:۰۶ - فروشگاه: در خدمتم\n"
           "۲۰۲۴/۱/۱۳، ۲۱:۰۷ - آنا: <رسانه حذف شد>", (2024, 1, 13, 21, 5)),
    "fa Jalali 12 h": ("۱۴۰۲/۱۰/۲۳، ۹:۰۵ ب.ظ - آنا: درش شکست\n۱۴۰۲/۱۰/۲۳، ۹:۰۶ ب.ظ - فروشگاه: در خدمتم\n"
                       "۱۴۰۲/۱۰/۲۳، ۹:۰۷ ب.ظ - آنا: ‏<رسانه نادیده گرفته شد>", (2024, 1, 13, 21, 5)),
    "ar": ("\u200f١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٥ م - آنا: انكسر الغطاء\n"
           "\u200f١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٦ م - المحل: نعتذر منك\n"
           "\u200f١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٧ م - آنا: <تم استبعاد الوسائط>", (2024, 1, 13, 21, 5)),
    "ar brackets": ("[١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٥:١٠ م] آنا: انكسر الغطاء\n"
                    "[١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٦:١٠ م] المحل: نعتذر منك\n"
                    "[١٣\u200f/١\u200f/٢٠٢٤، ٩:٠٧:١٠ م] آنا: \u200fتم استبعاد الصورة", (2024, 1, 13, 21, 5)),
    "ru": ("13.01.2024, 21:05 - Аня: Крышка треснула\n13.01.2024, 21:06 - Лавка: Приносим извинения\n"
           "13.01.2024, 21:07 - Аня: <Без медиафайлов>", (2024, 1, 13, 21, 5)),
}


@pytest.mark.parametrize("name", WHATSAPP)
def test_chat_exports_of_all_locales(tmp_path: Path, name: str) -> None:
    content, moment = WHATSAPP[name]
    frame, plan, _ = read(tmp_path, content)
    assert plan.format == "chat export"
    assert [speaker for speaker, _ in said(frame)] == ["customer", "agent"]
    assert tuple(frame["time"][0].timetuple()[:5]) == moment
    assert plan.transcript is not None and plan.transcript.dropped == {"media_only": 1}


SYSTEM_LINES = [
    "Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
    "پیام‌ها و تماس‌ها رمزگذاری سرتاسر شده‌اند.", "الرسائل والمكالمات مشفرة تمامًا بين الطرفين.",
    "Сообщения и звонки защищены сквозным шифрованием.",
]


@pytest.mark.parametrize("line", SYSTEM_LINES)
@pytest.mark.parametrize("form", ["13.01.24, 21:04 - {}", "[13.01.24, 21:04:00] Ann: \u200e{}"])
def test_notices_of_the_app_are_the_systems(tmp_path: Path, line: str, form: str) -> None:
    first, later = form.split("{}")[0], form.replace("\u200e", "").replace("Ann: ", "")
    chat = "\n".join([form.format(line), *(later.format(f"{who}: {what}") for who, what in (
        ("Ann", "my lid broke"), ("Shop", "let me check"), ("Ann", "thank you\nand again\n\n13 thanks")))])
    frame, _, _ = read(tmp_path, chat)
    assert first and said(frame) == [("system", line), ("customer", "my lid broke"), ("agent", "let me check"),
                                     ("customer", "thank you\nand again\n\n13 thanks")]


@pytest.mark.parametrize(("gone", "edited"), [
    ("This message was deleted", "<This message was edited>"), ("این پیام حذف شد", "<این پیام ویرایش شد>"),
    ("تم حذف هذه الرسالة", "<تم تعديل هذه الرسالة>"), ("Сообщение удалено", "<Сообщение изменено>")])
def test_deleted_messages_are_counted_and_marks_of_editing_go(tmp_path: Path, gone: str, edited: str) -> None:
    lines = [f"13/01/2024, 21:0{n} - {who}: {what}" for n, (who, what) in enumerate([
        ("Ann", f"my lid broke \u200e{edited}"), ("Ann", gone), ("Shop", "let me check")])]
    frame, plan, _ = read(tmp_path, "\n".join(lines))
    assert said(frame) == [("customer", "my lid broke"), ("agent", "let me check")]
    assert plan.transcript is not None and plan.transcript.dropped == {"deleted": 1}


def test_a_week_of_silence_begins_a_new_conversation_and_a_name_in_the_file_name_is_no_id(tmp_path: Path) -> None:
    lines = ["13/01/2024, 21:05 - Ann: it broke", "13/01/2024, 21:06 - Shop: ok", "19/01/2024, 21:06 - Ann: thanks",
             "28/01/2024, 10:00 - Ann: broke again"]
    frame, _, _ = read(tmp_path, "\n".join(lines), "WhatsApp Chat with Ann.txt")
    assert [len(said(frame, row)) for row in range(2)] == [3, 1]
    assert "Ann" not in "".join(frame["source_id"])
    assert frame["source_id"][1] == frame["source_id"][0] + "-2"


VTT = """WEBVTT - call

STYLE
::cue { color: red }

NOTE a note

1
00:00:01.000 --> 00:00:03.000 align:left
<v.loud Agent Mina>Thank you for calling.</v>

00:00:03.000 --> 00:00:05.000
<v Tom>My kettle &amp; lid

00:00:05.000 --> 00:00:07.000
<v Tom>are <i>broken</i></v>
"""
SRT = """1
00:00:01,000 --> 00:00:03,000
ОПЕРАТОР: Слушаю вас
2
00:00:03,000 --> 00:00:05,000
ТОМ: Крышка
3
00:00:05,000 --> 00:00:07,000
Крышка
треснула

4
00:00:07,000 --> 00:00:08,000
- Проверю.
- Спасибо.
"""


def test_webvtt_by_voices(tmp_path: Path) -> None:
    for name in ("call.vtt", "call.txt"):
        frame, plan, _ = read(tmp_path, VTT, name)
        assert plan.format == "webvtt"
        assert said(frame) == [("agent", "Thank you for calling."), ("customer", "My kettle & lid are broken")]


def test_subrip_by_labels_and_dashes_with_repeats_dropped(tmp_path: Path) -> None:
    frame, plan, _ = read(tmp_path, SRT, "call.srt")
    assert plan.format == "subrip"
    assert said(frame) == [("agent", "Слушаю вас"), ("customer", "Крышка треснула"), ("agent", "Проверю."),
                           ("customer", "Спасибо.")]


def test_captions_without_speakers_are_the_customers(tmp_path: Path) -> None:
    cues = "WEBVTT\n\n00:01.000 --> 00:02.000\nit leaks\n\n00:02.000 --> 00:03.000\nevery day\n"
    frame, _, _ = read(tmp_path, cues, "a.vtt")
    assert said(frame) == [("customer", "it leaks every day")]


@pytest.mark.parametrize(("line", "label", "text"), [
    ("۱۰:۰۲ - رضا: سلام", "رضا", "سلام"), ("12 марта 2024, 10:02 Аня: да", "Аня", "да"),
    ("2024-03-12T10:02:33Z Agent: hi", "Agent", "hi"), ("http://shop.example: down", None, None),
    ("we came at 10:30: nobody", None, None), ("12/03/2024, 10:02 - +98 21 1234: سلام", "+98 21 1234", "سلام")])
def test_a_line_is_taken_apart(line: str, label: str | None, text: str | None) -> None:
    found = read_line(line)
    assert (found.label, found.text) == (label, text) if found and found.label else label is None


@pytest.mark.parametrize(("line", "name"), [("Ticket ID: 33-A1", "33-A1"), ("=== Chat 7 ===", "7"),
                                            ("Call me 3 times", None)])
def test_headings(line: str, name: str | None) -> None:
    assert heading(line) == name
