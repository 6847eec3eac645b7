"""What a digest says, from a workspace written by hand: twelve weeks, four languages, planted changes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.errors import InputError
from painpoints.report import build_digest, digest_json, read_digest, trends_until
from painpoints.report.digest.model import Digest, PainPointNews, Period
from painpoints.report.digest.period import week_of
from painpoints.store import WorkspaceData
from painpoints.taxonomy import Taxonomy, load_taxonomy

FIRST = date(2026, 8, 31)
WEEK = Period(date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
LANGS = ("fa", "ar", "ru", "en")
LATE, CRASH, REFUND, BOX, GONE, LINK = "LATE", "CRASH", "REFUND", "BOX", "GONE", "LINK"
SAID = {
    "fa": "سفارش سه ساعت دیر رسید و غذا کاملاً سرد بود", "ar": "وصل الطلب متأخراً ثلاث ساعات والطعام بارد تماماً",
    "ru": "Заказ привезли на три часа позже, всё остыло", "en": "The order came three hours late and stone cold",
}
PLACES = {LATE: "delivery", CRASH: "app", REFUND: "returns", BOX: "packaging", GONE: "payment", LINK: "support"}
WEEKLY = {  # documents of each pain point in each of the twelve weeks
    LATE: [9] * 12, REFUND: [3] * 10 + [14, 15], CRASH: [0] * 10 + [9, 12], BOX: [12] * 8 + [1, 0, 0, 0],
    GONE: [6] * 12, LINK: [0] * 12,
}


class Written:
    """Documents and units under way."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.units: list[dict[str, Any]] = []

    def say(self, day: date, *, lang: str = "en", text: str | None = None, point: str | None = None,
            touchpoint: str = "general", sentiment: str = "pos", author: str | None = None, weight: int = 1,
            certain: bool = True, rating: float | None = None, hour: int = 12, **columns: Any) -> str:
        number = len(self.documents)
        name, problem = f"d{number:05}", sentiment == "neg"
        self.documents.append({
            "doc_id": name, "source_id": name, "author_key": author or f"a{number:05}", "source": "app",
            "time": datetime(day.year, day.month, day.day, hour, tzinfo=UTC), "rating": rating, "lang": lang,
            "addition": 1, "dated": True, "meta.product": "box", **columns})
        said = text or f"{SAID[lang] if lang in SAID else SAID['en']} ({number})"
        self.units.append({
            "unit_id": f"u{number:05}", "doc_id": name, "start": 0, "end": len(said), "text": said, "model_text": said,
            "key": said, "lang": lang, "weight": weight, "sentiment": sentiment,
            "p_neg": 0.9 if problem else 0.05, "p_neu": 0.05, "p_pos": 0.05 if problem else 0.9,
            "touchpoint": touchpoint, "touchpoint_p": 0.8, "stage": "x", "problem_p": 0.9 if problem else 0.1,
            "is_problem": problem, "certain": certain, "painpoint_id": point, "painpoint_strength": 0.8,
            "placed_by": "machine"})
        return name

    def complain(self, day: date, point: str, **said: Any) -> str:
        return self.say(day, **{"point": point, "touchpoint": PLACES[point], "sentiment": "neg", **said})

    def data(self, **changed: Any) -> WorkspaceData:
        """All of it as a workspace has it."""
        documents = pl.DataFrame(self.documents, infer_schema_length=None, schema_overrides={
            "time": pl.Datetime("us", "UTC"), "rating": pl.Float64}) if self.documents else pl.DataFrame(
                schema={"doc_id": pl.Utf8, "time": pl.Datetime("us", "UTC")})
        points = [{"painpoint_id": name, "title": f"{name} title", "named_by": "machine", "merged_into": None,
                   "titles": json.dumps([{"lang": "fa", "title": f"عنوان {name}"}]), "pinned": 0,
                   "status": "retired" if name == GONE else "open"} for name in PLACES]
        additions = [{"number": 1, "made": "2026-11-23T08:00:00+00:00",
                      "note": json.dumps({"rejected": {"empty_text": 3, "no_letters": 0}})}]
        units = pl.DataFrame(self.units, infer_schema_length=None, schema_overrides={"painpoint_id": pl.Utf8})
        whole = WorkspaceData("shop", documents, units, points, [], [],
                              additions, [], [], Settings().as_dict(), lambda ids: None)  # type: ignore[arg-type,return-value]
        return replace(whole, **changed)


def twelve_weeks() -> Written:
    written = Written()
    for week in range(12):
        monday = FIRST + timedelta(weeks=week)
        for point, counts in WEEKLY.items():
            for n in range(counts[week]):
                written.complain(monday + timedelta(days=n % 7), point, lang=LANGS[n % 4])
        for n in range(60):
            written.say(monday + timedelta(days=n % 7), lang=LANGS[n % 4], touchpoint=("product", "price")[n % 2])
    return written


Make = Callable[..., Digest]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="module")
def make(taxonomy: Taxonomy) -> Make:
    def call(data: WorkspaceData, period: Period = WEEK, **how: Any) -> Digest:
        zoned = {"zone": how.get("zone", "UTC"), "week_start": how.get("week_start", 0)}
        trends = trends_until(data, period, **zoned)
        return build_digest(data, trends, period, taxonomy=taxonomy, framework="three-stage", **how)

    return call


@pytest.fixture(scope="module")
def usual(make: Make) -> Digest:
    return make(twelve_weeks().data())


@pytest.fixture(scope="module")
def of_birth(make: Make) -> Digest:
    """The week in which CRASH was born."""
    return make(twelve_weeks().data(), week_of(FIRST + timedelta(weeks=10), 0))


def ids(points: Sequence[PainPointNews]) -> list[str]:
    return [point.painpoint_id for point in points]


def only(points: Sequence[PainPointNews], name: str) -> PainPointNews:
    (found,) = (point for point in points if point.painpoint_id == name)
    return found


def test_planted_changes_are_found_and_what_is_steady_is_not_called_a_change(usual: Digest) -> None:
    assert ids(usual.new) == [CRASH] and ids(usual.growing) == [REFUND]
    assert LATE not in {*ids(usual.new), *ids(usual.growing), *ids(usual.eased)} and LATE in ids(usual.top)
    assert (usual.weeks, usual.painpoints, usual.before.week) == (12, 4, "2026-W46")


def test_what_ended_is_news_once(make: Make) -> None:
    data = twelve_weeks().data()
    told = []
    for week in range(8, 12):
        monday = FIRST + timedelta(weeks=week)
        found = make(data, week_of(monday, 0))
        told += [(point.status, point.changed) for point in found.eased if point.painpoint_id == BOX]
    assert told.count(("resolved", True)) == 1 and ("resolved", False) not in told


def test_growth_is_told_with_its_interval_and_is_infinite_from_nothing(usual: Digest, of_birth: Digest) -> None:
    growth = only(usual.growing, REFUND).growth
    assert growth is not None and growth.low > 1.25 and growth.low < growth.value < growth.high
    assert 3 < growth.value < 7
    later = only(usual.new, CRASH)
    assert later.growth is None, "since its birth there is too little to compare with"
    assert later.born == FIRST + timedelta(weeks=10) and later.before == 9 and later.documents == 12
    birth = only(of_birth.new, CRASH)
    assert birth.growth is not None and math.isinf(birth.growth.value) and 1 < birth.growth.low < math.inf
    assert (birth.changed, later.changed, birth.before, birth.rank_before) == (True, False, 0, None)


def test_impact_has_an_interval_and_ranks_before_and_after(usual: Digest) -> None:
    assert ids(usual.top) == [REFUND, CRASH, LATE]
    for place, point in enumerate(usual.top, 1):
        assert point.rank == place and 0 < point.impact.low < point.impact.value < point.impact.high <= 100
        assert point.impact_before is not None and point.rank_before is not None
    assert [point.rank_before for point in usual.top] == [1, 2, 3], "equal counts are told apart by their ids"
    assert {p.touchpoint for p in usual.top} == {"returns", "app", "delivery"}
    mapping = load_taxonomy().framework("three-stage").mapping
    assert all(point.stage == mapping[point.touchpoint] for point in usual.top)


def test_spark_lines_end_with_the_period(usual: Digest) -> None:
    spark = only(usual.top, CRASH).spark
    assert [s.week for s in spark] == [FIRST + timedelta(weeks=w) for w in range(12)]
    assert [s.documents for s in spark] == WEEKLY[CRASH]
    assert [s.volume for s in spark] == [60 + sum(counts[w] for counts in WEEKLY.values()) for w in range(12)]


def test_what_was_retired_is_not_listed(usual: Digest) -> None:
    listed = {*ids(usual.new), *ids(usual.growing), *ids(usual.eased), *ids(usual.top)}
    assert GONE not in listed and LINK not in listed
    assert usual.volume.problems == sum(counts[11] for counts in WEEKLY.values()) and usual.not_covered.unplaced == 0


def test_nothing_after_the_period_is_used(usual: Digest, make: Make) -> None:
    later = twelve_weeks()
    for n in range(80):
        later.complain(WEEK.last + timedelta(days=1 + n % 9), LATE, touchpoint="app", lang="ru", addition=2)
    assert make(later.data()) == usual


def test_the_order_of_rows_does_not_matter(usual: Digest, make: Make) -> None:
    data = twelve_weeks().data()
    mixed = replace(data, documents=data.documents.sample(fraction=1, shuffle=True, seed=5),
                    units=data.units.sample(fraction=1, shuffle=True, seed=6), points=data.points[::-1])
    assert make(mixed) == usual


def test_one_author_and_copies_count_once(usual: Digest, make: Make) -> None:
    flood = twelve_weeks()
    flood.complain(WEEK.first, LATE, author="loud")
    once = only(make(flood.data()).top, LATE)
    for n in range(40):
        flood.complain(WEEK.first + timedelta(days=n % 7), LATE, author="loud")
        flood.complain(WEEK.first, LATE, text="the same", weight=0)
    digest = make(flood.data())
    point = only(digest.top, LATE)
    assert (point.documents, point.rate) == (10, once.rate)
    assert point.impact.value == pytest.approx(once.impact.value)
    assert digest.not_covered.copies == 40 and digest.volume.documents == usual.volume.documents + 41
    assert LATE not in ids(digest.growing)
    assert sum(quote.doc_id >= "d01200" for quote in point.quotes) <= 1


def test_rates_are_per_thousand_documents_with_an_interval(usual: Digest) -> None:
    rate = only(usual.top, LATE).rate
    volume = only(usual.top, LATE).spark[-1].volume
    assert rate.value == pytest.approx(1000 * 9 / volume) and 0 < rate.low < rate.value < rate.high < 1000


def test_the_first_week_has_nothing_to_compare_with(make: Make) -> None:
    digest = make(twelve_weeks().data(), week_of(FIRST, 0))
    assert (digest.weeks, digest.new, digest.growing, digest.eased) == (1, (), (), ())
    assert digest.volume.before == 0 and digest.volume.usual is None and digest.volume.net_before is None
    assert digest.volume.net_shift is None
    assert all(t.shift is None and not t.shifted for t in digest.journey)
    assert {(p.impact_before, p.rank_before, p.before, p.growth) for p in digest.top} == {(None, None, 0, None)}
    assert all(len(point.spark) == 1 for point in digest.top)


@pytest.mark.parametrize("quiet", [date(2026, 11, 23), date(2026, 8, 3)])
def test_a_week_without_documents_has_a_digest_that_says_so(make: Make, quiet: date) -> None:
    digest = make(twelve_weeks().data(), week_of(quiet, 0))
    assert (digest.volume.documents, digest.volume.units, digest.volume.net) == (0, 0, None)
    assert (digest.new, digest.growing, digest.eased, digest.top, digest.weakest) == ((), (), (), (), None)
    assert digest.needs.review == 0 and digest.not_covered.rejected == {}
    assert digest.weeks == (13 if quiet > FIRST else 0)
    assert read_digest(digest_json(digest)) == digest


def test_usual_is_the_median_of_the_weeks_before_as_far_as_they_go(make: Make) -> None:
    data = twelve_weeks().data()
    counts = [60 + sum(counts[w] for counts in WEEKLY.values()) for w in range(12)]
    assert make(data).volume.usual == sorted(counts[3:11])[3:5][0] / 2 + sorted(counts[3:11])[3:5][1] / 2
    second, third = (make(data, week_of(FIRST + timedelta(weeks=w), 0)).volume for w in (1, 2))
    assert second.usual is None and third.usual == counts[0] == counts[1] == third.before


def test_volume_tells_languages_and_sources(usual: Digest, make: Make) -> None:
    volume = usual.volume
    assert sum(n for _, n in volume.languages) == volume.documents == volume.units
    assert {lang for lang, _ in volume.languages} == set(LANGS) and volume.sources == (("app", volume.documents),)
    assert volume.net is not None and volume.net.low < volume.net.value < volume.net.high
    shift = volume.net_shift
    assert shift is not None and volume.net_before is not None and shift.low < shift.value < shift.high
    assert shift.value == pytest.approx(volume.net.value - volume.net_before)
    data = twelve_weeks().data()
    assert make(replace(data, documents=data.documents.drop("source"))).volume.sources == ()


def test_a_touchpoint_that_turned_is_told_and_noise_is_not(make: Make) -> None:
    written = Written()
    for week in (10, 11):
        for n in range(60):
            day = FIRST + timedelta(weeks=week, days=n % 7)
            written.say(day, touchpoint="support", sentiment="neg" if n % 60 < (6, 42)[week == 11] else "pos")
            written.say(day, touchpoint="app", sentiment="neg" if n % 60 < (20, 23)[week == 11] else "pos")
        for _ in range(9):
            written.say(FIRST + timedelta(weeks=week), touchpoint="returns", sentiment=("pos", "neg")[week == 11])
    news = {t.touchpoint: t for t in make(written.data()).journey}
    turned = news["support"].shift
    assert news["support"].shifted and turned is not None and turned.low < turned.value < turned.high < 0
    assert turned.value == pytest.approx(-2 * 36 / 60)
    still = news["app"].shift
    assert still is not None and still.low < 0 < still.high and not news["app"].shifted
    assert news["returns"].shift is None and not news["returns"].shifted and news["returns"].units_before == 9
    assert [t.touchpoint for t in make(written.data()).journey] == sorted(
        news, key=load_taxonomy().codes.index), "in journey order"


def test_a_touchpoint_nobody_spoke_of_this_week_is_still_on_the_map(make: Make) -> None:
    written = Written()
    written.say(WEEK.first - timedelta(days=2), touchpoint="app")
    written.say(WEEK.first, touchpoint="price")
    app = next(t for t in make(written.data()).journey if t.touchpoint == "app")
    assert (app.units, app.units_before, app.shift, app.net.low, app.net.high) == (0, 1, None, -1.0, 1.0)


def test_the_weakest_link_has_words_of_customers(usual: Digest) -> None:
    weakest = usual.weakest
    assert weakest is not None and weakest.touchpoint in PLACES.values() and weakest.harm.value == 1
    assert weakest.elsewhere is not None and weakest.elsewhere < 1
    assert 2 <= len(weakest.quotes) <= 3 and all(WEEK.first <= q.day <= WEEK.last for q in weakest.quotes if q.day)


def test_quotes_are_of_the_period_in_several_languages_and_by_different_people(usual: Digest) -> None:
    for point in usual.top:
        assert 2 <= len(point.quotes) <= 3
        assert len({q.lang for q in point.quotes}) == len(point.quotes) == len({q.doc_id for q in point.quotes})
        assert all(q.day is not None and WEEK.first <= q.day <= WEEK.last for q in point.quotes)
        assert all(20 <= len(q.text) <= 240 for q in point.quotes)


def test_quotes_pass_over_copies_one_liners_and_sermons_where_there_are_others(make: Make) -> None:
    written = Written()
    written.complain(WEEK.first, LATE, text="دیر", lang="fa")
    written.complain(WEEK.first, LATE, text="долго " * 100, lang="ru")
    written.complain(WEEK.first, LATE, text=SAID["en"], author="one")
    written.complain(WEEK.first, LATE, text=SAID["en"] + "!", author="one")
    written.complain(WEEK.first, LATE, text=SAID["ar"], lang="ar", dated=False)
    written.complain(WEEK.first, LATE, text=SAID["ar"] + "!!", lang="ar", weight=0)
    quotes = make(written.data()).top[0].quotes
    assert [q.text.rstrip("!") for q in sorted(quotes, key=lambda q: q.lang)] == [SAID["ar"], SAID["en"]]
    assert {q.lang: q.day for q in quotes} == {"ar": None, "en": WEEK.first}


def test_where_nobody_wrote_a_sentence_a_word_is_quoted(make: Make) -> None:
    written = Written()
    written.complain(WEEK.first, LATE, text=" دیر شد ", lang="fa")
    assert [q.text for q in make(written.data()).top[0].quotes] == ["دیر شد"]


def test_a_title_of_a_person_wins_in_every_language(make: Make) -> None:
    data = twelve_weeks().data()
    assert {p.title for p in make(data, lang="fa").top} == {f"عنوان {name}" for name in (LATE, CRASH, REFUND)}
    assert {p.title for p in make(data, lang="ru").top} == {f"{name} title" for name in (LATE, CRASH, REFUND)}
    named = [{**point, "title": "Курьеры", "named_by": "person"} if point["painpoint_id"] == LATE else point
             for point in data.points]
    point = only(make(replace(data, points=named), lang="fa").top, LATE)
    assert (point.title, point.titles, point.named_by) == ("Курьеры", {}, "person")


def test_what_waits_for_a_person(make: Make) -> None:
    data = twelve_weeks()
    data.say(WEEK.first, touchpoint="app", certain=False)
    data.say(WEEK.first - timedelta(days=1), touchpoint="app", certain=False)
    rows = [{"kind": kind, "painpoint_id": a, "other": b, "share": share} for kind, a, b, share in (
        ("split", LATE, None, 0.4), ("merge", REFUND, BOX, 0.6), ("merge", LATE, BOX, 0.9), ("merge", LATE, GONE, 1.0))]
    needs = make(data.data(proposals=rows), lang="fa").needs
    assert needs.review == 1
    assert [(p.kind, p.painpoint_id, p.other) for p in needs.proposals] == [
        ("merge", LATE, BOX), ("merge", REFUND, BOX), ("split", LATE, None)]
    assert needs.proposals[0].title == f"عنوان {LATE}" and needs.proposals[2].other_title is None
    assert needs.proposals[0].other_title == f"عنوان {BOX}"
    assert needs.proposals[0].titles == {"fa": f"عنوان {LATE}"} and needs.proposals[2].other_titles == {}


def test_what_is_not_covered_is_counted(make: Make) -> None:
    written = Written()
    written.say(WEEK.first, touchpoint="none")
    written.say(WEEK.first, lang="de", touchpoint="app")
    written.say(WEEK.first, lang="fa", touchpoint="app", sentiment="neg", dated=False)
    written.complain(WEEK.first, LATE, weight=0)
    left = make(written.data()).not_covered
    assert (left.off_topic, left.other_languages, left.unplaced, left.copies, left.undated) == (1, 1, 1, 1, 1)
    assert left.rejected == {"empty_text": 3}


def test_days_begin_at_midnight_of_the_zone(make: Make) -> None:
    written = Written()
    written.say(WEEK.first - timedelta(days=1), hour=21)
    written.say(WEEK.last, hour=21)
    assert make(written.data()).volume.documents == 1
    tehran = make(written.data(), zone="Asia/Tehran").volume
    assert (tehran.documents, tehran.before) == (1, 0)
    assert make(written.data(), zone="America/New_York").volume.before == 1


def test_a_range_of_days_is_compared_with_as_many_before(usual: Digest, make: Make) -> None:
    month = Period(date(2026, 10, 26), WEEK.last)
    digest = make(twelve_weeks().data(), month)
    assert (digest.before.first, digest.before.last) == (date(2026, 9, 28), date(2026, 10, 25))
    assert (only(digest.top, LATE).documents, only(digest.top, LATE).before) == (36, 36)
    assert only(digest.top, CRASH).documents == 21 and only(digest.top, CRASH).before == 0
    assert ids(digest.new) == [CRASH] and only(digest.new, CRASH).changed
    assert only(digest.growing, REFUND).growth == only(usual.growing, REFUND).growth
    ten = make(twelve_weeks().data(), Period(date(2026, 11, 9), date(2026, 11, 18)))
    assert ten.before == Period(date(2026, 10, 30), date(2026, 11, 8))
    assert ten.top[0].spark[-1].week == date(2026, 11, 12)


def test_weeks_that_begin_on_saturday_hold_other_days(make: Make) -> None:
    data = twelve_weeks().data()
    digest = make(data, week_of(date(2026, 11, 18), 5), week_start=5, lang="fa")
    assert (digest.period.first, digest.period.last, digest.week_start) == (date(2026, 11, 14), date(2026, 11, 20), 5)
    inside = data.documents.filter(pl.col("time").dt.date().is_between(digest.period.first, digest.period.last))
    assert digest.volume.documents == len(inside)
    assert [s.week.weekday() for s in digest.top[0].spark] == [5] * 12


def test_json_gives_the_digest_back_and_knows_no_infinity(of_birth: Digest) -> None:
    text = digest_json(of_birth)
    content = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert read_digest(text) == of_birth and digest_json(read_digest(text)) == text
    assert list(content) == ["schema", *of_birth.as_dict()] and content["schema"] == 1
    growth = content["new"][0]["growth"]
    assert (growth["value"], growth["high"], growth["from_nothing"]) == (None, None, True) and growth["low"] > 1
    assert content["growing"][0]["growth"]["from_nothing"] is False
    assert content["period"] == {"first": "2026-11-09", "last": "2026-11-15", "week": "2026-W46"}
    assert SAID["fa"] in text, "letters stand as they are"


@pytest.mark.parametrize(("text", "told"), [("{}", "no digest"), ("[1]", "no digest"), ("<html>", "no digest"),
                                            ('{"schema": 99}', "schema 99"), ('{"schema": 1}', "no digest")])
def test_other_json_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_digest(text)


def test_of_weeks_in_which_nothing_changed_few_call_a_touchpoint_changed(taxonomy: Taxonomy) -> None:
    import random

    from painpoints.report.digest.cut import everything
    from painpoints.report.digest.journeynews import journey_news

    chance = random.Random(11)
    codes = [code for code in taxonomy.codes if code not in ("none", "general")][:12]
    false = 0
    for _ in range(60):
        written = Written()
        for week in (10, 11):
            for n in range(360):
                sentiment = chance.choices(("neg", "neu", "pos"), (4, 2, 4))[0]
                written.say(FIRST + timedelta(weeks=week, days=n % 7), touchpoint=codes[n % 12], sentiment=sentiment)
        whole = everything(written.data(), "UTC").until(WEEK.last)
        now, past = whole.within(WEEK), whole.within(week_of(FIRST + timedelta(weeks=10), 0))
        false += any(t.shifted for t in journey_news(now, past, taxonomy, "three-stage"))
    assert false <= 7, "of 60; 3 are expected"
