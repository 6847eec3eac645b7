"""The week in three sentences, word for word, in four languages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from painpoints.report.digest.forms import Voice, headline, three_sentences
from painpoints.report.digest.model import Digest, Interval, Period
from painpoints.report.edition import Edition

SENTENCES = [
    ("fa", "usual", (
        "۱٬۳۴۰ بازخورد رسید، ۱۲٪ بیشتر از هفتهٔ پیش از آن؛ خالص احساس −۱۸ بود، بدتر از هفتهٔ پیش از آن (−۵).",
        "نقاط دردی که تغییر کرده‌اند: ۱ رو به رشد و ۱ رو به کاهش؛ بیش از همه «پیک ساعت‌ها دیر می‌رسد»: ۲٫۱ "
        "برابر گذشته (۱٫۴ تا ۳٫۲).",
        "ضعیف‌ترین حلقه باز هم «ارسال و تحویل» است، با ۵۸٪ نارضایتی در گزاره‌ها؛ در انتظار تصمیم شما: ۳۱ "
        "گزارهٔ نامطمئن و ۱ پیشنهاد.",
    )),
    ("fa", "first", (
        "۱٬۳۴۰ بازخورد رسید و پیش از آن چیزی نیست که با آن بسنجیم؛ خالص احساس −۱۸ بود.",
        "تاکنون ۱ هفته بازخورد گرد آمده است؛ از پنج هفته به بعد می‌توان از تغییرها گفت.",
        "هیچ نقطهٔ تماسی به‌روشنی ضعیف‌ترین حلقه نیست؛ چیزی در انتظار تصمیم شما نیست.",
    )),
    ("fa", "quiet", (
        "در این هفته هیچ بازخوردی نرسید؛ در یک هفتهٔ معمول ۲۰ بازخورد می‌رسد.",
        "هیچ نقطهٔ دردی به‌روشنی پرتکرارتر یا کم‌تکرارتر نشده است.",
        "هیچ نقطهٔ تماسی به‌روشنی ضعیف‌ترین حلقه نیست؛ چیزی در انتظار تصمیم شما نیست.",
    )),
    ("ar", "usual", (
        "ورد ١٬٣٤٠ تعليقًا، بزيادة ١٢٪ عن الأسبوع السابق؛ وبلغ صافي المشاعر -١٨، وهو أسوأ مما كان في الأسبوع "
        "السابق (-٥).",
        "نقاط الألم التي تغيّرت: متزايدة ١ ومتراجعة ١؛ وأبرزها «المندوب يتأخر ساعات»: معدل ذكرها ٢٫١ مرة "
        "قياسًا بالسابق (من ١٫٤ إلى ٣٫٢).",
        "أضعف حلقة هي مجددًا «التوصيل»، ونسبة الشكاوى هناك ٥٨٪؛ وبانتظار قراركم: ٣١ رأيًا غير مؤكد واقتراح واحد.",
    )),
    ("ar", "first", (
        "ورد ١٬٣٤٠ تعليقًا، ولا شيء قبلها للمقارنة؛ وبلغ صافي المشاعر -١٨.",
        "توفّر حتى الآن أسبوع واحد من التعليقات؛ ويمكن الحكم على التغيّر ابتداءً من خمسة أسابيع.",
        "لا توجد نقطة تواصل يمكن عدّها أضعف حلقة؛ ولا شيء بانتظار قراركم.",
    )),
    ("ar", "quiet", (
        "لم يرد أي تعليق في هذا الأسبوع؛ والمعتاد في الأسبوع: ٢٠ تعليقًا.",
        "لم يتبيّن بوضوح أن أي نقطة ألم زاد ذكرها أو قلّ.",
        "لا توجد نقطة تواصل يمكن عدّها أضعف حلقة؛ ولا شيء بانتظار قراركم.",
    )),
    ("ru", "usual", (
        "Пришло 1 340 отзывов, на 12 % больше, чем неделей ранее; баланс тональности −18, хуже, чем неделей "
        "ранее (−5).",
        "Изменения среди болевых точек: растущих — 1 и ослабевающих — 1; прежде всего «Курьер опаздывает на "
        "часы»: пишут в 2,1 раза чаще, чем раньше (от 1,4 до 3,2).",
        "Слабое звено снова — «Доставка»: жалобы составляют там 58 % высказываний; ждут вашего решения: 31 "
        "неуверенное высказывание и 1 предложение.",
    )),
    ("ru", "first", (
        "Пришло 1 340 отзывов, сравнить пока не с чем; баланс тональности −18.",
        "Пока есть отзывы за 1 неделю; об изменениях можно судить начиная с пяти недель.",
        "Ни одна точка контакта не выделяется как слабое звено; вашего решения ничего не ждёт.",
    )),
    ("ru", "quiet", (
        "На этой неделе отзывов не было; обычно за неделю — 20 отзывов.",
        "Ни об одной болевой точке не стали писать явно чаще или реже.",
        "Ни одна точка контакта не выделяется как слабое звено; вашего решения ничего не ждёт.",
    )),
    ("en", "usual", (
        "1,340 comments came in, 12% more than in the week before; net sentiment was −18, worse than in the "
        "week before (−5).",
        "Pain points that changed: 1 growing and 1 easing; above all “Courier comes hours late”: 2.1 times "
        "as often as before (1.4 to 3.2).",
        "The weakest link is again “Delivery”, where 58% of opinions are complaints; waiting for you: 31 "
        "uncertain opinions and 1 proposal.",
    )),
    ("en", "first", (
        "1,340 comments came in, and there is nothing earlier to compare with; net sentiment was −18.",
        "There is 1 week of feedback so far; changes can be told from five weeks on.",
        "No touchpoint stands out as the weakest link; nothing waits for you.",
    )),
    ("en", "quiet", (
        "No comments came in during this week; a usual week brings 20 comments.",
        "No pain point has clearly become more or less frequent.",
        "No touchpoint stands out as the weakest link; nothing waits for you.",
    )),
]


@pytest.mark.parametrize(("lang", "kind", "wanted"), SENTENCES,
                         ids=lambda value: value if isinstance(value, str) else "")
def test_the_week_in_three_sentences(digests: dict[str, Callable[[str], Digest]], edition: Callable[[str], Edition],
                                     plain: Callable[[str], str], lang: str, kind: str,
                                     wanted: tuple[str, ...]) -> None:
    assert tuple(map(plain, three_sentences(digests[kind](lang), edition(lang)))) == wanted


@pytest.fixture
def said(digests: dict[str, Callable[[str], Digest]], edition: Callable[[str], Edition],
         plain: Callable[[str], str]) -> Callable[..., list[str]]:
    """The sentences on a usual week in English with parts of it changed; ``volume`` changes parts of the volume."""
    def sentences(volume: dict[str, Any] | None = None, **changes: Any) -> list[str]:
        digest = digests["usual"]("en")
        digest = replace(digest, volume=replace(digest.volume, **volume or {}), **changes)
        return [plain(sentence) for sentence in three_sentences(digest, edition("en"))]

    return sentences


@pytest.mark.parametrize(("volume", "wanted"), [
    ({"documents": 1196}, "1,196 comments came in, as many as in the week before"),
    ({"documents": 598}, "598 comments came in, 50% fewer than in the week before"),
    ({"documents": 12, "before": 5}, "12 comments came in, against 5 in the week before"),
    ({"documents": 1, "before": 0}, "1 comment came in, after none in the week before"),
    ({"net": Interval(-0.06, -0.12, 0.0), "net_shift": Interval(-0.01, -0.1, 0.08)},
     "net sentiment was −6, not clearly different from the week before (−5)"),
    ({"net": Interval(0.12, 0.06, 0.18), "net_shift": Interval(0.17, 0.08, 0.26)},
     "net sentiment was +12, better than in the week before (−5)"),
    ({"net_before": None}, "net sentiment was −18."),
    ({"net": None}, "12% more than in the week before."),
    ({"documents": 0, "usual": None, "net": None}, "No comments came in during this week."),
])
def test_what_came_in_is_told_against_the_period_before(said: Callable[..., list[str]], volume: dict[str, Any],
                                                        wanted: str) -> None:
    assert wanted in said(volume)[0]


def test_a_difference_within_both_periods_uncertainty_is_none(said: Callable[..., list[str]]) -> None:
    assert "worse than" in said({"net_shift": Interval(-0.13, -0.22, -0.04)})[0]
    for unsure in (Interval(-0.13, -0.28, 0.02), Interval(-0.13, -0.26, 0.0), None):
        assert "not clearly different" in said({"net_shift": unsure})[0]


def test_other_periods_than_a_week_are_called_periods(said: Callable[..., list[str]]) -> None:
    month = Period(date(2026, 10, 1), date(2026, 10, 31))
    first = said(period=month)[0]
    assert "the period before" in first and "week" not in first


def test_earlier_changes_that_stand_are_no_news(said: Callable[..., list[str]],
                                                digests: dict[str, Callable[[str], Digest]]) -> None:
    usual = digests["usual"]("en")
    standing = tuple(replace(news, changed=False) for news in usual.growing)
    assert said(growing=standing, eased=())[1] == "Nothing changed anew; still from earlier weeks: 1 growing."
    assert said(growing=(), eased=())[1] == "No pain point has clearly become more or less frequent."


def test_a_single_change_is_named_alone_and_worse_comes_before_better(
        said: Callable[..., list[str]], digests: dict[str, Callable[[str], Digest]]) -> None:
    usual = digests["usual"]("en")
    assert said(growing=())[1] == "One pain point changed, “Food arrives cold”: 41% as often as before (25 to 62%)."
    loud = tuple(replace(news, impact=Interval(99, 98, 100)) for news in usual.eased)
    assert "above all “Courier comes hours late”" in said(eased=loud)[1]


def test_under_five_weeks_no_change_is_told(said: Callable[..., list[str]]) -> None:
    assert said(weeks=4)[1] == "There are 4 weeks of feedback so far; changes can be told from five weeks on."
    assert "changed" in said(weeks=5)[1]


@pytest.mark.parametrize(("lang", "growth", "wanted"), [
    ("en", Interval(2.13, 1.42, 3.21), "2.1 times as often as before (1.4 to 3.2)"),
    ("en", Interval(9.96, 4.2, 57.3), "10 times as often as before (4.2 to 57)"),
    ("en", Interval(0.41, 0.25, 1.2), "41% as often as before (25 to 120%)"),
    ("en", Interval(math.inf, 3.0, math.inf), "not heard in the weeks before"),
    ("en", Interval(4.0, 1.3, math.inf), "4.0 times as often as before (at least 1.3)"),
    ("en", Interval(15.6, 1.8, 5628.5), "16 times as often as before (at least 1.8)"),
    ("en", Interval(0.0, 0.0, 0.3), "0% as often as before (0 to 30%)"),
    ("fa", Interval(2.13, 1.42, 3.21), "۲٫۱ برابر گذشته (۱٫۴ تا ۳٫۲)"),
    ("fa", Interval(0.41, 0.25, 0.62), "تنها ۴۱٪ گذشته (۲۵٪ تا ۶۲٪)"),
    ("ar", Interval(2.13, 1.42, 3.21), "معدل ذكرها ٢٫١ مرة قياسًا بالسابق (من ١٫٤ إلى ٣٫٢)"),
    ("ar", Interval(4.0, 1.3, math.inf), "معدل ذكرها ٤٫٠ مرة قياسًا بالسابق (١٫٣ على الأقل)"),
    ("ru", Interval(21.2, 9.0, 60.0), "пишут в 21 раз чаще, чем раньше (от 9,0 до 60)"),
    ("ru", Interval(0.41, 0.25, 0.62), "частота — 41 % от прежней (от 25 до 62 %)"),
])
def test_growth_is_a_ratio_with_its_interval(edition: Callable[[str], Edition], plain: Callable[[str], str], lang: str,
                                             growth: Interval, wanted: str) -> None:
    assert plain(Voice(edition(lang)).growth(growth)) == wanted


PERIODS = {
    "week": Period(date(2026, 11, 16), date(2026, 11, 22)), "months": Period(date(2026, 11, 30), date(2026, 12, 6)),
    "years": Period(date(2026, 12, 28), date(2027, 1, 3)), "day": Period(date(2026, 11, 16), date(2026, 11, 16)),
    "nowruz": Period(date(2027, 3, 20), date(2027, 3, 26)), "saturday": Period(date(2026, 11, 14), date(2026, 11, 20)),
}


@pytest.mark.parametrize(("lang", "kind", "wanted"), [
    ("en", "week", "Week of 16–22 November 2026"), ("ru", "week", "Неделя 16–22 ноября 2026"),
    ("ar", "saturday", "الأسبوع ١٤–٢٠ نوفمبر ٢٠٢٦"), ("fa", "saturday", "هفتهٔ ۲۳ تا ۲۹ آبان ۱۴۰۵"),
    ("en", "months", "Week of 30 November – 6 December 2026"), ("ru", "months", "Неделя 30 ноября – 6 декабря 2026"),
    ("ar", "months", "الأسبوع ٣٠ نوفمبر – ٦ ديسمبر ٢٠٢٦"), ("fa", "months", "هفتهٔ ۹ تا ۱۵ آذر ۱۴۰۵"),
    ("en", "years", "Week of 28 December 2026 – 3 January 2027"), ("ru", "day", "16 ноября 2026"),
    ("fa", "nowruz", "هفتهٔ ۲۹ اسفند ۱۴۰۵ تا ۶ فروردین ۱۴۰۶"), ("en", "day", "16 November 2026"),
])
def test_periods_are_named_as_people_do(edition: Callable[[str], Edition], plain: Callable[[str], str], lang: str,
                                        kind: str, wanted: str) -> None:
    assert plain(Voice(edition(lang)).name_of(PERIODS[kind])) == wanted


@pytest.mark.parametrize(("lang", "kind", "wanted"), [
    ("en", "usual", "shop · Week of 16–22 November 2026: “Courier comes hours late”: 2.1 times as often as before "
                    "(1.4 to 3.2)"),
    ("en", "quiet", "shop · Week of 16–22 November 2026: No comments came in during this week"),
    ("ru", "first", "shop · Неделя 16–22 ноября 2026: Пришло 1 340 отзывов, сравнить пока не с чем"),
    ("fa", "usual", "shop؛ هفتهٔ ۲۳ تا ۲۹ آبان ۱۴۰۵: «پیک ساعت‌ها دیر می‌رسد»: ۲٫۱ برابر گذشته (۱٫۴ تا ۳٫۲)"),
    ("ar", "quiet", "shop؛ الأسبوع ١٤–٢٠ نوفمبر ٢٠٢٦: لم يرد أي تعليق في هذا الأسبوع"),
])
def test_a_subject_says_whose_digest_it_is_of_which_days_and_what_to_know_first(
        digests: dict[str, Callable[[str], Digest]], edition: Callable[[str], Edition], plain: Callable[[str], str],
        lang: str, kind: str, wanted: str) -> None:
    assert plain(headline(digests[kind](lang), edition(lang))) == wanted


def test_a_subject_is_one_short_line_whatever_is_in_it(digests: dict[str, Callable[[str], Digest]],
                                                       edition: Callable[[str], Edition]) -> None:
    digest = digests["everything"]("en")
    huge = replace(digest.new[0], title="late\nBcc: someone@example.com\r\n" + "very " * 90, titles={})
    told = headline(replace(digest, new=(huge,), growing=(), eased=()), edition("en"))
    assert "کیف <چرمی> | A" in told and "\n" not in told and "\r" not in told and len(told) < 260
