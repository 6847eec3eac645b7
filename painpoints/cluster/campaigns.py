"""Possible campaigns: many strangers who write alike texts within a short time.

What tells a campaign from an outage is the wording. People whom the same thing happens to say the same in words of
their own; texts that were handed out share long stretches, whatever was exchanged in them. So the core of a campaign is
a family of texts alike letter by letter, far more of them in a short time than the source has at other times, most by
authors who are new to the data. Meaning alone, read from vectors, never makes a campaign: it only joins families of
different languages that came together, and adds texts to a family that share some of its wording too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import polars as pl

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
_READ = 50_000
"""Texts whose vectors are in memory together, if one campaign has not more."""


@dataclass(frozen=True)
class Stream:
    """Documents as campaigns are looked for in them, one entry each: ``doc_ids``, ``texts`` down to their letters,
    ``times`` in days, NaN where unknown, ``authors`` and ``sources`` where known, ``langs``, and ``feelings`` (-1..1).

    ``vectors`` gives aligned vectors (m, d), of length 1, of the rows it is asked for.
    """

    doc_ids: pl.Series
    texts: pl.Series
    times: np.ndarray
    authors: pl.Series
    sources: pl.Series
    langs: pl.Series
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
    size = stream.texts.str.len_chars().cast(pl.Int64).to_numpy()
    fit = np.flatnonzero((size >= FAMILY_LENGTH) & ~np.isnan(stream.times))
    if len(fit) < LEAST:
        return []
    fit = _in_order(stream, fit)
    signed = signatures(stream.texts.gather(fit))
    times = stream.times[fit]
    one, two = neighbours(signed, _BAND, times, span=SPAN)
    linked = _related(alike(signed, one, two), size[fit[one]], size[fit[two]])
    seen = _Seen.of(stream)
    found: list[Campaign] = []
    for members in components(len(fit), one[linked], two[linked]):
        members = _core(signed, members, size[fit]) if _thick(times[members]) else members
        if _thick(times[members]) and (campaign := _campaign(stream, seen, fit[members])) is not None:
            found.append(campaign)
    if not found or stream.vectors is None:
        return sorted(found, key=lambda one: _first(stream, one))
    found = _joined(stream, seen, _widened(stream, seen, found, fit, signed))
    return sorted(found, key=lambda one: _first(stream, one))


def _thick(times: np.ndarray) -> bool:
    """Whether at least LEAST of the sorted ``times`` fall into the longest of the windows that are looked through."""
    return bool((times[LEAST - 1:] <= times[:max(0, len(times) - LEAST + 1)] + _WINDOWS[-1]).any())


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


def _in_order(stream: Stream, rows: np.ndarray) -> np.ndarray:
    """``rows`` by time, and by name within it."""
    return pl.DataFrame({"row": rows, "time": stream.times[rows], "name": stream.doc_ids.gather(rows)}).sort(
        "time", "name", maintain_order=True)["row"].to_numpy()


@dataclass(frozen=True)
class _Seen:
    """Of the author of every document (n,): the day of the first one, infinity where there is no name, and how many
    there are. Of every source: its sorted days."""

    first: np.ndarray
    count: np.ndarray
    days: dict[str | None, np.ndarray]

    @classmethod
    def of(cls, stream: Stream) -> _Seen:
        frame = pl.DataFrame({"author": stream.authors, "source": stream.sources,
                              "time": pl.Series(stream.times).fill_nan(None)})
        named = pl.col("author").is_not_null()
        by_author = frame.select(
            first=pl.when(named).then(pl.col("time").min().over("author")).fill_null(float("inf")),
            count=pl.when(named).then(pl.len().over("author")).otherwise(0).cast(pl.Int64))
        by_source = frame.filter(pl.col("time").is_not_null()).group_by("source").agg(pl.col("time").sort())
        return cls(by_author["first"].to_numpy(), by_author["count"].to_numpy(),
                   {source: np.array(days) for source, days in by_source.iter_rows()})

    def newcomers(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each of ``rows`` (n,): the day since when its author is known, infinity for one without a name; and
        whether that author wrote little else."""
        return self.first[rows], self.count[rows] <= _FEW_OTHERS + 1


def _campaign(stream: Stream, seen: _Seen, rows: np.ndarray) -> Campaign | None:
    """The campaign that a family, in order of time, makes where it comes thickest, or None."""
    window = _thickest(stream, seen, rows)
    return None if window is None else _told(stream, seen, rows, window)


def _told(stream: Stream, seen: _Seen, rows: np.ndarray, window: _Window) -> Campaign | None:
    chosen = rows[window.first:window.last + 1]
    names = stream.authors.gather(chosen).to_list()
    known = {name: row for name, row in zip(names, chosen.tolist(), strict=True) if name is not None}
    nameless = sum(name is None for name in names)
    if len(known) + nameless < (LEAST if known else LEAST_NAMELESS) or window.chance > CHANCE:
        return None
    here = {name: names.count(name) for name in known}
    begun = float(stream.times[chosen[0]]) - _EDGE
    fresh = sum(bool(seen.first[row] >= begun) and seen.count[row] - here[name] <= _FEW_OTHERS
                for name, row in known.items())
    if known and fresh < FRESH_SHARE * len(known):
        return None
    held = [runs(text) for text in stream.texts.gather(chosen)]
    close = [any(jaccard(one, two) >= FAMILY * 2 for two in (held[0], held[at - 1], held[(at + 1) % len(held)]))
             if at else True for at, one in enumerate(held)]
    reasons = ["alike", "together", "fresh" if known else "nameless"]
    if stream.langs.gather(chosen).n_unique() > 1:
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
    from scipy.stats import binom

    times = stream.times[rows]
    each = [seen.days[source] for source in stream.sources.gather(rows).unique()]
    days = each[0] if len(each) == 1 else np.sort(np.concatenate(each))
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
    since, fresh = seen.newcomers(fit)
    taken = np.isin(fit, np.concatenate([campaign.rows for campaign in found]))
    place = {int(row): at for at, row in enumerate(fit)}
    near: list[tuple[np.ndarray, np.ndarray]] = []
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
        near.append((mine, core))
    wider = []
    vectors = _vectors_of(stream, [np.concatenate([fit[mine], core]) if len(mine) else mine for mine, core in near])
    for campaign, (mine, _), space in zip(found, near, vectors, strict=True):
        left = ~taken[mine]
        mine, theirs, core_space = mine[left], space[:len(mine)][left], space[len(mine):]
        if len(mine):
            mine = mine[(theirs @ core_space.T).max(1) >= _SAME_SENSE]
            taken[mine] = True
            campaign = _with(stream, seen, campaign, fit[mine])
        wider.append(campaign)
    return wider


def _vectors_of(stream: Stream, groups: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """The vectors of each of ``groups`` of rows; those of many are read at once."""
    assert stream.vectors is not None
    first = size = 0
    for at, group in enumerate(groups, 1):
        size += len(group)
        if size >= _READ or at == len(groups):
            rows = np.concatenate(groups[first:at])
            space = stream.vectors(rows) if size else np.zeros((0, 0))
            yield from np.split(space, np.cumsum([len(each) for each in groups[first:at]])[:-1])
            first, size = at, 0


def _joined(stream: Stream, seen: _Seen, found: list[Campaign]) -> list[Campaign]:
    """Campaigns with those merged that came in the same time, feel the same and say the same in other languages."""
    if len(found) < 2:
        return found
    found = sorted(found, key=lambda one: _first(stream, one))
    middles = np.stack([space.mean(0) for space in _vectors_of(stream, [one.rows for one in found])])
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    begin, end, felt = (np.array(each) for each in zip(*(_place(stream, one) for one in found), strict=True))
    done: list[Campaign] = []
    of = np.zeros(len(found), np.int64)
    for at, campaign in enumerate(found):
        known = of[:len(done)]
        fits = (begin[at] <= end[known] + _EDGE) & (begin[known] <= end[at] + _EDGE) & (felt[known] == felt[at])
        same = np.flatnonzero(fits)
        same = same[middles[known[same]] @ middles[at] >= _TOGETHER]
        if not len(same):
            of[len(done)] = at
            done.append(campaign)
        else:
            other = int(same[0])
            done[other] = _with(stream, seen, done[other], campaign.rows)
            begin[of[other]], end[of[other]], felt[of[other]] = _place(stream, done[other])
    return done


def _place(stream: Stream, campaign: Campaign) -> tuple[float, float, float]:
    """When a campaign begins and ends, and whether it feels well (1), ill (-1) or neither."""
    times = stream.times[campaign.rows]
    return float(times[0]), float(times[-1]), float(np.sign(stream.feelings[campaign.rows].mean()))


def _with(stream: Stream, seen: _Seen, campaign: Campaign, rows: np.ndarray) -> Campaign:
    """``campaign`` with ``rows`` added."""
    every = np.unique(np.concatenate([campaign.rows, rows]))
    every = _in_order(stream, every)
    names = stream.authors.gather(every)
    known = {name: row for name, row in zip(names, every.tolist(), strict=True) if name is not None}
    nameless = names.null_count()
    begun = float(stream.times[every[0]]) - _EDGE
    fresh = sum(bool(seen.first[row] >= begun) and bool(seen.count[row] <= _FEW_OTHERS + 1) for row in known.values())
    reasons = list(campaign.reasons)
    if stream.langs.gather(every).n_unique() > 1 and "languages" not in reasons:
        reasons.append("languages")
    return Campaign(every, len(known) + nameless, fresh, len(known), campaign.expected, campaign.usual,
                    campaign.chance, campaign.copies * len(campaign.rows) / len(every), reasons)
