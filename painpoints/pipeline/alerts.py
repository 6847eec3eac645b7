"""Alerts of a workspace: what the data say now, told with names, places and customers' words, and kept in its state."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from painpoints.cluster import journey_place
from painpoints.config import Settings
from painpoints.errors import UsageError
from painpoints.pipeline.history import workspace_data
from painpoints.store import Reader, WorkspaceData, WorkspaceFolder, now
from painpoints.track import (
    Review,
    Signal,
    alerts_named,
    daily_bursts,
    daily_counts,
    review,
    signals,
    still_up,
    weekday_exposure,
    weekly_trends,
)

if TYPE_CHECKING:
    import polars as pl

_LOOKED = "alerts"
#: days before the end of the data that a first look goes back
_FIRST_LOOK = 28
#: days before the end of the data of the last look that the next one goes back, since feedback comes late
_LATE = 14
_QUOTES, _SHORTEST, _LONGEST = 2, 20, 240


@dataclass(frozen=True)
class Alert:
    """A birth, burst, growth or return, and why it is told.

    ``number`` names it (null in a look that was not kept); ``fresh`` says that no earlier look showed it.
    ``documents`` were heard in the ``days`` days up to ``day`` (a birth by an addition: altogether), where
    ``expected`` were usual: ``ratio`` times as many, null where none was usual or nothing is to compare with. ``p`` and
    ``q`` are those of the test.
    """

    number: int | None
    painpoint_id: str
    title: str
    kind: str
    status: str
    until: date | None
    fresh: bool
    since: date
    day: date
    days: int | None
    documents: int
    expected: float | None
    ratio: float | None
    p: float | None
    q: float | None
    langs: tuple[str, ...]
    touchpoint: str | None
    quotes: tuple[Mapping[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """The alert as nested dictionaries; days are `datetime.date`."""
        return asdict(self)


@dataclass(frozen=True)
class Look:
    """What a look at the alerts shows: ``alerts``, newest first; ``seen``, how many open ones it leaves out because an
    earlier look showed them; ``open``, how many there are that nobody acknowledged or snoozed; ``last`` look before."""

    alerts: tuple[Alert, ...]
    seen: int
    open: int
    last: str | None


def look(folder: WorkspaceFolder, settings: Settings, *, since: date | None = None, everything: bool = False,
         peek: bool = False, cooldown: int | None = None, today: date | None = None) -> Look:
    """The alerts since the last look, or ``since`` a day, or ``everything`` that was ever told.

    What is shown counts as seen, and what is new is kept, unless this is a ``peek``.
    Raises EmptyInputError when nothing was added yet, BusyError when another process is writing.
    """
    data = workspace_data(folder, settings)
    here = today or settings.today()
    days = settings.alert_cooldown_days if cooldown is None else cooldown
    if peek:
        with folder.state.reading() as state:
            found, looked = _reviewed(state, data, settings, since, days, here)
        return _shown(data, found, looked, since, everything, kept=False)
    with folder.alone():
        with folder.state.reading() as state:
            found, looked = _reviewed(state, data, settings, since, days, here)
        with folder.state.writing() as state:
            state.insert("alerts", found.new)
            state.change("alerts", "number", found.changed)
            state.keep(_LOOKED, {"at": now(), "day": _last_day(data, settings).isoformat(),
                                 "number": max((row["number"] for row in found.rows), default=0)})
    return _shown(data, found, looked, since, everything, kept=True)


def acknowledge(folder: WorkspaceFolder, names: Sequence[str]) -> list[int]:
    """Marks alerts (numbers, ids of pain points, "all") as known; their numbers. Raises WorkspaceError."""
    return _restate(folder, names, "acknowledged", None)


def snooze(folder: WorkspaceFolder, names: Sequence[str], until: date, today: date) -> list[int]:
    """Puts alerts off to the day ``until``; their numbers. Raises UsageError for a day that is not to come."""
    if until <= today:
        raise UsageError(f"{until}: is not to come.", hint="Name a later day, or a number of days of at least 1.")
    return _restate(folder, names, "snoozed", until)


def _restate(folder: WorkspaceFolder, names: Sequence[str], status: str, until: date | None) -> list[int]:
    with folder.alone(), folder.state.writing() as state:
        home = _homes(state.rows("painpoints"))
        rows = [{**row, "painpoint_id": home.get(row["painpoint_id"], row["painpoint_id"])}
                for row in state.rows("alerts")]
        numbers = sorted({number for name in names for number in alerts_named(rows, name)})
        day = None if until is None else until.isoformat()
        state.change("alerts", "number", [{"number": n, "status": status, "until": day} for n in numbers])
    return numbers


def _homes(points: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {p["painpoint_id"]: p["merged_into"] or p["painpoint_id"] for p in points}


def _reviewed(state: Reader, data: WorkspaceData, settings: Settings, since: date | None, cooldown: int, today: date
              ) -> tuple[Review, Mapping[str, Any]]:
    """The alerts there are by now, and what is kept of the last look."""
    import polars as pl

    looked = state.meta(_LOOKED) or {"at": None, "day": None, "number": 0}
    end = _last_day(data, settings)
    if looked["day"] is None:
        begin = end - timedelta(days=_FIRST_LOOK - 1)
    else:
        begin = min(date.fromisoformat(looked["day"]), end) - timedelta(days=_LATE - 1)
    begin = begin if since is None else min(begin, since)
    daily = daily_counts(data.documents, data.units, week_start=settings.first_weekday(), zone=settings.zone)
    trends, bursts = weekly_trends(weekday_exposure(daily)), daily_bursts(daily, begin)
    heard = _heard(data, settings)
    found = signals(trends, bursts, _arrivals(data, heard, settings), begin, end)
    last = dict(heard.group_by("painpoint_id").agg(day=pl.col("day").max()).iter_rows())
    return review(state.rows("alerts"), found, data.points, still_up(trends, bursts, last), made=now(), today=today,
                  cooldown=cooldown), looked


def _local_day(settings: Settings) -> pl.Expr:
    import polars as pl

    return pl.col("time").dt.convert_time_zone(settings.zone).dt.date()


def _last_day(data: WorkspaceData, settings: Settings) -> date:
    return data.documents.select(_local_day(settings).max()).item()  # type: ignore[no-any-return]


def _heard(data: WorkspaceData, settings: Settings) -> pl.DataFrame:
    """(painpoint_id, doc_id, addition, day): every mention of a pain point that is no copy."""
    import polars as pl

    days = data.documents.select("doc_id", "addition", day=_local_day(settings))
    said = data.units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
    return said.select("painpoint_id", "doc_id").unique().join(days, on="doc_id")


def _arrivals(data: WorkspaceData, heard: pl.DataFrame, settings: Settings) -> list[Signal]:
    """Pain points that additions bore or brought back; those of the first addition are no news."""
    import polars as pl

    home = _homes(data.points)
    first = min(row["number"] for row in data.additions)
    ends = dict(data.documents.group_by("addition").agg(day=_local_day(settings).max()).iter_rows())
    found = []
    for event in data.lineage:
        number, kind = event["addition"], {"born": "birth", "reopened": "return"}.get(event["event"])
        if kind is None or number is None or number == first or number not in ends:
            continue
        name = home.get(event["painpoint_id"], event["painpoint_id"])
        # What was merged into another one is no longer a birth of its own.
        if name != event["painpoint_id"]:
            continue
        mine = heard.filter((pl.col("painpoint_id") == name) & (pl.col("addition") <= number))
        brought = mine if kind == "birth" else mine.filter(pl.col("addition") == number)
        if brought.is_empty():
            continue
        volume = len(data.documents.filter(pl.col("addition") == number))
        day: date = brought["day"].min()  # type: ignore[assignment]
        found.append(Signal(name, kind, ends[number], day, len(brought), 1000 * len(brought) / max(volume, 1)))
    return found


def _shown(data: WorkspaceData, found: Review, looked: Mapping[str, Any], since: date | None, everything: bool, *,
           kept: bool) -> Look:
    fresh = {row["number"] for row in found.rows if row["number"] in found.fresh or row["number"] > looked["number"]}
    alive = [row for row in found.rows if row["status"] == "open"]
    if everything:
        chosen = found.rows
    elif since is not None:
        chosen = [row for row in alive if json.loads(row["detail"])["day"] >= since.isoformat()]
    else:
        chosen = [row for row in alive if row["number"] in fresh]
    raised = set() if kept else {row["number"] for row in found.new}
    alerts = [_alert(row, data, fresh, raised) for row in chosen]
    return Look(tuple(sorted(alerts, key=lambda a: (a.day, a.since, a.documents, a.painpoint_id), reverse=True)),
                len(alive) - sum(row["status"] == "open" for row in chosen), len(alive), looked["at"])


def _alert(row: Mapping[str, Any], data: WorkspaceData, fresh: Collection[int], raised: Collection[int]) -> Alert:
    import polars as pl

    detail = json.loads(row["detail"])
    name = row["painpoint_id"]
    title = next((p["title"] for p in data.points if p["painpoint_id"] == name), "")
    mine = data.units.filter((pl.col("painpoint_id") == name) & (pl.col("weight") > 0))
    langs = mine.group_by("lang").len().sort(["len", "lang"], descending=[True, False])["lang"].to_list()
    return Alert(
        None if row["number"] in raised else row["number"], name, title, row["kind"], row["status"],
        None if row["until"] is None else date.fromisoformat(row["until"]), row["number"] in fresh,
        date.fromisoformat(row["since"]), date.fromisoformat(detail["day"]), detail["days"], detail["documents"],
        detail["expected"], detail["ratio"], detail["p"], detail["q"], tuple(langs),
        journey_place(mine)[0] if len(mine) else None,
        _quotes(mine, data, date.fromisoformat(row["since"]), date.fromisoformat(detail["day"])))


def _quotes(mine: pl.DataFrame, data: WorkspaceData, since: date, day: date) -> tuple[Mapping[str, str], ...]:
    """Words of the days the alert is about, where there are any: clear and short, of two languages and people."""
    import polars as pl

    columns = ["doc_id", "time", *(c for c in ("author_key",) if c in data.documents.columns)]
    told = mine.join(data.documents.select(columns), on="doc_id").with_columns(
        within=pl.col("time").dt.date().is_between(since, day),
        fits=pl.col("text").str.len_chars().is_between(_SHORTEST, _LONGEST))
    ordered = told.sort(["within", "fits", "painpoint_strength", "unit_id"], descending=[True, True, True, False],
                        nulls_last=True)
    chosen: list[dict[str, Any]] = []
    rest = ordered.to_dicts()
    while rest and len(chosen) < _QUOTES:
        langs = {row["lang"] for row in chosen}
        row = next((r for r in rest if r["lang"] not in langs and r["within"]), rest[0])
        chosen.append(row)
        author = row.get("author_key")
        rest = [r for r in rest if r["doc_id"] != row["doc_id"] and (author is None or r.get("author_key") != author)]
    return tuple({"unit_id": row["unit_id"], "lang": row["lang"], "text": row["text"]} for row in chosen)
