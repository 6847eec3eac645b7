"""The week in three sentences: what came in, what changed most, where it hurts and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence

from painpoints.report.digest.forms.voice import Voice, comparing, is_week
from painpoints.report.digest.model import Digest, PainPointNews, Volume
from painpoints.report.edition import Edition

FEW = 30
"""From this many comments on, a change of volume is told in per cent."""
MOST_NAME = 60
"""Letters of a name or a title in a subject, which mail programs cut."""
YOUNG = 5
"""Weeks of feedback under which no change can be shown."""


def three_sentences(digest: Digest, edition: Edition) -> tuple[str, str, str]:
    """The three sentences, as plain text with isolates around foreign words."""
    voice = Voice(edition)
    return _what_came(digest, voice), _what_changed(digest, voice), _what_hurts(digest, voice)


def _what_came(digest: Digest, voice: Voice) -> str:
    volume, kind, came = digest.volume, _kind(digest), _came(digest, voice)
    if volume.documents and volume.net is not None:
        return voice.say("joined", first=came, second=_feeling(volume, kind, voice))
    if not volume.documents and volume.usual and kind == "week":
        usual = voice.say("lead.usual", documents=voice.counted("documents", round(volume.usual)))
        return voice.say("joined", first=came, second=usual)
    return voice.say("end", text=came)


def _came(digest: Digest, voice: Voice) -> str:
    volume, kind = digest.volume, _kind(digest)
    if not volume.documents:
        return voice.say(f"lead.nothing.{kind}")
    if not comparing(digest):
        return voice.count("lead.volume_first", volume.documents)
    return voice.count("lead.volume", volume.documents, compared=_compared(volume, kind, voice))


def _kind(digest: Digest) -> str:
    return "week" if is_week(digest.period) else "period"


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
    """Better, worse, or the same: whether the interval of the change leaves out 0."""
    shift = volume.net_shift
    if shift is None or shift.low <= 0 <= shift.high:
        return "same"
    return "better" if shift.value > 0 else "worse"


def headline(digest: Digest, edition: Edition) -> str:
    """What stands in the subject of a message: whose digest, of which days, and the change to name first.

    Without a change it is what came in.
    """
    voice = Voice(edition)
    name = voice.own(digest.workspace, MOST_NAME)
    if digest.segment:
        name = voice.in_a_row([name, voice.own(digest.segment[1], MOST_NAME)])
    found = [news for news in (*digest.new, *digest.growing, *digest.eased) if news.changed]
    if found and digest.weeks >= YOUNG and digest.volume.documents:
        first = most_telling(found)
        said: str = voice.say("labelled", label=voice.quoted(voice.title_of(first, MOST_NAME)), text=how(first, voice))
    else:
        said = _came(digest, voice)
    return voice.say("subject", name=name, period=voice.name_of(digest.period), headline=said)


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
