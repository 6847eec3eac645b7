"""When a matter counts as settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Judge = Callable[..., dict[str, Any]]
ASKED = {"en": ("My internet is down", "I have reset the line. Is it working now?"),
         "fa": ("اینترنتم قطعه", "خط رو ریست کردم، الان وصل شد؟"),
         "ar": ("النت مقطوع عندي", "عملنا إعادة ضبط للخط، اشتغل دلوقتي؟"),
         "ru": ("Интернет не работает", "Я сбросила порт, сейчас работает?")}


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "yes it works now, thanks"), ("en", "that did the trick!"), ("en", "yep"), ("en", "All sorted, cheers"),
    ("fa", "حل شد ممنون"), ("fa", "آره وصل شد دمت گرم"), ("fa", "بله"), ("fa", "درست شد مرسي"),
    ("fa", "hal shod mersi"),
    ("ar", "تمام اشتغل"), ("ar", "انحلت المشكلة يعطيك العافية"), ("ar", "ايوه"), ("ar", "tamam sha8al shokran"),
    ("ru", "всё, заработало, спасибо"), ("ru", "да"), ("ru", "Получилось!"), ("ru", "zarabotalo spasibo"),
])
def test_what_the_customer_confirms_is_resolved_at_that_turn(judged: Judge, lang: str, said: str) -> None:
    problem, check = ASKED[lang]
    row = judged(f"C: {problem}", f"A: {check}", f"C: {said}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("resolved", 2)


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "still not working"), ("en", "No."), ("en", "it isn't fixed"), ("en", "same error again"),
    ("fa", "هنوز همونه"), ("fa", "نه"), ("fa", "نه درست نشد"), ("fa", "بازم قطعه"), ("fa", "hanuz vasl nashode"),
    ("ar", "لسه"), ("ar", "لا للحين ما اشتغل"), ("ar", "نفس المشكلة"), ("ar", "lesa mesh sha8al"),
    ("ru", "нет, всё так же"), ("ru", "не помогло"), ("ru", "все еще не работает"), ("ru", "ne rabotaet"),
])
def test_what_the_customer_denies_is_unresolved(judged: Judge, lang: str, said: str) -> None:
    problem, check = ASKED[lang]
    row = judged(f"C: {problem}", f"A: {check}", f"C: {said}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("unresolved", 2)


@pytest.mark.parametrize(("lang", "promise", "thanks"), [
    ("en", "We will refund you within 48 hours.", "ok thank you"),
    ("fa", "تا ۴۸ ساعت آینده واریز می‌شه", "باشه ممنون"),
    ("ar", "سيتم إرجاع المبلغ خلال يومين", "تمام شكرا"),
    ("ru", "Деньги вернем в течение суток", "хорошо, спасибо"),
])
def test_thanks_for_a_promise_settle_nothing(judged: Judge, lang: str, promise: str, thanks: str) -> None:
    row = judged(f"C: {ASKED[lang][0]}", f"A: {promise}", f"C: {thanks}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("unknown", None)
    assert [entry["kept"] for entry in row["promises"]] == ["unknown"]


@pytest.mark.parametrize(("lang", "done", "thanks"), [
    ("en", "Your address has been changed.", "great, thanks"), ("fa", "آدرس تغییر کرد و ثبت شد", "ممنون"),
    ("ar", "تم تعديل العنوان", "شكرا"), ("ru", "Адрес изменен, готово.", "спасибо"),
])
def test_thanks_for_what_was_done_settle_it(judged: Judge, lang: str, done: str, thanks: str) -> None:
    row = judged(f"C: {ASKED[lang][0]}", f"A: {done}", f"C: {thanks}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("resolved", 2)


@pytest.mark.parametrize(("lang", "refusal"), [
    ("en", "Unfortunately we cannot refund this ticket."), ("fa", "متاسفانه امکان برگشت وجه وجود نداره"),
    ("ar", "للأسف لا يمكننا إرجاع المبلغ"), ("ru", "К сожалению, вернуть деньги мы не можем."),
])
def test_a_refusal_leaves_it_unresolved(judged: Judge, lang: str, refusal: str) -> None:
    row = judged(f"C: {ASKED[lang][0]}", f"A: {refusal}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("unresolved", 1)


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "forget it, I'm cancelling"), ("en", "Thanks for nothing."), ("fa", "ولش کن نخواستم"),
    ("fa", "مرسی واقعا، دیگه از شما خرید نمی‌کنم"), ("ar", "شكرا على لا شيء"), ("ar", "آخر مرة أتعامل معكم"),
    ("ru", "спасибо за ничего"), ("ru", "забудьте, ухожу от вас"),
])
def test_giving_up_and_bitter_thanks_are_unresolved(judged: Judge, lang: str, said: str) -> None:
    row = judged(f"C: {ASKED[lang][0]}", "A: ok", f"C: {said}", lang=lang)
    assert (row["resolution"], row["resolution_turn"]) == ("unresolved", 2)


@pytest.mark.parametrize("said", ["I hope it works now", "let me know if it is fixed", "is it fixed now?"])
def test_hopes_and_questions_confirm_nothing(judged: Judge, said: str) -> None:
    row = judged("C: my line is down", "A: A colleague is looking into it.", f"C: {said}")
    assert row["resolution"] != "resolved"


def test_the_last_word_counts(judged: Judge) -> None:
    back = judged("C: no signal", "A: Please restart. Does it work?", "C: yes works now", "A: Great!",
                  "C: no, still not working")
    assert back["resolution"] == "unresolved"


def test_the_customer_alone_shows_no_end(judged: Judge) -> None:
    assert judged("C: my parcel never came")["resolution"] == "unknown"


@pytest.mark.parametrize(("lang", "asked", "answer"), [
    ("en", "Worst app ever, it ate my money", "We are sorry. Please write to us at the help page."),
    ("fa", "سفارشم نرسیده", "لطفا شماره سفارش رو بفرستید تا بررسی کنیم"),
    ("ar", "عايز أرجع المنتج", "أكيد، ابعتلي رقم الأوردر وأوضحلك الخطوات"),
    ("ru", "Приложение не открывается", "Напишите нам, пожалуйста, в чат поддержки"),
])
def test_a_customer_who_never_comes_back_shows_no_end(judged: Judge, lang: str, asked: str, answer: str) -> None:
    assert judged(f"C: {asked}", f"A: {answer}", lang=lang)["resolution"] == "unknown"
