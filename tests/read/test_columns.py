"""Columns are found by name in four languages and, failing that, by content."""

from __future__ import annotations

import polars as pl
import pytest

from painpoints.errors import ColumnError
from painpoints.read import ReadOptions, documents_from_frame, inspect
from painpoints.read.columnnames import fold_name, is_anonymous

TEXTS = {
    "fa": ["پیک خیلی دیر رسید", "کیفیت عالی بود ممنون", "پشتیبانی جواب نمی‌دهد"],
    "ar": ["وصل الطلب متأخرا جدا", "الخدمة ممتازة شكرا لكم", "التطبيق يتعطل كل يوم"],
    "ru": ["Курьер сильно опоздал", "Отличное качество, спасибо", "Приложение вылетает"],
    "en": ["courier was very late", "great quality thank you", "app crashes every day"],
}
DATES = ["2026-08-29", "2026-08-30", "2026-08-31"]


def roles(columns: dict[str, list[object]], **options: str) -> dict[str, str]:
    plan = inspect(pl.DataFrame(columns, strict=False), ReadOptions(**options))  # type: ignore[arg-type]
    return {role: column.name for role, column in plan.columns.items()}


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        (
            "fa",
            [
                "شناسه",
                "عنوان",
                "متن نظر",
                "نقاط قوت",
                "نقاط ضعف",
                "تاریخ ثبت",
                "امتیاز",
                "نام کاربری",
                "کانال",
                "نام کالا",
                "زبان",
            ],
        ),
        ("fa", ["كد نظر", "عنوان نظر", "دیدگاه", "مزایا", "معایب", "تاريخ", "نمره", "نویسنده", "منبع", "شعبه", "زبان"]),
        (
            "ar",
            [
                "المعرّف",
                "العنوان",
                "نص التعليق",
                "المزايا",
                "العيوب",
                "التاريخ",
                "التقييم",
                "اسم المستخدم",
                "المصدر",
                "الفرع",
                "اللغة",
            ],
        ),
        (
            "ru",
            [
                "Номер",
                "Заголовок",
                "Текст отзыва",
                "Достоинства",
                "Недостатки",
                "Дата",
                "Оценка",
                "Автор",
                "Источник",
                "Товар",
                "Язык",
            ],
        ),
        (
            "en",
            [
                "review_id",
                "Title",
                "reviewText",
                "Pros",
                "Cons",
                "created_at",
                "Stars",
                "userName",
                "channel",
                "ProductName",
                "lang",
            ],
        ),
    ],
)
def test_names_in_four_languages(lang: str, names: list[str]) -> None:
    values: list[list[object]] = [
        [11, 12, 13],
        ["a title", "b title", "c title"],
        list(TEXTS[lang]),
        ["plus", "more", "most"],
        ["minus", "less", "least"],
        list(DATES),
        [1, 5, 3],
        ["ali", "sara", "olga"],
        ["app", "web", "app"],
        ["tea", "tea", "jam"],
        [lang, lang, lang],
    ]
    expected = ["id", "title", "text", "pros", "cons", "time", "rating", "author", "source", "product", "language"]
    assert roles(dict(zip(names, values, strict=True))) == dict(zip(expected, names, strict=True))


def test_spelling_of_a_name_does_not_matter() -> None:
    assert fold_name("نقاط‌قوّت") == fold_name("نقاط_قوت") == fold_name(" نقاط قوت ")
    assert fold_name("كاربري") == fold_name("کاربری")
    assert fold_name("Звёзды") == fold_name("звезды")
    assert fold_name("Review-Text") == fold_name("reviewText")


def test_the_dump_of_an_app_shop() -> None:
    assert roles(
        {
            "reviewId": ["a1", "b2", "c3"],
            "userName": ["A", "B", "C"],
            "userImage": ["https://x.example/1"] * 3,
            "content": TEXTS["en"],
            "score": [1, 5, 2],
            "thumbsUpCount": [0, 3, 5],
            "reviewCreatedVersion": ["1.2", "1.3", "1.3"],
            "at": DATES,
            "replyContent": ["we are very sorry to hear this from you", None, None],
            "repliedAt": [DATES[0], None, None],
        }
    ) == {"id": "reviewId", "author": "userName", "text": "content", "rating": "score", "time": "at"}


def test_content_settles_what_names_do_not() -> None:
    plan = inspect(
        pl.DataFrame(
            {
                "c1": ["x-1", "x-2", "x-3"],
                "c2": DATES,
                "c3": ["★☆☆☆☆", "★★★★★", "★★★☆☆"],
                "c4": TEXTS["ru"],
                "c5": ["ru", "ru", "ru"],
            }
        )
    )
    assert {role: (column.name, column.why) for role, column in plan.columns.items()} == {
        "text": ("c4", "content"),
        "id": ("c1", "content"),
        "time": ("c2", "content"),
        "rating": ("c3", "content"),
        "language": ("c5", "content"),
    }


def test_a_name_whose_cells_do_not_fit_is_passed_over() -> None:
    found = roles(
        {"review": [4, 5, 1], "comment": TEXTS["en"], "date": ["n/a", "soon", "?"], "rating": ["a", "b", "c"]}
    )
    assert found["text"] == "comment"
    assert "time" not in found
    assert found.get("rating") != "rating"


def test_counts_and_labels_are_no_ratings() -> None:
    assert "rating" not in roles(
        {"text": TEXTS["en"], "helpful_votes": [1, 4, 2], "label": [1, 2, 3], "is_new": [True, False, True]}
    )


def test_overrides_win_and_forgive_spelling() -> None:
    columns: dict[str, list[object]] = {"text": list(TEXTS["en"]), "متن  كامل": list(TEXTS["fa"]), "when": list(DATES)}
    assert roles(columns, text="متن کامل")["text"] == "متن  كامل"


def test_an_unknown_override_names_the_nearest_column() -> None:
    with pytest.raises(ColumnError, match=r"no column 'commnet' among id, comment.*'comment'"):
        roles({"id": [1, 2, 3], "comment": list(TEXTS["en"])}, text="commnet")


def test_no_text_column_lists_the_columns() -> None:
    with pytest.raises(ColumnError, match=r"no text column among id, stars, date\. .*--text COLUMN"):
        roles({"id": [1, 2, 3], "stars": [1, 2, 5], "date": list(DATES)})


def test_people_are_never_named_in_what_travels_on() -> None:
    frame = pl.DataFrame(
        {
            "text": TEXTS["en"],
            "user_id": ["u1", "u2", "u1"],
            "email": ["a@x.example"] * 3,
            "نام مشتری": ["علی"] * 3,
            "city": ["x", "y", "z"],
        }
    )
    documents = documents_from_frame(frame, ReadOptions(author_secret=b"secret"))
    assert [name for name in documents.columns if name.startswith("meta.")] == ["meta.city"]
    assert "a@x.example" not in str(documents.to_dicts())
    assert inspect(frame).left_out


@pytest.mark.parametrize("name", ["A Google user", "Anonymous", "کاربر مهمان", "ناشناس", "مجهول", "Гость", "-", " "])
def test_names_that_stand_for_anybody(name: str) -> None:
    assert is_anonymous(name)
    assert not is_anonymous("Olga " + "Petrova")
