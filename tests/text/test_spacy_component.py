from pathlib import Path

import pytest
import spacy

from painpoints.errors import ModelError
from painpoints.text import build_pipeline, segment


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("غذا خوب بود ولی ارسال دیر شد.", "fa"),
        ("الأكل لذيذ جدا لكن الخدمة بطيئة", "ar"),
        ("Еда вкусная, но официант хамил!", "ru"),
        ("Great food.The waiter was rude 😡", "en"),
    ],
)
def test_units_are_on_the_doc_with_exact_offsets_and_language(text: str, lang: str) -> None:
    doc = build_pipeline()(text)
    assert doc.text == text
    assert [(s.start_char, s.end_char) for s in doc.spans["units"]] == [tuple(s) for s in segment(text, lang)]
    assert {s.label_ for s in doc.spans["units"]} == {lang}


def test_it_joins_a_pipeline_of_the_user_by_name() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("painpoints_units", config={"spans_key": "opinions"})
    doc = nlp("The food was good but the service was slow")
    assert [s.text for s in doc.spans["opinions"]] == ["The food was good", "but the service was slow"]


def test_a_unit_that_ends_inside_a_token_splits_the_token() -> None:
    nlp = spacy.blank("en")
    nlp.tokenizer = spacy.tokenizer.Tokenizer(nlp.vocab)  # splits at spaces only
    nlp.add_pipe("painpoints_units")
    doc = nlp("Food was bad.The waiter was rude")
    assert [s.text for s in doc.spans["units"]] == ["Food was bad", "The waiter was rude"]
    assert doc.text == "Food was bad.The waiter was rude"


def test_sentence_boundaries_of_the_user_are_kept() -> None:
    nlp = spacy.blank("en")

    @spacy.Language.component("cut_at_lobby")
    def cut_at_lobby(doc):  # type: ignore[no-untyped-def]
        for token in doc:
            token.is_sent_start = token.i == 0 or token.text == "lobby"
        return doc

    nlp.add_pipe("cut_at_lobby")
    nlp.add_pipe("painpoints_units")
    doc = nlp("a pool lobby with plants")
    assert [s.text for s in doc.spans["units"]] == ["a pool", "lobby with plants"]


def test_a_pipeline_on_disk_is_loaded_and_ours_appended(tmp_path: Path) -> None:
    blank = spacy.blank("ru")
    blank.add_pipe("sentencizer")
    blank.to_disk(tmp_path / "own")
    nlp = build_pipeline(str(tmp_path / "own"))
    assert nlp.pipe_names == ["sentencizer", "painpoints_units"]
    doc = nlp("Еда вкусная. Доставка долгая.")
    assert [s.text for s in doc.spans["units"]] == ["Еда вкусная", "Доставка долгая"]


def test_a_pipeline_that_is_not_there_is_named_in_the_error() -> None:
    with pytest.raises(ModelError, match="no_such_pipeline"):
        build_pipeline("no_such_pipeline")


def test_the_blank_tokenizer_keeps_every_character() -> None:
    text = "  a  b\n\nمی‌خواهم  👍🏽, d… "
    assert build_pipeline().make_doc(text).text == text
