"""A pain point as a card: what changed, how sure that is, how it went week by week, and what customers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from painpoints.report.digest.forms.blocks import Card, Mark, Spark, Spoken, Tone
from painpoints.report.digest.forms.isolation import Phrase, clean, runs_right_to_left
from painpoints.report.digest.forms.lead import how
from painpoints.report.digest.forms.voice import Voice
from painpoints.report.digest.model import Mentions, PainPointNews, Quote

UP, DOWN, LEVEL = "▲", "▼", ""
MOST_QUOTE = 320
_TONES: dict[str, Tone] = {"new": "bad", "growing": "bad", "reopened": "bad", "easing": "good", "resolved": "good"}


def change_card(news: PainPointNews, voice: Voice, *, comparing: bool) -> Card:
    """The card of a pain point that is new, growing or easing."""
    arrow = DOWN if news.status in ("easing", "resolved") else UP
    facts = [_mentions(news, voice, comparing)]
    if news.born and news.status == "new":
        facts.append(voice.say("card.born", day=voice.day(news.born)))
    if not news.changed:
        facts.append(voice.say("card.continuing"))
    return Card(news.painpoint_id, voice.title_of(news), _status(news, voice), _TONES.get(news.status, "plain"),
                marks=(Mark(arrow, how(news, voice), _TONES.get(news.status, "plain")),),
                facts=voice.in_a_row([*facts, _place(news, voice)]), spark=spark(news.spark, voice),
                quotes=spoken(news.quotes, voice), note=voice.say("withheld.quotes") if news.withheld else None)


def change_line(news: PainPointNews, voice: Voice, *, comparing: bool) -> Phrase:
    """The same in one line, for what began earlier or finds no room."""
    facts = [_mentions(news, voice, comparing), *([] if news.changed else [voice.say("card.continuing")])]
    text = voice.in_a_row([how(news, voice), *facts])
    return voice.say("labelled", label=voice.title_of(news), text=text)


def ranked_card(news: PainPointNews, voice: Voice, *, comparing: bool, shown_above: str | None) -> Card:
    """The card of one of the pain points with the greatest impact; its quotes only where they did not stand above.

    ``shown_above`` is the heading they stand under. Without ``comparing`` nothing is said of the period before.
    """
    rate = voice.say("card.rate", rate=voice.number(news.rate.value, 1),
                     range=voice.span(voice.number(news.rate.low, 1), voice.number(news.rate.high, 1)))
    facts = [_mentions(news, voice, comparing), *([] if news.withheld else [rate]), _place(news, voice)]
    if news.langs:
        facts.append(voice.say("card.languages",
                               languages=voice.listing([voice.edition.language(code) for code in news.langs])))
    above = shown_above if news.quotes else None
    return Card(news.painpoint_id, voice.title_of(news), _status(news, voice), _TONES.get(news.status, "plain"),
                rank=voice.number(news.rank), marks=_marks(news, voice, comparing), facts=voice.in_a_row(facts),
                spark=spark(news.spark, voice), quotes=() if above else spoken(news.quotes, voice),
                note=voice.say("withheld.quotes") if news.withheld else
                voice.say("card.quotes_above", section=above) if above else None)


def spark(weeks: Sequence[Mentions], voice: Voice) -> Spark | None:
    """The weeks as columns by share of each week's documents; None where there are fewer than two weeks."""
    if len(weeks) < 2:
        return None
    shares = [each.documents / each.volume if each.volume else None for each in weeks]
    top = max((share for share in shares if share), default=0.0)
    levels = tuple(None if share is None else share / top if top else 0.0 for share in shares)
    counts = voice.edition.say("text.comma").join(
        voice.number(each.documents) if each.volume else voice.edition.say("text.none") for each in weeks)
    return Spark(levels, voice.say("spark.label", counts=counts), voice.count("spark.title", len(weeks)))


def spoken(quotes: Iterable[Quote], voice: Voice) -> tuple[Spoken, ...]:
    """Customers' own words, each once, in their own direction, with language and day named."""
    found: dict[str, Spoken] = {}
    for quote in quotes:
        text = clean(quote.text, MOST_QUOTE)
        if not text:
            continue
        parts = [voice.isolate(voice.edition.language(quote.lang))]
        if quote.day:
            parts.append(voice.isolate(voice.edition.numerals.short_day(quote.day)))
        found.setdefault(text, Spoken(text, quote.lang, runs_right_to_left(quote.lang, text),
                                      voice.edition.say("text.comma").join(parts)))
    return tuple(found.values())


def _status(news: PainPointNews, voice: Voice) -> str:
    return voice.edition.known(f"pains.status_{news.status}") or news.status


def _mentions(news: PainPointNews, voice: Voice, comparing: bool) -> str:
    if news.withheld:
        return voice.say("withheld.fewer", n=voice.number(news.least))
    documents = voice.counted("documents", news.documents)
    if not comparing:
        return documents
    return voice.say("card.mentions", documents=documents, before=voice.sized(news.before, news.least))


def _place(news: PainPointNews, voice: Voice) -> str:
    place = voice.own(voice.edition.touchpoint(news.touchpoint))
    stage = voice.own(voice.edition.stage(news.stage))
    return voice.in_a_row([place, stage])


def _marks(news: PainPointNews, voice: Voice, comparing: bool) -> tuple[Mark, ...]:
    """The move in the ranking, where there was one, and the impact with its change; neither where it is withheld."""
    if news.withheld:
        return ()
    impact = Phrase(voice.edition.say(
        "pains.impact_label", impact=voice.isolate(voice.number(news.impact.value)),
        range=voice.edition.span(voice.number(news.impact.low), voice.number(news.impact.high))))
    if not comparing:
        return (Mark(LEVEL, impact),)
    return (*_rank(news, voice), _impact(news, impact, voice))


def _rank(news: PainPointNews, voice: Voice) -> tuple[Mark, ...]:
    before = news.rank_before
    if before is None:
        return ()
    if before == news.rank:
        return (Mark(LEVEL, voice.say("card.rank_same")),)
    key, arrow = ("card.rank_up", UP) if news.rank < before else ("card.rank_down", DOWN)
    return (Mark(arrow, voice.say(key, before=voice.number(before))),)


def _impact(news: PainPointNews, impact: str, voice: Voice) -> Mark:
    before = news.impact_before
    if before is None:
        arrow, change, tone = LEVEL, voice.say("card.absent"), "plain"
    else:
        way = "up" if news.impact.low > before else "down" if news.impact.high < before else "same"
        arrow, tone = {"up": (UP, "bad"), "down": (DOWN, "good"), "same": (LEVEL, "plain")}[way]
        change = voice.say(f"card.impact_{way}", before=voice.number(before))
    return Mark(arrow, f"{impact}{voice.edition.say('text.comma')}{change}", cast("Tone", tone))
