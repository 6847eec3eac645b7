"""The brand's own texts are told from those of customers, by columns, by name, or by how somebody answers."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from painpoints.read import FilePlan, ReadOptions, by_side, documents_from_frame

TEXTS = ["the parcel never came", "we are looking into it"]


def read(columns: dict[str, list[Any]], **options: Any) -> tuple[pl.DataFrame, FilePlan]:
    plans: list[FilePlan] = []
    given = ReadOptions(**{"author_secret": b"key", "kind": "comment", **options})
    documents = documents_from_frame(pl.DataFrame(columns, strict=False), given, on_plan=plans.append)
    return documents, plans[0]


@pytest.mark.parametrize(("column", "values"), [
    ("side", ["customer", "brand"]), ("نقش", ["مشتری", "فروشنده"]), ("الدور", ["العميل", "البائع"]),
    ("роль", ["клиент", "магазин"]), ("isOwner", [False, True]), ("is_developer", ["0", "1"]),
    ("authorIsChannelOwner", ["false", "true"]), ("от магазина", ["нет", "да"])])
def test_a_column_tells_the_side(column: str, values: list[Any]) -> None:
    documents, plan = read({"text": TEXTS, column: values})
    assert documents["side"].to_list() == ["customer", "brand"]
    assert plan.brand == 1
    assert [len(parts) for parts in documents["parts"]] == [1, 0]


@pytest.mark.parametrize(("name", "author"), [
    ("@ShopHelp", "shophelp"), ("Shop Help", "Shop_Help"), ("دیجی‌مارکت", "ديجي ماركت"), ("Мой Магазин", "мой магазин"),
    ("متجر الأمل", "متجر الامل")])
def test_a_named_brand_writes_its_own(name: str, author: str) -> None:
    documents, plan = read({"text": TEXTS, "author": ["ali", author]}, brands=(name,))
    assert documents["side"].to_list() == [None, "brand"]
    assert plan.guessed == ()


@pytest.mark.parametrize("columns", [
    {"author": ["ali", "My Shop"], "page name": ["My Shop"] * 2},
    {"author": ["ali", "متجري"], "اسم المتجر": ["متجري"] * 2},
    {"author": ["7", "-5"], "from_id": ["7", "-5"], "owner_id": ["-5", "-5"]}])
def test_who_writes_under_the_name_of_the_page_is_the_brand(columns: dict[str, list[str]]) -> None:
    assert read({"text": TEXTS, **columns})[0]["side"].to_list() == [None, "brand"]


def test_a_person_on_the_own_wall_is_no_brand() -> None:
    documents, _ = read({"text": [*TEXTS, "again"], "author": ["7", "8", "9"], "from_id": ["7", "8", "9"],
                         "owner_id": ["7", "-5", "-5"]})
    assert documents["side"].to_list() == [None, None, None]


SERVICE = {"en": "Sorry to hear that, please DM us your order number",
           "fa": "عذرخواهی می‌کنیم، لطفا شماره سفارش را دایرکت کنید",
           "ar": "نعتذر منك، تواصل معنا على الخاص",
           "ru": "Здравствуйте! Приносим извинения, напишите нам в личные сообщения"}
PLAIN = {"en": "the parcel never came", "fa": "بسته نرسید", "ar": "الشحنة ما وصلت", "ru": "посылка не пришла"}


def thread(lang: str, answer: str) -> dict[str, list[Any]]:
    rows = [row for at in range(6) for row in ((f"{at}", f"c{at}", f"{PLAIN[lang]} {at}", None),
                                               (f"{at}a", "helper", answer, f"{at}"))]
    ids, authors, texts, parents = zip(*rows, strict=True)
    return {"id": list(ids), "author": list(authors), "text": list(texts), "in_reply_to_status_id": list(parents)}


@pytest.mark.parametrize("lang", ["en", "fa", "ar", "ru"])
def test_an_author_who_answers_most_threads_in_the_language_of_service_is_guessed(lang: str) -> None:
    documents, plan = read(thread(lang, SERVICE[lang]))
    assert documents["side"].to_list() == [None, "brand"] * 6
    assert plan.guessed == ("helper",)
    assert any("guessed" in note and "--brand" in note for note in plan.notes)
    assert "helper" not in json.dumps(plan.as_dict(), default=str)


@pytest.mark.parametrize("lang", ["en", "fa", "ar", "ru"])
def test_who_answers_as_customers_do_is_not_taken_for_the_brand(lang: str) -> None:
    documents, plan = read(thread(lang, f"{PLAIN[lang]} :("))
    assert documents["side"].null_count() == 12
    assert plan.guessed == ()


def test_nobody_is_guessed_where_the_user_says_so() -> None:
    documents, plan = read(thread("en", SERVICE["en"]), brands=("",))
    assert documents["side"].null_count() == 12
    assert plan.guessed == ()


@pytest.mark.parametrize("column", [
    "Developer Reply Text", "owner_answer", "پاسخ فروشنده", "رد المتجر", "Ответ магазина"])
def test_an_answer_in_the_row_is_never_its_text(column: str) -> None:
    documents, plan = read({"что": ["посылка так и не пришла ко мне", "всё пришло вовремя и целым"],
                            column: ["Нам очень жаль, мы обязательно во всём разберёмся и напишем вам завтра"] * 2})
    assert plan.columns["text"].name == "что"
    assert f"meta.{column}" in documents.columns


def test_the_brand_that_is_addressed_is_kept() -> None:
    documents, _ = read({"text": ["@ShopHelp where is it", "@ali where is it"]}, brands=("shophelp",))
    assert documents["addressee"].to_list() == ["ShopHelp", None]


def test_what_is_passed_on_and_quoted_is_told() -> None:
    documents, _ = read({
        "id": ["1", "2", "3", "4", "5"],
        "text": ["the app logs me out", "RT @a: the app logs me out", "the same with me", "sale!",
                 "the app logs me out"],
        "retweeted id": [None, "1", None, None, None], "quoted_status_id": [None, None, "1", None, None],
        "forwarded from": [None, None, None, "Some channel", None],
        "quoted text": [None, None, None, None, "the app logs me out"]})
    assert documents["shared"].to_list() == [None, "repost", "quote", "repost", "repost"]
    assert documents["shared_id"].to_list() == [None, "1", "1", None, None]


def test_sides_part_a_frame() -> None:
    documents, _ = read({"text": TEXTS, "side": ["customer", "brand"]})
    customers, brand = by_side(documents)
    assert (customers["text"].to_list(), brand["text"].to_list()) == (TEXTS[:1], TEXTS[1:])
    assert by_side(documents.drop("side"))[1].is_empty()
