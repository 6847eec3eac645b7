"""How pain points move from week to week: rates with intervals, tests of growth, and a status that seldom cries wolf.

Counts. One author speaks once a week on a pain point, copies of a text not at all (``painpoints.track.weekly_counts``).
The rate is documents per 1,000 documents of the week, with the exact 95 % interval of Garwood (1936).

Test. The last 1, 2, 4 and 8 weeks are each compared with the (up to) twenty weeks before them, by the exact conditional
test of two rates; where counts vary more from week to week than chance would have it, by the beta-binomial that
negative binomial counts give (Robinson and Smyth 2008), allowing for noise that lives on from one week to the next. The
four p values are made one by Bonferroni's rule with weights .25, .45, .2 and .1, apart for rises and for falls, and
these are turned into false discovery rates (q) over all pain points of the week that have 3 mentions in the windows and
whose status does not tell the change already (Benjamini and Hochberg 1995). A rise or fall is *shown* when q <= 0.2;
or, if it was under way in the week before (p <= 0.2), when q <= 0.3. In simulated years of 200 pain points with changes
in 70 of them, 8 to 17 % of the alarms are false, .2 to .5 a week (scripts/simulate_year.py). Nothing later is used
for that week: a status once given does not change later.

Status, the first that holds::

    resolved   a fall is shown (or held as easing), and the last four weeks have at most a twentieth of the mentions
               expected; stays until reopened
    reopened   resolved before, and a rise above the quiet weeks since is shown, by 3 or more documents; for eight weeks
    new        a rise is shown, by 3 or more documents, and before the first mention in the last eight weeks there were
               four weeks or more with at most a twentieth of the mentions that the rate since then would give; until
               eight weeks after that mention
    growing    a rise is shown and the rate is up by a quarter or more; stays while p <= 0.05 and the rate is that high
    easing     a fall is shown and the rate is down by a fifth or more; stays while p <= 0.05 and the rate is that low
    steady     no change is shown; also where there are fewer than four weeks to compare with

After a birth, an end or a return, only weeks since then are compared with. ``alarm`` is true in the week in which a
status other than steady begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from painpoints.errors import ColumnError, InputError
from painpoints.track.dispersion import estimate_dispersion
from painpoints.track.small_counts import (
    Array,
    concentration,
    one_p_value,
    poisson_interval,
    q_values,
    ratio_interval,
    split_test,
)

STATUSES = ("steady", "new", "growing", "easing", "resolved", "reopened")
STEADY, NEW, GROWING, EASING, RESOLVED, REOPENED = range(6)
TRENDS = pl.Schema({
    "painpoint_id": pl.Utf8, "week": pl.Date, "documents": pl.Int64, "volume": pl.Int64,
    "rate": pl.Float64, "rate_low": pl.Float64, "rate_high": pl.Float64,
    "window": pl.Int64, "growth": pl.Float64, "growth_low": pl.Float64, "growth_high": pl.Float64,
    "p_rise": pl.Float64, "p_fall": pl.Float64, "q_rise": pl.Float64, "q_fall": pl.Float64,
    "status": pl.Utf8, "alarm": pl.Boolean,
})


@dataclass(frozen=True)
class TrendRule:
    """The figures of the rule that the module's docstring tells; weeks and counts are whole numbers."""

    windows: tuple[int, ...] = (1, 2, 4, 8)
    weights: tuple[float, ...] = (0.25, 0.45, 0.2, 0.1)
    baseline: int = 20
    least_baseline: int = 4
    sure: float = 0.2
    repeated: float = 0.3
    before: float = 0.2
    held: float = 0.05
    up: float = 1.25
    down: float = 0.8
    young: int = 8
    quiet: int = 4
    quiet_share: float = 0.05
    least: int = 3
    dispersion_weeks: int = 26
    caution: float = 0.0


@dataclass
class _Run:
    """What is carried from one week to the next, one entry a pain point."""

    status: Array
    since: Array
    """week in which the status began"""
    epoch: Array
    """first week that may be compared with"""
    first: Array
    """week of the birth, where there was one"""
    loud: Array
    """whether q_rise was at most ``repeated`` in the week before"""
    soft: Array
    """the same for q_fall"""


@dataclass
class _Week:
    """Tests of one week; p and q are (n,)."""

    growth: Array
    """(windows, 3, n): rate ratio and its interval, NaN where there is nothing to compare with"""
    rising: Array
    """(n,): the window that shows a rise best"""
    falling: Array
    p_rise: Array
    p_fall: Array
    q_rise: Array
    q_fall: Array

    def ratio(self, window: Array) -> Array:
        """The growth of each pain point in its ``window``, with the interval, (3, n)."""
        return np.asarray(self.growth[window, :, np.arange(len(window))].T)


def weekly_trends(counts: pl.DataFrame, rule: TrendRule | None = None) -> pl.DataFrame:
    """Every pain point and week (sorted by both): rate, growth, p, q, status, alarm (the TRENDS columns).

    ``counts`` has painpoint_id, week (first days of weeks), documents and volume (all documents of the week, the same
    in each row of a week); ``exposure`` (Float64), if there, is what the test takes for the volume, so that weekdays
    can be allowed for (``painpoints.track.weekday_exposure``). A pain point without a row in a week had no mention in
    it, and a week between the first and the last without any row had no documents.
    ``growth`` is the rate of the last ``window`` weeks over that of the weeks before: null where there is nothing to
    compare with, infinite where there was no mention before. The window is the one that shows the change best, and four
    weeks where the status is steady.
    Raises ColumnError without these columns, InputError where rows contradict each other.
    """
    rule = rule or TrendRule()
    points, weeks, documents, volume, exposure = _grid(counts)
    size, length = documents.shape
    frames = []
    sums = np.concatenate([np.zeros((size, 1)), documents.cumsum(axis=1)], axis=1)
    loads = np.concatenate([np.zeros((size, 1)), exposure.cumsum(axis=1)], axis=1)
    squares = np.concatenate([np.zeros((size, 1)), (exposure ** 2).cumsum(axis=1)], axis=1)
    run = _Run(*np.zeros((4, size), int), *np.zeros((2, size), bool))
    for t in range(length):
        past = slice(max(0, t + 1 - rule.dispersion_weeks - rule.quiet), max(0, t + 1 - rule.quiet))
        noise = estimate_dispersion(documents[:, past], exposure[:, past], rule.caution)
        week = _test(t, sums, loads, squares, noise, run, rule)
        before = run.status.copy()
        _advance(t, week, sums, loads, run, rule)
        low, high = poisson_interval(documents[:, t])
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = 1000 * np.stack([documents[:, t], low, high]) / volume[t]
        rate, rate_low, rate_high = np.where(volume[t] > 0, np.minimum(rates, 1000.0), np.nan)
        window = _telling_window(run.status, week, rule)
        growth, growth_low, growth_high = week.ratio(window)
        frames.append(pl.DataFrame({
            "painpoint_id": points, "week": [weeks[t]] * size, "documents": documents[:, t].astype(np.int64),
            "volume": np.full(size, volume[t], np.int64), "rate": rate, "rate_low": rate_low, "rate_high": rate_high,
            "window": np.array(rule.windows)[window],
            "growth": growth, "growth_low": growth_low, "growth_high": growth_high,
            "p_rise": week.p_rise, "p_fall": week.p_fall, "q_rise": week.q_rise, "q_fall": week.q_fall,
            "status": [STATUSES[s] for s in run.status], "alarm": (run.status != before) & (run.status != STEADY),
        }, schema=TRENDS))
    found = pl.concat(frames) if frames else pl.DataFrame(schema=TRENDS)
    return found.with_columns(pl.selectors.float().fill_nan(None)).sort("painpoint_id", "week")


def latest_status(trends: pl.DataFrame) -> dict[str, str]:
    """The status of each pain point in the last week of ``trends``."""
    last = trends.filter(pl.col("week") == pl.col("week").max())
    return dict(zip(last["painpoint_id"].to_list(), last["status"].to_list(), strict=True))


def _grid(counts: pl.DataFrame) -> tuple[list[str], list[date], Array, Array, Array]:
    """Pain points (sorted), weeks without gaps, documents (n, weeks), volume (weeks,), exposure (n, weeks)."""
    missing = [name for name in ("painpoint_id", "week", "documents", "volume") if name not in counts.columns]
    if missing:
        raise ColumnError(f"weekly counts: no column {', '.join(missing)}.",
                          hint="Make them with painpoints.track.weekly_counts.")
    if counts.is_empty():
        return [], [], np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0))
    if counts.select("painpoint_id", "week").is_duplicated().any():
        raise InputError("weekly counts: two rows for one pain point and week.", hint="Add them up first.")
    per_week = counts.group_by("week").agg(pl.col("volume").min(), most=pl.col("volume").max())
    if (per_week["volume"] != per_week["most"]).any():
        raise InputError("weekly counts: two volumes for one week.",
                         hint="volume counts all documents of the week, whichever pain point the row is on.")
    if (counts["documents"] < 0).any() or (counts["documents"] > counts["volume"]).any():
        raise InputError("weekly counts: documents outside 0 .. volume.",
                         hint="volume counts all documents of the week, also those without a pain point.")
    first: date = counts["week"].min()  # type: ignore[assignment]
    days = (counts["week"] - first).dt.total_days().to_numpy()
    if (days % 7).any():
        raise InputError("weekly counts: weeks do not all begin on the same day of the week.",
                         hint="Give the first day of each week.")
    points = counts["painpoint_id"].unique().sort()
    row, column = points.search_sorted(counts["painpoint_id"]).to_numpy(), days // 7
    weeks = [first + timedelta(weeks=w) for w in range(int(column.max()) + 1)]
    documents = np.zeros((len(points), len(weeks)))
    documents[row, column] = counts["documents"]
    volume = np.zeros(len(weeks))
    volume[column] = counts["volume"]
    exposure = np.broadcast_to(volume, documents.shape).copy()
    if "exposure" in counts.columns:
        exposure[row, column] = counts["exposure"]
    return points.to_list(), weeks, documents, volume, exposure


def _test(t: int, sums: Array, loads: Array, squares: Array, noise: tuple[Array, float], run: _Run,
          rule: TrendRule) -> _Week:
    """The tests of week ``t`` against the weeks since ``run.epoch``, with false discovery rates over all of them."""
    dispersion, memory = noise
    rows = np.arange(len(sums))
    rises, falls = [], []
    heard = np.zeros(len(sums))
    growth = []
    for window in rule.windows:
        cut = max(t + 1 - window, 0)
        start = np.minimum(np.maximum(run.epoch, cut - rule.baseline), cut)
        recent, earlier = sums[:, t + 1] - sums[:, cut], sums[:, cut] - sums[rows, start]
        load, load_0 = loads[:, t + 1] - loads[:, cut], loads[:, cut] - loads[rows, start]
        enough = (cut - start >= rule.least_baseline) & (load > 0) & (load_0 > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(enough, load / (load + load_0), np.nan)
            weeks = _effective(load ** 2 / (squares[:, t + 1] - squares[:, cut]), memory)
            weeks_0 = _effective(load_0 ** 2 / (squares[:, cut] - squares[rows, start]), memory)
        inverse = concentration(load, weeks, load_0, weeks_0, dispersion)
        rise, fall = split_test(recent, earlier, share, inverse)
        rises.append(rise)
        falls.append(fall)
        heard = np.maximum(heard, np.where(enough, recent + earlier, 0))
        growth.append(np.where(enough, ratio_interval(recent, earlier, load, load_0, inverse), np.nan))
    rise_each, fall_each = np.stack(rises), np.stack(falls)
    p_rise, p_fall = one_p_value(rise_each, rule.weights), one_p_value(fall_each, rule.weights)
    parts = np.array(rule.weights)[:, None]
    tested = heard >= rule.least
    return _Week(np.stack(growth), (rise_each / parts).argmin(axis=0), (fall_each / parts).argmin(axis=0),
                 p_rise, p_fall, q_values(p_rise, tested & ~np.isin(run.status, (NEW, GROWING, REOPENED))),
                 q_values(p_fall, tested & ~np.isin(run.status, (EASING, RESOLVED))))


def _effective(weeks: Array, memory: float) -> Array:
    """How many weeks without memory vary as these do, where neighbours are correlated by ``memory``."""
    return np.asarray(weeks / (1 + 2 * memory * (1 - 1 / weeks)))


def _telling_window(status: Array, week: _Week, rule: TrendRule) -> Array:
    """The place in ``rule.windows`` of the window that the status of each pain point rests on."""
    middle = rule.windows.index(rule.quiet)
    rose = np.isin(status, (NEW, GROWING, REOPENED))
    fell = np.isin(status, (EASING, RESOLVED))
    return np.asarray(np.where(rose, week.rising, np.where(fell, week.falling, middle)))


def _advance(t: int, week: _Week, sums: Array, loads: Array, run: _Run, rule: TrendRule) -> None:
    """Carries ``run`` through week ``t``: the rule of the module's docstring, from the last status to the first."""
    rise = (week.q_rise <= rule.sure) | ((week.q_rise <= rule.repeated) & run.loud)
    fall = (week.q_fall <= rule.sure) | ((week.q_fall <= rule.repeated) & run.soft)
    run.loud, run.soft = week.p_rise <= rule.before, week.p_fall <= rule.before

    was = run.status
    up, down = (np.nan_to_num(week.ratio(w)[0], nan=1.0) for w in (week.rising, week.falling))
    status = np.zeros(len(was), int)
    status[(fall | ((was == EASING) & (week.p_fall <= rule.held))) & (down <= rule.down)] = EASING
    status[(rise | ((was == GROWING) & (week.p_rise <= rule.held))) & (up >= rule.up)] = GROWING
    enough = sums[:, t + 1] - sums[:, max(t + 1 - rule.young, 0)] >= rule.least

    start, fresh = _first_mention(t, sums, loads, rule)
    born = fresh & rise & enough & (was != RESOLVED) & (run.epoch == 0)
    status[born | ((was == NEW) & (t - run.first < rule.young))] = NEW
    run.first = np.where(born, start, run.first)
    status[(was == REOPENED) & (t - run.since < rule.young)] = REOPENED
    returned = (was == RESOLVED) & rise & enough
    status[was == RESOLVED] = RESOLVED
    status[returned] = REOPENED

    quiet = _is_quiet(t, sums, loads, run.epoch, rule)
    ended = (was != RESOLVED) & (fall | (was == EASING)) & quiet
    status[ended] = RESOLVED

    run.epoch = np.where(born, start, np.where(ended | returned, max(t + 1 - rule.quiet, 0), run.epoch))
    run.since = np.where(status != was, t, run.since)
    run.status = status


def _first_mention(t: int, sums: Array, loads: Array, rule: TrendRule) -> tuple[Array, Array]:
    """The first of the last weeks with a mention, and whether there was next to none before it."""
    cut = max(t + 1 - rule.young, 0)
    heard = np.diff(sums[:, cut:t + 2], axis=1) > 0
    start = cut + heard.argmax(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        since = loads[:, t + 1] - loads[np.arange(len(start)), start]
        expected = (sums[:, t + 1] - sums[:, cut]) * loads[:, cut] / since
    strays = sums[:, cut] <= np.nan_to_num(rule.quiet_share * expected, posinf=0.0)
    return start, heard.any(axis=1) & (start >= rule.least_baseline) & strays


def _is_quiet(t: int, sums: Array, loads: Array, epoch: Array, rule: TrendRule) -> Array:
    """Whether the last weeks have next to none of the mentions that the weeks before would give."""
    rows = np.arange(len(sums))
    cut = max(t + 1 - rule.quiet, 0)
    start = np.minimum(np.maximum(epoch, cut - rule.baseline), cut)
    load_0 = loads[:, cut] - loads[rows, start]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (sums[:, cut] - sums[rows, start]) * (loads[:, t + 1] - loads[:, cut]) / load_0
    recent = sums[:, t + 1] - sums[:, cut]
    return np.asarray(np.nan_to_num(expected, posinf=0.0) * rule.quiet_share >= recent) & (load_0 > 0)
