"""painpoints preview: what would be understood of a file, and a few of its rows judged; nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.progress import Bars
from painpoints.cli.summary import redacted_line
from painpoints.cli.terminal import isolated, shortened, show, show_json

if TYPE_CHECKING:
    from painpoints.config import Settings

ROWS = 5
_TURNS, _ROLES = 3, 12
_SHOWN = ("format", "compression", "encoding", "delimiter", "quote", "header", "sheet", "kind", "time_format",
          "calendar", "day_first", "rating_scale", "preset")
_UNIT = ("start", "end", "text", "lang", "variety", "sentiment", "p_neg", "p_neu", "p_pos", "touchpoint",
         "touchpoint_p", "stage", "stage_p", "problem_p", "is_problem", "certain")


def preview(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False, help="A file, or - for stdin.")],
    framework: given.Framework = None, taxonomy: given.Taxonomy = None, whole: given.Whole = None,
    fast: given.Fast = None, model: given.Model = None,
    precision: given.Precision = None, spacy: given.Spacy = None, text: given.Text = None, title: given.Title = None,
    pros: given.Pros = None, cons: given.Cons = None, id: given.Id = None, time: given.Time = None,
    rating: given.Rating = None, author: given.Author = None, source: given.Source = None,
    product: given.Product = None, language: given.Language = None, kind: given.Kind = None,
    rating_scale: given.RatingScale = None, delimiter: given.Delimiter = None, encoding: given.Encoding = None,
    sheet: given.Sheet = None, agent: given.Agent = None, customer: given.Customer = None,
    brands: given.Brands = None, preset: given.Preset = None,
    redact: given.Redact = None, config: given.Config = None, json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Show what is understood of a file and five of its rows, cut up and judged. Nothing is stored."""
    arguments = dict(locals())
    with Bars(quiet=quiet) as bars:
        seen = look_at(file, given.settings_of(arguments, config), bars)
    if json:
        show_json(seen)
    else:
        show(preview_lines(seen))


def look_at(file: str, settings: Settings, bars: Bars, rows: int = ROWS) -> dict[str, Any]:
    """How ``file`` is read (``plan``), and its first ``rows`` texts with their judged units (``rows``)."""
    import polars as pl

    from painpoints.pipeline import read_options, redaction_notes, score_documents
    from painpoints.read import FilePlan, expand_inputs, read_documents

    found = expand_inputs([file])
    if len(found) > 1:
        bars.note(f"{file} holds {len(found)} files; this is the first.")
    for sentence in redaction_notes(settings):
        bars.note(sentence)
    plans: list[FilePlan] = []
    options = replace(read_options(settings), limit=rows)
    documents = pl.concat(list(read_documents(found[:1], options, on_plan=plans.append)), how="diagonal_relaxed")
    units = pl.concat(list(score_documents(iter([documents]), settings, bars.progress, bars.note, original=False)))
    by_document = units.select("doc_id", *_UNIT).partition_by("doc_id", as_dict=True, include_key=False)
    plan = plans[0].as_dict(names=True)
    plan["notes"] = [note for note in plan["notes"] if not note.startswith("turns")]
    for name in ("rows", "documents", "rejected"):  # of the few rows looked at, not of the file
        del plan[name]
    columns = ("row", "source_id", "time", "rating", "rating_raw", "source", "side", "text")
    return {"plan": plan, "names": settings.names, "rows": [
        {**{name: row[name] for name in columns},
         "turns": [{"speaker": turn["speaker"], "text": row["text"][turn["start"]:turn["end"]]}
                   for turn in (row["turns"] or [])[:_TURNS]],
         "units": by_document[row["doc_id"],].to_dicts() if (row["doc_id"],) in by_document else []}
        for row in documents.iter_rows(named=True)]}


def preview_lines(seen: dict[str, Any]) -> list[str]:
    """The preview for a terminal; customers' words stand on lines of their own."""
    plan = seen["plan"]
    lines = [plan["file"]]
    lines += [f"  {name.replace('_', ' '):<13} {_visible(plan[name])}" for name in _SHOWN if plan[name] is not None]
    lines += ["", "columns"]
    lines += [f"  {role:<9} {column['name']}  ({column['why']})" for role, column in plan["columns"].items()]
    if plan["meta"]:
        lines.append(f"  taken along: {', '.join(plan['meta'])}")
    if plan["left_out"]:
        lines.append(f"  left out: {', '.join(plan['left_out'])}")
    if plan["redacted"] is not None:
        lines += ["", redacted_line(plan["redacted"], seen["names"])]
    if plan["notes"]:
        lines += ["", "notes", *(f"  {note}" for note in plan["notes"])]
    if plan["guessed"]:
        lines += ["", "taken for the brand", *(f"  {isolated(shortened(name, 60))}" for name in plan["guessed"])]
    lines += _speaker_lines(plan["transcript"])
    for place, row in enumerate(seen["rows"]):
        if row["turns"] and not place:
            lines += ["", "first turns"]
            for turn in row["turns"]:
                lines += [f"  {turn['speaker']}", f"       {isolated(shortened(turn['text'], 200))}"]
        facts = [f"row {row['row']}"]
        facts += [f"id {row['source_id']}"] if row["source_id"] is not None else []
        facts += [f"{row['time']:%Y-%m-%d %H:%M} UTC"] if row["time"] is not None else []
        facts += [f"rating {row['rating_raw']} = {row['rating']:.2f}"] if row["rating"] is not None else []
        lines += ["", ", ".join(facts)]
        for unit in row["units"]:
            lines.append(f"  {unit['lang']:<4} {unit['sentiment']} {_surest(unit):.2f}  {unit['touchpoint']} "
                         f"{unit['touchpoint_p']:.2f}  {unit['stage']} {unit['stage_p']:.2f}"
                         + ("  problem" if unit["is_problem"] else "") + ("" if unit["certain"] else "  uncertain"))
            lines.append(f"       {isolated(shortened(unit['text'], 200))}")
        if row["side"] == "brand":
            lines.append("  the brand's own: counts nowhere")
        elif not row["units"]:
            lines.append("  no opinion unit")
    return lines


def _speaker_lines(transcript: dict[str, Any] | None) -> list[str]:
    """Who speaks in a file of conversations, and how that was found."""
    if transcript is None:
        return []
    counted = ", ".join(f"{turns:,} {speaker}" for speaker, turns in transcript["sampled"].items())
    lines = ["", f"speakers  turns of the first {transcript['conversations']:,} conversations: {counted}"]
    for role in transcript["roles"][:_ROLES]:
        lines.append(f"  {role['speaker']:<9} {role['turns']:>6,} turns  {isolated(shortened(role['label'], 60))}"
                     f"  ({role['why']})")
    if len(transcript["roles"]) > _ROLES:
        lines.append(f"  and {len(transcript['roles']) - _ROLES:,} more")
    return [*lines, "  Name others with --agent NAME or --customer NAME."]


def _surest(unit: dict[str, Any]) -> float:
    return max(float(unit[name]) for name in ("p_neg", "p_neu", "p_pos"))


def _visible(value: Any) -> str:
    return repr(value) if isinstance(value, str) and not value.isprintable() else str(value)
