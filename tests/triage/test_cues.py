"""Cues are found as people write them, and not where the words mean something else."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.text import fold_words, written
from painpoints.triage.cues import CUE_KINDS, LISTED, PACKS, _read, find_all, find_cues, pack

GOLD: dict[str, list[tuple[str, str]]] = tomllib.loads(Path(__file__).with_name("cues_gold.toml").read_text("utf8"))


def kinds(text: str, lang: str) -> set[str]:
    return {cue.kind for cue in find_cues(text, lang)}


def figures(rows: list[tuple[str, str, str]], wanted: set[str]) -> tuple[float, float]:
    """Recall and precision over (language, text, kind) of the ``wanted`` kinds."""
    count: Counter[str] = Counter()
    for lang, text, kind in rows:
        found, right = kinds(text, lang) & wanted, {kind} & wanted
        count.update(hit=len(found & right), missed=len(right - found), false=len(found - right))
    return count["hit"] / (count["hit"] + count["missed"]), count["hit"] / (count["hit"] + count["false"])


ROWS = [(lang, text, kind) for lang, rows in GOLD.items() for text, kind in rows]


def test_the_gold_set_holds_forty_texts_a_language_half_of_them_traps() -> None:
    for lang in LISTED:
        marked = [kind for _, kind in GOLD[lang]]
        assert len(marked) >= 40
        assert .4 <= marked.count("") / len(marked) <= .6
        assert set(marked) == {*CUE_KINDS, ""}


@pytest.mark.parametrize("kind", CUE_KINDS)
def test_each_kind_is_found_and_seldom_wrongly(kind: str) -> None:
    recall, precision = figures(ROWS, {kind})
    assert recall >= .9
    assert precision >= .95


@pytest.mark.parametrize("lang", LISTED)
def test_each_language_is_served_alike(lang: str) -> None:
    recall, precision = figures([row for row in ROWS if row[0] == lang], set(CUE_KINDS))
    assert recall >= .9
    assert precision >= .95


@pytest.mark.parametrize(("lang", "spellings", "kind"), [
    ("fa", ["کلاه‌برداری", "کلاه برداری", "کلاهبرداری", "كلاهبرداري", "کَلاهبرداری", "kolahbardari"], "fraud"),
    ("fa", ["شکایت می‌کنم", "شکایت می کنم", "شکایت میکنم", "شكايت ميكنم", "shekayat mikonam"], "legal"),
    ("ar", ["آخر مرة أطلب منكم", "اخر مره اطلب منكم", "آخِر مرّة أطلب منكم", "آخـــر مرة أطلب منكم"], "churn"),
    ("ru", ["Пошёл дым", "пошел дым", "ПОШЕЛ ДЫМ", "пошел   дыыыым"], "safety"),
    ("en", ["I'll sue you", "Ill sue you", "I’LL SUE YOU", "i'll suuue you"], "legal"),
])
def test_spelling_makes_no_difference(lang: str, spellings: list[str], kind: str) -> None:
    for text in spellings:
        assert kind in kinds(text, lang), text


@pytest.mark.parametrize(("lang", "text"), [
    ("fa", "کلاهبرداری نیست"), ("fa", "شکایتی ندارم"), ("fa", "بدون هیچ شکایتی"), ("fa", "کلاه‌بردار نبودن"),
    ("ar", "مش نصابين"), ("ar", "مو حرامية"), ("ar", "ليسوا محتالين"), ("ru", "это не мошенники"),
    ("ru", "без обмана"), ("en", "not a scam"), ("en", "never had any injury"), ("en", "this isn't really fraud"),
])
def test_what_is_denied_is_no_cue(lang: str, text: str) -> None:
    assert kinds(text, lang) == set()


@pytest.mark.parametrize(("lang", "text", "kind"), [
    ("en", "No, this is a scam", "fraud"), ("en", "It does not work. Scammers!", "fraud"),
    ("en", "not only a scam but rude", "fraud"), ("ru", "не просто обман", "fraud"),
    ("ru", "Нет. Мошенники", "fraud"), ("ar", "بعد ما نصبوا علي", "fraud"), ("fa", "پولم نیومد، کلاهبردارید", "fraud"),
])
def test_a_denial_of_something_else_hides_nothing(lang: str, text: str, kind: str) -> None:
    assert kind in kinds(text, lang)


def test_letters_shared_by_two_languages_are_read_in_the_right_one() -> None:
    assert kinds("نصب راحت بود", "fa") == set()
    assert kinds("نصب واحتيال", "ar") == {"fraud"}


def test_foreign_words_count_inside_any_language() -> None:
    assert "fraud" in kinds("این شرکت scam هست", "fa")
    assert "fraud" in kinds("полный scam", "ru")


@pytest.mark.parametrize("lang", LISTED)
def test_a_cue_stands_where_it_says(lang: str) -> None:
    for text, kind in GOLD[lang]:
        padded = f"🙂 … {text} !!"
        for cue in find_cues(padded, lang):
            words = padded[cue.start:cue.end]
            assert words == words.strip() and words
            assert kind == "" or cue.kind != kind or words in text


def test_many_texts_at_once_give_what_each_gives_alone() -> None:
    texts, langs = [text for _, text, _ in ROWS], [lang for lang, _, _ in ROWS]
    alone = {at: found for at, text in enumerate(texts) if (found := find_cues(text, langs[at]))}
    assert find_all(texts, langs) == alone
    assert find_all([], []) == {}


@pytest.mark.parametrize("lang", LISTED)
def test_every_list_is_well_formed(lang: str) -> None:
    data = _read(lang)
    assert set(data) == {"negation", *CUE_KINDS}
    for table in data.values():
        for listed in table.values():
            for entry in filter(None, (entry.strip() for entry in re.split(r"[,\n]", listed))):
                assert entry.count("(") == entry.count(")"), entry
                assert not re.search(r"(^|[ |(])\*($|[ |)])", entry.replace("*(", "")), entry
                assert fold_words(entry.replace("*", "")).strip(), entry


@pytest.mark.parametrize("name", PACKS)
def test_no_cue_is_found_in_nothing(name: str) -> None:
    for text in (" ", "  ", " . ", " , . "):
        assert list(pack(name).find(text)) == []


@given(st.text(max_size=60))
def test_folded_words_lead_back_to_what_was_written(text: str) -> None:
    words = fold_words(text).split()
    assert fold_words(fold_words(text)).split() == words
    for at in range(len(words)):
        start, end = written(text, at, at)
        assert 0 <= start < end <= len(text)
