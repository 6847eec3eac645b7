"""findings.xlsx: the findings as sheets that a spreadsheet opens right in every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from painpoints.cluster import IF_SOLVED
from painpoints.report.cells import xlsx_cell
from painpoints.report.differences import consistency
from painpoints.report.edition import Edition
from painpoints.report.exclusions import left_out
from painpoints.report.feelings import heard
from painpoints.report.journeymap import MEASURED, experience, journey, measure, weakest_link
from painpoints.report.ratings import satisfaction
from painpoints.report.sections.comparisons import sides
from painpoints.report.sections.footnotes import left_section, made_section
from painpoints.report.sections.masthead import lede
from painpoints.report.sections.pains import grouping, theme_titles, title_of
from painpoints.report.sections.prospects import asked_in_words
from painpoints.report.sections.sufferers import group_name, in_words
from painpoints.report.segmentation import compared
from painpoints.report.sheetrows import with_rows
from painpoints.report.transcripts import conversation_sheet
from painpoints.store import RunData

ROW_LIMIT = 1_048_576
PART = 50_000
"""Units that are made into rows at a time."""
SHARE, NUMBER, DAY = "share", "number", "day"
Column = tuple[str, int, str]
"""The wording's key of a column's heading, the width in characters, and the kind of its values."""


def write_workbook(path: Path, run: RunData, edition: Edition, *, row_limit: int = ROW_LIMIT) -> None:
    """Writes the workbook; ``row_limit`` is the most rows a sheet may have, heading included."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": False, "constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheets = _Sheets(book, edition)
        sheets.table("summary", *_summary(run, edition))
        sheets.table("painpoints", *_painpoints(run, edition))
        sheets.table("skews", *_skews(run, edition))
        sheets.table("quotes", *_quotes(run, edition))
        sheets.table("journey", *_journey(run, edition))
        place = sheets.empty("units", _UNITS)
        sheets.table("consistency", *_consistency(run, edition))
        if run.conversations is not None:
            sheets.table("conversations", *conversation_sheet(run, edition))
        sheets.table("made", *_made(run, edition))
    units, rows = _units(run, edition, row_limit)
    with_rows(path, place, units, rows, edition.say("text.cut"))


class _Sheets:
    """Writes headed tables as sheets; strings always as strings."""

    def __init__(self, book: Any, edition: Edition) -> None:
        self._book, self._edition = book, edition
        base = {"valign": "top"}
        self._head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self._formats = {"text": book.add_format({**base, "text_wrap": True}),
                         SHARE: book.add_format({**base, "num_format": "0.0%"}),
                         NUMBER: book.add_format({**base, "num_format": "#,##0.##"}),
                         DAY: book.add_format({**base, "num_format": "yyyy-mm-dd"})}

    def empty(self, key: str, columns: Sequence[Column]) -> int:
        """A table whose only row has nothing but its cells' formats; the sheet's number, from 1."""
        sheet = self._headed(key, columns)
        for place, (_, _, kind) in enumerate(columns):
            sheet.write_blank(1, place, None, self._formats[kind])
        return len(self._book.worksheets())

    def table(self, key: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        sheet = self._headed(key, columns)
        for number, row in enumerate(rows, 1):
            for place, (value, (_, _, kind)) in enumerate(zip(row, columns, strict=True)):
                self._cell(sheet, number, place, value, kind)

    def _headed(self, key: str, columns: Sequence[Column]) -> Any:
        sheet = self._book.add_worksheet(self._edition.say(f"sheet.{key}")[:31])
        if self._edition.rtl:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        for place, (name, width, _) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, self._edition.say(name) if name else "", self._head)
        return sheet

    def _cell(self, sheet: Any, row: int, place: int, value: Any, kind: str) -> None:
        if value is None or (isinstance(value, float) and value != value):
            return
        if isinstance(value, bool):
            value = self._edition.say("sheet.yes" if value else "sheet.no")
        if isinstance(value, datetime) and self._edition.lang == "fa":
            # Excel's own calendar is Gregorian; a Persian reader gets the Jalali day in words.
            value = self._edition.numerals.day(value.date())
        if isinstance(value, str):
            sheet.write_string(row, place, xlsx_cell(value, self._edition.say("text.cut")), self._formats["text"])
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, value, self._formats[DAY])
        else:
            sheet.write_number(row, place, value, self._formats.get(kind, self._formats[NUMBER]))


def _summary(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("sheet.figure", 44, "text"), ("sheet.value", 60, NUMBER), ("sheet.low", 14, NUMBER),
               ("sheet.high", 14, NUMBER)]
    rows: list[list[Any]] = [[e.say("page.title"), lede(e, run), None, None],
                             [e.say("headline.documents"), len(run.documents), None, None]]
    overall = measure(experience(run, MEASURED), None)
    for row in overall.iter_rows(named=True):
        rows += [[e.say("headline.units"), row["units"], None, None],
                 [e.say("headline.net"), *_hundred(row["net"], row["net_low"], row["net_high"])],
                 [f"{e.say('headline.harm')} (%)", *_hundred(row["harm"], row["harm_low"], row["harm_high"])]]
    rows.append([e.say("headline.painpoints"), len(run.painpoints), None, None])
    score = satisfaction(run).row(0, named=True)
    for name, label in (("csat", f"{e.say('headline.csat')} (%)"), ("nps", e.say("headline.nps"))):
        if score[name] is None:
            rows.append([label, e.say(f"satisfaction.{score[f'{name}_reason']}"), None, None])
        else:
            rows.append([label, *_hundred(score[name], score[f"{name}_low"], score[f"{name}_high"])])
    weakest = weakest_link(run, e.taxonomy, e.framework.name)
    rows.append([e.say("journey.weakest_label"), e.touchpoint(weakest.touchpoint) if weakest
                 else e.say("journey.weakest_none"), None, None])
    rows += [[e.say("left.title"), None, None, None]] if len(left := left_section(e, left_out(run))) else []
    rows += [[f"{row['what']}: {row['why']}", row["of"], None, None] for row in left]
    return columns, rows


def _painpoints(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("pains.rank", 7, NUMBER), ("pains.pain", 46, "text"), ("pains.touchpoint", 22, "text"),
               ("sheet.stage", 20, "text"), ("pains.impact", 10, NUMBER), ("sheet.low", 10, NUMBER),
               ("sheet.high", 10, NUMBER), ("pains.by_units", 10, NUMBER),
               ("segments.documents", 10, NUMBER), ("sheet.customers", 10, NUMBER),
               ("pains.reach", 10, SHARE), ("pains.negativity", 12, SHARE),
               ("pains.loss", 12, NUMBER), ("sheet.low", 10, NUMBER), ("sheet.high", 10, NUMBER),
               ("pains.languages", 34, "text"), ("sheet.first_seen", 14, DAY),
               ("sheet.last_seen", 14, DAY), ("sheet.status", 14, "text"), ("pains.theme", 40, "text"),
               ("pains.grouping", 14, "text"), ("sheet.who", 36, "text"), ("sheet.asks", 60, "text"),
               ("sheet.if_solved_rating", 18, NUMBER), ("sheet.low", 10, NUMBER), ("sheet.high", 10, NUMBER),
               ("sheet.if_solved_negative", 18, SHARE), ("sheet.low", 10, SHARE), ("sheet.high", 10, SHARE),
               ("sheet.id", 28, "text")]
    rows = []
    themes = theme_titles(e, run.painpoints)
    for row in run.painpoints.sort("rank").iter_rows(named=True):
        langs = e.say("text.comma").join(f"{e.language(each['lang'])} {each['units']}" for each in row["langs"] or [])
        rows.append([row["rank"], title_of(e, row)[0], e.touchpoint(row["touchpoint"]),
                     e.stage(e.stage_of(row["touchpoint"])), row["impact"], row["impact_low"], row["impact_high"],
                     row["units"], row["documents"], row["authors"], row["reach"], row["negativity"],
                     row["rating_loss"], row["rating_loss_low"], row["rating_loss_high"], langs, row["first_seen"],
                     row["last_seen"], e.known(f"pains.status_{row['status']}") or row["status"],
                     themes[row["theme"]][0] if row["theme"] else None,
                     e.say(f"pains.{steady}") if (steady := grouping(row)) else None, in_words(e, row),
                     asked_in_words(row), *(row.get(name) for name in IF_SOLVED), row["painpoint_id"]])
    return columns, rows


def _skews(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("pains.rank", 7, NUMBER), ("pains.pain", 40, "text"), ("sheet.by", 18, "text"),
               ("segments.segment", 26, "text"), ("segments.documents", 12, NUMBER), ("sheet.expected", 12, NUMBER),
               ("sheet.ratio", 10, NUMBER), ("sheet.low", 10, NUMBER), ("sheet.high", 10, NUMBER),
               ("sheet.q", 10, NUMBER), ("sheet.id", 28, "text")]
    rows = [[row["rank"], title_of(e, row)[0], e.column(skew["kind"]), group_name(e, skew["kind"], skew["value"]),
             skew["documents"], skew["expected"], skew["ratio"], skew["low"], skew["high"], skew["q"],
             row["painpoint_id"]]
            for row in run.painpoints.sort("rank").iter_rows(named=True) for skew in row.get("skews") or []]
    return columns, rows


def _quotes(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("pains.rank", 7, NUMBER), ("pains.pain", 40, "text"), ("pains.language", 12, "text"),
               ("sheet.text", 90, "text"), ("sheet.comment_id", 18, "text")]
    rows = [[row["rank"], title_of(e, row)[0], e.language(quote["lang"]), quote["text"],
             quote["source_id"] or quote["doc_id"]]
            for row in run.painpoints.sort("rank").iter_rows(named=True) for quote in row["quotes"] or []]
    return columns, rows


def _journey(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("sheet.stage", 20, "text"), ("pains.touchpoint", 28, "text"),
               ("sheet.channel", 18, "text"), ("pains.by_units", 10, NUMBER),
               ("segments.documents", 10, NUMBER), ("sheet.share", 9, SHARE),
               ("journey.negative", 12, SHARE), ("journey.neutral", 12, SHARE),
               ("journey.positive", 12, SHARE), ("headline.net", 12, NUMBER),
               ("sheet.low", 10, NUMBER), ("sheet.high", 10, NUMBER), ("headline.harm", 12, SHARE),
               ("sheet.low", 10, SHARE), ("sheet.high", 10, SHARE),
               ("satisfaction.mean", 12, NUMBER), ("left.uncertain", 12, NUMBER), ("sheet.emotions", 34, "text"),
               ("sheet.expectations", 60, "text")]
    rows = [[e.stage(row["stage"]), e.touchpoint(row["touchpoint"]), e.say(f"journey.{row['channel']}"), row["units"],
             row["documents"], row["share"], row["neg_share"], row["neu_share"], row["pos_share"],
             *_hundred(row["net"], row["net_low"], row["net_high"]), row["harm"], row["harm_low"], row["harm_high"],
             None if row["rating"] is None else 1 + 4 * row["rating"], row["uncertain"],
             *_feelings(e, row)]
            for row in journey(run, e.taxonomy, e.framework.name).iter_rows(named=True)]
    return columns, rows


def _feelings(e: Edition, row: dict[str, Any]) -> tuple[str | None, str | None]:
    """A touchpoint's emotions with their share of its negative units, and its expectations, one a line."""
    felt = [f"{e.emotion(each['emotion'])} {e.percent(each['units'] / row['neg'])}" for each in row["emotions"]]
    return e.say("text.comma").join(felt) or None, "\n".join(each["text"] for each in row["expectations"]) or None


_UNITS: list[Column] = [
    ("sheet.comment_id", 18, "text"), ("sheet.text", 80, "text"), ("pains.language", 12, "text"),
    ("pains.touchpoint", 22, "text"), ("sheet.stage", 20, "text"), ("pains.sentiment", 14, "text"),
    ("sheet.probability", 12, SHARE), ("sheet.problem", 10, "text"), ("sheet.emotion", 16, "text"),
    ("sheet.emotion_p", 12, SHARE), ("sheet.expectation", 40, "text"), ("sheet.certain", 10, "text"),
    ("pains.pain", 40, "text"), ("sheet.border", 10, "text"), ("sheet.id", 24, "text")]


def _units(run: RunData, e: Edition, row_limit: int) -> tuple[Iterable[pl.DataFrame], int]:
    """The rows of the sheet of units, in parts, and how many there are."""
    fits = len(run.units) <= row_limit - 1
    kept = run.units if fits else run.units.head(row_limit - 2)
    note = None if fits else e.say("sheet.note_limit", n=e.number(len(kept)), m=e.number(len(run.units)))
    sources = run.documents.select("doc_id", "source_id").unique("doc_id")
    titles = {row["painpoint_id"]: title_of(e, row)[0] for row in run.painpoints.iter_rows(named=True)}

    def named(column: str, name: Callable[[str], str | None], absent: str | None = None) -> pl.Expr:
        if column not in kept.columns:
            return pl.lit(None, pl.Utf8)
        known = kept[column].drop_nulls().unique().to_list() + ([] if absent is None else [absent])
        given = pl.col(column) if absent is None else pl.col(column).fill_null(absent)
        return given.replace_strict({code: name(code) for code in known}, default=None, return_dtype=pl.Utf8)

    def plain(column: str, kind: type[pl.DataType]) -> pl.Expr:
        return pl.col(column).cast(kind) if column in kept.columns else pl.lit(None, kind)

    def flag(column: str) -> pl.Expr:
        return pl.when(plain(column, pl.Boolean)).then(pl.lit(e.say("sheet.yes"))).when(
            ~plain(column, pl.Boolean)).then(pl.lit(e.say("sheet.no")))

    feeling = {"neg": "journey.negative", "neu": "journey.neutral", "pos": "journey.positive"}
    likely = pl.coalesce(pl.when(pl.col("sentiment") == code).then(plain(f"p_{code}", pl.Float64)) for code in feeling)
    told = [pl.when(pl.col("source_id").fill_null("") != "").then("source_id").otherwise("doc_id"),
            pl.col("text"), named("lang", e.language), named("touchpoint", e.touchpoint, "none"),
            named("touchpoint", lambda code: e.stage(e.stage_of(code)), "none"),
            named("sentiment", lambda code: e.say(feeling[code]) if code in feeling else None), likely,
            flag("is_problem"), named("emotion", e.emotion), plain("emotion_p", pl.Float64),
            plain("expectation", pl.Utf8), flag("certain"), named("painpoint_id", lambda key: titles.get(key)),
            flag("border"), pl.col("unit_id")]

    def parts() -> Iterable[pl.DataFrame]:
        shown = [each.alias(str(at)) for at, each in enumerate(told)]
        if note is not None:
            yield pl.DataFrame({str(at): [note if at == 1 else None] for at in range(len(told))},
                               schema=dict.fromkeys(map(str, range(len(told))), pl.Utf8))
        for part in kept.iter_slices(PART):
            yield part.join(sources, on="doc_id", how="left", maintain_order="left").select(shown)

    return parts(), len(kept) + (note is not None)


def _consistency(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("consistency.place", 26, "text"), ("consistency.group", 24, "text"),
               ("consistency.better", 24, "text"), ("consistency.shares", 14, SHARE),
               ("consistency.basis", 12, NUMBER), ("consistency.shares", 14, SHARE),
               ("consistency.basis", 12, NUMBER), ("consistency.difference", 12, SHARE),
               ("sheet.low", 12, SHARE), ("sheet.high", 12, SHARE), ("sheet.q", 10, NUMBER)]
    table = consistency(run, compared(run, None), taxonomy=e.taxonomy, framework=e.framework.name)
    rows = []
    for row in table.filter(pl.col("differs")).iter_rows(named=True):
        side = sides(e, row)
        rows.append([side["place"], side["group"], side["others"], side["worse"], side["worse_units"], side["better"],
                     side["better_units"], abs(row["difference"]), side["low"], side["high"], row["q"]])
    return columns, rows


def _made(run: RunData, e: Edition) -> tuple[list[Column], list[list[Any]]]:
    columns = [("", 22, "text"), ("sheet.figure", 34, "text"), ("sheet.value", 80, "text")]
    rows = [[group, name, value] for group, entries in made_section(e, run.manifest) for name, value in entries]
    rows += [["", e.say("made.counting"), e.say("made.counting_text")],
             ["", e.say("made.impact"), e.say("made.impact_text")],
             ["", e.say("made.feelings"), e.say("made.feelings_text" if heard(run.units) else "made.feelings_none")]]
    return columns, rows


def _hundred(*values: float) -> list[float]:
    return [round(value * 100, 1) for value in values]
