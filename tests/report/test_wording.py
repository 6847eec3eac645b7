"""The wording files: complete, plural-correct, and all in use."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from painpoints.classify import EMOTIONS
from painpoints.errors import UsageError
from painpoints.report.edition import EDITIONS, Edition, wording
from painpoints.report.numerals import Numerals
from painpoints.taxonomy import Taxonomy
from painpoints.text import KINDS

_PLACES = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_edition_has_the_same_keys(lang: str) -> None:
    assert set(wording(lang)) == set(wording("en"))


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_text_has_the_same_places(lang: str) -> None:
    for key, text in wording(lang).items():
        english = wording("en")[key]
        if isinstance(text, str):
            assert set(_PLACES.findall(text)) == set(_PLACES.findall(english)), key
        assert text, key


@pytest.mark.parametrize("lang", EDITIONS)
def test_counted_things_have_every_plural_form_of_the_language(lang: str) -> None:
    needed = Numerals(lang).categories | {"other"}
    tables = {key: forms for key, forms in wording(lang).items() if isinstance(forms, dict)}
    assert tables.keys() == {key for key, forms in wording("en").items() if isinstance(forms, dict)}
    for key, forms in tables.items():
        assert needed <= set(forms), key


@pytest.mark.parametrize("lang", ["fa", "ar"])
def test_right_to_left_wording_has_no_latin_digits(lang: str) -> None:
    texts = [text for text in wording(lang).values() if isinstance(text, str)]
    assert [text for text in texts if re.search("[0-9%]", text)] == []


def test_persian_wording_has_no_arabic_letters() -> None:
    texts = [t if isinstance(t, str) else " ".join(t.values()) for t in wording("fa").values()]
    assert [text for text in texts if re.search("[يكة]", text)] == []


@pytest.mark.parametrize(("lang", "count", "expected"), [
    ("ru", 1, "1 отзыв"), ("ru", 3, "3 отзыва"), ("ru", 5, "5 отзывов"), ("ru", 11, "11 отзывов"),
    ("ru", 21, "21 отзыв"), ("ru", 112, "112 отзывов"),
    ("ar", 0, "لا تعليقات"), ("ar", 1, "تعليق واحد"), ("ar", 2, "تعليقان"), ("ar", 7, "٧ تعليقات"),
    ("ar", 40, "٤٠ تعليقًا"), ("ar", 100, "١٠٠ تعليق"), ("ar", 103, "١٠٣ تعليقات"),
    ("fa", 12, "۱۲ بازخورد"), ("en", 1, "1 comment"), ("en", 0, "0 comments"),
])
def test_counts_agree_with_their_noun(taxonomy: Taxonomy, lang: str, count: int, expected: str) -> None:
    assert Edition.of(lang, taxonomy, "three-stage").count("count.documents", count) == expected


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_emotion_that_is_judged_has_a_name_of_its_own(taxonomy: Taxonomy, lang: str) -> None:
    edition = Edition.of(lang, taxonomy, "three-stage")
    codes = [code for code in EMOTIONS if code != "none"]
    names = [edition.emotion(code) for code in codes]
    assert len(codes) == 5 and len(set(names)) == 5
    assert lang == "en" or set(names).isdisjoint(codes)
    assert all(name in edition.say("made.feelings_text") for name in names)
    assert edition.emotion("joy") == "joy"


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_kind_of_personal_data_has_a_name(lang: str) -> None:
    assert {f"personal.{kind}" for kind in KINDS} <= set(wording(lang))


def test_every_key_is_used() -> None:
    folder = Path(str(resources.files("painpoints.report")))
    source = "".join(path.read_text("utf8") for pattern in ("*.py", "sections/*.py", "templates/*.j2")
                     for path in folder.glob(pattern))
    built = ("count.", "left.", "reason.", "column.", "pains.status_", "sheet.", "satisfaction.", "opportunities.",
             "journey.online", "journey.offline", "journey.both", "made.", "pains.stage", "pains.touchpoint",
             "pains.language", "emotion.", "personal.", "campaigns.", "noise.",
             "conversations.")
    assert [key for key in wording("en") if key not in source and not key.startswith(built)] == []


def test_an_unknown_language_is_named_with_the_known_ones(taxonomy: Taxonomy) -> None:
    with pytest.raises(UsageError, match="fa, ar, ru, en"):
        Edition.of("de", taxonomy, "three-stage")
