"""Requests: found in four languages however they are typed, cut out of the original, and nothing else taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.cluster.requests import LIKELY, LISTED, SURE, find_request, load_cues

ASKED = [
    ("en", "The app logs me out daily, please add a remember-me box.", "please add a remember-me box"),
    ("en", "could you put the prices on the door?", "could you put the prices on the door"),
    ("en", "Bring back the old menu!", "Bring back the old menu"),
    ("en", "It's dark by the till and a lamp would be nice", "a lamp would be nice"),
    ("en", "turn the music down, please", "turn the music down, please"),
    ("en", "pls fix teh search 😩", "pls fix teh search"),
    ("fa", "برنامه مدام بسته می‌شه، لطفاً درستش کنید", "لطفاً درستش کنید"),
    ("fa", "لطفا رسيدگي كنيد", "لطفا رسيدگي كنيد"),
    ("fa", "ای کاش می‌شد ساعت تحویل رو عوض کرد", "ای کاش می‌شد ساعت تحویل رو عوض کرد"),
    ("fa", "ای‌کاش میشد ساعت تحویل رو عوض کرد", "ای‌کاش میشد ساعت تحویل رو عوض کرد"),
    ("fa", "ایکاش میشد ساعت تحویلو عوض کرد", "ایکاش میشد ساعت تحویلو عوض کرد"),
    ("fa", "تو رو خدا یه صندلی بذارید جلوی باجه 🙏", "تو رو خدا یه صندلی بذارید جلوی باجه"),
    ("fa", "صف طولانیه ولی خواهش میکنم یه نفر دیگه بیارید", "خواهش میکنم یه نفر دیگه بیارید"),
    ("fa", "lotfan in safhe ro dorost konid", "lotfan in safhe ro dorost konid"),
    ("ar", "الخط صغير جدا، ياريت تكبروه", "ياريت تكبروه"),
    ("ar", "يا ريت تكبروا الخط", "يا ريت تكبروا الخط"),
    ("ar", "الفرع زحمة وأرجو فتح شباك ثاني", "وأرجو فتح شباك ثاني"),
    ("ar", "ارجو فتح شباك ثاني", "ارجو فتح شباك ثاني"),
    ("ar", "ليش ما تضيفون الدفع بالبطاقة؟", "ليش ما تضيفون الدفع بالبطاقة"),
    ("ar", "كلموا السائقين بليز يخففوا السرعة", "كلموا السائقين بليز يخففوا السرعة"),
    ("ar", "ya ret tefta7o far3 fel ma7ala", "ya ret tefta7o far3 fel ma7ala"),
    ("ru", "Хотелось бы, чтобы курьер звонил заранее", "Хотелось бы, чтобы курьер звонил заранее"),
    ("ru", "Полчаса искали вход, повесьте табличку!", "повесьте табличку"),
    ("ru", "добавьте тёмную тему, пожалуйста", "добавьте тёмную тему, пожалуйста"),
    ("ru", "Очень душно, хорошо бы ещё вентилятор", "хорошо бы ещё вентилятор"),
    ("ru", "хорошо бы еще вентилятор", "хорошо бы еще вентилятор"),
]
NOT_ASKED = [
    ("en", "Please don't buy from them, they never deliver"),
    ("en", "The screen said \"please wait\" for an hour"),
    ("en", "I should have read the comments first"),
    ("en", "They should be ashamed of themselves"),
    ("en", "The driver was late and the food was cold"),
    ("fa", "نخرید، لطفا پولتون رو هدر ندید"),
    ("fa", "یک ساعت نوشته بود «لطفا صبر کنید»"),
    ("fa", "کاشی‌های حمام شکسته بود"),
    ("fa", "پیک دو ساعت دیر رسید و غذا سرد بود"),
    ("ar", "لا تشترون منهم أرجوكم"),
    ("ar", "الشاشة تقول «يرجى الانتظار» من ساعة"),
    ("ar", "رجعوا المبلغ ناقص وما ردوا علي"),
    ("ar", "المندوب تأخر ساعتين والأكل بارد"),
    ("ru", "Не покупайте здесь, прошу вас"),
    ("ru", "На экране час висит «пожалуйста, подождите»"),
    ("ru", "Курьер опоздал, должны были привезти в обед"),
    ("ru", "Захотелось пиццы, привезли холодную"),
]


@pytest.mark.parametrize(("lang", "text", "request_text"), ASKED)
def test_a_request_is_the_clause_around_its_cue(lang: str, text: str, request_text: str) -> None:
    found = find_request(text, lang)
    assert found is not None
    assert text[found.start:found.end] == request_text
    assert found.tier == SURE


@pytest.mark.parametrize(("lang", "text"), NOT_ASKED)
def test_advice_to_others_reported_words_and_complaints_are_no_requests(lang: str, text: str) -> None:
    assert find_request(text, lang) is None


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "You should tell people before you close"), ("fa", "باید جلوی در یه راهنما باشه"),
    ("ar", "لازم تغيروا طريقة الدفع"), ("ru", "Пора бы сделать скидку для своих")])
def test_what_should_be_is_a_likely_request(lang: str, text: str) -> None:
    found = find_request(text, lang)
    assert found is not None and found.tier == LIKELY


def test_a_long_request_ends_at_a_mark_or_word() -> None:
    text = "please " + "tell us the price of everything " * 8 + "today"
    found = find_request(text, "en")
    assert found is not None and found.end - found.start <= 140
    assert text[found.end] == " "


def test_emoji_and_quotation_marks_around_a_request_stay_out_but_names_in_it_stay() -> None:
    text = "🙏 Please bring back «Lemon» ice 🍋"
    found = find_request(text, "en")
    assert found is not None and text[found.start:found.end] == "Please bring back «Lemon» ice"


def test_a_language_without_cues_has_no_requests() -> None:
    assert load_cues("de") is None and find_request("bitte, please", "de") is None
    assert all(load_cues(lang) is not None for lang in LISTED)


@given(st.sampled_from(LISTED), st.text(max_size=80), st.sampled_from([text for _, text, _ in ASKED]))
def test_what_is_found_is_always_a_slice_of_the_text(lang: str, noise: str, asked: str) -> None:
    text = f"{noise} {asked} {noise}"
    found = find_request(text, lang)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert text[found.start:found.end] == text[found.start:found.end].strip()
