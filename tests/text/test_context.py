"""Short answers are read with the question before them."""

from __future__ import annotations

import polars as pl
import pytest

from painpoints.text import fold_key, frame_units, original_slice, read_passages

TURN = pl.Struct({"speaker": pl.Utf8, "who": pl.Int32, "time": pl.Datetime("us", "UTC"), "start": pl.Int64,
                  "end": pl.Int64})


def conversation(*lines: tuple[str, str]) -> pl.DataFrame:
    text, turns, parts = "", [], []
    for number, (speaker, said) in enumerate(lines):
        text += "\n" * bool(number)
        place = {"start": len(text), "end": len(text) + len(said)}
        turns.append({"speaker": speaker, "who": 0, "time": None, **place})
        if speaker == "customer":
            parts.append({"field": "turn", **place})
        text += said
    return pl.DataFrame({"doc_id": ["d"], "kind": ["transcript"], "text": [text], "turns": [turns], "parts": [parts]},
                        schema_overrides={"turns": pl.List(TURN)})


@pytest.mark.parametrize(("question", "answer"), [
    ("I have looked into it. Has your refund arrived?", "still not"), ("بررسی شد. مبلغ به حسابتون برگشت؟", "هنوز نه"),
    ("وصلك المندوب؟", "لسه 😡"), ("Интернет сейчас работает?", "нет, всё так же"),
])
def test_the_encoder_sees_the_question_and_no_unit_holds_it(question: str, answer: str) -> None:
    documents = conversation(("customer", "سلام hello привет"), ("agent", question), ("customer", answer))
    passage = read_passages(documents)[-1]
    assert passage.context > 0
    assert fold_key(passage.text[:passage.context]) in fold_key(question)
    assert all(block.start >= passage.context for block in passage.blocks)
    spans = [[(unit.start, unit.end) for block in passage.blocks for unit in block.units]]
    units, _, _ = frame_units(documents, [passage], spans)
    assert units["text"].to_list() == [answer.replace(" 😡", "")] or units["text"].to_list() == [answer]
    assert units["turn"].to_list() == [2]
    assert question not in units["model_text"][0]
    text = documents["text"][0]
    assert original_slice(text, passage, *spans[0][0]) == units["text"][0]
    assert text[units["start"][0]:units["end"][0]] == units["text"][0]


@pytest.mark.parametrize(("question", "answer"), [
    ("Anything else I can help you with?", "no thanks"), ("امر دیگه‌ای هست؟", "نه ممنون"),
    ("أي خدمة ثانية؟", "لا سلامتك"), ("Могу еще чем-то помочь?", "нет, это всё"),
    ("What is your order number?", "it is 48213"),
    ("Has it arrived?", "No, and nobody at your office answers my calls"),
    ("We are checking.", "still not"), ("Has it arrived?", "what?"),
])
def test_no_question_is_put_before_what_speaks_for_itself_or_answers_a_closing(question: str, answer: str) -> None:
    documents = conversation(("customer", "hello"), ("agent", question), ("customer", answer))
    assert [passage.context for passage in read_passages(documents)] == [0, 0]


def test_only_the_company_asks_and_reviews_have_no_context() -> None:
    own = conversation(("customer", "has it come?"), ("customer", "still not"))
    assert {passage.context for passage in read_passages(own)} == {0}
    assert read_passages(pl.DataFrame({"doc_id": ["d"], "text": ["still not"]}))[0].context == 0
