"""Which texts are copies with small changes, and which only say the same."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.text import alike, jaccard, letters, near_copies, runs, signatures

LONG = {
    "fa": "سفارش من سه هفته است که نرسیده و پشتیبانی هر بار می‌گوید فردا تماس می‌گیریم ولی هیچ کس زنگ نمی‌زند",
    "ar": "طلبي متأخر منذ ثلاثة أسابيع وخدمة العملاء تقول كل مرة سنتصل بك غدا ولكن لا أحد يتصل ولا يرد",
    "ru": "Мой заказ опаздывает на три недели, поддержка каждый раз обещает перезвонить завтра, но никто не звонит",
    "en": "My order is three weeks late and support promises to call me back tomorrow every time but nobody ever calls",
}
EDITED = {
    "fa": "سلام، سفارش من سه هفته است که نرسيده و پشتيباني هر بار می گوید فردا تماس می‌گیریم ولی هیچ‌کس زنگ نمی‌زند!!",
    "ar": "السلام عليكم طلبي متأخر منذ ثلاثة أسابيع وخدمة العملاء تقول كل مرة سنتصل بك غدا ولكن لا أحد يتصل أو يرد",
    "ru": "МОЙ заказ опаздывает на 3 (три) недели, поддержка всякий раз обещает перезвонить завтра, никто не звонит 😡",
    "en": "Hi, my order is 3 three weeks late & support promises to call me back tomorrow every time but no one calls",
}
OWN = {
    "fa": "سه هفته‌ست منتظر بسته‌ام هستم، زنگ هم که می‌زنم فقط وعده‌ی تماس می‌دهند و خبری نمی‌شود که نمی‌شود",
    "ar": "لي ثلاثة أسابيع أنتظر الشحنة، وكلما اتصلت وعدوني بالاتصال ثم لا يصلني منهم أي خبر على الإطلاق",
    "ru": "Три недели жду посылку! Сколько ни пишу в поддержку, говорят, наберём завтра, и тишина уже который день",
    "en": "Been waiting three weeks for the parcel. Each time I ring they say someone will phone, no one has so far",
}
SHORT = ["خیلی خوب بود", "ممتاز جدا", "Всё отлично", "very good thanks"]


def pure(texts: list[str]) -> list[str]:
    return letters(pl.Series(texts, dtype=pl.Utf8)).to_list()


def firsts(texts: list[str], authors: list[str | None] | None = None) -> list[int]:
    return near_copies(pure(texts), np.arange(len(texts)), authors).tolist()


@pytest.mark.parametrize("lang", LONG)
def test_a_text_with_another_opening_and_spelling_is_a_copy(lang: str) -> None:
    assert firsts([LONG[lang], EDITED[lang]]) == [0, 0]


@pytest.mark.parametrize("lang", LONG)
def test_two_people_who_say_the_same_in_their_own_words_are_two(lang: str) -> None:
    assert firsts([LONG[lang], OWN[lang]]) == [0, 1]


def test_short_praise_by_many_people_is_agreement() -> None:
    assert firsts(SHORT * 5) == list(range(20))


def test_short_texts_of_one_author_are_copies_of_each_other() -> None:
    text = "delivery was late again and again"
    assert firsts([text, text + " ok", text], ["a", "a", "b"]) == [0, 0, 2]


def test_zwnj_arabic_letters_digits_and_links_make_no_difference() -> None:
    one, two = pure(["می‌خواهم کیف ۱۲", "ميخواهم كيف 34 https://a.example/Xy7"])
    assert one == two


def test_the_earliest_is_the_first_whatever_the_order_of_rows() -> None:
    texts = pure([EDITED["en"], LONG["en"], OWN["en"]])
    assert near_copies(texts, np.array([2.0, 1.0, 3.0])).tolist() == [1, 1, 2]
    assert near_copies(texts[::-1], np.array([3.0, 1.0, 2.0])).tolist() == [0, 1, 1]


def test_a_chain_of_small_changes_is_no_copy_of_its_far_end() -> None:
    words = LONG["en"].split()
    chain = [" ".join(["other"] * at * 4 + words[at * 4:]) for at in range(5)]
    found = firsts(chain)
    assert found[1] == 0 and found[4] != 0


def test_ten_thousand_edits_of_one_text_take_seconds_and_hang_together() -> None:
    rng = np.random.default_rng(1)
    words = (LONG["en"] + " " + OWN["en"]).split()
    texts = [" ".join(w for w in words if rng.random() > 0.03) for _ in range(3000)]
    found = np.array(firsts(texts))
    assert np.bincount(found).max() > 2700


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=5, max_size=200), st.text(min_size=5, max_size=200))
def test_the_estimate_is_near_the_true_similarity(one: str, two: str) -> None:
    both = [one + two, one]
    said = alike(signatures(both), np.array([0]), np.array([1]))[0]
    assert abs(said - jaccard(runs(both[0]), runs(both[1]))) < 0.25


def test_a_signature_hangs_on_its_text_alone() -> None:
    texts = pure(list(LONG.values()))
    assert (signatures(texts)[2] == signatures(texts[2:])[0]).all()


@pytest.mark.parametrize("base", [
    "فروشگاه بسته من را گم کرد و هیچ کس جواب تلفن را نداد سه هفته گذشت و من پولم را همین حالا پس می‌خواهم",
    "المتجر اضاع شحنتي ولم يجب احد على الهاتف طوال ثلاثة اسابيع وانا اريد استرجاع كامل المبلغ الان فورا",
    "магазин потерял мою посылку и никто не отвечал на звонки три недели верните мне деньги немедленно пожалуйста",
    "the shop lost my parcel and nobody answered the phone for three weeks so give me my money back at once please"])
def test_great_heaps_of_copies_are_told_as_small_ones_are(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    said = list(letters(pl.Series([base]))[0])
    texts = []
    for _ in range(60):
        changed = said.copy()
        for at in rng.integers(0, len(said), int(rng.integers(1, 5))):
            changed[at] = said[int(rng.integers(0, len(said)))]
        texts.append("".join(changed))
    small = near_copies(texts, np.arange(60))
    monkeypatch.setattr("painpoints.text.copies._GREAT", 2)
    great = near_copies(texts, np.arange(60))
    assert (great == small).all() and 1 < len(np.unique(small)) < 60
