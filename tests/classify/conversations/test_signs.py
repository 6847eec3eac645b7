"""Moods, effort, promises and manners of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from painpoints.classify import CONVERSATIONS, judge_conversations
from painpoints.classify.conversations.cues import LATIN, LISTED, load_pack
from painpoints.classify.conversations.promises import durations
from painpoints.text import fold_words

Judge = Callable[..., dict[str, Any]]


def signs(row: dict[str, Any]) -> list[tuple[str, int]]:
    return [(entry["sign"], entry["turn"]) for entry in row["effort_signs"]]


@pytest.mark.parametrize(("begun", "said", "direction"), [
    ("I am sick of this, my parcel has not come for three weeks!",
     "it just arrived, thank you so so much, what a relief!", "better"),
    ("when will my parcel come", "ok thanks", "level"),
    ("Hello, when will my parcel come?", "This is ridiculous, you people are useless, I am never ordering here again!!",
     "worse"),
    ("سلام، بسته من کی میرسه؟", "مسخره کردین ما رو؟ سه هفته‌ست معطلم، دیگه خرید نمی‌کنم", "worse"),
    ("مرحبا، متى توصل الشحنة؟", "هذا استهتار، ثلاث مرات كذبتوا علي، مستحيل أتعامل معكم مرة ثانية!", "worse"),
    ("Добрый день, когда привезут заказ?", "Это издевательство, третий раз обманываете, больше никогда!", "worse"),
])
def test_where_the_mood_went(judged: Judge, begun: str, said: str, direction: str) -> None:
    row = judged(f"C: {begun}", "A: We will look into it.", f"C: {said}", feelings=[-0.8, 0.2])
    assert row["trajectory"] == direction
    assert row["sentiment_lowest"] <= min(row["sentiment_start"], row["sentiment_end"])


def test_thanks_alone_are_no_gladness_and_a_question_no_grief(judged: Judge) -> None:
    row = judged("C: when do you open on Sunday", "A: At ten.", "C: great, thanks", feelings=[0.0, 0.9])
    assert row["trajectory"] == "level"


@pytest.mark.parametrize(("lang", "said", "sign"), [
    ("en", "this is the third time I'm writing", "repeat"), ("fa", "ده بار گفتم", "repeat"),
    ("ar", "للمرة الثالثة اكتب لكم", "repeat"), ("ru", "я уже писал вам об этом", "repeat"),
    ("en", "I've been waiting for two hours", "waiting"), ("fa", "دو ساعته منتظرم", "waiting"),
    ("ar", "صارلي ساعتين ناطر", "waiting"), ("ru", "жду уже два часа", "waiting"),
    ("en", "I've been transferred three times", "transfer"), ("fa", "هی پاسم می‌دین از این بخش به اون بخش", "transfer"),
    ("ar", "كل موظف يحولني لواحد ثاني، دوختوني", "transfer"), ("ru", "меня отфутболивают", "transfer"),
    ("en", "can I speak to a human please", "bot_loop"), ("fa", "می‌خوام با یه آدم واقعی حرف بزنم", "bot_loop"),
    ("ar", "ابغى اكلم موظف", "bot_loop"), ("ru", "позовите живого человека", "bot_loop"),
    ("en", "do I have to explain it all over again", "explaining_again"),
    ("fa", "باید دوباره از اول توضیح بدم", "explaining_again"), ("ar", "لازم اشرح كل شي من جديد", "explaining_again"),
    ("ru", "опять всё сначала объяснять", "explaining_again"),
])
def test_effort_is_found_at_its_turn(judged: Judge, lang: str, said: str, sign: str) -> None:
    row = judged("C: x", "A: x", f"C: {said}", lang=lang)
    assert (sign, 2) in signs(row)
    assert row["effort"] == len(signs(row))


def test_the_same_request_in_other_words_around_is_a_repeat(judged: Judge) -> None:
    row = judged("C: please cancel order 4821 from Monday", "A: Could you tell me more?",
                 "C: cancel the order 4821 from Monday please")
    assert ("repeat", 2) in signs(row)


def test_a_late_answer_is_waiting_and_a_mail_of_the_next_day_is_not(judged: Judge) -> None:
    assert ("waiting", 1) in signs(judged("C: hello", "A: hi", minutes=[0, 45]))
    assert signs(judged("C: hello", "A: hi", minutes=[0, 60 * 20])) == []


@pytest.mark.parametrize(("said", "hours"), [
    ("within 48 hours", 48), ("in 3-5 business days", 120), ("in a couple of days", 48), ("by tomorrow", 24),
    ("تا ۲۴ ساعت آینده", 24), ("ظرف ۳ تا ۵ روز کاری", 120), ("حداکثر یک هفته", 168), ("ta 48 saat", 48),
    ("خلال يومين", 48), ("خلال ٢٤ ساعة", 24), ("في غضون 3 أيام عمل", 72), ("khelal 24 sa3a", 24),
    ("в течение суток", 24), ("за 2-3 рабочих дня", 72), ("через полчаса", 0.5), ("soon", None),
])
def test_hours_are_read_from_words_and_digits(said: str, hours: float | None) -> None:
    assert durations().hours(fold_words(said)) == hours


def test_a_promise_is_kept_broken_or_open(judged: Judge) -> None:
    asked, promise = "C: where is my refund", "A: The refund will be credited within 24 hours."
    late = judged(asked, promise, "C: still nothing", minutes=[0, 1, 60 * 30])["promises"][0]
    assert (late["hours"], late["kept"], late["kept_turn"]) == (24, "broken", 2)
    assert judged(asked, promise, "C: still nothing", minutes=[0, 1, 2])["promises"][0]["kept"] == "unknown"
    assert judged(asked, promise, "C: got my money back, thanks")["promises"][0]["kept"] == "kept"
    assert judged(asked, promise, "C: you promised 24 hours")["promises"][0]["kept"] == "broken"


def test_a_promise_stands_where_it_was_written(judged: Judge) -> None:
    line = "Is that so? Sorry! We will call you back within 2 hours."
    made = judged("C: hi?", f"A: {line}")["promises"][0]
    text = f"hi?\n{line}"
    assert text[made["start"]:made["end"]].strip(".") == "We will call you back within 2 hours"


def test_a_promise_that_the_customer_recalls_is_counted(judged: Judge) -> None:
    row = judged("C: you promised a courier within 24 hours and nobody came", "A: sorry")
    assert [(entry["turn"], entry["hours"], entry["kept"]) for entry in row["promises"]] == [(0, 24, "broken")]


@pytest.mark.parametrize(("said", "manner"), [
    ("I'm so sorry about that, happy to help!", "courteous"), ("Send the number.", "plain"),
    ("That's your problem, read the terms.", "discourteous"), ("این مشکل خودتونه", "discourteous"),
    ("عذرخواهی می‌کنم، در خدمتم", "courteous"), ("هذي مشكلتك مو مشكلتنا", "discourteous"),
    ("نعتذر منك، تحت أمرك", "courteous"), ("Это ваши проблемы", "discourteous"), ("Извините, рады помочь", "courteous"),
])
def test_manners_of_the_agent(judged: Judge, said: str, manner: str) -> None:
    row = judged("C: hm", f"A: {said}", feelings=[0.0])
    assert (row["courtesy"], row["courtesy_turn"]) == (manner, None if manner == "plain" else 1)


def test_a_polite_agent_at_a_failing_company_is_both(judged: Judge) -> None:
    row = judged("C: you lost my parcel", "A: I am really sorry, the courier lost it. Thank you for your patience.")
    assert row["courtesy"] == "courteous"
    assert row["company_failure"]


def test_only_transcripts_with_turns_have_a_row() -> None:
    reviews = pl.DataFrame({"doc_id": ["d"], "kind": ["review"], "text": ["fine"]})
    empty = judge_conversations(reviews, pl.DataFrame(), lambda texts: np.zeros((len(texts), 384)))
    assert empty.is_empty()
    assert empty.schema == pl.Schema(CONVERSATIONS)


@pytest.mark.parametrize("name", [*(lang for lang in LISTED if lang != "en"), LATIN])
def test_every_cue_list_compiles_and_holds_something(name: str) -> None:
    pack = load_pack(name)
    assert {"customer.solved", "customer.unsolved", "agent.promise", "bot.lost"} <= set(pack.exact)
    assert not any(pattern.search("  ") for pattern in pack.exact.values())
