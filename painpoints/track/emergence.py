"""Bursts: days on which a pain point is heard far more often than the weeks before and the weekday would give.

Weekly counts tell of a rise when the week is over; this looks at every day. The last 1, 2 and 3 days are each compared
with the (up to) eight weeks before them by the test of ``painpoints.track.trends``: exact, conditional on the sum, a
beta-binomial where the days of different weeks vary more than chance would have it. The exposure is the volume of each
day times the weekday factor of the pain point, so that neither a busy day nor a busy weekday is a burst. The three p
values are made one by Bonferroni's rule, and turned into false discovery rates (Benjamini and Hochberg 1995) over all
pain points of the day *and of the six days before*: who looks every day is not alarmed seven times as often as who
looks once a week. A burst is *shown* when q <= 0.2 and the rate is at least three times the usual one, by three
documents or more; nothing later than the day is used, so that what was shown stays so. Days with fewer than four weeks
to compare with show nothing. Counts are those of ``daily_counts``: an author counts once a week for a pain point, a
copied text once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from painpoints.errors import ColumnError
from painpoints.track.dispersion import estimate_dispersion
from painpoints.track.small_counts import Array, concentration, one_p_value, q_values, split_test
from painpoints.track.weekdays import weekday_factors

BURSTS = pl.Schema({
    "painpoint_id": pl.Utf8, "day": pl.Date, "first": pl.Date, "documents": pl.Int64, "volume": pl.Int64,
    "expected": pl.Float64, "ratio": pl.Float64, "p": pl.Float64, "q": pl.Float64, "shown": pl.Boolean,
})
_DAYS = ("painpoint_id", "day", "documents", "volume")


@dataclass(frozen=True)
class BurstRule:
    """The figures of the rule that the module's docstring tells; windows and memory in days, baselines in weeks."""

    windows: tuple[int, ...] = (1, 2, 3)
    weights: tuple[float, ...] = (0.2, 0.6, 0.2)
    baseline: int = 16
    least_baseline: int = 4
    sure: float = 0.2
    memory: int = 7
    up: float = 3.0
    least: int = 3
    dispersion_weeks: int = 26


@dataclass(frozen=True)
class _Grid:
    """Days in a row, the first one a Monday: documents and exposure (n, days), volume (days,)."""

    points: list[str]
    first: date
    documents: Array
    volume: Array
    exposure: Array


def daily_bursts(daily: pl.DataFrame, since: date | None = None, rule: BurstRule | None = None) -> pl.DataFrame:
    """Every pain point and day with mentions from ``since`` on (BURSTS columns, sorted by both): is it a burst?

    ``daily`` is what ``daily_counts`` gives. ``documents`` are those from ``first`` to ``day``, the window that shows
    a rise best; ``expected`` what the weeks before would give in it, ``ratio`` the one over the other (infinite where
    nothing was expected, null where there is nothing to compare with).
    Raises ColumnError without the columns of ``daily_counts``.
    """
    missing = [name for name in _DAYS if name not in daily.columns]
    if missing:
        raise ColumnError(f"daily counts: no column {', '.join(missing)}.",
                          hint="Make them with painpoints.track.daily_counts.")
    if daily.is_empty():
        return pl.DataFrame(schema=BURSTS)
    rule, grid = rule or BurstRule(), _grid(daily)
    asked = 0 if since is None else max((since - grid.first).days, 0)
    end: date = daily["day"].max()  # type: ignore[assignment]
    last = (end - grid.first).days
    begin = max(asked - rule.memory + 1, 0)
    days = [_test(grid, day, rule) for day in range(begin, last + 1)]
    frames = []
    for place, found in enumerate(days):
        if begin + place < asked:
            continue
        memory = days[max(place - rule.memory + 1, 0):place + 1]
        q = q_values(np.concatenate([d["p"] for d in memory]), np.concatenate([d["tested"] for d in memory]))
        frames.append(_told(grid, begin + place, found, q[-len(grid.points):], rule))
    return (pl.concat(frames) if frames else pl.DataFrame(schema=BURSTS)).sort("painpoint_id", "day")


def _grid(daily: pl.DataFrame) -> _Grid:
    points = daily["painpoint_id"].unique().sort()
    begin: date = daily["day"].min()  # type: ignore[assignment]
    first = begin - timedelta(days=begin.weekday())
    at = (points.search_sorted(daily["painpoint_id"]).to_numpy(), (daily["day"] - first).dt.total_days().to_numpy())
    weeks = int(at[1].max()) // 7 + 1
    documents, volume = np.zeros((len(points), 7 * weeks)), np.zeros(7 * weeks)
    documents[at] = daily["documents"]
    volume[at[1]] = daily["volume"]
    by_week = (documents.reshape(len(points), weeks, 7), np.broadcast_to(volume.reshape(weeks, 7),
                                                                        (len(points), weeks, 7)))
    factors = weekday_factors(*by_week).reshape(len(points), 7 * weeks)
    return _Grid(points.to_list(), first, documents, volume, volume * factors)


def _test(grid: _Grid, day: int, rule: BurstRule) -> dict[str, Array]:
    """The tests of ``day``: p, tested, and of the window that shows most documents, load, expected and its length."""
    size = len(grid.points)
    each, counts, hoped = [], [], []
    tested = np.zeros(size, bool)
    for window in rule.windows:
        cut = max(day + 1 - window, 0)
        start = max(cut - 7 * rule.baseline, 0)
        recent, load = (values[:, cut:day + 1].sum(axis=1) for values in (grid.documents, grid.exposure))
        earlier, load_0 = (values[:, start:cut].sum(axis=1) for values in (grid.documents, grid.exposure))
        weekly = _weeks(grid.exposure[:, start:cut])
        heard = (weekly > 0).sum(axis=1) >= rule.least_baseline
        enough = heard & (cut - start >= 7 * rule.least_baseline) & (load > 0) & (load_0 > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(enough, load / (load + load_0), np.nan)
            weeks = load_0 ** 2 / (weekly ** 2).sum(axis=1)
            hoped.append(np.where(enough, earlier * load / load_0, np.nan))
        noise = _dispersion(grid, cut, rule)
        inverse = concentration(load, np.ones(size), load_0, weeks, noise)
        each.append(split_test(recent, earlier, share, inverse)[0])
        counts.append(recent)
        tested |= enough & (recent + earlier >= rule.least)
    p_each = np.stack(each)
    best = (p_each / np.array(rule.weights)[:, None]).argmin(axis=0)
    rows = np.arange(size)
    return {"p": one_p_value(p_each, rule.weights), "tested": tested, "documents": np.stack(counts)[best, rows],
            "expected": np.stack(hoped)[best, rows], "window": np.array(rule.windows)[best]}


def _weeks(exposure: Array) -> Array:
    """Sums of seven days, counted back from the last one; days before the first are without exposure."""
    size, days = exposure.shape
    padded = np.concatenate([np.zeros((size, -days % 7)), exposure], axis=1)
    return np.asarray(padded.reshape(size, -1, 7).sum(axis=2))


def _dispersion(grid: _Grid, cut: int, rule: BurstRule) -> Array:
    """How much days vary from one week to the next, as the whole weeks before ``cut`` have it."""
    end = cut - cut % 7
    past = slice(max(end - 7 * rule.dispersion_weeks, 0), end)
    return estimate_dispersion(grid.documents[:, past], grid.exposure[:, past], lags=(7, 14))[0]


def _told(grid: _Grid, day: int, found: dict[str, Array], q: Array, rule: BurstRule) -> pl.DataFrame:
    """The rows of ``day``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = found["documents"] / found["expected"]
    heard = found["documents"] > 0
    shown = (q <= rule.sure) & (ratio >= rule.up) & (found["documents"] >= rule.least)
    today = grid.first + timedelta(days=day)
    lengths = found["window"]
    volume = np.array([grid.volume[max(day + 1 - int(w), 0):day + 1].sum() for w in rule.windows])
    at = np.searchsorted(rule.windows, lengths)
    return pl.DataFrame({
        "painpoint_id": grid.points, "day": [today] * len(q),
        "first": [today - timedelta(days=int(w) - 1) for w in lengths],
        "documents": found["documents"].astype(np.int64), "volume": volume[at].astype(np.int64),
        "expected": found["expected"], "ratio": ratio, "p": found["p"], "q": q, "shown": shown,
    }, schema=BURSTS).filter(pl.Series(heard)).with_columns(pl.selectors.float().fill_nan(None))
