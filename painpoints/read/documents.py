"""Rows of a table as documents: texts joined, times and ratings read, authors hashed, ids given."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.read.columnnames import is_anonymous
from painpoints.read.options import RAW_LIMIT, ReadOptions, Rejected
from painpoints.read.people import BRAND, is_person_column, side_of
from painpoints.read.plan import FilePlan, Reading
from painpoints.read.ratings import read_rating
from painpoints.read.redaction import Piece, TableRedaction, is_bare_number, unescaped
from painpoints.read.social.sharing import Part, Sharing
from painpoints.read.table import BadRow, Row, Table, cell_text, joined_at
from painpoints.read.times import read_time

if TYPE_CHECKING:
    import datetime as dt

OnReject = Callable[[Rejected], None]

_PART = pl.Struct({"field": pl.Utf8, "start": pl.Int64, "end": pl.Int64})
_TURN = pl.Struct({"speaker": pl.Utf8, "who": pl.Int32, "time": pl.Datetime("us", "UTC"), "start": pl.Int64,
                   "end": pl.Int64})
_REDACTION = pl.Struct({"kind": pl.Utf8, "number": pl.Int32, "start": pl.Int64, "end": pl.Int64, "length": pl.Int64,
                        "pseudonym": pl.Utf8})
#: Columns of every documents frame; meta.* columns follow.
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "doc_id": pl.Utf8, "source_id": pl.Utf8, "kind": pl.Utf8, "source": pl.Utf8, "author_key": pl.Utf8,
    "time": pl.Datetime("us", "UTC"), "rating": pl.Float64, "rating_raw": pl.Utf8, "rating_scale": pl.Utf8,
    "text": pl.Utf8, "parts": pl.List(_PART), "turns": pl.List(_TURN), "redactions": pl.List(_REDACTION),
    "side": pl.Utf8, "addressee": pl.Utf8, "shared": pl.Utf8, "shared_id": pl.Utf8, "file": pl.Utf8, "row": pl.Int64,
}
#: The column with the names of authors, where they are kept at all.
AUTHOR = "meta.author"
_FIELDS = ("title", "text", "pros", "cons")


class Occurrences:
    """How often a document has been seen, so that identical rows get ids of their own, the same on every run."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def doc_id(self, *content: str | None) -> str:
        """16 hexadecimal digits from the content and, from its second occurrence on, the occurrence's number."""
        joined = "\x1f".join(part or "" for part in content).encode("utf-8", errors="surrogatepass")
        digest = hashlib.blake2b(joined, digest_size=8)
        key = int.from_bytes(digest.digest(), "big")
        count = self._seen.get(key, 0) + 1
        self._seen[key] = count
        if count > 1:
            digest.update(b"\x1e%d" % count)
        return digest.hexdigest()


class DocumentBuilder:
    """Turns the rows of one table into frames of documents and counts what happens on the way."""

    def __init__(self, table: Table, reading: Reading, options: ReadOptions, on_reject: OnReject,
                 occurrences: Occurrences) -> None:
        self._table = table
        self._reading = reading
        self._options = options
        self._on_reject = on_reject
        self._occurrences = occurrences
        self._redaction = TableRedaction(options.redactor)
        self._counts: Counter[str] = Counter()
        plan = reading.plan
        place = {name: index for index, name in enumerate(table.columns)}
        self._places = {role: place[column.name] for role, column in plan.columns.items()}
        self._meta: dict[int, str] = {}
        taken = {f"meta.{role}" for role in ("product", "language") if role in plan.columns}
        for role in ("product", "language"):
            if role in self._places:
                self._meta[self._places[role]] = f"meta.{role}"
        if options.show_authors and "author" in self._places:
            taken.add(AUTHOR)
            self._meta[self._places["author"]] = AUTHOR
        for name in plan.meta:
            self._meta[place[name]] = _free_name(f"meta.{self._redaction.name(name)}", taken)
        self._sides = {place[name] for name in reading.sides}
        self._chance = {place[name] for name in reading.chance}
        self._skipped = {place[name] for name in plan.left_out} | set(self._places.values())
        self._taken = taken
        self._file = self._redaction.name(plan.file)
        self._people = {place[name] for name in plan.left_out}
        if "author" in self._places and not options.show_authors:
            self._people.add(self._places["author"])
        # A row that cannot be taken apart cannot be shown without its person columns either.
        self._names_people = self._redaction.active and bool(self._people)
        self._known = len(table.columns)
        self._source = None if reading.preset is None else reading.preset.source
        assert reading.social is not None
        self._sharing = Sharing(reading.social, options.brands)

    def frames(self, most: int | None) -> Iterator[pl.DataFrame]:
        """Frames of ``batch_rows`` documents, at most `most` documents in all."""
        batch: list[dict[str, object]] = []
        if most is not None and most <= 0:
            return
        for row in self._table.rows():
            self._counts["rows"] += 1
            document = self._document(row)
            if document is None:
                continue
            batch.append(document)
            self._counts["documents"] += 1
            if most is not None and self._counts["documents"] >= most:
                break
            if len(batch) >= self._options.batch_rows:
                yield self._frame(batch)
                batch = []
        if batch:
            yield self._frame(batch)

    def plan(self) -> FilePlan:
        """What is understood of the table before it is read."""
        return self._reading.plan

    def finished_plan(self) -> FilePlan:
        """The plan with the counts of what was read."""
        counts = self._counts
        notes = list(self._reading.plan.notes)
        if counts["mended"]:
            notes.append(f"{counts['mended']} rows with a wrong number of fields were mended.")
        if counts["brand"]:
            notes.append(f"brand: {counts['brand']} texts are the brand's own and count nowhere.")
        if counts["no_time"]:
            notes.append(f"time: {counts['no_time']} values could not be read.")
        if counts["no_rating"]:
            notes.append(f"rating: {counts['no_rating']} values are off the scale or no ratings.")
        plan = replace(self._reading.plan, rows=counts["rows"], documents=counts["documents"],
                       rejected=counts["rejected"], notes=tuple(notes), brand=counts["brand"])
        return without_people(plan, self._redaction)

    def _reject(self, number: int, code: str, words: str, raw: str) -> None:
        self._counts["rejected"] += 1
        plan = self._reading.plan
        if self._redaction.active:
            raw = self._redaction.raw(unescaped(raw) if plan.format.startswith("json") else raw, RAW_LIMIT)
        self._on_reject(Rejected.of(self._file, number, code, words, raw))

    def _document(self, row: Row | BadRow) -> dict[str, object] | None:
        if isinstance(row, BadRow):
            mended = self._mended(row.fields) if row.fields is not None else None
            if mended is None:
                self._reject(row.number, row.code, row.words, "" if self._names_people else row.raw)
                return None
            self._counts["mended"] += 1
            row = Row(row.number, mended)
        number, values = row
        texts = {field: text for field in _FIELDS if (text := cell_text(self._cell(values, field))) is not None}
        longest = max((len(text) for text in texts.values()), default=0)
        if longest > self._options.max_chars:
            words = f"{longest:,} characters where {self._options.max_chars:,} are the most"
            self._reject(number, "text_too_long", words, max(texts.values(), key=len))
            return None
        if not texts:
            hidden = self._people if self._redaction.active else ()
            self._reject(number, "empty_text", "there is no text in this row", " | ".join(
                "" if place in hidden else cell_text(value) or "" for place, value in enumerate(values)))
            return None
        return self._filled(number, values, texts)

    def _cell(self, values: Sequence[object], role: str) -> object:
        place = self._places.get(role)
        return values[place] if place is not None and place < len(values) else None

    def _filled(self, number: int, values: Sequence[object], texts: dict[str, str]) -> dict[str, object]:
        redaction = self._redaction.document()
        pieces = {field: redaction.text(text) for field, text in _told_once(texts).items()}
        text, parts = _joined(pieces)
        for part, piece in zip(parts, pieces.values(), strict=True):
            redaction.place(piece, part["start"])
        post = self._sharing.of(values, text, parts, texts.get("text"), redaction)
        self._counts["brand"] += post.side == BRAND
        source_id = self._clean(redaction.key, values, self._places.get("id"))
        time = self._time(self._cell(values, "time"))
        rating_cell = self._cell(values, "rating")
        rating = self._rating(rating_cell)
        stamp = time.isoformat() if time is not None else None
        document: dict[str, object] = {
            # Without the author, whose key differs between machines: the same row has the same id everywhere.
            "doc_id": self._occurrences.doc_id(source_id, stamp, text),
            "source_id": source_id,
            "kind": self._reading.plan.kind,
            "source": redaction.cell(self._cell(values, "source")) or self._source,
            "author_key": author_key(cell_text(self._cell(values, "author")), self._options.author_secret),
            "time": time,
            "rating": rating,
            "rating_raw": redaction.cell(rating_cell),
            "rating_scale": self._reading.plan.rating_scale if rating is not None else None,
            "text": text,
            "parts": post.parts,
            "side": post.side,
            "addressee": post.addressee,
            "shared": post.shared,
            "shared_id": post.shared_id,
            "redactions": redaction.rows(),
            "file": self._file,
            "row": number,
        }
        if len(values) > self._known:
            self._learn_columns()
        for place, name in self._meta.items():
            cell = self._clean(redaction.cell, values, place)
            document[name] = cell if cell is None or place not in self._sides or side_of(cell) else None
        return document

    def _clean(self, clean: Callable[[object], str | None], values: Sequence[object], place: int | None) -> str | None:
        if place is None or place >= len(values):
            return None
        text = cell_text(values[place]) if place in self._chance else None
        return text if text is not None and is_bare_number(text) else clean(values[place])

    def _learn_columns(self) -> None:
        """Columns that first appear after the sample (JSON Lines) travel on too."""
        for place in range(self._known, len(self._table.columns)):
            name = self._table.columns[place]
            if not is_person_column(name):
                self._meta[place] = _free_name(f"meta.{self._redaction.name(name)}", self._taken)
        self._known = len(self._table.columns)

    def _time(self, cell: object) -> dt.datetime | None:
        reading = self._reading.understood.time
        if cell_text(cell) is None:
            return None
        time = read_time(cell, reading) if reading is not None else None
        if time is None:
            self._counts["no_time"] += 1
        return time

    def _rating(self, cell: object) -> float | None:
        scale = self._reading.understood.rating
        if cell_text(cell) is None:
            return None
        rating = read_rating(cell, scale) if scale is not None else None
        if rating is None:
            self._counts["no_rating"] += 1
        return rating

    def _mended(self, fields: list[str]) -> list[str] | None:
        """The row with the right number of fields where only one way to cut it makes sense, else None."""
        width = len(self._table.columns)
        surplus = len(fields) - width
        place = self._places.get("text")
        if surplus > 0 and not any(field.strip() for field in fields[width:]):
            return fields[:width]
        if place is None or self._table.delimiter is None:
            return None
        if surplus < 0:
            padded = fields + [""] * -surplus
            return padded if place < len(fields) and self._is_in_shape(padded) else None
        joined = joined_at(fields, place, width, self._table.delimiter)
        checked = any(self._is_checked(index) for index in range(place + 1, width))
        return joined if (checked or place == width - 1) and self._is_in_shape(joined) else None

    def _is_checked(self, place: int) -> bool:
        return self._table.columns[place] in self._reading.numeric or place in (
            self._places.get("time"), self._places.get("rating"))

    def _is_in_shape(self, fields: list[str]) -> bool:
        """Numbers stand where numbers stand in other rows, and times and ratings can be read."""
        understood = self._reading.understood
        for place, field in enumerate(fields):
            if not field.strip():
                continue
            if self._table.columns[place] in self._reading.numeric and not field.strip().isdecimal():
                return False
            time = understood.time if place == self._places.get("time") else None
            scale = understood.rating if place == self._places.get("rating") else None
            if time is not None and read_time(field, time) is None:
                return False
            if scale is not None and read_rating(field, scale) is None:
                return False
        return True

    def _frame(self, batch: list[dict[str, object]]) -> pl.DataFrame:
        schema = dict(SCHEMA) | dict.fromkeys(self._meta.values(), pl.Utf8)
        return pl.DataFrame({name: frame_column(name, [document.get(name) for document in batch], dtype)
                             for name, dtype in schema.items()})


def author_key(author: str | None, secret: bytes) -> str | None:
    """16 hexadecimal digits that stand for an author's name; None without a name, without a secret to hash it with,
    and for names that stand for anybody."""
    if author is None or not secret or is_anonymous(author):
        return None
    name = unicodedata.normalize("NFC", author.strip()).encode("utf-8", errors="surrogatepass")
    return hashlib.blake2b(name, digest_size=8, key=secret[:64]).hexdigest()


def frame_column(name: str, values: list[Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """The values as a series; lists of records are laid out flat first, which takes a tenth of the time."""
    if not isinstance(dtype, pl.List) or any(value is None for value in values):
        return pl.Series(name, values, dtype=dtype)
    import pyarrow as pa

    flat = [record for records in values for record in records]
    inner = dtype.inner
    assert isinstance(inner, pl.Struct)
    fields = pl.DataFrame({field.name: pl.Series([record[field.name] for record in flat], dtype=field.dtype)
                           for field in inner.fields})
    # pyarrow would load pandas to make an array of a list
    ends = pl.Series(list(accumulate(map(len, values), initial=0)), dtype=pl.Int64).to_arrow()
    records = pa.LargeListArray.from_arrays(ends, fields.to_struct("").to_arrow())
    series = pl.from_arrow(records)
    assert isinstance(series, pl.Series)
    return series.alias(name).cast(dtype)


def _told_once(texts: dict[str, str]) -> dict[str, str]:
    """The texts in their order, without a title that only repeats how the text begins (as some shops make them)."""
    title, body = texts.get("title"), texts.get("text")
    repeats = (title is not None and body is not None
               and body.lstrip().startswith(title.strip().rstrip("….").rstrip()))
    return {field: texts[field] for field in _FIELDS if field in texts and not (repeats and field == "title")}


def _joined(pieces: dict[str, Piece]) -> tuple[str, list[Part]]:
    """The texts with a blank line between them and where each stands."""
    parts: list[Part] = []
    at = 0
    for field, piece in pieces.items():
        parts.append({"field": field, "start": at, "end": at + len(piece.text)})
        at += len(piece.text) + 2
    return "\n\n".join(piece.text for piece in pieces.values()), parts


def without_people(plan: FilePlan, redaction: TableRedaction) -> FilePlan:
    """The plan as it may be kept: names of files and columns are what somebody wrote, too."""
    if not redaction.active:
        return plan
    name = redaction.name
    return replace(
        plan, file=name(plan.file), sheet=None if plan.sheet is None else name(plan.sheet),
        columns={role: replace(column, name=name(column.name)) for role, column in plan.columns.items()},
        meta=tuple(map(name, plan.meta)), left_out=tuple(map(name, plan.left_out)), notes=tuple(map(name, plan.notes)),
        redacted=dict(sorted(redaction.counts.items())))


def _free_name(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}_{count}"
    taken.add(candidate)
    return candidate
