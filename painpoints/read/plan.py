"""What was understood of one input, for people to check and for the run's manifest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from painpoints.read.columnnames import named_text
from painpoints.read.columns import Column, Understanding, understand
from painpoints.read.people import are_sides, hold_people, is_person_column
from painpoints.read.redaction import chance_columns
from painpoints.read.social.brand import Sides, find_sides
from painpoints.read.social.presets import Preset, find_preset
from painpoints.read.table import Table, sample_rows

if TYPE_CHECKING:
    from painpoints.read.options import ReadOptions
    from painpoints.read.transcripts.builder import TranscriptPlan


@dataclass(frozen=True, slots=True)
class FilePlan:
    """How one file, stream or frame is read.

    ``columns`` gives by role the column and why it was taken; ``meta`` the columns that travel on as they are;
    ``calendar`` is gregorian, jalali or hijri. ``rows``, ``documents`` and ``rejected`` are None until the input
    has been read to its end; ``notes`` then also counts what could not be understood, and ``redacted`` what
    personal data were taken out, by kind (None: none were looked for). ``transcript`` says who speaks in a file of
    conversations. ``preset`` is the tool that the file comes from, ``brand`` how many documents the brand wrote itself,
    ``guessed`` the names of authors who were taken for it without being told.
    """

    file: str
    format: str
    compression: str | None
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header: bool
    sheet: str | None
    columns: dict[str, Column]
    meta: tuple[str, ...]
    left_out: tuple[str, ...]
    kind: str
    time_format: str | None
    calendar: str | None
    day_first: bool | None
    rating_scale: str | None
    sampled_rows: int
    notes: tuple[str, ...]
    rows: int | None = None
    documents: int | None = None
    rejected: int | None = None
    redacted: dict[str, int] | None = None
    transcript: TranscriptPlan | None = None
    preset: str | None = None
    brand: int | None = None
    guessed: tuple[str, ...] = ()

    def as_dict(self, *, names: bool = False) -> dict[str, Any]:
        """The plan as plain values; names of people who speak only with ``names``, for looking at and not keeping."""
        plan = asdict(self)
        if not names:
            plan["guessed"] = len(self.guessed)
        if self.transcript is not None and not names:
            for role in plan["transcript"]["roles"]:
                role["label"] = role["label"] if role["is_word"] else None
        return plan


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan with what the builder of documents needs beside it.

    Of the columns ``sides`` only words for a side of a conversation travel on: further down a name may stand there.
    ``chance`` are the columns of `chance_columns`, ``social`` tells who wrote a row,
    ``preset`` what tool it comes from.
    """

    plan: FilePlan
    understood: Understanding
    numeric: frozenset[str]
    sides: frozenset[str]
    chance: frozenset[str] = frozenset()
    social: Sides | None = None
    preset: Preset | None = None


def plan_sample(table: Table, options: ReadOptions) -> tuple[list[list[object]], int]:
    """The rows that a plan is made from, and how many were looked at for them."""
    text_place = table.columns.index(options.text) if options.text in table.columns else named_text(table.columns)
    return sample_rows(table, text_place)


def plan_table(file: str, compression: str | None, table: Table, options: ReadOptions,
               sampled: tuple[list[list[object]], int] | None = None) -> Reading:
    """The plan of a table from its names and a sample spread over its rows, by default that of `plan_sample`.

    Raises ColumnError when no column holds texts or an override names none.
    """
    sample, seen = sampled or plan_sample(table, options)
    preset = find_preset(file, table, options.preset)
    told = {} if preset is None else preset.told(table.columns)
    understood = understand(file, table.columns, sample, options.overrides(), options.rating_scale, told)
    used = {column.name for column in understood.columns.values()}
    cells = {name: [row[place] for row in sample] for place, name in enumerate(table.columns) if name not in used}
    sides = frozenset(name for name, held in cells.items() if is_person_column(name) and are_sides(held))
    left_out = tuple(name for name, held in cells.items()
                     if name not in sides and (is_person_column(name) or hold_people(held)))
    meta = tuple(name for name in table.columns if name not in used and name not in left_out)
    columns = understood.columns
    notes = [*table.notes, *understood.notes]
    if understood.time is not None and understood.time.why:
        notes.append(f"time: {understood.time.why}.")
    if understood.rating is not None:
        notes.append(f"rating: {understood.rating.why}.")
    if left_out:
        notes.append(f"left out, as they name people: {', '.join(left_out)}.")
    if "author" in columns and not options.author_secret:
        notes.append("authors are not told apart: no secret to hash their names with.")
    place = {name: at for at, name in enumerate(table.columns)}
    who, said, ids = (place[columns[role].name] if role in columns else None for role in ("author", "text", "id"))
    social = find_sides(table.columns, sample, who, said, options.brands, ids)
    notes += social.notes
    if preset is not None:
        notes.append(f"preset: {preset.name}, an export of {preset.tool}.")
    about_a_thing = any(role in columns for role in ("rating", "title", "pros", "cons"))
    plan = FilePlan(
        file=file, format=table.format, compression=compression, encoding=table.encoding, delimiter=table.delimiter,
        quote=table.quote, header=table.header, sheet=table.sheet, columns=columns, meta=meta, left_out=left_out,
        kind=options.kind or (preset.kind if preset else None) or ("review" if about_a_thing else "comment"),
        time_format=understood.time.form if understood.time else None,
        calendar=understood.time.calendar if understood.time else None,
        day_first=understood.time.day_first if understood.time and "last" in understood.time.form else None,
        rating_scale=understood.rating.name if understood.rating else None,
        sampled_rows=seen, notes=tuple(notes), preset=None if preset is None else preset.name, guessed=social.guessed,
    )
    return Reading(plan, understood, _numeric_columns(table.columns, sample), sides,
                   chance_columns(table.columns, sample, options.redactor), social, preset)


def _numeric_columns(names: list[str], sample: list[list[object]]) -> frozenset[str]:
    """Columns whose filled cells are whole numbers almost throughout: what a shifted row would break."""
    numeric = set()
    for place, name in enumerate(names):
        filled = [cell for row in sample if isinstance(cell := row[place], str) and cell.strip()]
        if filled and sum(1 for cell in filled if cell.strip().isdecimal()) >= 0.95 * len(filled):
            numeric.add(name)
    return frozenset(numeric)
