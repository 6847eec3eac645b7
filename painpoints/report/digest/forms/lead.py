"""The week in three sentences: what came in, what changed most, where it hurts and what waits for a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from painpoints.report.digest.forms.voice import Voice, comparing, is_week
from painpoints.report.digest.model import Digest, PainPointNews, Volume
from painpoints.report.edition import Edition

FEW = 30
"""From this many comments on, a change of volume is told in per cent."""
YOUNG = 5
"""Weeks of feedback under which no change can be shown."""


def three_sentences(digest: Digest, edition: Edition) -> tuple[str, str, str]:
    """The three sentences, as plain text with isolates around foreign words."""
    voice = Voice(edition)
    return _what_came(digest, voice), _what_changed(digest, voice), _what_hurts(digest, voice)


def _what_came(digest: Digest, voice: Voice) -> str:
    volume, kind = digest.volume, "week" if is_week(digest.period) else "period"
    if not volume.documents:
        nothing = voice.say(f"lead.nothing.{kind}")
        if volume.usual and kind == "week":
            usual = voice.say("lead.usual", documents=voice.counted("documents", round(volume.usual)))
            return voice.say("joined", first=nothing, second=usual)
        return voice.say("end", text=nothing)
    if not comparing(digest):
        came = voice.count("lead.volume_first", volume.documents)
    else:
        came = voice.count("lead.volume", volume.documents, compared=_compared(volume, kind, voice))
    if volume.net is None:
        return voice.say("end", text=came)
    return voice.say("joined", first=came, second=_feeling(volume, kind, voice))


def _compared(volume: Volume, kind: str, voice: Voice) -> str:
    if not volume.before:
        return voice.say(f"compared.none.{kind}")
    if volume.documents == volume.before:
        return voice.say(f"compared.same.{kind}")
    if min(volume.documents, volume.before) < FEW:
        return voice.say(f"compared.count.{kind}", before=voice.number(volume.before))
    change = volume.documents / volume.before - 1
    return voice.say(f"compared.{'more' if change > 0 else 'less'}.{kind}", share=voice.edition.percent(abs(change)))


def _feeling(volume: Volume, kind: str, voice: Voice) -> str:
    assert volume.net is not None
    net = voice.edition.net(volume.net.value)
    if volume.net_before is None:
        return voice.say("feeling.alone", net=net)
    return voice.say(f"feeling.{_felt(volume)}.{kind}", net=net, before=voice.edition.net(volume.net_before))


def _felt(volume: Volume) -> str:
    """Better, worse, or the same: the difference against both periods' uncertainty.

    The period before has no interval of its own; its width is taken from this one's by the square root of the volumes.
    """
    assert volume.net is not None and volume.net_before is not None
    shift = volume.net.value - volume.net_before
    toward = volume.net.value - volume.net.low if shift > 0 else volume.net.high - volume.net.value
    before = toward * math.sqrt(volume.documents / volume.before) if volume.before else math.inf
    if abs(shift) <= math.hypot(toward, before):
        return "same"
    return "better" if shift > 0 else "worse"


def _what_changed(digest: Digest, voice: Voice) -> str:
    if digest.weeks < YOUNG:
        return voice.say("end", text=voice.count("lead.young", digest.weeks))
    groups = {"new": digest.new, "growing": digest.growing, "eased": digest.eased}
    began = {name: [news for news in group if news.changed] for name, group in groups.items()}
    found = [news for group in began.values() for news in group]
    if not found:
        counts = _counts(groups, voice)
        return voice.say("end", text=voice.say("lead.still", counts=counts) if counts else voice.say("lead.unchanged"))
    first = most_telling(found)
    places = {"title": voice.quoted(voice.title_of(first)), "how": how(first, voice)}
    if len(found) == 1:
        return voice.say("end", text=voice.say("lead.changed_one", **places))
    return voice.say("end", text=voice.say("lead.changed", counts=_counts(began, voice), **places))


def _counts(groups: dict[str, Sequence[PainPointNews]] | dict[str, list[PainPointNews]] |
            dict[str, tuple[PainPointNews, ...]], voice: Voice) -> str:
    parts = [voice.say(f"change.{name}", n=voice.number(len(group))) for name, group in groups.items() if group]
    return voice.listing(parts) if parts else ""


def most_telling(found: Sequence[PainPointNews]) -> PainPointNews:
    """The change to name first: what is getting worse before what eases, then the greatest impact."""
    return min(found, key=lambda news: (news.status in ("easing", "resolved"), -news.impact.value, news.painpoint_id))


def how(news: PainPointNews, voice: Voice) -> str:
    """How a pain point changed, in words, with the figure its status rests on."""
    if news.status in ("growing", "easing"):
        return voice.growth(news.growth) if news.growth else voice.say(f"how.{news.status}")
    return voice.say(f"how.{news.status}")


def _what_hurts(digest: Digest, voice: Voice) -> str:
    weakest = digest.weakest
    if weakest is None:
        first = voice.say("lead.weakest_none")
    else:
        first = voice.say("lead.weakest_again" if weakest.same_as_before else "lead.weakest",
                          touchpoint=voice.quoted(voice.own(voice.edition.touchpoint(weakest.touchpoint))),
                          harm=voice.edition.percent(weakest.harm.value))
    things = []
    if digest.needs.review:
        things.append(voice.count("count.review", digest.needs.review))
    if digest.needs.proposals:
        things.append(voice.count("count.proposals", len(digest.needs.proposals)))
    second = voice.say("lead.waiting", things=voice.listing(things)) if things else voice.say("lead.nothing_waits")
    return voice.say("joined", first=first, second=second)
