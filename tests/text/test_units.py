from collections import Counter

import polars as pl
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import build_pipeline, cut_units, frame_units, read_passages


def counted_units(frame: pl.DataFrame, whole: bool = False) -> tuple[pl.DataFrame, Counter[str]]:
    passages = read_passages(frame, whole=whole)
    spans = [[unit for block in passage.blocks for unit in block.units] for passage in passages]
    units, kept, counts = frame_units(frame, passages, spans)
    assert len(kept) == len(units)
    return units, counts


def documents(*texts: str, parts: list[list[dict[str, object]]] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame({"doc_id": [f"d{n}" for n in range(len(texts))], "text": list(texts)})
    if parts is None:
        parts = [[{"field": "text", "start": 0, "end": len(text)}] for text in texts]
    return frame.with_columns(
        pl.Series("parts", parts, dtype=pl.List(pl.Struct({"field": pl.Utf8, "start": pl.Int64, "end": pl.Int64})))
    )


def check_slices(frame: pl.DataFrame, units: pl.DataFrame) -> None:
    texts = dict(zip(frame["doc_id"], frame["text"], strict=True))
    for row in units.iter_rows(named=True):
        assert texts[row["doc_id"]][row["start"] : row["end"]] == row["text"]
        assert row["text"].strip() == row["text"] != ""


MIXED = [
    "غذا خيلي خوب بود ولی ارسال دیر شد!!! 😡 پشتيباني جواب نميده.",
    "<p>Great <b>food</b>.</p><p>However the service was slow &amp; rude</p>",
    "[b]Достоинства:[/b] лёгкий, тихий\n[b]Недостатки:[/b] короткий провод",
    "الأكل جميـــل جدااااا ، لكن الخدمة سيئة",
    "👍👍",
]
PIECES = ["غذا سرد بود", "ولی", " ارسال دیر شد", ".", "Food was bad", "but", "The waiter.Rude", "😡", " ", "\n",
          "(", "\"", "цена высокая", ", а ", "еда вкусная", "الأكل بارد", " لكن ", "الخدمة ممتازة", "- ", "Pros:",
          "cheap, fast", "3/5"]
BLANK = build_pipeline()


def test_text_is_always_the_slice_of_the_document() -> None:
    frame = documents(*MIXED)
    units = cut_units(frame)
    check_slices(frame, units)
    assert set(units["doc_id"]) == set(frame["doc_id"])
    assert dict(zip(units["doc_id"], units["lang"], strict=True)) == {
        "d0": "fa", "d1": "en", "d2": "ru", "d3": "ar", "d4": "und",
    }  # fmt: skip


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_text_at_all_gives_true_slices(texts: list[str]) -> None:
    frame = documents(*texts)
    check_slices(frame, cut_units(frame))
    check_slices(frame, cut_units(frame, whole=True))


def test_markup_is_outside_the_model_text_and_entities_are_whole() -> None:
    units = cut_units(documents(MIXED[1], "Soup &lt;3 &quot;bad&quot; and cold"))
    assert units["model_text"].to_list()[:2] == ["Great food", "However the service was slow & rude"]
    assert units["text"][1].endswith("slow &amp; rude")
    assert "<" not in units["text"][1]


def test_model_text_is_normalised_and_keeps_what_colours_the_unit() -> None:
    units = cut_units(documents(MIXED[0]))
    assert units["model_text"].to_list() == ["غذا خیلی خوب بود", "ولی ارسال دیر شد!!! 😡", "پشتیبانی جواب نمی‌ده"]
    assert units["text"].to_list()[1] == "ولی ارسال دیر شد"


def test_units_never_cross_the_parts_of_a_document() -> None:
    text = "Bad phone\n\nscreen is fine\n\nlight, cheap\n\nslow"
    parts = [[
        {"field": "title", "start": 0, "end": 9}, {"field": "text", "start": 11, "end": 25},
        {"field": "pros", "start": 27, "end": 39}, {"field": "cons", "start": 41, "end": 45},
    ]]  # fmt: skip
    units = cut_units(documents(text, parts=parts))
    assert list(zip(units["field"], units["text"], strict=True)) == [
        ("title", "Bad phone"), ("text", "screen is fine"), ("pros", "light"), ("pros", "cheap"), ("cons", "slow"),
    ]  # fmt: skip


def test_short_units_have_the_language_of_their_document_and_clear_ones_their_own() -> None:
    units = cut_units(documents("کیفیت این محصول خیلی خوب بود. OK. The delivery was late and the box was broken."))
    assert units["lang"].to_list()[0] == "fa"
    assert units["lang"].to_list()[-1] == "en"


def test_borrowed_scripts_are_named_as_varieties() -> None:
    units = cut_units(documents("salam kheili aali bood mamnoon", "el5edma kteer 7elwa", "ochen plohoe kachestvo"))
    assert units["lang"].to_list() == ["fa", "ar", "ru"]
    assert units["variety"].to_list() == ["finglish", "arabizi", "translit"]


def test_whole_makes_one_unit_of_each_document() -> None:
    frame = documents("  خوب بود. ولی گران!  ", "")
    units, counts = counted_units(frame, whole=True)
    assert units["text"].to_list() == ["خوب بود. ولی گران!"]
    assert counts["documents_without_units"] == 1


def test_units_of_digits_and_marks_are_left_out_and_counted() -> None:
    units, counts = counted_units(documents("12/10", "👍", "!!!", "خوب"))
    assert units["doc_id"].to_list() == ["d1", "d3"]
    assert counts == {"units": 2, "without_letters": 2, "documents_without_units": 2}


def test_ids_are_stable_and_differ_by_place() -> None:
    once, twice = cut_units(documents("Bad. Bad.")), cut_units(documents("Bad. Bad."))
    assert once["unit_id"].to_list() == twice["unit_id"].to_list()
    assert once["unit_id"].n_unique() == 2
    assert once["key"].n_unique() == 1


def test_the_frame_has_the_same_columns_when_it_is_empty() -> None:
    assert cut_units(documents("...")).schema == cut_units(documents("خوب بود")).schema


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_texts_are_cut_without_spacy_as_its_blank_pipeline_cuts_them(texts: list[str]) -> None:
    frame = documents(*MIXED, *texts)
    assert read_passages(frame) == read_passages(frame, nlp=BLANK)


def test_a_pipeline_of_the_user_is_used() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("painpoints_units")
    seen: list[str] = []

    @spacy.Language.component("remember")
    def remember(doc):  # type: ignore[no-untyped-def]
        seen.append(doc.text)
        return doc

    nlp.add_pipe("remember", first=True)
    units = cut_units(documents("Food was good but staff were rude"), nlp=nlp)
    assert seen == ["Food was good but staff were rude"]
    assert units.height == 2


@pytest.mark.parametrize("size", [250_000])
def test_a_huge_cell_is_cut_and_keeps_its_offsets(size: int) -> None:
    frame = documents("غذا سرد بود. " * (size // 13))
    units = cut_units(frame)
    check_slices(frame, units)
    assert units.height == size // 13


def test_units_of_a_conversation_know_their_turn_and_come_from_the_customer_alone() -> None:
    said = [("agent", "سلام، بفرمایید."), ("customer", "پیک دیر رسید. غذا هم سرد بود."), ("agent", "بررسی می‌کنم."),
            ("customer", "Где мой возврат?")]
    text, turns, at = "\n".join(words for _, words in said), [], 0
    for speaker, words in said:
        turns.append({"speaker": speaker, "who": 0, "time": None, "start": at, "end": at + len(words)})
        at += len(words) + 1
    parts = [{"field": "turn", "start": turn["start"], "end": turn["end"]} for turn in turns
             if turn["speaker"] == "customer"]
    documents = pl.DataFrame({"doc_id": ["a", "b"], "text": [text, "Late again."], "parts": [parts, None],
                              "turns": [turns, None]})
    units = cut_units(documents)
    assert units["turn"].to_list() == [1, 1, 3, None]
    assert units["speaker"].to_list() == ["customer"] * 3 + [None]
    places = units.head(3).select("start", "end").rows()
    assert [text[start:end] for start, end in places] == units["text"][:3].to_list()
