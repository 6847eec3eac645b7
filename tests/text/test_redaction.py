"""What a redactor promises whatever the text: places, numbers, pseudonyms, and that nothing is done twice."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.text import DEFAULT_KINDS, KINDS, Found, Redacted, Redactor

KEY = b"a key that lies outside the workspace"
REDACTOR = Redactor(key=KEY)
EVERYTHING = Redactor(KINDS, key=KEY, style="symbols")

VALUES = (
    "0912 345 67 89", "۰۹۱۲۳۴۵۶۷۸۹", "+7 (916) 123-45-67", "٠٥٥ ١٢٣ ٤٥٦٧", "ali.karimi@example.com",
    "ali [at] example dot com",
    "4111 1111 1111 1111", "IR820540102680020817909002", "کد ملی 0499370899", "СНИЛС 112-233-445 95", "@sara_m",
    "https://shop.example/track/88123456", "35.6892, 51.3890", "203.0.113.77", "۱۲ ب ۳۴۵ ایران ۶۷", "А123ВС77",
    "خیابان آزادی، کوچه ۴، پلاک ۱۲", "ул. Мира, д. 5, кв. 7", "t.me/some_name", "order 55667788", "[phone 1]", "«📞2»",
)
WORDS = ("سلام", "شماره", "مرسوله", "رقمي", "طلب", "мой", "номер", "заказ", "call", "me", "کارت", "card", "😊",
         "\u200c", "\n",
         ".", ":", "۱۲", "7", "-", "/", "(", ")", "2023", "تومان")
TEXTS = st.lists(st.sampled_from(VALUES + WORDS) | st.text(max_size=6), max_size=12).flatmap(
    lambda parts: st.sampled_from(["", " ", "، "]).map(lambda joint: joint.join(parts)))


def redact(text: str, redactor: Redactor = REDACTOR) -> Redacted:
    return redactor.document().redact(text)


def assert_places_lead_back(text: str, done: Redacted) -> None:
    """What stands outside the tokens is the original, and ``was`` names what is gone."""
    at, was, rebuilt = 0, 0, []
    for found in done.found:
        assert found.was[0] < found.was[1]
        rebuilt += [done.text[at : found.start], text[found.was[0] : found.was[1]]]
        assert text[was : found.was[0]] == done.text[at : found.start]
        at, was = found.end, found.was[1]
    assert "".join([*rebuilt, done.text[at:]]) == text


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_all_but_the_values_stays_and_every_place_leads_back(text: str) -> None:
    for redactor in (REDACTOR, EVERYTHING):
        assert_places_lead_back(text, redact(text, redactor))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    for redactor in (REDACTOR, EVERYTHING):
        once = redact(text, redactor)
        assert redact(once.text, redactor) == Redacted(once.text, ())


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    assert_places_lead_back(text, redact(text))


def test_a_token_reads_as_its_kind_and_number_in_both_styles() -> None:
    text = "call 0912 345 67 89"
    assert redact(text).text == "call [phone 1]"
    assert redact(text, EVERYTHING).text == "call «📞1»"


def test_a_value_has_one_number_in_all_texts_of_a_document() -> None:
    document = REDACTOR.document()
    first = document.redact("شماره من ۰۹۱۲۳۴۵۶۷۸۹ و ایمیلم a.b@example.com")
    second = document.redact("0935 111 22 33 یا 0912-345-6789")
    assert first.text == "شماره من [phone 1] و ایمیلم [email 1]"
    assert second.text == "[phone 2] یا [phone 1]"


def test_numbers_go_on_where_tokens_of_an_earlier_time_ended() -> None:
    assert redact("[phone 3] and 0912 345 67 89").text == "[phone 3] and [phone 4]"


@pytest.mark.parametrize("spellings", [
    ["09123456789", "۰۹۱۲۳۴۵۶۷۸۹", "٠٩١٢ ٣٤٥ ٦٧٨٩", "+98 912 345 6789", "00989123456789", "0912\u200c345\u200c6789"],
    ["8 (916) 123-45-67", "+7 916 123 45 67", "89161234567"],
    ["A.Karimi@Example.com", "a.karimi@example.com", "a.karimi [at] example dot com", "a.karimi @ example.com"],
    ["4111 1111 1111 1111", "4111-1111-1111-1111", "٤١١١١١١١١١١١١١١١"],
    ["А123ВС77", "A123BC77", "а 123 вс 77"],
])
def test_spellings_of_one_value_have_one_pseudonym(spellings: list[str]) -> None:
    found = [redact(f"номер машины: {s}" if "123" in s and len(s) < 13 else s).found for s in spellings]
    assert {len(one) for one in found} == {1}
    assert len({one[0].pseudonym for one in found}) == 1


def test_a_pseudonym_is_the_same_in_every_document_and_another_under_another_key() -> None:
    text = "call 0912 345 67 89"
    (one,), (again,), (other,) = (redact(text, r).found for r in (REDACTOR, Redactor(key=KEY), Redactor(key=b"x" * 99)))
    assert one.pseudonym == again.pseudonym != other.pseudonym
    assert re.fullmatch("[0-9a-f]{16}", one.pseudonym)


def test_what_was_found_says_where_in_both_texts() -> None:
    (found,) = redact("به ۰۹۱۲۳۴۵۶۷۸۹ زنگ بزنید").found
    assert found == Found("phone", 1, 3, 12, (3, 14), found.pseudonym)


def test_names_are_left_to_the_hook() -> None:
    def names(text: str) -> list[tuple[int, int]]:
        return [m.span() for m in re.finditer("Sara|سارا|phone", text)]

    hooked = Redactor(key=KEY, names=names)
    assert redact("Sara, سارا and Sara: [phone 1]", hooked).text == "[name 1], [name 2] and [name 1]: [phone 1]"
    assert redact("Sara called", hooked).text == "[name 1] called"
    assert redact("Sara called").found == ()
    assert redact("Sara called", Redactor(KINDS - {"name"}, key=KEY, names=names)).found == ()


def test_only_the_kinds_asked_for_are_replaced() -> None:
    only_mail = Redactor(frozenset({"email"}), key=KEY)
    assert redact("0912 345 67 89, a@example.com", only_mail).text == "0912 345 67 89, [email 1]"


def test_order_numbers_stay_unless_they_are_asked_for() -> None:
    text = "order number 0912345678, call 0912 345 67 89"
    assert "order" not in DEFAULT_KINDS
    assert redact(text).text == "order number 0912345678, call [phone 1]"
    assert redact(text, Redactor(KINDS, key=KEY)).text == "order number [order 1], call [phone 1]"


def test_numbers_that_match_what_is_to_be_kept_stay() -> None:
    kept = Redactor(KINDS, key=KEY, keep=[r"09\d{9}", "ord-[0-9]+"])
    assert redact("09123456789 order ORD-123456 and 0912 345 67 89", kept).text == \
        "09123456789 order ORD-123456 and [phone 1]"


def test_the_names_of_ones_own_brand_stay() -> None:
    own = Redactor(key=KEY, brands=["@OurShop"])
    text = "@ourshop ask @somebody_else, t.me/ourshop"
    assert redact(text, own).text == "@ourshop ask [handle 1], t.me/ourshop"


@pytest.mark.parametrize(("arguments", "said"), [
    ({"kinds": frozenset({"phones"}), "key": KEY}, "phones"),
    ({"key": b""}, "key"),
    ({"key": KEY, "keep": ["("]}, "pattern 1"),
    ({"key": KEY, "style": "dots"}, "dots"),
])
def test_wrong_use_is_said(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Redactor(**arguments)  # type: ignore[arg-type]


def test_the_canvas_is_as_long_as_the_text_for_every_letter_there_is() -> None:
    from painpoints.text.redaction.canvas import canvas

    letters = "".join(chr(p) for p in range(0x110000) if unicodedata.category(chr(p)) not in ("Cs", "Cn", "Co"))
    assert len(canvas(letters)) == len(letters)
    assert canvas("İ٣۴５𝟔 ي\u200cك") == "i3456 ی\u200cک"
