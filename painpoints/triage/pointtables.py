"""Pain points and the journey as tables to be exported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from painpoints.report import FLAG, MOMENT, NUMBER, RAW, SHARE, TEXT, Column, Edition, Table, journey, naming
from painpoints.store import RunData, WorkspaceData
from painpoints.track import latest_status
from painpoints.triage.tables import names_of, sentiments

TITLED = ("fa", "ar", "ru", "en")
_IMPACT = ("rank", "impact", "impact_low", "impact_high", "reach", "severity", "rating_loss")


def painpoints_frame(data: WorkspaceData, trends: pl.DataFrame, *, merged: bool = False) -> pl.DataFrame:
    """One row a pain point, if ``merged`` also those merged away, most opinions first: its row of the state,
    ``title_fa`` .. ``title_en``, ``trend``, counts (copies once), place on the journey, mood, when first and last seen.
    """
    said = data.units.filter((pl.col("weight") > 0) & pl.col("painpoint_id").is_not_null()).join(
        data.documents.select("doc_id", "time", "author_key"), on="doc_id", how="left")
    counts = said.group_by("painpoint_id").agg(
        units=pl.len().cast(pl.Int64), documents=pl.col("doc_id").n_unique().cast(pl.Int64),
        customers=pl.col("author_key").drop_nulls().n_unique().cast(pl.Int64),
        negative_share=(pl.col("sentiment") == "neg").mean(), first_seen=pl.col("time").min(),
        last_seen=pl.col("time").max(), touchpoint=_commonest("touchpoint"), stage=_commonest("stage"),
        **{f"units_{lang}": (pl.col("lang") == lang).sum().cast(pl.Int64) for lang in TITLED})
    moved = latest_status(trends) if len(trends) else {}
    rows = [_point(row, moved) for row in data.points if merged or row["status"] != "merged"]
    points = pl.DataFrame(rows, schema=_POINT)
    zero = ("units", "documents", "customers", *(f"units_{lang}" for lang in TITLED))
    return points.join(counts, on="painpoint_id", how="left").with_columns(pl.col(zero).fill_null(0)).sort(
        ["units", "painpoint_id"], descending=[True, False])


def painpoints_table(data: WorkspaceData, trends: pl.DataFrame, edition: Edition, zone: str,
                     measured: pl.DataFrame | None = None) -> Table:
    """The list of pain points; with ``measured``, the painpoints frame of ``Workspace.table``, by impact."""
    frame, say = painpoints_frame(data, trends), edition.say
    figures: list[Column] = []
    if measured is not None:
        frame = frame.join(measured.select("painpoint_id", *_IMPACT), on="painpoint_id", how="left").sort(
            ["rank", "units", "painpoint_id"], descending=[False, True, False], nulls_last=True)
        figures = [Column("rank", say("pains.rank"), NUMBER, 7), Column("impact", say("pains.impact"), NUMBER, 10),
                   *(Column(name, name, RAW) for name in ("impact_low", "impact_high", "severity")),
                   Column("reach", say("pains.reach"), SHARE, 10),
                   Column("rating_loss", say("pains.loss"), NUMBER, 12)]
    trend = {code: edition.known(f"pains.status_{code}") or code for code in frame["trend"].drop_nulls().unique()}
    standing = {code: say(f"sheet.standing_{code}") for code in ("open", "retired")}
    columns = [
        *figures, Column("title", say("pains.pain"), TEXT, 46),
        *(Column(f"title_{lang}", f"{say('sheet.title')}: {edition.language(lang)}", TEXT, 36) for lang in TITLED),
        *_places(frame, edition), Column("units", say("sheet.units"), NUMBER, 10),
        Column("documents", say("sheet.comments"), NUMBER, 10), Column("customers", say("sheet.customers"), NUMBER, 10),
        Column("negative_share", say("sheet.negative_share"), SHARE, 12),
        *(Column(f"units_{lang}", f"{say('sheet.units')}: {edition.language(lang)}", NUMBER, 11) for lang in TITLED),
        Column("first_seen", say("sheet.first_seen"), MOMENT, 17),
        Column("last_seen", say("sheet.last_seen"), MOMENT, 17),
        Column("trend", say("sheet.trend"), TEXT, 12, naming(trend)),
        Column("status", say("sheet.status"), TEXT, 12, naming(standing)),
        Column("pinned", say("sheet.pinned"), FLAG, 10), Column("painpoint_id", say("sheet.id"), TEXT, 28),
        Column("named_by", "named_by", RAW), Column("made", "made", RAW)]
    return Table(say("sheet.painpoints"), frame, tuple(columns), edition, zone)


def journey_table(data: WorkspaceData, edition: Edition, zone: str) -> Table:
    """How customers fare at every touchpoint, in journey order, with 95 % intervals."""
    frame = journey(RunData(data.documents, data.units, pl.DataFrame(), {}), edition.taxonomy, edition.framework.name)
    say, feeling = edition.say, sentiments(edition)
    channels = {code: say(f"journey.{code}") for code in ("online", "offline", "both")}
    low, high = say("sheet.low"), say("sheet.high")
    net, harm = say("headline.net"), say("headline.harm")
    columns = [
        *_places(frame, edition), Column("channel", say("sheet.channel"), TEXT, 18, naming(channels)),
        Column("units", say("sheet.units"), NUMBER, 10), Column("documents", say("sheet.comments"), NUMBER, 10),
        Column("share", say("sheet.share"), SHARE, 9), Column("neg_share", feeling["neg"], SHARE, 12),
        Column("neu_share", feeling["neu"], SHARE, 12), Column("pos_share", feeling["pos"], SHARE, 12),
        Column("net", net, NUMBER, 12, _hundredfold), Column("net_low", f"{net}: {low}", NUMBER, 12, _hundredfold),
        Column("net_high", f"{net}: {high}", NUMBER, 12, _hundredfold), Column("harm", harm, SHARE, 12),
        Column("harm_low", f"{harm}: {low}", SHARE, 12), Column("harm_high", f"{harm}: {high}", SHARE, 12),
        Column("rating", say("satisfaction.mean"), NUMBER, 12, lambda values: 1 + 4 * values),
        Column("uncertain", say("left.uncertain"), NUMBER, 12),
        *(Column(name, name, RAW) for name in frame.columns if name not in _SHOWN)]
    return Table(say("sheet.journey"), frame, tuple(columns), edition, zone)


def _places(frame: pl.DataFrame, edition: Edition) -> list[Column]:
    names = {name: naming(names_of(name, frame[name].drop_nulls().unique().to_list(), edition))
             for name in ("stage", "touchpoint")}
    return [Column("stage", edition.say("sheet.stage"), TEXT, 18, names["stage"]),
            Column("touchpoint", edition.say("pains.touchpoint"), TEXT, 24, names["touchpoint"])]


def _hundredfold(values: pl.Series) -> pl.Series:
    return values * 100


def _commonest(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().mode().sort().first()


def _point(row: Mapping[str, Any], moved: Mapping[str, str]) -> dict[str, Any]:
    titles = _by_language(json.loads(row["titles"] or "[]"))
    return {"painpoint_id": row["painpoint_id"], "title": row["title"], "status": row["status"],
            "merged_into": row["merged_into"], "pinned": bool(row["pinned"]), "named_by": row["named_by"],
            "made": row["made"], "trend": moved.get(row["painpoint_id"]),
            **{f"title_{lang}": titles.get(lang) for lang in TITLED}}


def _by_language(titles: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["lang"]: each["title"] for each in titles}


_POINT = {"painpoint_id": pl.Utf8, "title": pl.Utf8, "status": pl.Utf8, "merged_into": pl.Utf8, "pinned": pl.Boolean,
          "named_by": pl.Utf8, "made": pl.Utf8, "trend": pl.Utf8, **{f"title_{lang}": pl.Utf8 for lang in TITLED}}
_SHOWN = {"stage", "touchpoint", "channel", "units", "documents", "share", "neg_share", "neu_share", "pos_share", "net",
          "net_low", "net_high", "harm", "harm_low", "harm_high", "rating", "uncertain"}
