"""The catalogues: complete, plural-correct, in one language each, in the report's own terms, and all in use."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from painpoints.errors import UsageError
from painpoints.report.digest.forms import Voice
from painpoints.report.digest.forms.catalogue import catalogue
from painpoints.report.edition import EDITIONS, Edition

_PLACES = re.compile(r"{(\w+)}")
PLURALS = {"fa": 2, "ar": 6, "ru": 3, "en": 2}
COUNTS = [*range(120), 1000, 1001, 1002, 1011]


def messages(lang: str) -> dict[str, Message]:
    return {message.id if isinstance(message.id, str) else message.id[0]: message
            for message in catalogue(lang) if message.id}


def texts(lang: str) -> dict[str, str]:
    """Key (and number of the plural form) to wording."""
    found = {}
    for key, message in messages(lang).items():
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        found.update({f"{key}[{n}]" if len(forms) > 1 else key: form for n, form in enumerate(forms)})
    return found


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_catalogue_has_every_key_and_none_is_marked_as_doubtful(lang: str) -> None:
    assert set(messages(lang)) == set(messages("en"))
    assert len(messages(lang)) > 100
    assert [key for key, message in messages(lang).items() if message.fuzzy] == []


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_text_has_the_same_places(lang: str) -> None:
    for key, message in messages(lang).items():
        english = messages("en")[key]
        assert message.pluralizable == english.pluralizable, key
        wanted = set(_PLACES.findall("".join(english.string)))
        forms = message.string if message.pluralizable else (message.string,)
        for form in forms:
            missing = wanted - set(_PLACES.findall(form))
            assert set(_PLACES.findall(form)) <= wanted, key
            assert not missing or (lang == "ar" and missing == {"n"}), key


@pytest.mark.parametrize("lang", EDITIONS)
def test_every_plural_form_is_filled(lang: str) -> None:
    assert catalogue(lang).num_plurals == PLURALS[lang]
    plural = [message for message in messages(lang).values() if message.pluralizable]
    assert len(plural) >= 7
    for message in plural:
        assert len(message.string) == PLURALS[lang] and all(message.string), message.id
    assert all(texts(lang).values())


@pytest.mark.parametrize("lang", EDITIONS)
def test_the_plural_rule_is_that_of_cldr(lang: str, edition: Callable[[str], Edition]) -> None:
    from gettext import c2py

    rule, cldr = c2py(catalogue(lang).plural_expr), edition(lang).numerals.plural
    forms = {rule(n): {cldr(m) for m in COUNTS if rule(m) == rule(n)} for n in COUNTS}
    assert all(len(categories) == 1 for categories in forms.values())
    assert len(forms) == PLURALS[lang]


@pytest.mark.parametrize(("lang", "foreign"), [("fa", "[A-Za-zА-Яа-яё0-9%]"), ("ar", "[A-Za-zА-Яа-яё0-9%]"),
                                               ("ru", "[A-Za-z\u0600-\u06ff]"), ("en", "[А-Яа-яё\u0600-\u06ff]")])
def test_no_catalogue_mixes_languages(lang: str, foreign: str) -> None:
    assert [key for key, text in texts(lang).items() if re.search(foreign, _PLACES.sub("", text))] == []


def test_persian_is_written_with_persian_letters_digits_and_half_spaces() -> None:
    for key, text in texts("fa").items():
        assert not re.search("[يكةى٠-٩]", text), key
        assert not re.search(r"(^|\s)ن?می\s", text), key
        assert not re.search(r"\s(ها|های|هایش|هایی|تر|ترین)\b(?!\u200c)", text), key
        assert not re.search(r"\s[،؛.:]|[\"“”]", text), key


def test_arabic_is_written_with_arabic_letters_digits_and_marks() -> None:
    for key, text in texts("ar").items():
        assert not re.search("[یک۰-۹]", text), key
        assert not re.search(r"\s[،؛.:]|[\"“”,;?]", _PLACES.sub("س", text)), key


def test_a_russian_dash_does_not_begin_a_line() -> None:
    assert [key for key, text in texts("ru").items() if " — " in text] == []
    assert any("\u00a0— " in text for text in texts("ru").values())


@pytest.mark.parametrize("lang", EDITIONS)
def test_terms_are_those_of_the_report(lang: str, edition: Callable[[str], Edition]) -> None:
    said, report = texts(lang), edition(lang)

    def has(key: str, term: str) -> bool:
        return term.replace("ال", "").lower() in said[key].replace("ال", "").lower()

    assert has("feeling.alone", report.say("headline.net"))
    assert has("section.weakest", report.say("journey.weakest_label"))
    assert has("lead.weakest", report.say("headline.harm"))
    assert has("lead.weakest_none", report.say("pains.touchpoint"))
    assert has("made.impact", report.say("pains.impact"))
    name = report.count("count.painpoints", 1).removeprefix(report.number(1)).strip()
    assert has("needs.merge", " ".join(name.split()[:2]))


@pytest.mark.parametrize(("lang", "key", "n", "wanted"), [
    ("ru", "lead.volume_first", 1, "Пришёл 1 отзыв, сравнить пока не с чем"),
    ("ru", "lead.volume_first", 21, "Пришёл 21 отзыв, сравнить пока не с чем"),
    ("ru", "lead.volume_first", 22, "Пришло 22 отзыва, сравнить пока не с чем"),
    ("ru", "lead.volume_first", 112, "Пришло 112 отзывов, сравнить пока не с чем"),
    ("ru", "count.review", 1, "1 неуверенное высказывание"), ("ru", "count.review", 3, "3 неуверенных высказывания"),
    ("ru", "count.review", 11, "11 неуверенных высказываний"),
    ("ru", "growth.times_whole", 21, "пишут в 21 раз чаще, чем раньше (R)"),
    ("ru", "growth.times_whole", 23, "пишут в 23 раза чаще, чем раньше (R)"),
    ("ar", "count.proposals", 1, "اقتراح واحد"), ("ar", "count.proposals", 2, "اقتراحان"),
    ("ar", "count.proposals", 7, "٧ اقتراحات"), ("ar", "count.proposals", 11, "١١ اقتراحًا"),
    ("ar", "count.proposals", 100, "١٠٠ اقتراح"), ("ar", "count.proposals", 103, "١٠٣ اقتراحات"),
    ("ar", "count.review", 2, "رأيان غير مؤكدين"), ("ar", "spark.title", 2, "آخر أسبوعين"),
    ("ar", "lead.volume_first", 2, "ورد تعليقان، ولا شيء قبلهما للمقارنة"),
    ("ar", "lead.volume_first", 5, "وردت ٥ تعليقات، ولا شيء قبلها للمقارنة"),
    ("ar", "growth.times_whole", 10, "معدل ذكرها ١٠ مرات قياسًا بالسابق (R)"),
    ("ar", "growth.times_whole", 12, "معدل ذكرها ١٢ مرة قياسًا بالسابق (R)"),
    ("fa", "count.review", 12, "۱۲ گزارهٔ نامطمئن"), ("en", "count.review", 1, "1 uncertain opinion"),
    ("en", "count.review", 2, "2 uncertain opinions"),
])
def test_counted_things_agree(edition: Callable[[str], Edition], plain: Callable[[str], str], lang: str, key: str,
                              n: int, wanted: str) -> None:
    places = {"range": "R"} if key.startswith("growth") else {}
    assert plain(Voice(edition(lang)).count(key, n, **places)) == wanted


def test_every_key_is_used() -> None:
    folder = Path(str(resources.files("painpoints.report.digest"))) / "forms"
    source = "".join(path.read_text("utf8") for path in folder.glob("*.py"))
    built = tuple(re.findall(r'f"([a-z_.]+){', source))
    assert {"compared.", "how.", "section.journey."} <= set(built)
    assert [key for key in messages("en") if f'"{key}"' not in source and not key.startswith(built)] == []


def test_a_key_that_is_not_there_is_an_error(edition: Callable[[str], Edition]) -> None:
    with pytest.raises(KeyError, match="no\\.such"):
        Voice(edition("en")).say("no.such")
    with pytest.raises(KeyError, match="no\\.such"):
        Voice(edition("ar")).count("no.such", 3)


def test_an_unknown_language_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="de") as caught:
        catalogue("de")
    assert "fa, ar, ru, en" in str(caught.value.hint)
