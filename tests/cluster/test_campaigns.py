"""Campaigns are found by their wording; outages, templates and regulars are none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from painpoints.cluster import Stream, find_campaigns
from painpoints.text import letters

SAID = {
    "fa": "این شرکت کلاهبردار است پول مرا گرفت و کالا را نفرستاد هرگز از این فروشگاه خرید نکنید و به دوستانتان بگویید",
    "ar": "هذه الشركة محتالة أخذت نقودي ولم ترسل البضاعة لا تشتروا من هذا المتجر أبدا وأخبروا أصدقاءكم بذلك",
    "ru": "Эта компания обманывает людей: деньги взяли, товар не прислали, никогда не покупайте здесь, скажите друзьям",
    "en": "This company cheats people, they took my money and never sent the goods, do not buy here, tell your friends",
}
OUTAGE = ["Cannot log in since this morning, the page just spins", "app crashes on start, tried reinstalling twice",
          "is the server down? my payments fail with an error", "Login broken again, third time this month, fix it",
          "I get a white screen after entering my password", "nothing loads here, support chat is dead as well",
          "what happened to the app today, it throws me out", "had to walk home because tickets would not open"]
Row = tuple[str, float, str | None, str | None]
NAMES = ["Ali", "Sara", "Ivan", "Noor", "Omid", "Olga", "John", "Reza", "Huda", "Pavel"]


def stream(rows: list[Row], lang: str = "en", **other: Any) -> Stream:
    texts = letters(pl.Series([row[0] for row in rows], dtype=pl.Utf8))
    return Stream(pl.Series([f"d{at:04}" for at in range(len(rows))]), texts, np.array([row[1] for row in rows], float),
                  pl.Series([row[2] for row in rows], dtype=pl.Utf8), pl.Series([row[3] for row in rows]),
                  pl.Series([lang] * len(rows)), np.full(len(rows), -0.8), **other)


def usual(days: int = 100) -> list[Row]:
    """A review a day in words that no other has."""
    rng = np.random.default_rng(4)
    return [("".join(chr(97 + c) for c in rng.integers(0, 26, 120)), float(day), f"u{day}", "shop")
            for day in range(days)]


def handed_out(lang: str = "en", count: int = 8, author: str = "new") -> list[Row]:
    return [(f"{NAMES[at]} {SAID[lang]} {NAMES[-1 - at]}", 50.2 + at / 60, f"{author}{at}", "shop")
            for at in range(count)]


@pytest.mark.parametrize("lang", SAID)
def test_a_text_handed_out_to_strangers_is_a_campaign(lang: str) -> None:
    (found,) = find_campaigns(stream(usual() + handed_out(lang), lang))
    assert len(found.rows) == 8 and found.fresh == found.authors == 8
    assert found.reasons == ["alike", "together", "fresh"]


def test_an_outage_in_everybodys_own_words_is_none() -> None:
    rows = [(text, 50.2 + at / 60, f"o{at}", "shop") for at, text in enumerate(OUTAGE)]
    assert find_campaigns(stream(usual() + rows)) == []


def test_a_template_that_comes_all_year_is_none() -> None:
    rows = [(f"{SAID['en']} {NAMES[at % 10]}", at * 2.0, f"t{at}", "shop") for at in range(50)]
    assert find_campaigns(stream(usual() + rows)) == []


def test_regulars_who_paste_one_text_are_none() -> None:
    regular = [(f"{word} usual words of mine", float(day), f"new{at}", "shop")
               for at in range(8) for day, word in ((3, "one"), (9, "two"), (20, "three"))]
    assert find_campaigns(stream(usual() + regular + handed_out())) == []


def test_one_author_who_pastes_a_text_is_none() -> None:
    rows = [(text, time, "same", source) for text, time, _, source in handed_out()]
    assert find_campaigns(stream(usual() + rows)) == []


def test_short_praise_in_one_hour_is_none() -> None:
    rows = [("very good product thanks", 50.2 + at / 500, f"p{at}", "shop") for at in range(30)]
    assert find_campaigns(stream(usual() + rows)) == []


def test_where_everything_came_in_the_same_hour_time_says_nothing() -> None:
    rows = [(text, 50.0 + at / 2500, author, source) for at, (text, _, author, source) in enumerate(usual())]
    late = [(text, 50.0 + at / 200, author, source) for at, (text, _, author, source) in enumerate(handed_out())]
    assert find_campaigns(stream(rows + late)) == []


def test_documents_without_time_are_in_none() -> None:
    known = stream(usual() + handed_out())
    assert find_campaigns(replace(known, times=np.full(len(known.times), np.nan))) == []


def test_nameless_campaigns_need_more_texts() -> None:
    nameless = [(text, time, None, source) for text, time, _, source in handed_out()]
    (found,) = find_campaigns(stream(usual() + nameless))
    assert "nameless" in found.reasons and found.known == 0
    assert find_campaigns(stream(usual() + nameless[:7])) == []


def test_the_order_of_rows_changes_nothing() -> None:
    whole = stream(usual() + handed_out())
    order = np.random.default_rng(2).permutation(len(whole.doc_ids))
    mixed = replace(whole, doc_ids=whole.doc_ids[order], texts=whole.texts[order], times=whole.times[order],
                    authors=whole.authors[order])
    one, two = (find_campaigns(each)[0] for each in (whole, mixed))
    assert whole.doc_ids[one.rows].to_list() == mixed.doc_ids[two.rows].to_list()


def test_families_of_two_languages_that_came_together_are_one_campaign() -> None:
    rows = usual() + handed_out("en") + handed_out("ru", author="nov")
    both = stream(rows, vectors=lambda at: np.tile([[1.0, 0.0]], (len(at), 1)))
    langs = ["en"] * 108 + ["ru"] * 8
    (found,) = find_campaigns(replace(both, langs=pl.Series(langs)))
    assert len(found.rows) == 16 and "languages" in found.reasons


def test_vectors_read_together_or_one_campaign_at_a_time_join_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    later = [(text, time + 60, f"{who}x", source) for text, time, who, source in handed_out("fa")]
    edited = [(SAID["en"][:60] + " and they never answer the phone at all", 50.25, "late", "shop")]
    rows = usual() + handed_out("en") + handed_out("ru", author="nov") + later + edited
    asked: list[int] = []

    def vectors(at: np.ndarray) -> np.ndarray:
        asked.append(len(at))
        return np.tile([[1.0, 0.0]], (len(at), 1))

    both = stream(rows, vectors=vectors)
    together, readings = find_campaigns(both), len(asked)
    monkeypatch.setattr("painpoints.cluster.campaigns._READ", 1)
    apart = find_campaigns(both)
    assert [one.rows.tolist() for one in together] == [one.rows.tolist() for one in apart]
    assert [len(one.rows) for one in together] == [17, 8] and len(asked) - readings > readings


def test_families_of_two_languages_that_mean_different_things_stay_two() -> None:
    rows = usual() + handed_out("en") + handed_out("ru", author="nov")
    langs = np.array(["en"] * 108 + ["ru"] * 8)
    apart = stream(rows, vectors=lambda at: np.stack([langs[at] == "en", langs[at] == "ru"], 1).astype(float))
    assert len(find_campaigns(replace(apart, langs=pl.Series(langs)))) == 2
