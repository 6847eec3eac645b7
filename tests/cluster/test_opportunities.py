"""Opportunities: what is asked for, and how far ratings and moods would move if a pain were gone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.cluster.opportunities import ASKS, IF_SOLVED, asks, what_if, with_opportunities

TEXTS = {
    "fa": ("صف صندوق نیم ساعته، لطفا یه باجه دیگه باز کنید", "لطفا یه باجه دیگه باز کنید"),
    "ar": ("الطابور طويل، ياريت تفتحوا شباك ثاني", "ياريت تفتحوا شباك ثاني"),
    "ru": ("Очередь на полчаса, откройте вторую кассу", "откройте вторую кассу"),
    "en": ("Half an hour in line, please open a second till", "please open a second till"),
}


def _unit(number: int, lang: str, text: str, pain: str | None = "P", **more: object) -> dict[str, object]:
    return {"unit_id": f"u{number}", "doc_id": f"d{number}", "lang": lang, "text": text, "model_text": text,
            "painpoint_id": pain, "weight": 1, "painpoint_strength": 0.5, "expectation": None, **more}


def _frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"expectation": pl.Utf8, "painpoint_id": pl.Utf8})


def _asked(rows: list[dict[str, object]]) -> list[tuple[str, str, str]]:
    found = asks(_frame(rows))
    return [tuple(ask.values()) for ask in found["asks"].to_list()[0]] if len(found) else []


@pytest.mark.parametrize("lang", TEXTS)
def test_what_customers_ask_for_is_a_slice_of_their_words(lang: str) -> None:
    text, request = TEXTS[lang]
    assert _asked([_unit(1, lang, text)]) == [("u1", lang, request)]


def test_languages_take_turns_and_three_are_kept() -> None:
    rows = [_unit(n, "en", f"Please open till number {n}", painpoint_strength=0.9) for n in range(5)]
    rows += [_unit(n + 9, lang, TEXTS[lang][0]) for n, lang in enumerate(("fa", "ar", "ru"))]
    found = _asked(rows)
    assert len(found) == 3
    assert found[0][1] == "en" and len({lang for _, lang, _ in found}) == 3


def test_requests_come_before_what_should_be_and_before_expectations() -> None:
    rows = [_unit(1, "en", "Half an hour in line", expectation="to be served at once", painpoint_strength=0.9),
            _unit(2, "fa", "باید دو تا صندوق باشه", painpoint_strength=0.8), _unit(3, "ru", TEXTS["ru"][0])]
    assert [unit for unit, _, _ in _asked(rows)] == ["u3", "u2", "u1"]
    assert _asked(rows)[2] == ("u1", "en", "to be served at once")


@pytest.mark.parametrize(("lang", "stated"), [
    ("fa", "قرار بود ظهر برسد"), ("ar", "المفروض يوصل الظهر"), ("ru", "обещали к обеду"), ("en", "by noon, they said")])
def test_a_stated_expectation_is_among_what_is_asked_for(lang: str, stated: str) -> None:
    assert _asked([_unit(1, lang, f"{stated}!", expectation=stated)])[0][2].strip() == stated


@pytest.mark.parametrize(("lang", "bare"), [
    ("fa", "۵۰ درصد تخفیف بیشتر"), ("fa", "ضد بارون"), ("ar", "متوفر وباقي ٦ حبات"), ("ar", "انواع الاقلام"),
    ("ru", "не больше 30 дней"), ("ru", "мои обращения"), ("en", "jackets from £25 or so"), ("en", "two days")])
def test_a_figure_or_a_few_words_are_nothing_that_is_asked_for(lang: str, bare: str) -> None:
    assert _asked([_unit(1, lang, f"{bare}!", expectation=bare)]) == []


def test_one_text_asks_once_copies_and_strangers_not_at_all() -> None:
    rows = [_unit(1, "en", "Please open a second till"), _unit(2, "en", "please open a second till!"),
            _unit(3, "en", "Please open a third till", pain=None),
            _unit(4, "en", "Please open a fourth till", weight=0),
            _unit(5, "en", "Please open a fifth till", doc_id="d1")]
    assert [unit for unit, _, _ in _asked(rows)] == ["u1"]
    assert len(asks(_frame([_unit(1, "en", "The queue was long", pain="Q")]))) == 0


def _trial(seed: int, many: int = 800, effect: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings that hang on the stratum, whose pain is commoner in the worse stratum and costs ``effect``."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 4, many)
    has = rng.random(many) < np.where(stratum == 0, 0.4, 0.05)
    value = rng.normal(np.where(stratum == 0, 1.0, 3.0) - effect * has, 0.7)
    return value, stratum, np.flatnonzero(has)


def test_known_counts_give_the_known_change() -> None:
    value = np.array([1.0] * 20 + [4.0] * 80)
    found = what_if(value, np.zeros(100, np.int64), np.arange(20), np.zeros(20, np.int64), 1)
    assert found.change[0] == pytest.approx(0.2 * 3)
    assert found.low[0] <= found.change[0] <= found.high[0]


def test_a_pain_of_a_bad_source_is_not_blamed_for_the_source() -> None:
    value, stratum, rows = _trial(4, effect=0.0)
    naive = (np.delete(value, rows).mean() - value[rows].mean()) * len(rows) / len(value)
    found = what_if(value, stratum, rows, np.zeros(len(rows), np.int64), 1)
    assert naive > 0.1
    assert abs(found.change[0]) < 0.03 and found.low[0] < 0.03


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    hits, trials = 0, 60
    for seed in range(trials):
        value, stratum, rows = _trial(seed, many=2000)
        found = what_if(value, stratum, rows, np.zeros(len(rows), np.int64), 1)
        hits += bool(found.low[0] <= 0.25 * 0.4 + 0.75 * 0.05 <= found.high[0])
    assert hits >= 51  # 95 % of 60 is 57; fewer than 51 has probability under .003


def test_two_pains_are_measured_each_by_itself() -> None:
    value, stratum, rows = _trial(1)
    other = np.arange(0, 800, 9)
    together = what_if(value, stratum, np.concatenate([rows, other]),
                       np.repeat([0, 1], [len(rows), len(other)]), 2)
    alone = what_if(value, stratum, rows, np.zeros(len(rows), np.int64), 1)
    assert together.change[0] == pytest.approx(alone.change[0])
    assert together.low[0] > 0 and together.low[1] < 0.05


@pytest.mark.parametrize("few", ["with", "without", "unknown"])
def test_too_few_documents_tell_nothing(few: str) -> None:
    value = np.full(100, np.nan) if few == "unknown" else np.linspace(0, 4, 100)
    rows = np.arange({"with": 7, "without": 93, "unknown": 20}[few])
    found = what_if(value, np.zeros(100, np.int64), rows, np.zeros(len(rows), np.int64), 1)
    assert np.isnan([found.change[0], found.low[0], found.high[0]]).all()


def _run(seed: int = 2, many: int = 240) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    langs = list(TEXTS)
    pain = rng.random(many) < 0.25
    docs = pl.DataFrame({
        "doc_id": [f"d{n}" for n in range(many)], "lang": [langs[n % 4] for n in range(many)],
        "source": [("Telegram", None)[n % 2] for n in range(many)],
        "rating": [float(r) for r in np.where(pain, rng.integers(0, 2, many), rng.integers(2, 5, many)) / 4],
        "sentiment": ["neg" if p else ("pos", "neu", "neg", "pos")[n % 4] for n, p in enumerate(pain)]})
    units = _frame([_unit(n, langs[n % 4], TEXTS[langs[n % 4]][0], pain="P" if pain[n] else None)
                    for n in range(many)])
    return pl.DataFrame({"painpoint_id": ["Q", "P"], "rank": [1, 2]}), units, docs


def test_the_frame_gets_its_columns_and_keeps_its_order() -> None:
    points, units, docs = _run()
    found = with_opportunities(points, units, docs)
    assert found.columns == ["painpoint_id", "rank", "asks", *IF_SOLVED]
    assert found.schema["asks"] == ASKS
    nobody, held = found.rows(named=True)
    assert nobody["painpoint_id"] == "Q" and nobody["asks"] == [] and nobody["if_solved_rating"] is None
    assert held["if_solved_rating_low"] > 0.2 and held["if_solved_negative_high"] < 0
    assert len(held["asks"]) == 3
    texts = dict(zip(units["unit_id"], units["text"], strict=True))
    assert all(ask["text"] in texts[ask["unit_id"]] for ask in held["asks"])
    assert with_opportunities(found, units, docs).equals(found)


def test_without_ratings_only_the_mood_is_told() -> None:
    points, units, docs = _run()
    unrated = docs.with_columns(pl.lit(None, pl.Float64).alias("rating"))
    row = with_opportunities(points, units, unrated).row(1, named=True)
    assert row["if_solved_rating"] is None and row["if_solved_rating_low"] is None
    assert row["if_solved_negative"] < 0


def test_the_order_of_rows_changes_nothing() -> None:
    points, units, docs = _run()
    one = with_opportunities(points, units, docs)
    two = with_opportunities(points.reverse(), units.reverse(), docs.sample(fraction=1, shuffle=True, seed=3)).reverse()
    assert one.equals(two)


def test_no_pain_points_give_an_empty_frame() -> None:
    points, units, docs = _run()
    none = with_opportunities(points.clear(), units.with_columns(pl.lit(None, pl.Utf8).alias("painpoint_id")), docs)
    assert none.is_empty() and none.columns == ["painpoint_id", "rank", "asks", *IF_SOLVED]
