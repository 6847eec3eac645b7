"""Possible campaigns: many strangers who write alike texts within a short time.

What tells a campaign from an outage is the wording. People whom the same thing happens to say the same in words of
their own; texts that were handed out share long stretches, whatever was exchanged in them. So the core of a campaign is
a family of texts alike letter by letter, far more of them in a short time than the source has at other times, most by
authors who are new to the data. Meaning alone, read from vectors, never makes a campaign: it only joins families of
different languages that came together, and adds texts to a family that share some of its wording too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from painpoints.text import alike, components, jaccard, neighbours, runs, signatures

FAMILY = 0.18
"""Estimated Jaccard similarity of letter runs that links two texts of a family."""
COMMON = 40
"""Runs that the two have in common at least: a phrase that many use is shorter."""
FAMILY_LENGTH = 45
"""Letters that a text of a family has at least."""
LEAST = 5
"""Documents, and authors, of the smallest campaign."""
LEAST_NAMELESS = 8
"""Documents of the smallest one whose authors are unknown."""
CHANCE = 1e-4
"""The chance, at the source's usual rate, that so many of a family fall into so short a time: a campaign's is less."""
FRESH_SHARE = 0.6
"""Share of a campaign's known authors who are new to the data."""
SPAN = 7.0
"""Days within which the texts of a campaign follow each other."""
_WINDOWS = (1 / 24, 0.25, 1.0, 3.0, 7.0)
_FEW_OTHERS = 1
_SAMPLE = 40
_EDGE = 1.0
_BAND = 3
_SAME_WORDS = 0.15
_SAME_SENSE = 0.8
_TOGETHER = 0.75


@dataclass(frozen=True)
class Stream:
    """Documents as campaigns are looked for in them, one entry each: ``doc_ids``, ``texts`` down to their letters,
    ``times`` in days, ``authors`` and ``sources`` where known, ``langs``, and ``feelings`` (-1..1).

    ``vectors`` gives aligned vectors (m, d), of length 1, of the rows it is asked for.
    """

    doc_ids: Sequence[str]
    texts: Sequence[str]
    times: np.ndarray
    authors: Sequence[str | None]
    sources: Sequence[str | None]
    langs: Sequence[str | None]
    feelings: np.ndarray
    vectors: Callable[[np.ndarray], np.ndarray] | None = None


@dataclass
class Campaign:
    """Rows of a stream that make one possible campaign, earliest first, and what speaks for it.

    ``usual`` is how many other documents of its sources came in that time; ``expected`` how many its texts would have
    been, had they come as evenly as those; ``chance`` how likely so many are then.
    """

    rows: np.ndarray
    authors: int
    fresh: int
    known: int
    expected: float
    usual: int
    chance: float
    copies: float
    reasons: list[str] = field(default_factory=list)


def find_campaigns(stream: Stream) -> list[Campaign]:
    """The possible campaigns in ``stream``, earliest first. Nothing hangs on the order of its rows."""
    size = np.array([len(text) for text in stream.texts], int)
    fit = np.flatnonzero((size >= FAMILY_LENGTH) & ~np.isnan(stream.times))
    if len(fit) < LEAST:
        return []
    fit = fit[np.lexsort((np.array([stream.doc_ids[at] for at in fit.tolist()]), stream.times[fit]))]
    signed = signatures([stream.texts[at] for at in fit.tolist()])
    times = stream.times[fit]
    one, two = neighbours(signed, _BAND, times, span=SPAN)
    linked = _related(alike(signed, one, two), size[fit[one]], size[fit[two]])
    seen = _Seen.of(stream)
    found: list[Campaign] = []
    for members in components(len(fit), one[linked], two[linked]):
        members = members if len(members) < LEAST else _core(signed, members, size[fit])
        if len(members) >= LEAST and (campaign := _campaign(stream, seen, fit[members])) is not None:
            found.append(campaign)
    if not found or stream.vectors is None:
        return sorted(found, key=lambda one: _first(stream, one))
    found = _joined(stream, seen, _widened(stream, seen, found, fit, signed))
    return sorted(found, key=lambda one: _first(stream, one))


def _related(similar: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Which pairs of texts of ``one`` and ``two`` letters, so ``similar``, share a FAMILY's wording."""
    return np.asarray((similar >= FAMILY) & (similar / (1 + similar) * (one + two) >= COMMON))


def _core(signed: np.ndarray, members: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Those ``members`` that share a family's wording with the one nearest to all: a chain of texts, each a little like
    the next, is no family."""
    sample = members[np.unique(np.linspace(0, len(members) - 1, _SAMPLE).astype(int))]
    near = np.stack([(signed[members] == signed[one]).mean(1) for one in sample])
    middle = int(near.mean(1).argmax())
    return np.asarray(members[_related(near[middle], size[members], np.full(len(members), size[sample[middle]]))])


def campaign_id(first_doc: str) -> str:
    """The id of the campaign whose earliest document is ``first_doc``."""
    return "k" + blake2b(first_doc.encode(), digest_size=6).hexdigest()


def _first(stream: Stream, campaign: Campaign) -> tuple[float, str]:
    at = int(campaign.rows[0])
    return float(stream.times[at]), stream.doc_ids[at]


@dataclass(frozen=True)
class _Seen:
    """Of every author: the day of the first document, and how many there are. Of every source: its sorted days."""

    first: dict[str, float]
    count: dict[str, int]
    days: dict[str | None, np.ndarray]

    @classmethod
    def of(cls, stream: Stream) -> _Seen:
        first: dict[str, float] = {}
        count: dict[str, int] = {}
        by_source: dict[str | None, list[float]] = {}
        for author, source, time in zip(stream.authors, stream.sources, stream.times.tolist(), strict=True):
            if author is not None:
                count[author] = count.get(author, 0) + 1
            if time == time:
                by_source.setdefault(source, []).append(time)
                if author is not None:
                    first[author] = min(first.get(author, time), time)
        return cls(first, count, {source: np.sort(np.array(days)) for source, days in by_source.items()})

    def newcomers(self, stream: Stream, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each of ``rows`` (n,): the day since when its author is known, infinity for one without a name; and
        whether that author wrote little else."""
        names = [stream.authors[at] for at in rows.tolist()]
        return (np.array([np.inf if name is None else self.first[name] for name in names]),
                np.array([name is None or self.count[name] <= _FEW_OTHERS + 1 for name in names], bool))


def _campaign(stream: Stream, seen: _Seen, rows: np.ndarray) -> Campaign | None:
    """The campaign that a family makes in the time where it comes thickest, or None."""
    rows = rows[np.lexsort((np.array([stream.doc_ids[at] for at in rows]), stream.times[rows]))]
    window = _thickest(stream, seen, rows)
    return None if window is None else _told(stream, seen, rows, window)


def _told(stream: Stream, seen: _Seen, rows: np.ndarray, window: _Window) -> Campaign | None:
    chosen = rows[window.first:window.last + 1]
    names = [stream.authors[at] for at in chosen]
    known = {name for name in names if name is not None}
    nameless = sum(name is None for name in names)
    if len(known) + nameless < (LEAST if known else LEAST_NAMELESS) or window.chance > CHANCE:
        return None
    here = {name: names.count(name) for name in known}
    begun = float(stream.times[chosen[0]]) - _EDGE
    fresh = sum(seen.first[name] >= begun and seen.count[name] - here[name] <= _FEW_OTHERS for name in known)
    if known and fresh < FRESH_SHARE * len(known):
        return None
    held = [runs(stream.texts[at]) for at in chosen]
    close = [any(jaccard(one, two) >= FAMILY * 2 for two in (held[0], held[at - 1], held[(at + 1) % len(held)]))
             if at else True for at, one in enumerate(held)]
    reasons = ["alike", "together", "fresh" if known else "nameless"]
    if len({stream.langs[at] for at in chosen}) > 1:
        reasons.append("languages")
    return Campaign(chosen, len(known) + nameless, fresh, len(known), window.expected, window.usual, window.chance,
                    float(np.mean(close)), reasons)


@dataclass(frozen=True)
class _Window:
    first: int
    last: int
    chance: float
    expected: float
    usual: int


def _thickest(stream: Stream, seen: _Seen, rows: np.ndarray) -> _Window | None:
    """Where in the sorted ``rows`` more of them stand together than the other documents of their sources explain."""
    import numpy as np
    from scipy.stats import binom

    times = stream.times[rows]
    sources = {stream.sources[at] for at in rows}
    days = np.sort(np.concatenate([seen.days[source] for source in sources]))
    others = len(days) - len(rows)
    best: _Window | None = None
    least = 0.0
    for width in _WINDOWS:
        last = np.searchsorted(times, times + width, "right") - 1
        count = last - np.arange(len(times)) + 1
        within = np.searchsorted(days, times[last], "right") - np.searchsorted(days, times, "left") - count
        share = np.minimum((within + 1) / (others + 1), 1.0)
        logged = binom.logsf(count - 1, len(rows), share) - np.log(share)
        logged[count < LEAST] = 0.0
        at = int(np.argmin(logged))
        if logged[at] < least:
            least = float(logged[at])
            best = _Window(at, int(last[at]), float(np.exp(least)), float(len(rows) * share[at]), int(within[at]))
    return best


def _widened(stream: Stream, seen: _Seen, found: list[Campaign], fit: np.ndarray, signed: np.ndarray
             ) -> list[Campaign]:
    """Campaigns with the texts of their time that share some of their wording, and their sense."""
    assert stream.vectors is not None
    times, feeling = stream.times[fit], np.sign(stream.feelings[fit])
    since, fresh = seen.newcomers(stream, fit)
    taken = np.isin(fit, np.concatenate([campaign.rows for campaign in found]))
    place = {int(row): at for at, row in enumerate(fit)}
    wider = []
    for campaign in found:
        span = stream.times[campaign.rows]
        edge = max(0.25, 0.25 * float(span[-1] - span[0]))
        first, last = np.searchsorted(times, span[0] - edge, "left"), np.searchsorted(times, span[-1] + edge, "right")
        mine = np.arange(first, last)
        core = campaign.rows[np.unique(np.linspace(0, len(campaign.rows) - 1, 20).astype(int))]
        felt = feeling[mine]
        mine = mine[~taken[mine] & ((felt == np.sign(stream.feelings[campaign.rows].mean())) | (felt == 0))
                    & fresh[mine] & (since[mine] >= float(span[0]) - _EDGE)]
        if len(mine):
            here = signed[mine]
            words = np.stack([(here == signed[place[int(one)]]).mean(1) for one in core]).max(0)
            mine = mine[words >= _SAME_WORDS]
        if len(mine):
            sense = (stream.vectors(fit[mine]) @ stream.vectors(core).T).max(1)
            mine = mine[sense >= _SAME_SENSE]
            taken[mine] = True
            campaign = _with(stream, seen, campaign, fit[mine])
        wider.append(campaign)
    return wider


def _joined(stream: Stream, seen: _Seen, found: list[Campaign]) -> list[Campaign]:
    """Campaigns with those merged that came in the same time, feel the same and say the same in other languages."""
    assert stream.vectors is not None
    if len(found) < 2:
        return found
    middles = []
    for campaign in found:
        middle = stream.vectors(campaign.rows).mean(0)
        middles.append(middle / max(float(np.linalg.norm(middle)), 1e-9))
    done: list[tuple[Campaign, np.ndarray]] = []
    for campaign, middle in sorted(zip(found, middles, strict=True), key=lambda pair: _first(stream, pair[0])):
        at = next((at for at, (other, centre) in enumerate(done) if float(centre @ middle) >= _TOGETHER
                   and _overlap(stream, campaign, other) and np.sign(stream.feelings[campaign.rows].mean())
                   == np.sign(stream.feelings[other.rows].mean())), None)
        if at is None:
            done.append((campaign, middle))
        else:
            done[at] = (_with(stream, seen, done[at][0], campaign.rows), done[at][1])
    return [campaign for campaign, _ in done]


def _overlap(stream: Stream, one: Campaign, two: Campaign) -> bool:
    a, b = stream.times[one.rows], stream.times[two.rows]
    return bool(a[0] <= b[-1] + _EDGE and b[0] <= a[-1] + _EDGE)


def _with(stream: Stream, seen: _Seen, campaign: Campaign, rows: np.ndarray) -> Campaign:
    """``campaign`` with ``rows`` added."""
    every = np.unique(np.concatenate([campaign.rows, rows]))
    every = every[np.lexsort((np.array([stream.doc_ids[at] for at in every]), stream.times[every]))]
    known = {name for at in every if (name := stream.authors[at]) is not None}
    nameless = sum(stream.authors[at] is None for at in every)
    begun = float(stream.times[every[0]]) - _EDGE
    fresh = sum(seen.first[name] >= begun and seen.count[name] <= _FEW_OTHERS + 1 for name in known)
    reasons = list(campaign.reasons)
    if len({stream.langs[at] for at in every}) > 1 and "languages" not in reasons:
        reasons.append("languages")
    return Campaign(every, len(known) + nameless, fresh, len(known), campaign.expected, campaign.usual,
                    campaign.chance, campaign.copies * len(campaign.rows) / len(every), reasons)
