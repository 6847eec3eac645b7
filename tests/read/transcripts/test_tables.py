"""Turns in JSON and in tables with one row a turn; what cannot be read; places of turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.errors import EmptyInputError, InputError, PainpointsError
from painpoints.read import FilePlan, ReadOptions, Rejected, documents_from_frame, read_documents
from painpoints.read.documents import SCHEMA


def read(path: Path, **options: Any) -> tuple[pl.DataFrame, FilePlan, list[Rejected]]:
    plans: list[FilePlan] = []
    rejected: list[Rejected] = []
    frames = list(read_documents([path], ReadOptions(author_secret=b"key", **options), rejected.append,
                                 on_plan=plans.append))
    return pl.concat(frames, how="diagonal"), plans[0], rejected


def written(tmp_path: Path, content: Any, name: str = "chats.jsonl") -> Path:
    path = tmp_path / name
    if not isinstance(content, str):
        content = ("\n".join(json.dumps(row, ensure_ascii=False) for row in content) if name.endswith("jsonl")
                   else json.dumps(content, ensure_ascii=False))
    path.write_text(content, "utf8")
    return path


def said(frame: pl.DataFrame, row: int = 0) -> list[tuple[str, str]]:
    text = frame["text"][row]
    return [(turn["speaker"], text[turn["start"]:turn["end"]]) for turn in frame["turns"].to_list()[row]]


TURNS = [("customer", "نرسید"), ("agent", "پیگیری می‌کنیم"), ("customer", "باشه")]
SHAPES: dict[str, Any] = {
    "turns": {"turns": [{"speaker": who, "text": text} for who, text in TURNS]},
    "messages": {"messages": [{"role": {"customer": "user", "agent": "operator"}[who], "content": text}
                              for who, text in TURNS]},
    "pieces of content": {"messages": [{"role": who, "content": [{"type": "text", "text": text}]}
                                       for who, text in TURNS]},
    "named people": {"conversation": [{"author": {"name": "Mina" if who == "agent" else "Tom", "role": who},
                                       "message": text} for who, text in TURNS]},
    "name beside role": {"utterances": [{"name": "Mina" if who == "agent" else "Tom", "role": who, "body": text}
                                        for who, text in TURNS]},
    "deeper": {"data": {"dialog": {"items": [{"sender": who, "text": text} for who, text in TURNS]}}},
    "Persian names": {"پیام‌ها": [{"فرستنده": {"customer": "مشتری", "agent": "پشتیبان"}[who], "متن": text}
                                 for who, text in TURNS]},
    "Russian names": {"сообщения": [{"отправитель": {"customer": "Клиент", "agent": "Оператор"}[who], "текст": text}
                                    for who, text in TURNS]},
    "Arabic names": {"الرسائل": [{"المرسل": {"customer": "العميل", "agent": "الموظف"}[who], "النص": text}
                                for who, text in TURNS]},
    "pairs": {"dialog": [[who, text] for who, text in TURNS]},
    "written out": {"messages": json.dumps([{"from": who, "text": text} for who, text in TURNS])},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["chats.jsonl", "chats.json", "chats.txt"])
def test_turns_are_found_under_their_usual_names(tmp_path: Path, shape: str, name: str) -> None:
    rows = [{"id": number, **SHAPES[shape]} for number in (7, 8)]
    frame, plan, rejected = read(written(tmp_path, rows, name))
    assert said(frame) == TURNS and said(frame, 1) == TURNS
    assert frame["source_id"].to_list() == ["7", "8"]
    assert plan.kind == "transcript" and not rejected


def test_one_conversation_alone_in_a_document(tmp_path: Path) -> None:
    frame, _, _ = read(written(tmp_path, {"id": 7, "channel": "web", **SHAPES["turns"]}, "one.json"))
    assert said(frame) == TURNS and frame["source"][0] == "web"


def test_comments_under_posts_are_no_conversations(tmp_path: Path) -> None:
    posts = [{"id": n, "text": "Новый чайник уже в продаже", "comments": [
        {"author": "Аня", "text": "Течёт"}, {"author": "Том", "text": "Не течёт"}]} for n in range(4)]
    assert read(written(tmp_path, posts, "posts.json"))[1].kind == "comment"


def test_turns_in_a_frame_and_in_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["a"], "turns": [[{"speaker": who, "text": text} for who, text in TURNS]]})
    assert said(documents_from_frame(frame)) == TURNS
    frame.write_parquet(tmp_path / "a.parquet")
    assert said(read(tmp_path / "a.parquet")[0]) == TURNS


ROWS = """conversation_id,speaker,message,sent_at,channel,agent_group,csat,message_id
1,customer,الطلب ناقص,2024-03-01 10:00,chat,B,2,m1
2,Клиент,Не пришло,2024-03-01 10:01,phone,A,,m2
1,agent,لحظة من فضلك,2024-03-01 10:02,chat,B,2,m3
2,Оператор,Проверю,2024-03-01 10:05,phone,A,,m5
2,Клиент,Спасибо,2024-03-01 10:03,phone,A,5,m4
1,system,closed,2024-03-01 10:09,chat,B,2,m6
,agent,lost,2024-03-01 10:09,chat,B,2,m7
"""


def test_rows_of_turns_are_put_together_wherever_they_stand(tmp_path: Path) -> None:
    frame, plan, rejected = read(written(tmp_path, ROWS, "rows.csv"))
    assert said(frame) == [("customer", "الطلب ناقص"), ("agent", "لحظة من فضلك"), ("system", "closed")]
    assert said(frame, 1) == [("customer", "Не пришло"), ("customer", "Спасибо"), ("agent", "Проверю")]
    assert frame["rating"].to_list() == [0.25, 1.0] and frame["source"].to_list() == ["chat", "phone"]
    assert "message_id" in " ".join(plan.notes) and not any("message_id" in name for name in frame.columns)
    assert [record.code for record in rejected] == ["no_conversation"]
    assert plan.columns["conversation"].name == "conversation_id"


@pytest.mark.parametrize("write", ["tsv", "xlsx", "parquet"])
def test_rows_of_turns_in_other_tables(tmp_path: Path, write: str) -> None:
    table = pl.DataFrame({"ticket_id": ["a", "a", "b", "b"], "role": ["customer", "agent", "customer", "agent"],
                          "text": ["it is broken", "we are sorry", "it is late", "let me check"]})
    path = tmp_path / f"rows.{write}"
    {"tsv": lambda: table.write_csv(path, separator="\t"), "xlsx": lambda: table.write_excel(path),
     "parquet": lambda: table.write_parquet(path)}[write]()
    frame, _, _ = read(path)
    assert said(frame) == [("customer", "it is broken"), ("agent", "we are sorry")]


def test_the_user_says_what_rows_are(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS, "rows.csv")
    assert read(path, kind="comment")[0]["turns"].to_list() == [None] * 7
    names = written(tmp_path, "thread,who,text\n1,Tom,my order is lost\n1,Mina,let me check\n1,Tom,ok\n", "names.csv")
    assert read(names)[1].kind == "comment"
    frame, plan, _ = read(names, kind="transcript", author="who", id="thread")
    assert said(frame) == [("customer", "my order is lost"), ("agent", "let me check"), ("customer", "ok")]
    assert "Mina" not in str(plan.as_dict()) and "Mina" in str(plan.as_dict(names=True))


def test_threads_in_public_are_not_put_together(tmp_path: Path) -> None:
    rows = ROWS.replace("message_id", "parent_id")
    assert read(written(tmp_path, rows, "rows.csv"))[1].kind != "transcript"


def test_flags_of_direction_tell_the_speakers(tmp_path: Path) -> None:
    rows = "conversation_id,inbound,text\n1,true,it is broken\n1,false,we are sorry\n2,true,late\n2,false,sorry\n"
    turns = said(read(written(tmp_path, rows, "rows.csv"))[0])
    assert turns == [("customer", "it is broken"), ("agent", "we are sorry")]


def test_roles_of_named_people_are_guessed_and_may_be_overruled(tmp_path: Path) -> None:
    chats = [{"turns": [{"speaker": customer, "text": text}, {"speaker": "Mina", "text": "Hello"},
                        {"speaker": customer, "text": "still nothing"}]}
             for customer, text in (("Tom", "my order is lost"), ("Ann", "hi"), ("Sam", "hello"))]
    path = written(tmp_path, chats)
    frame, plan, _ = read(path)
    assert [said(frame, row)[1][0] for row in range(3)] == ["agent"] * 3
    assert plan.transcript is not None
    assert "3 of 3 conversations" in next(role.why for role in plan.transcript.roles if role.label == "Mina")
    assert [who for who, _ in said(read(path, customer="Mina")[0])] == ["agent", "customer", "agent"]
    assert [who for who, _ in said(read(path, agent="tom, ann, sam")[0])] == ["agent", "customer", "agent"]


CUES = {"en": ("How can I help you today?", "it never came"), "fa": ("چطور می‌تونم کمکتون کنم؟", "هنوز نیومده"),
        "fa stripped": ("چطور میتونم کمکتون کنم", "نیومده"), "fa spaced": ("چطور می تونم کمکتون کنم", "نیومده"),
        "ar": ("كيف يمكنني مساعدتك؟", "لسا ما وصل"), "ru": ("Чем могу помочь?", "Так и не пришло")}


@pytest.mark.parametrize("lang", CUES)
@pytest.mark.parametrize("first", [0, 1])
def test_words_of_service_tell_the_agent_whoever_begins(tmp_path: Path, lang: str, first: int) -> None:
    service, words = CUES[lang]
    turns = [{"speaker": "A. One", "text": service}, {"speaker": "B. Two", "text": words}]
    frame, _, _ = read(written(tmp_path, [{"turns": turns[first:] + turns[:first]}]))
    assert {text: who for who, text in said(frame)} == {service: "agent", words: "customer"}


def test_what_is_left_out_is_counted_and_rejected(tmp_path: Path) -> None:
    chats = [{"id": 1, "turns": [{"speaker": "customer", "text": "broken"}, {"speaker": "agent", "text": "  "},
                                 {"speaker": "agent", "text": "secret", "internal": True}]},
             {"id": 2, "turns": []}, {"id": 3, "turns": [{"speaker": "agent", "text": "anybody there?"}]}]
    frame, plan, rejected = read(written(tmp_path, "\n".join(map(json.dumps, chats)) + "\n{broken\n"))
    assert frame.height == 1 and plan.transcript is not None
    assert plan.transcript.dropped == {"private_note": 1, "empty_turn": 1}
    assert [record.code for record in rejected] == ["empty_conversation", "no_customer", "bad_json"]
    assert plan.rejected == 3 and plan.documents == 1


def test_ids_are_the_same_on_every_run_and_columns_are_the_agreed_ones(tmp_path: Path) -> None:
    path = written(tmp_path, [{"id": 1, **SHAPES["turns"]}, {"id": 1, **SHAPES["turns"]}])
    one, two = read(path)[0], read(path)[0]
    assert one["doc_id"].to_list() == two["doc_id"].to_list() and one["doc_id"].n_unique() == 2
    assert {name: one.schema[name] for name in SCHEMA} == SCHEMA


@pytest.mark.parametrize(("name", "content"), [
    ("a.vtt", "WEBVTT\n\nNOTE nothing\n"), ("a.srt", "1\nnot a time\n"), ("a.eml", "no header\n\nbody"),
    ("a.mbox", "From x Tue Mar 12 10:00:00 2024\n\n"), ("result.json", '{"type": "personal_chat", "messages": ['),
    ("a.json", '{"conversation_parts": {}}'), ("a.vtt", "\x00\x01\x02\x03" * 50),
    ("result.json", '{"id": 1, "type": "personal_chat", "messages": []}')])
def test_broken_files_give_one_line(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(PainpointsError) as caught:
        read(written(tmp_path, content, name))
    assert isinstance(caught.value, InputError | EmptyInputError)
    assert "\n" not in caught.value.args[0] and name in caught.value.args[0]


_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
_TURN = st.fixed_dictionaries({"speaker": st.sampled_from(["customer", "agent", "bot", "Tom", "Mina", "مشتری"]),
                               "text": st.one_of(_LINE, st.sampled_from(
                                   ["سلام\u200cها", "👍🏽\nда", "<b>x</b>", " a \u200f"]))})


@settings(max_examples=60, deadline=None)
@given(st.lists(_TURN, min_size=1, max_size=8))
def test_places_of_turns_cut_the_text_exactly(turns: list[dict[str, str]]) -> None:
    frame = pl.DataFrame({"turns": [turns]})
    try:
        documents = documents_from_frame(frame)
    except EmptyInputError:
        return
    (row,) = documents.to_dicts()
    kept = [text for turn in turns if (text := _stripped(turn["text"]))]
    assert [row["text"][turn["start"]:turn["end"]] for turn in row["turns"]] == kept
    assert row["text"] == "\n".join(kept)
    assert [(part["start"], part["end"]) for part in row["parts"]] == [
        (turn["start"], turn["end"]) for turn in row["turns"] if turn["speaker"] == "customer"]


def _stripped(text: str) -> str:
    return text.strip(" \t\r\n\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
       st.sampled_from(["a.vtt", "a.srt", "a.eml", "a.mbox", "a.txt", "a.json", "a.jsonl"]),
       st.sampled_from(["", "WEBVTT\n\n00:01.000 --> 00:02.000\n", "Agent: a\nCustomer: b\n",
                        "From: a@b.example\nTo: c@d.example\nSubject: x\nDate: y\n\n",
                        "13/01/2024, 21:05 - Ann: x\n13/01/2024, 21:06 - Shop: y\n"]))
def test_no_content_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, name: str, start: str
                                      ) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes((start + text).encode())
    try:
        read(path)
    except PainpointsError as error:
        assert str(error)
