"""Exports of common tools are understood by their columns alone; the example files were written for these tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.errors import UsageError
from painpoints.read import FilePlan, ReadOptions, presets, read_documents

EXPORTS = Path(__file__).parent / "exports"


def read(name: str, **options: Any) -> tuple[pl.DataFrame, FilePlan]:
    plans: list[FilePlan] = []
    frames = list(read_documents([EXPORTS / name], ReadOptions(author_secret=b"key", **options), on_plan=plans.append))
    return pl.concat(frames, how="diagonal"), plans[0]


# file, kind, source, ids, brand's rows, a column that travels on and its first value
CASES = [
    ("google-play.csv", "review", "Google Play", ["https://play.example/1", "https://play.example/2"], [],
     ("meta.Developer Reply Text", "عذرخواهی می‌کنیم")),
    ("google-play-scraper.csv", "review", "Google Play", ["r1"], [], ("meta.thumbsUpCount", "12")),
    ("app-store.csv", "review", "App Store", ["a1"], [], ("meta.Developer Response", "Thank you")),
    ("app-store.json", "review", "App Store", ["a1", "a2"], [], ("meta.developer response", "Исправим")),
    ("instagram-comments.csv", "comment", "Instagram", ["c1", "c2"], [], ("meta.Likes", "3")),
    ("instagram-apify.json", "comment", "Instagram", ["1", "2"], [1], ("meta.likes", "4")),
    ("x-archive.js", "comment", "X", ["10"], [], ("meta.reply to id", "9")),
    ("x-api.json", "comment", "X", ["10", "11", "12"], [2], ("meta.followers", "100")),
    ("x-apify.json", "comment", "X", ["10"], [], ("meta.views", "90")),
    ("vk.json", "comment", "VK", ["1", "2", "3"], [1], ("meta.likes", "3")),
    ("vk-popsters.csv", "comment", "VK", [None], [], ("meta.Просмотры", "300")),
    ("telegram.json", "comment", "Telegram", ["1", "2", "4"], [0], ("meta.channel name", "My Shop")),
    ("google-business.json", "review", "Google Maps", ["accounts/1/locations/2/reviews/3"], [],
     ("meta.owner reply", "We are sorry")),
    ("google-takeout.json", "review", "Google Maps", [None], [], ("meta.product", "مطعم")),
    ("google-maps-outscraper.csv", "review", "Google Maps", ["rv1"], [], ("meta.owner_answer", "Приносим извинения")),
    ("google-maps-apify.csv", "review", "Google Maps", ["rv1"], [], ("meta.responseFromOwnerText", "Thank you")),
    ("youtube.json", "comment", "YouTube", ["t1", "t1.a"], [1], ("meta.video id", "v1")),
    ("cafe-bazaar.csv", "review", "Cafe Bazaar", [None], [], ("meta.تعداد لایک", "۷")),
    ("digikala.csv", "review", "Digikala", [None], [], ("meta.پاسخ فروشنده", "پیگیری می‌کنیم")),
    ("digikala.json", "review", "Digikala", ["1"], [], ("meta.likes", "3")),
    ("snappfood.json", "review", "Snappfood", ["5", "6"], [1], ("meta.parent id", None)),
    ("hespress.csv", "comment", None, ["1", "2"], [], ("meta.عدد الإعجابات", "14")),
    ("otzovik.csv", "review", None, [None], [], ("meta.Ответ магазина", "Нам жаль")),
]


@pytest.mark.parametrize(("name", "kind", "source", "ids", "brand", "along"), CASES, ids=[case[0] for case in CASES])
def test_an_export_is_understood_by_itself(name: str, kind: str, source: str | None, ids: list[str | None],
                                           brand: list[int], along: tuple[str, str | None]) -> None:
    documents, plan = read(name, brands=("myshop", "shophelp"))
    assert (plan.preset, plan.kind) == (name.rsplit(".", 1)[0], kind)
    assert any(note.startswith(f"preset: {plan.preset}") for note in plan.notes)
    assert documents["source"].unique().to_list() == [source]
    assert documents["source_id"].to_list() == ids
    assert [row for row, side in enumerate(documents["side"]) if side == "brand"] == brand
    assert documents["time"].null_count() == (1 if name == "snappfood.json" else 0)
    assert documents[along[0]][0] == along[1]
    if kind == "review" and name != "snappfood.json":
        assert documents["rating"].null_count() == 0


def test_every_preset_has_an_example() -> None:
    assert {name.rsplit(".", 1)[0] for name, *_ in CASES} == set(presets())
    assert {path.name for path in EXPORTS.iterdir()} == {name for name, *_ in CASES}


def test_answers_know_what_they_answer_and_posts_what_they_pass_on() -> None:
    assert read("youtube.json")[0]["meta.parent id"].to_list() == [None, "t1"]
    assert read("vk.json")[0]["meta.parent id"].to_list() == [None, "1", None]
    posts = read("x-api.json")[0]
    assert posts["shared"].to_list() == [None, "repost", None]
    assert posts["shared_id"].to_list() == [None, "10", None]
    assert read("telegram.json")[0]["shared"].to_list() == [None, None, "repost"]
    assert read("vk.json")[0].select("text", "shared").row(2) == ("Магазин не возвращает деньги", "repost")


def test_a_chat_of_telegram_is_a_thread_in_a_group_and_a_conversation_where_it_is_told_so() -> None:
    assert set(read("telegram.json")[0]["kind"]) == {"comment"}
    assert set(read("telegram.json", kind="transcript")[0]["kind"]) == {"transcript"}


def test_a_preset_may_be_named_or_refused(tmp_path: Path) -> None:
    assert read("google-play-scraper.csv", preset="google-play-scraper")[1].preset == "google-play-scraper"
    documents, plan = read("google-play-scraper.csv", preset="none")
    assert (plan.preset, documents["source"][0]) == (None, None)
    with pytest.raises(UsageError, match=r"google-pley.*") as raised:
        read("google-play.csv", preset="google-pley")
    assert "google-play" in str(raised.value.hint)
    with pytest.raises(UsageError, match="no column of Outscraper"):
        read("hespress.csv", preset="google-maps-outscraper")
    plain = tmp_path / "plain.csv"
    plain.write_text("text,stars\nlate again,1\n", "utf8")
    plans: list[FilePlan] = []
    list(read_documents([plain], ReadOptions(), on_plan=plans.append))
    assert plans[0].preset is None


def test_a_column_that_the_user_names_goes_before_the_preset() -> None:
    _, plan = read("otzovik.csv", text="Недостатки")
    assert (plan.columns["text"].name, plan.columns["text"].why) == ("Недостатки", "override")
    assert plan.columns["rating"].why == "preset"
