"""What came in within a period: its documents, opinions and voices, cut out of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from painpoints.report.digest.model import Period
from painpoints.store import RunData, WorkspaceData
from painpoints.track import voices


@dataclass(frozen=True)
class Cut:
    """The part of a workspace that lies in ``period``.

    ``documents`` have ``day`` (in the zone) and ``copied`` (a copy of another document); ``units`` have ``day``, no
    null in flags, ``weight`` 0 for copies, and ``painpoint_id`` of pain points on the lists alone (``place`` has
    that of any).
    """

    period: Period
    documents: pl.DataFrame
    units: pl.DataFrame
    zone: str

    @cached_property
    def run(self) -> RunData:
        """The same, as the tables of a run."""
        return RunData(self.documents, self.units, pl.DataFrame(), {})

    @cached_property
    def opinions(self) -> pl.DataFrame:
        """The units that are no copies and speak of a touchpoint."""
        return self.units.filter((pl.col("weight") > 0) & (pl.col("touchpoint") != "none"))

    @cached_property
    def voices(self) -> pl.DataFrame:
        """(doc_id, week, voice): an author in a week is one voice, numbered from 0 whatever the order of rows.

        Weeks are counted back from the last day of the period.
        """
        last_weekday = self.period.last.weekday()
        found = voices(self.documents, self.units, week_start=(last_weekday + 1) % 7, zone=self.zone)
        number = pl.concat_str("voice", pl.lit(" "), pl.col("week").cast(pl.Utf8)).rank("dense").cast(pl.Int64) - 1
        return found.select("doc_id", "week", voice=number)

    @cached_property
    def volume(self) -> int:
        """How many voices there are."""
        return self.voices["voice"].n_unique()

    @cached_property
    def mentions(self) -> pl.DataFrame:
        """The units of pain points on the lists that are no copies, with ``week`` and ``voice``, by unit_id."""
        said = self.units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0))
        return said.join(self.voices, on="doc_id", how="inner").sort("unit_id")


@dataclass(frozen=True)
class Known(Cut):
    """Everything up to a day, as a cut with those columns alone that counts over all time need: `within` gives the rest
    of ``data`` for a period. ``row`` is the row that each has there."""

    data: WorkspaceData

    def until(self, last: date) -> Known:
        """What was known on the day ``last``."""
        past = pl.col("day") <= last
        documents, units = self.documents.filter(past), self.units.filter(past)
        return Known(Period(_first(documents, last), last), documents, units, self.zone, self.data)

    def within(self, period: Period) -> Cut:
        """The part of it that lies in ``period``, with all columns."""
        inside = pl.col("day").is_between(period.first, period.last)
        documents, units = self.documents.filter(inside), self.units.filter(inside)
        return Cut(period, _whole(self.data.documents, documents, ()), _whole(self.data.units, units, _FLAGS),
                   self.zone)


_COUNTED = ("unit_id", "doc_id", "weight", "lang", "touchpoint", "touchpoint_p", "painpoint_id")
_FLAGS = ("is_problem", "certain")


def _whole(given: pl.DataFrame, chosen: pl.DataFrame, flags: Sequence[str]) -> pl.DataFrame:
    return given[chosen["row"]].with_columns(*chosen.drop("row"), pl.col(flags).fill_null(False))


def _first(documents: pl.DataFrame, last: date) -> date:
    first: date = documents["day"].min() if len(documents) else last  # type: ignore[assignment]
    return first


def everything(data: WorkspaceData, zone: str) -> Known:
    """All of ``data``."""
    time = pl.col("time")
    local = time.dt.convert_time_zone(zone) if data.documents.schema["time"].time_zone else time  # type: ignore[attr-defined]
    shown = [point["painpoint_id"] for point in data.points if point["status"] == "open"]
    originals = data.units.group_by("doc_id").agg(copied=pl.col("weight").max() == 0)
    counted = [name for name in ("doc_id", "time", "author_key") if name in data.documents.columns]
    documents = data.documents.select(counted).with_row_index("row").with_columns(day=local.dt.date()).join(
        originals, on="doc_id", how="left", maintain_order="left").with_columns(
        pl.col("copied").fill_null(False)).filter(pl.col("day").is_not_null())
    units = data.units.select(_COUNTED).with_row_index("row").join(
        documents.select("doc_id", "day"), on="doc_id", how="inner", maintain_order="left")
    units = units.with_columns(
        pl.col("touchpoint").fill_null("none"), place="painpoint_id",
        painpoint_id=pl.when(pl.col("painpoint_id").is_in(shown)).then("painpoint_id"))
    # In one order, so that sums of fractions come out the same to the last digit however the rows lay.
    documents, units = documents.sort("doc_id"), units.sort("unit_id")
    last: date = documents["day"].max() if len(documents) else date.max  # type: ignore[assignment]
    return Known(Period(_first(documents, last), last), documents, units, zone, data)

