"""Comments and opinions of the queue as tables to be exported.

Names of authors are nowhere; ``author_key``, a keyed hash, is there only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter

import polars as pl

from painpoints.report import FLAG, MOMENT, NUMBER, RAW, SHARE, TEXT, Column, Edition, Shown, Table, naming
from painpoints.store import WorkspaceData
from painpoints.triage.queue import NEW, STATUSES, Entry
from painpoints.triage.reasons import reason_text

_OF_DOCUMENT = ("source_id", "text", "rating", "rating_raw", "rating_scale", "is_problem", "author_key", "meta.product",
                "file", "row")
_PRODUCT = "meta.product"
_STATES = {"doc_id": pl.Utf8, "status": pl.Utf8, "assignee": pl.Utf8, "note": pl.Utf8, "version": pl.Int64,
           "changed": pl.Utf8, "changed_by": pl.Utf8}


def comments_table(found: pl.DataFrame, entries: Iterable[Entry], data: WorkspaceData, edition: Edition, zone: str, *,
                   authors: bool = False) -> Table:
    """One row a comment of ``found``, rows of an `overview`, in their order: what it says, where on the journey it
    belongs, how urgent it is and why, in whose hands; ``authors`` adds the pseudonym of who wrote it."""
    documents = data.documents.select("doc_id", *(name for name in _OF_DOCUMENT if name in data.documents.columns))
    opinions = data.units.select("unit_id", opinion="text")
    own = found.select(name for name in found.columns if name == "doc_id" or name not in _STATES)
    frame = with_states(own, entries).join(documents, on="doc_id", how="left", maintain_order="left").join(
        opinions, on="unit_id", how="left", maintain_order="left").with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), painpoint_title=titles_of(data))
    say = edition.say
    columns = [
        Column("rank", say("pains.rank"), NUMBER, 7), Column("score", say("sheet.urgency"), NUMBER, 9),
        Column("text", say("sheet.text"), TEXT, 70), Column("opinion", say("sheet.opinion"), TEXT, 50),
        Column("time", say("sheet.time", zone=zone), MOMENT, 17), Column("source", say("sheet.source"), TEXT, 16),
        *_product(data, edition), *_judged(found, edition),
        Column("is_problem", say("sheet.problem"), FLAG, 10), Column("uncertain", say("sheet.uncertain"), FLAG, 11),
        *_point_columns(edition),
        Column("reasons", say("sheet.reasons"), TEXT, 44, _worded(edition.lang)), *_rating(data, edition),
        *_state_columns(edition, zone, say("sheet.status")),
        Column("doc_id", say("sheet.comment_id"), TEXT, 19), Column("source_id", say("sheet.source_id"), TEXT, 16),
        *([Column("author_key", say("sheet.customer"), TEXT, 18)] if authors else []),
        *(Column(name, name, RAW) for name in ("unit_id", "start", "end", "reach", "dated", "rating", "rating_scale",
                                               "touchpoints", "stages", "painpoint_ids", "file", "row"))]
    return Table(say("sheet.comments"), frame, tuple(columns), edition, zone)


def opinions_table(units: pl.DataFrame, entries: Iterable[Entry], data: WorkspaceData, edition: Edition, zone: str, *,
                   authors: bool = False) -> Table:
    """One row an opinion of ``units``, rows of ``data.units``, in their order, and how its comment stands."""
    documents = data.documents.select("doc_id", "source", "time", "dated",
                                      *(name for name in ("source_id", "author_key", _PRODUCT)
                                        if name in data.documents.columns))
    frame = with_states(units.join(documents, on="doc_id", how="left", maintain_order="left"), entries).with_columns(
        painpoint_title=titles_of(data), uncertain=~pl.col("certain").fill_null(False),
        probability=pl.coalesce(pl.when(pl.col("sentiment") == code).then(f"p_{code}") for code in
                                ("neg", "neu", "pos")))
    say = edition.say
    columns = [
        Column("text", say("sheet.text"), TEXT, 70), Column("time", say("sheet.time", zone=zone), MOMENT, 17),
        Column("source", say("sheet.source"), TEXT, 16), *_product(data, edition), *_judged(units, edition),
        Column("probability", say("sheet.probability"), SHARE, 12),
        Column("is_problem", say("sheet.problem"), FLAG, 10),
        Column("emotion", say("sheet.emotion"), TEXT, 16, _names(units, "emotion", edition)),
        Column("expectation", say("sheet.expectation"), TEXT, 40),
        Column("uncertain", say("sheet.uncertain"), FLAG, 11), *_point_columns(edition),
        Column("painpoint_strength", say("sheet.strength"), NUMBER, 10),
        *_state_columns(edition, zone, say("sheet.comment_status")),
        Column("unit_id", say("sheet.opinion_id"), TEXT, 22), Column("doc_id", say("sheet.comment_id"), TEXT, 19),
        Column("source_id", say("sheet.source_id"), TEXT, 16),
        *([Column("author_key", say("sheet.customer"), TEXT, 18)] if authors else []),
        *(Column(name, name, RAW) for name in ("start", "end", "turn", "field", "weight", "p_neg", "p_neu", "p_pos",
                                               "touchpoint_p", "stage_p", "problem_p", "emotion_p", "placed_by",
                                               "dated"))]
    return Table(say("sheet.units"), frame, tuple(c for c in columns if c.name in frame.columns), edition, zone)


def with_states(frame: pl.DataFrame, entries: Iterable[Entry]) -> pl.DataFrame:
    """``frame`` with the columns of `Entry` to each ``doc_id``, in its order; ``changed`` as a time."""
    states = pl.DataFrame(list(map(attrgetter(*_STATES), entries)), schema=_STATES, orient="row").with_columns(
        pl.col("changed").str.to_datetime(time_unit="us", time_zone="UTC", strict=False))
    return frame.join(states, on="doc_id", how="left", maintain_order="left").with_columns(
        pl.col("status").fill_null(NEW), pl.col("version").fill_null(0))


def sentiments(edition: Edition) -> dict[str, str]:
    """What neg, neu and pos are called."""
    return {"neg": edition.say("journey.negative"), "neu": edition.say("journey.neutral"),
            "pos": edition.say("journey.positive")}


def names_of(column: str, codes: Iterable[str], edition: Edition) -> dict[str, str]:
    """What the ``codes`` of a column (lang, touchpoint, stage, sentiment, emotion, status) are called."""
    if column == "sentiment":
        return sentiments(edition)
    if column == "status":
        return {code: edition.say(f"sheet.state_{code}") for code in STATUSES}
    name = {"lang": edition.language, "touchpoint": edition.touchpoint, "stage": edition.stage,
            "emotion": edition.emotion}[column]
    return {code: name(code) for code in codes}


def titles_of(data: WorkspaceData) -> pl.Expr:
    """The title of the pain point whose id stands in ``painpoint_id``."""
    titles = {row["painpoint_id"]: row["title"] for row in data.points}
    return pl.col("painpoint_id").replace_strict(list(titles), list(titles.values()), default=None,
                                                 return_dtype=pl.Utf8)


def _names(frame: pl.DataFrame, column: str, edition: Edition) -> Shown:
    codes = frame[column].drop_nulls().unique().to_list() if column in frame.columns else []
    return naming(names_of(column, codes, edition))


def _judged(frame: pl.DataFrame, edition: Edition) -> list[Column]:
    headings = {"lang": ("pains.language", 11), "stage": ("sheet.stage", 18), "touchpoint": ("pains.touchpoint", 22),
                "sentiment": ("sheet.sentiment", 12)}
    return [Column(name, edition.say(heading), TEXT, width, _names(frame, name, edition))
            for name, (heading, width) in headings.items()]


def _point_columns(edition: Edition) -> list[Column]:
    return [Column("painpoint_title", edition.say("pains.pain"), TEXT, 36),
            Column("painpoint_id", edition.say("sheet.painpoint_id"), TEXT, 28)]


def _state_columns(edition: Edition, zone: str, status: str) -> list[Column]:
    say = edition.say
    return [Column("status", status, TEXT, 12, naming(names_of("status", (), edition))),
            Column("assignee", say("sheet.assignee"), TEXT, 14), Column("note", say("sheet.note"), TEXT, 36),
            Column("version", say("sheet.version"), NUMBER, 9),
            Column("changed", say("sheet.changed", zone=zone), MOMENT, 17),
            Column("changed_by", say("sheet.changed_by"), TEXT, 14)]


def _rating(data: WorkspaceData, edition: Edition) -> list[Column]:
    """The rating as the input had it, where there is any; a number where every one is."""
    given = data.documents["rating_raw"].drop_nulls()
    if given.is_empty():
        return []
    heading = edition.say("sheet.rating")
    if given.cast(pl.Float64, strict=False).null_count():
        return [Column("rating_raw", heading, TEXT, 9)]
    return [Column("rating_raw", heading, NUMBER, 9, lambda values: values.cast(pl.Float64, strict=False))]


def _product(data: WorkspaceData, edition: Edition) -> list[Column]:
    return [Column(_PRODUCT, edition.say("sheet.product"), TEXT, 16)] if _PRODUCT in data.documents.columns else []


def _worded(lang: str) -> Shown:
    """Reasons in words, one after the other."""
    words = cache(lambda code, detail: reason_text(code, detail, lang))

    def told(reasons: Sequence[Mapping[str, str]] | None) -> str:
        return "; ".join(words(reason["code"], reason["detail"]) for reason in reasons or ())

    return lambda values: pl.Series(values.name, [told(each) for each in values.to_list()], dtype=pl.Utf8)
