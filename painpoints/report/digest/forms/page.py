"""A whole digest in words: every section in order, before it has a form."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator

from painpoints.report.digest.forms.blocks import (
    Block,
    Cards,
    Cell,
    Group,
    Items,
    Mark,
    Page,
    Quotes,
    Section,
    Table,
    Task,
    Words,
)
from painpoints.report.digest.forms.cards import DOWN, LEVEL, UP, change_card, change_line, ranked_card, spoken
from painpoints.report.digest.forms.isolation import Phrase, clean
from painpoints.report.digest.forms.lead import YOUNG, three_sentences
from painpoints.report.digest.forms.voice import MOST_TITLE, Voice, comparing, is_week
from painpoints.report.digest.model import Digest, Proposal, TouchpointNews
from painpoints.report.edition import Edition
from painpoints.report.journeymap import MIN_UNITS

FULL, BRIEF = 4, 6
"""Changes of a kind that stand in full, and in a line each; more are counted."""
TASKS = 3
RARE = 0.005
"""Languages with a smaller share of the comments are not listed."""
ENOUGH = 8
"""Letters of an id that the commands need."""


def digest_page(digest: Digest, edition: Edition) -> Page:
    """The digest in the edition's language."""
    voice = Voice(edition)
    segment = None
    if digest.segment:
        column, value = digest.segment
        name = edition.column(column)
        segment = voice.say("labelled", label=voice.own(name[:1].upper() + name[1:]), text=voice.own(value, MOST_TITLE))
    overline = voice.in_a_row([voice.say("overline"), voice.own(digest.workspace, MOST_TITLE)])
    heard = (_top, _journey, _weakest) if digest.volume.documents else ()
    sections = tuple(make(digest, voice) for make in (_changes, *heard, _volume, _needs, _left, _made))
    beside = [voice.say("period.compared", days=voice.days(digest.before))] if comparing(digest) else []
    if digest.not_covered.until:
        beside.append(voice.say("period.until", day=edition.numerals.day(digest.not_covered.until)))
    compared = voice.in_a_row(beside) if beside else None
    return Page(edition.lang, edition.rtl, overline, voice.name_of(digest.period), compared, segment,
                three_sentences(digest, edition), sections)


def _changes(digest: Digest, voice: Voice) -> Section:
    """What began in the period stands in full; what only goes on, and what is too much for one page, in a line."""
    blocks: list[Block] = []
    for name, group in (("new", digest.new), ("growing", digest.growing), ("eased", digest.eased)):
        began = [news for news in group if news.changed]
        full, brief = began[:FULL], [*began[FULL:], *(news for news in group if not news.changed)]
        if full:
            blocks.append(Cards(voice.say(f"section.{name}"),
                                tuple(change_card(news, voice, comparing=comparing(digest)) for news in full)))
        if brief:
            title = voice.say("section.more" if full else f"section.{name}")
            tasks = [Task(change_line(news, voice, comparing=comparing(digest))) for news in brief[:BRIEF]]
            blocks.append(Items((*tasks, *_and_more(len(brief) - BRIEF, voice)), title))
    if not blocks:
        text = voice.count("lead.young", digest.weeks) if digest.weeks < YOUNG else voice.say("lead.unchanged")
        blocks = [Words(voice.say("end", text=text))]
    return Section("changes", voice.say("section.changes"), tuple(blocks))


def _and_more(count: int, voice: Voice) -> list[Task]:
    return [Task(voice.count("more", count))] if count > 0 else []


def _top(digest: Digest, voice: Voice) -> Section:
    if not digest.top:
        text = voice.say("top.silent") if digest.painpoints else Phrase(voice.edition.say("pains.empty"))
        return Section("top", voice.say("section.top"), (Words(text),))
    above = {news.painpoint_id: voice.say(f"section.{name}")
             for name, group in (("eased", digest.eased), ("growing", digest.growing), ("new", digest.new))
             for news in [news for news in group if news.changed][:FULL]}
    cards = tuple(ranked_card(news, voice, comparing=comparing(digest), shown_above=above.get(news.painpoint_id))
                  for news in digest.top)
    help_text = (Words(voice.say("spark.help"), small=True),) if any(card.spark for card in cards) else ()
    return Section("top", voice.say("section.top"), (*help_text, Cards(None, cards)))


def _journey(digest: Digest, voice: Voice) -> Section:
    edition = voice.edition
    kind = "week" if is_week(digest.period) else "period"
    title = voice.say(f"section.journey.{kind}") if comparing(digest) else Phrase(edition.say("journey.title"))
    if not any(news.units for news in digest.journey):
        return Section("journey", title, (Words(Phrase(edition.say("journey.empty"))),))
    stages: dict[str, list[TouchpointNews]] = {}
    for news in digest.journey:
        stages.setdefault(news.stage, []).append(news)
    head = (edition.say("pains.touchpoint"), edition.say("headline.net"), edition.say("headline.harm"),
            voice.say("journey.change"))[:4 if comparing(digest) else 3]
    groups = tuple(Group(voice.own(edition.stage(stage)), tuple(_touchpoint(news, voice, digest.min_authors)[:len(head)]
                                                            for news in rows))
                   for stage, found in stages.items() if (rows := [news for news in found if news.units >= MIN_UNITS]))
    blocks: list[Block] = [Words(voice.say("journey.intro"), small=True)]
    if groups:
        blocks.append(Table(title, head, groups))
    few = [voice.say("labelled", label=voice.own(edition.touchpoint(news.touchpoint)),
                     text=voice.sized(news.units, digest.min_authors))
           for news in digest.journey if 0 < news.units < MIN_UNITS]
    if few:
        blocks.append(Words(voice.say("end", text=voice.say("journey.small", touchpoints=voice.listing(few),
                                                            n=voice.number(MIN_UNITS))), small=True))
    return Section("journey", title, tuple(blocks))


def _touchpoint(news: TouchpointNews, voice: Voice, least: int) -> tuple[Cell, ...]:
    edition = voice.edition
    units = voice.counted("units", news.units) if news.units >= least else voice.isolate(voice.sized(news.units, least))
    return (Cell(voice.own(edition.touchpoint(news.touchpoint)), units),
            Cell(voice.isolate(edition.net(news.net.value)), Phrase(edition.net_span(news.net.low, news.net.high)),
                 balance=max(-1.0, min(1.0, news.net.value))),
            Cell(voice.isolate(edition.percent(news.harm.value)),
                 Phrase(edition.percent_span(news.harm.low, news.harm.high))),
            Cell("", mark=_shift(news, voice)))


def _shift(news: TouchpointNews, voice: Voice) -> Mark:
    if news.shift is None:
        return Mark("", voice.say("journey.few"))
    if not news.shifted:
        return Mark(LEVEL, voice.say("journey.same"))
    better = news.shift.value > 0
    return Mark(UP if better else DOWN, voice.say(
        "journey.better" if better else "journey.worse", shift=voice.edition.net(news.shift.value),
        range=Phrase(voice.edition.net_span(news.shift.low, news.shift.high))), "good" if better else "bad")


def _weakest(digest: Digest, voice: Voice) -> Section:
    edition, weakest = voice.edition, digest.weakest
    title = voice.say("section.weakest")
    if weakest is None:
        return Section("weakest", title, (Words(Phrase(edition.say("journey.weakest_none"))),))
    places = {"harm": voice.isolate(edition.percent(weakest.harm.value)),
              "units": voice.say("withheld.fewer", n=voice.number(digest.min_authors)) if weakest.withheld
              else voice.counted("units", weakest.units),
              "range": edition.percent_span(weakest.harm.low, weakest.harm.high)}
    if weakest.elsewhere is None:
        text = edition.say("journey.weakest_alone", **places)
    else:
        elsewhere = voice.isolate(edition.percent(weakest.elsewhere))
        text = edition.say("journey.weakest_text", elsewhere=elsewhere, **places)
    place = voice.say("labelled", label=voice.own(edition.touchpoint(weakest.touchpoint)), text=Phrase(text))
    blocks: list[Block] = [Words(place)]
    if weakest.same_as_before:
        blocks.append(Words(voice.say("weakest.again")))
    quotes = spoken(weakest.quotes, voice)
    if quotes:
        blocks.append(Quotes(edition.say("journey.evidence"), quotes))
    elif weakest.withheld:
        blocks.append(Words(voice.say("withheld.quotes")))
    return Section("weakest", title, tuple(blocks))


def _volume(digest: Digest, voice: Voice) -> Section:
    volume, edition = digest.volume, voice.edition
    came = voice.counted("documents", volume.documents)
    if comparing(digest):
        came = voice.say("card.mentions", documents=came, before=voice.number(volume.before))
    lines = [voice.say("end", text=came)]
    if volume.usual is not None and is_week(digest.period):
        lines.append(voice.say("volume.usual", documents=voice.counted("documents", round(volume.usual))))
    if volume.units:
        lines.append(voice.say("volume.units", units=voice.counted("units", volume.units),
                               problems=voice.number(volume.problems)))
    if volume.net:
        lines.append(voice.say("volume.net", net=edition.net(volume.net.value),
                               range=Phrase(edition.net_span(volume.net.low, volume.net.high))))
    if digest.painpoints:
        lines.append(voice.say("volume.painpoints", painpoints=voice.counted("painpoints", digest.painpoints)))
    blocks: list[Block] = [Words(" ".join(lines))]
    languages = [(edition.language(code), n) for code, n in volume.languages if n >= RARE * volume.documents]
    sources = list(volume.sources)
    for caption, rows in ((edition.say("pains.language"), languages), (voice.say("volume.source"), sources)):
        if rows:
            blocks.append(_shares(caption, rows, voice, digest.min_authors))
    return Section("volume", voice.say("section.volume"), tuple(blocks))


def _shares(caption: str, rows: list[tuple[str, int]], voice: Voice, least: int) -> Table:
    """Documents by something, with their share of all in the rows; documents may have no value. No share is told of
    fewer than ``least``."""
    whole = sum(n for _, n in rows)
    cells = tuple((Cell(voice.own(name or "", 80) or voice.say("volume.unnamed")),
                   Cell(voice.isolate(voice.sized(n, least))),
                   Cell(voice.isolate(voice.edition.percent(n / whole if whole else 0.0) if n >= least or least <= 1
                                      else voice.edition.say("text.none")))) for name, n in rows)
    edition = voice.edition
    head = (caption, edition.say("segments.documents"), edition.say("sheet.share"))
    return Table(caption, head, (Group(None, cells),))


def _needs(digest: Digest, voice: Voice) -> Section:
    tasks = [_proposal(proposal, digest, voice) for proposal in digest.needs.proposals[:TASKS]]
    tasks += _and_more(len(digest.needs.proposals) - TASKS, voice)
    if digest.needs.review:
        tasks.insert(0, Task(voice.say("needs.review", units=voice.counted("units", digest.needs.review))))
    return Section("needs", voice.say("section.needs"), (Items(tuple(tasks or [Task(voice.say("needs.nothing"))])),))


def _proposal(proposal: Proposal, digest: Digest, voice: Voice) -> Task:
    name, share = voice.quoted(voice.title(proposal.title, proposal.titles)), voice.edition.percent(proposal.share)
    place, own = shlex.quote(clean(digest.workspace)), proposal.painpoint_id[:ENOUGH]
    other = (proposal.other or "")[:ENOUGH]
    shown, rejected = [f"painpoints show {place} {own}"], f"painpoints reject {place} {own} {other}".rstrip()
    if proposal.kind == "merge" and proposal.other:
        shown.append(f"painpoints show {place} {other}")
        second = voice.quoted(voice.title(proposal.other_title or proposal.other, proposal.other_titles))
        text = voice.say("needs.merge", title=name, other=second, share=share)
        accept = f"painpoints merge {place} {own} {other}"
    else:
        text = voice.say("needs.split", title=name, share=share)
        accept = f"painpoints split {place} {own}"
    return Task(text, ((voice.say("needs.look"), tuple(shown)), (voice.say("needs.accept"), (accept,)),
                       (voice.say("needs.reject"), (rejected,))))


def _left(digest: Digest, voice: Voice) -> Section:
    tasks = tuple(Task(line) for line in _left_lines(digest, voice))
    return Section("left", voice.say("section.left"), (Items(tasks or (Task(voice.say("left.nothing")),)),))


def _left_lines(digest: Digest, voice: Voice) -> Iterator[str]:
    left = digest.not_covered
    for name in ("off_topic", "other_languages", "unplaced", "copies", "campaigns", "noise", "undated"):
        count = getattr(left, name)
        if count:
            yield voice.say(f"left.{name}", n=voice.number(count))
    reasons: Counter[str] = Counter()
    for reason, count in left.rejected.items():
        reasons[voice.edition.known(f"reason.{reason}") or voice.edition.say("reason.unknown")] += count
    for said, count in reasons.items():
        yield voice.say("left.rejected", reason=said, n=voice.number(count))


def _made(digest: Digest, voice: Voice) -> Section:
    names = voice.edition.framework.names
    framework = voice.own(names.get(voice.lang) or names.get("en") or digest.framework)
    setting = voice.say("made.setting", framework=framework, zone=voice.own(digest.zone),
                        weekday=voice.weekday(digest.week_start), weeks=voice.count("count.weeks", digest.weeks))
    said = [voice.say("made.counting"), voice.say("made.changes"), voice.say("made.impact"), setting]
    if digest.min_authors > 1:
        said.append(voice.say("withheld.made", n=voice.number(digest.min_authors)))
    if digest.min_authors > 1 and digest.unknown_authors:
        said.append(voice.say("withheld.unknown", n=voice.number(digest.unknown_authors)))
    return Section("made", voice.say("section.made"), tuple(Words(text, small=True) for text in said))
