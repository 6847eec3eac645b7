"""Of a post its writer's opinion counts: not whom it addresses, what it passes on, or tags at its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.read.social.opinions import read_post, says_service


def said(text: str, quoted: str | None = None) -> str:
    return " | ".join(text[start:end].strip() for start, end in read_post(text, quoted).spans)


@pytest.mark.parametrize(("text", "opinion", "handles"), [
    ("@shop_help where is my parcel?", "where is my parcel?", ("shop_help",)),
    ("@shop @courier سلام، بسته‌ام نرسید", "سلام، بسته‌ام نرسید", ("shop", "courier")),
    ("@matjar: وين الطلب", "وين الطلب", ("matjar",)),
    ("[club12|Магазин], посылка потерялась", "посылка потерялась", ("Магазин",)),
    ("[handle 1] the courier was rude", "the courier was rude", ()),
    ("«👤1» پیک بی‌ادب بود", "پیک بی‌ادب بود", ()),
    ("ask @shop about it", "ask @shop about it", ()),
    ("@shop @courier", "@shop @courier", ()),
    ("write to me@shop.example now", "write to me@shop.example now", ())])
def test_whom_a_post_addresses_is_no_part_of_the_opinion(text: str, opinion: str, handles: tuple[str, ...]) -> None:
    assert (said(text), read_post(text).handles) == (opinion, handles)


@pytest.mark.parametrize(("text", "opinion"), [
    ("Never again. #fail #CustomerService", "Never again."), ("بسته نرسید! #خدمات_مشتریان", "بسته نرسید!"),
    ("Курьер нахамил 😡 #доставка #хамство", "Курьер нахамил 😡"), ("الشحنة ضايعة\n#متجر", "الشحنة ضايعة"),
    ("I hate #ShopApp", "I hate #ShopApp"), ("#ShopApp is down", "#ShopApp is down"),
    ("#плохойсервис", "#плохойсервис"), ("number #1 problem", "number #1 problem"),
    ("#fail #ShopApp", "#fail #ShopApp")])
def test_a_run_of_tags_at_the_end_is_no_opinion(text: str, opinion: str) -> None:
    assert said(text) == opinion


@pytest.mark.parametrize(("text", "opinion"), [
    ("RT @ali: the app logs me out", "the app logs me out"),
    ("rt [handle 1]: the app logs me out", "the app logs me out"),
    ("Repost @ali the app logs me out", "the app logs me out"),
    ("بازنشر از @ali: برنامه قطع می‌شود", "برنامه قطع می‌شود"),
    ("إعادة نشر من @ali: التطبيق معطل", "التطبيق معطل"), ("Репост от @ali: приложение висит", "приложение висит"),
    ("Переслано от Клуб покупателей\nприложение висит", "приложение висит")])
def test_a_post_that_is_passed_on_keeps_its_words_without_whose_they_were(text: str, opinion: str) -> None:
    assert (said(text), read_post(text).repost) == (opinion, True)


def test_of_a_quote_with_own_words_the_own_ones_count() -> None:
    post = read_post("so true, every day RT @ali: the app logs me out")
    assert (said("so true, every day RT @ali: the app logs me out"), post.quote, post.repost) == (
        "so true, every day", True, False)
    assert said("и у меня так\n\nприложение висит", "приложение висит") == "и у меня так"
    assert said("برنامه قطع می‌شود\nبرای من هم", "برنامه قطع می‌شود") == "برای من هم"


@given(st.text(alphabet="@#ab رт_1 .!\n«»[]RT:", max_size=60))
def test_opinions_are_places_in_the_text(text: str) -> None:
    for start, end in read_post(text).spans:
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("text", [
    "We're sorry to hear that, please DM us your order number ^AB", "از بابت تأخیر عذرخواهی می‌کنیم، لطفا دایرکت بدهید",
    "نعتذر منك، تواصل معنا على الخاص", "Здравствуйте! Напишите нам, разберёмся"])
def test_service_is_heard(text: str) -> None:
    assert says_service(text)


@pytest.mark.parametrize("text", ["the parcel never came", "بسته نرسید", "الشحنة ما وصلت", "посылка не пришла"])
def test_customers_do_not_sound_like_service(text: str) -> None:
    assert not says_service(text)
