"""The page's wording: whole in four languages, well formed, and never able to become mark-up."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from importlib import resources

import pytest
from babel.messages.catalog import Message
from markupsafe import Markup

from painpoints.report import Edition
from painpoints.taxonomy import load_taxonomy
from painpoints.triage.web.wording import LANGUAGES, Wording, catalogues

LANGS = tuple(LANGUAGES)
_CALL = re.compile(r"""\bt(?:\.(?:text|count|count_text))?\(\s*["']([a-z_]+\.[a-z0-9_.]+)["']\s*[,)]""")


def wording(lang: str) -> Wording:
    return Wording(Edition.of(lang, load_taxonomy(), "three-stage"))


def messages(lang: str) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for page, catalogue in catalogues(lang).items():
        for message in catalogue:
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                assert key not in found, f"{key} stands twice, again in {page}"
                found[key] = message
    return found


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def used() -> Iterator[str]:
    folder = resources.files("painpoints.triage.web").joinpath("templates")
    for path in folder.iterdir():
        yield from _CALL.findall(path.read_text("utf8"))


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_has_the_same_keys_with_the_same_places(lang: str) -> None:
    mine, english = messages(lang), messages("en")
    assert mine.keys() == english.keys()
    for key, message in mine.items():
        wanted = set().union(*(places(form) for form in forms(english[key])))
        for form in forms(message):
            assert form.strip(), f"{lang} {key} says nothing"
            assert places(form) | {"n"} == wanted | {"n"}, f"{lang} {key}"


@pytest.mark.parametrize("lang", LANGS)
def test_every_wording_that_a_template_asks_for_is_there(lang: str) -> None:
    asked = set(used())
    assert asked and asked <= messages(lang).keys()


@pytest.mark.parametrize("lang", LANGS)
def test_plural_forms_are_as_many_as_the_language_has(lang: str) -> None:
    for catalogue in catalogues(lang).values():
        wanted = {"fa": 2, "ar": 6, "ru": 3, "en": 2}[lang]
        assert catalogue.num_plurals == wanted
        assert all(len(forms(message)) == wanted for message in catalogue if isinstance(message.id, tuple))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "سارا\" onmouseover=\"x", "Мария & ко", "أحمد</bdi>"])
def test_what_fills_a_place_is_escaped_and_isolated(lang: str, name: str) -> None:
    key, message = next((key, message) for key, message in messages(lang).items()
                        if len(forms(message)) == 1 and len(places(forms(message)[0])) == 1)
    place = places(forms(message)[0]).pop()
    said = wording(lang)(key, **{place: name})
    assert isinstance(said, Markup) and said.count("<") == 2 and said.count("<bdi>") == 1
    assert f"\u2068{name}\u2069" in wording(lang).text(key, **{place: name})


def test_a_wording_that_is_missing_is_told_by_its_key() -> None:
    with pytest.raises(KeyError, match=r"page\.nothing"):
        wording("en")("page.nothing")


@pytest.mark.parametrize(("lang", "value", "said"), [
    ("ar", 0, "لا تعليقات"), ("ar", 1, "تعليق واحد"), ("ar", 2, "تعليقان"), ("ar", 3, "٣ تعليقات"),
    ("ar", 23, "٢٣ تعليقًا"), ("ar", 100, "١٠٠ تعليق"), ("ru", 1, "1 комментарий"), ("ru", 2, "2 комментария"),
    ("ru", 5, "5 комментариев"), ("ru", 21, "21 комментарий"), ("fa", 1, "۱ نظر"), ("en", 1, "1 comment"),
    ("en", 0, "0 comments")])
def test_counts_are_in_the_form_that_their_number_asks_for(lang: str, value: int, said: str) -> None:
    assert wording(lang).count_text("queue.found", value) == said
