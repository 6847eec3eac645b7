"""Nobody's name, address or number travels on with a comment, whatever language the columns are named in."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from painpoints.read import ReadOptions, documents_from_frame, inspect, read_documents
from painpoints.read.people import hold_people, is_person_column, side_of

TEXTS = ["پیک دیر رسید", "المندوب تأخر كثيرا", "Курьер опоздал", "the courier was late"]
NAMES = ["Sara Ahmadi", "هدى العلي", "Аня Петрова", "علی رضایی"]

PEOPLE = [
    "author", "User Name", "author.name", "user.screen_name", "customer_email", "customerPhone",
    "reviewer_profile_url",
    "in_reply_to_screen_name", "in_reply_to_user_id_str", "from", "sender", "agent_name", "assignee",
    "contact number",
    "Last Name", "user.profile_image_url", "account_id", "meta.author", "E-mail", "owner.email",
    "نام کاربری", "ایمیل مشتری", "شماره موبایل", "نام و نام خانوادگی", "کد ملی", "فرستنده", "نام‌کاربری",
    "شماره تلفن مشتري", "کارشناس",
    "اسم العميل", "رقم الهاتف", "البريد الإلكتروني للعميل", "هاتف العميل", "المُرسِل", "معرّف المستخدم",
    "صورة المستخدم", "اسم الموظف",
    "Имя клиента", "телефон покупателя", "ФИО", "Фамилия", "email клиента", "Номер телефона", "Отправитель",
    "ссылка на профиль",
]
OTHERS = [
    "text", "product.name", "user_followers_count", "product_id", "conversation_id", "parent_id", "phone_model",
    "branch", "order number",
    "reply content", "user_location", "customer type", "url", "thread_id", "response_tweet_id", "inbound", "city",
    "likes", "staff rating",
    "شماره تیکت", "شعبه", "شهر", "شماره سفارش", "پاسخ فروشنده", "نوع مشتری", "تعداد کاربران",
    "رقم التذكرة", "رقم الطلب", "الفرع", "رد المتجر", "نوع العميل", "عنوان التعليق",
    "номер обращения", "номер заказа", "город", "ответ продавца", "тип клиента", "филиал",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_columns_that_hold_people_are_known_by_name(name: str) -> None:
    assert is_person_column(name)


@pytest.mark.parametrize("name", OTHERS)
def test_other_columns_travel_on(name: str) -> None:
    assert not is_person_column(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_second_column_of_people_leaks_nothing(name: str) -> None:
    source = pl.DataFrame({"text": TEXTS, "نویسنده": ["a", "b", "c", "d"], name: NAMES, "city": ["x", "y", "z", "w"]})
    documents = documents_from_frame(source, ReadOptions(author_secret=b"key"))
    shown = documents.drop("text").write_json() + documents.drop("text").write_ndjson()
    assert not any(part in shown for full in NAMES for part in full.split())
    assert documents["meta.city"].to_list() == ["x", "y", "z", "w"]


@pytest.mark.parametrize("column", ["نام کاربر", "اسم المستخدم", "автор", "reviewer"])
def test_names_are_kept_only_where_it_is_said_so(column: str) -> None:
    source = pl.DataFrame({"text": TEXTS, column: NAMES, "email": ["a@b.ir"] * 4})
    hidden = documents_from_frame(source, ReadOptions(author_secret=b"key"))
    shown = documents_from_frame(source, ReadOptions(author_secret=b"key", show_authors=True))
    assert [name for name in hidden.columns if name.startswith("meta.")] == []
    assert shown["meta.author"].to_list() == NAMES and "a@b.ir" not in shown.write_json()
    assert shown.drop("meta.author").equals(hidden) and hidden["author_key"].n_unique() == 4


def test_addresses_handles_and_telephones_are_left_out_under_any_name() -> None:
    source = pl.DataFrame({"text": TEXTS, "x": ["sara@mail.ir", "h.ali@web.sa", "anya@почта.рф", "a+b@c.co.uk"],
                           "y": ["@sara_a", "@huda", "@anya", "@ali.r"],
                           "z": ["۰۹۱۲۳۴۵۶۷۸۹", "+966 50 123 4567", "+7 (912) 345-67-89", "0098 912 345 6789"],
                           "n": ["1700000001", "1700000002", "1700000003", "1700000004"]})
    plan = inspect(source)
    assert plan.left_out == ("x", "y", "z") and {column.name for column in plan.columns.values()} == {"text", "n"}


def test_numbers_that_only_look_long_are_not_telephones() -> None:
    assert not hold_people(["1699999999", "1700000001"]) and not hold_people(["2026-08-30", "2026-08-31"])
    assert not hold_people([]) and not hold_people([None, ""]) and not hold_people(["12", "@"])


def test_a_nested_product_is_a_product_and_a_nested_author_an_author(tmp_path: Path) -> None:
    rows = [{"text": text, "product": {"name": "tea", "id": 4}, "author": {"name": name, "url": "https://x.y/" + name}}
            for text, name in zip(TEXTS, NAMES, strict=True)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf8")
    (documents,) = read_documents([tmp_path / "in.jsonl"], ReadOptions(author_secret=b"key"))
    assert documents["author_key"].n_unique() == 4 and "Sara" not in documents.write_json()
    assert "tea" in documents.write_json()


def test_what_first_appears_far_down_is_looked_at_too(tmp_path: Path) -> None:
    rows = [{"text": f"the courier was late {n}"} for n in range(5000)]
    late = {"text": "the app crashed", "customer_email": "sara@x.ir", "user": {"nickname": "Sara"}, "city": "Shiraz"}
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in [*rows, late]), "utf8")
    documents = pl.concat(list(read_documents([tmp_path / "in.jsonl"])), how="diagonal")
    assert documents["meta.city"].drop_nulls().to_list() == ["Shiraz"]
    assert "sara" not in documents.write_json().casefold()


@pytest.mark.parametrize(("column", "customer", "brand"), [
    ("sender", "Customer", "Agent"), ("فرستنده", "مشتری", "پشتیبانی"), ("المرسل", "العميل", "خدمة العملاء"),
    ("отправитель", "Клиент", "Оператор"), ("from", "user", "bot")])
def test_a_column_of_sides_travels_on_but_not_a_name_further_down(column: str, customer: str, brand: str) -> None:
    sides = [customer, brand] * 3000
    sides[4001] = "Sara Ahmadi"
    source = pl.DataFrame({"text": [f"the courier was late {n}" for n in range(6000)], column: sides})
    documents = documents_from_frame(source, ReadOptions(author_secret=b"key"))
    assert set(documents[f"meta.{column}"].drop_nulls()) == {customer, brand} and "Sara" not in documents.write_json()
    assert (side_of(customer), side_of(brand), side_of("Sara")) == ("customer", "brand", None)


def test_a_column_of_sides_is_not_who_wrote() -> None:
    source = pl.DataFrame({"text": TEXTS, "user": ["customer", "agent", "customer", "agent"]})
    assert "author" not in inspect(source).columns


def test_an_empty_name_says_that_no_column_is_this() -> None:
    source = pl.DataFrame({"text": TEXTS, "stars": [1, 2, 5, 5], "date": ["2026-08-29"] * 4, "user": NAMES})
    plan = inspect(source, ReadOptions(rating="", time="", author=""))
    assert {role: column.name for role, column in plan.columns.items()} == {"text": "text"}
    assert plan.meta == ("stars", "date") and plan.left_out == ("user",)
