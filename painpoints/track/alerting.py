"""Alerts: which births, bursts, rises and returns are told, and what people said to them. Told once, not every day.

A *signal* is what the data say: a pain point that an addition bore or brought back (birth, return), a weekly status
that began (new: birth, growing: growth, reopened: return), a day that is a burst. It becomes an *alert*, unless

- the same pain point was told with the same kind in the ``cooldown`` days before, or with one that says more (birth and
  return say more than growth, growth says more than burst), and the rate has not doubled since; a birth is told once,
  and one look tells of one rise once;
- the pain point is retired, or was merged away: then it is the alert of the one it is in now.

An alert is open until a person acknowledges it. A snoozed one is open again when its time is over and the rise still
holds, else it is over; so are those of retired pain points.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from painpoints.errors import WorkspaceError

BIRTH, BURST, GROWTH, RETURN = KINDS = ("birth", "burst", "growth", "return")
OPEN, ACKNOWLEDGED, SNOOZED, OVER = "open", "acknowledged", "snoozed", "over"
#: days in which a second birth is the same one
BORN_ONCE = 56
#: days after its last mention in which a birth still holds
_HEARD = 28
#: days in which a burst counts as lasting
_LASTING = 7
_STATUS = {"new": BIRTH, "growing": GROWTH, "reopened": RETURN}
_SAYS_MORE = {BIRTH: (), RETURN: (BIRTH,), GROWTH: (BIRTH, RETURN), BURST: (BIRTH, RETURN, GROWTH)}
_DOUBLED = 2.0


@dataclass(frozen=True)
class Signal:
    """What the data say of a pain point on ``day``: since when, how many documents in the window that shows it, where
    how many would be usual (null where unknown), ``ratio`` of both (null where nothing was usual), ``rate`` per 1,000
    documents, p and q of the test; ``last`` day and ``peak`` rate of the signals that it was told for as well."""

    painpoint_id: str
    kind: str
    day: date
    since: date
    documents: int
    rate: float
    expected: float | None = None
    ratio: float | None = None
    p: float | None = None
    q: float | None = None
    days: int | None = None
    last: date | None = None
    peak: float | None = None

    def detail(self) -> dict[str, Any]:
        """The figures, for JSON."""
        return {"day": self.day.isoformat(), "days": self.days, "documents": self.documents, "rate": self.rate,
                "expected": self.expected, "ratio": self.ratio, "p": self.p, "q": self.q,
                "last": (self.last or self.day).isoformat(), "peak": self.peak or self.rate}

    def with_(self, other: Signal) -> Signal:
        """This signal, told for ``other`` as well."""
        return replace(self, last=max(self.last or self.day, other.last or other.day),
                       peak=max(self.peak or self.rate, other.peak or other.rate))


@dataclass(frozen=True)
class Review:
    """Alerts after a look: ``rows`` all of them (as the state has them), ``new`` and ``changed`` those to write,
    ``fresh`` the numbers of those that were raised or woke up with this look."""

    rows: list[dict[str, Any]]
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    fresh: frozenset[int] = frozenset()


def signals(trends: pl.DataFrame, bursts: pl.DataFrame, arrivals: Sequence[Signal], since: date, end: date
            ) -> list[Signal]:
    """Everything the data, which ``end`` on a day, say from ``since`` on, by day.

    ``trends`` is what ``weekly_trends`` gives, ``bursts`` what ``daily_bursts`` gives; ``arrivals`` are the births and
    returns that additions brought.
    """
    found = [signal for signal in arrivals if signal.day >= since]
    for row in bursts.filter(pl.col("shown") & (pl.col("day") >= since)).iter_rows(named=True):
        found.append(Signal(row["painpoint_id"], BURST, row["day"], row["first"], row["documents"],
                            1000 * row["documents"] / max(row["volume"], 1), row["expected"], _finite(row["ratio"]),
                            row["p"], row["q"], (row["day"] - row["first"]).days + 1))
    return sorted([*found, *_of_weeks(trends, since, end)], key=lambda s: (s.day, s.painpoint_id, s.kind))


def _of_weeks(trends: pl.DataFrame, since: date, end: date) -> list[Signal]:
    begun = trends.filter("alarm", pl.col("status").is_in(list(_STATUS)),
                          pl.col("week") + pl.duration(days=6) >= since)
    found = []
    for row in begun.iter_rows(named=True):
        weeks = trends.filter((pl.col("painpoint_id") == row["painpoint_id"]) & (pl.col("week") <= row["week"])
                              ).tail(row["window"])
        documents, volume = int(weeks["documents"].sum()), int(weeks["volume"].sum())
        growth = row["growth"]
        first, last = weeks["week"][0], min(row["week"] + timedelta(days=6), end)
        found.append(Signal(row["painpoint_id"], _STATUS[row["status"]], last, first, documents,
                            1000 * documents / max(volume, 1), None if growth is None else documents / growth,
                            _finite(growth), row["p_rise"], row["q_rise"], (last - first).days + 1))
    return found


def still_up(trends: pl.DataFrame, bursts: pl.DataFrame, last_heard: Mapping[str, date]) -> dict[str, set[str]]:
    """By kind: the pain points of which it still holds at the end of the data."""
    if trends.is_empty():
        return {kind: set() for kind in KINDS}
    end = max(last_heard.values())
    now = trends.filter(pl.col("week") == pl.col("week").max())
    high = set(now.filter(pl.col("status").is_in(list(_STATUS)))["painpoint_id"])
    sudden = set(bursts.filter(pl.col("shown") & (pl.col("day") > end - timedelta(days=_LASTING)))["painpoint_id"])
    heard = {name for name, day in last_heard.items() if (end - day).days < _HEARD}
    return {BIRTH: heard, RETURN: heard, GROWTH: high, BURST: high | sudden}


def review(stored: Sequence[Mapping[str, Any]], found: Sequence[Signal], points: Sequence[Mapping[str, Any]],
           holding: Mapping[str, Collection[str]], *, made: str, today: date, cooldown: int) -> Review:
    """The alerts there are now, of those ``stored`` before and what was ``found`` since.

    ``points`` are the rows of the pain points, ``holding`` is :func:`still_up`, ``made`` the moment of this look.
    """
    home = {p["painpoint_id"]: p["merged_into"] or p["painpoint_id"] for p in points}
    standing = {p["painpoint_id"] for p in points if p["status"] == "open"}
    rows, changed, fresh = [], [], set()
    for before in stored:
        row = _restated({**before, "painpoint_id": home.get(before["painpoint_id"], before["painpoint_id"])},
                        standing, holding, today)
        rows.append(row)
        if row["status"] != before["status"]:
            changed.append({name: row[name] for name in ("number", "status", "until")})
            if row["status"] == OPEN:
                fresh.add(row["number"])
    new: list[Signal] = []
    told = [_signal(row) for row in rows]
    at_home = (replace(s, painpoint_id=home.get(s.painpoint_id, s.painpoint_id)) for s in found)
    # What says most comes first, so that it is told and not what it explains.
    for signal in sorted((s for s in at_home if s.painpoint_id in standing), key=lambda s: len(_SAYS_MORE[s.kind])):
        if not _is_news(signal, told, cooldown):
            continue
        here = [place for place, s in enumerate(new) if _covers(s, signal, cooldown)]
        if not here:
            new.append(signal)
        elif (other := new[here[-1]]).kind == signal.kind and signal.rate > other.rate:
            new[here[-1]] = replace(signal, since=min(signal.since, other.since)).with_(other)
        else:
            new[here[-1]] = other.with_(signal)
    new.sort(key=lambda s: (s.day, s.painpoint_id))
    number = max((row["number"] for row in rows), default=0) + 1
    raised = [alert_row(number, signal, made) for number, signal in enumerate(new, number)]
    return Review([*rows, *raised], raised, changed, frozenset(fresh | {row["number"] for row in raised}))


def alert_row(number: int, signal: Signal, made: str) -> dict[str, Any]:
    """The row of the state that an alert makes."""
    return {"number": number, "made": made, "painpoint_id": signal.painpoint_id, "kind": signal.kind,
            "since": signal.since.isoformat(), "detail": json.dumps(signal.detail()), "status": OPEN, "until": None}


def alerts_named(rows: Sequence[Mapping[str, Any]], name: str) -> list[int]:
    """The numbers of the alerts that ``name`` says: a number, "all" (that are open or snoozed), or a pain point's id
    or its first letters. Raises WorkspaceError where there are none."""
    wanted = name.strip().upper()
    if wanted == "ALL":
        return [row["number"] for row in rows if row["status"] in (OPEN, SNOOZED)]
    found = [row["number"] for row in rows if str(row["number"]) == wanted]
    if not found and len(wanted) >= 4:
        near = {row["painpoint_id"] for row in rows if row["painpoint_id"].startswith(wanted)}
        if len(near) > 1:
            raise WorkspaceError(f"{name}: alerts of {len(near)} pain points begin so.", hint="Write more of the id.")
        found = [row["number"] for row in rows if row["painpoint_id"] in near and row["status"] in (OPEN, SNOOZED)]
    if not found:
        raise WorkspaceError(f"{name}: no such alert.", hint="painpoints alerts WORKSPACE --all numbers them.")
    return found


def _restated(row: dict[str, Any], standing: Collection[str], holding: Mapping[str, Collection[str]], today: date
              ) -> dict[str, Any]:
    """``row`` with the status it has by now."""
    if row["status"] not in (OPEN, SNOOZED):
        return row
    if row["painpoint_id"] not in standing:
        return {**row, "status": OVER, "until": None}
    if row["status"] == SNOOZED and row["until"] is not None and date.fromisoformat(row["until"]) <= today:
        lasts = row["painpoint_id"] in holding[row["kind"]]
        return {**row, "status": OPEN if lasts else OVER, "until": None}
    return row


def _signal(row: Mapping[str, Any]) -> Signal:
    detail = json.loads(row["detail"])
    return Signal(row["painpoint_id"], row["kind"], date.fromisoformat(detail["day"]), date.fromisoformat(row["since"]),
                  detail["documents"], detail["rate"], last=date.fromisoformat(detail["last"]), peak=detail["peak"])


def _is_news(signal: Signal, told: Sequence[Signal], cooldown: int) -> bool:
    """Whether nothing ``told`` before covers it, or it has doubled after all of that."""
    known = [s for s in told if _covers(s, signal, cooldown)]
    return not known or (signal.kind in (GROWTH, BURST) and signal.day > max(s.last or s.day for s in known)
                         and signal.rate >= _DOUBLED * max(s.peak or s.rate for s in known))


def _covers(told: Signal, signal: Signal, cooldown: int) -> bool:
    """Whether ``told`` says already, or more than, what ``signal`` does."""
    if told.painpoint_id != signal.painpoint_id:
        return False
    if told.kind == signal.kind == BIRTH:
        return abs((signal.day - told.day).days) < max(cooldown, BORN_ONCE)
    more = told.kind == signal.kind or told.kind in _SAYS_MORE[signal.kind]
    return more and abs((signal.day - told.day).days) < cooldown


def _finite(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else value
