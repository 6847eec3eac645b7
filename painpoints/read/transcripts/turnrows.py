"""Tables with one row a turn: which columns say so, and the rows of a conversation brought together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from painpoints.read.columnnames import fold_name, lexicon, name_tokens
from painpoints.read.columns import Column, named
from painpoints.read.options import ReadOptions
from painpoints.read.people import is_person_column
from painpoints.read.table import BadRow, Row, Table, cell_text
from painpoints.read.times import find_reading, read_time
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, Conversation, Found, Said, Transcripts
from painpoints.read.transcripts.fields import said_text
from painpoints.read.transcripts.spool import Spool
from painpoints.read.transcripts.wording import side_of_label, wording

_YES, _NO = frozenset(("true", "1", "yes", "y")), frozenset(("false", "0", "no", "n"))


@dataclass(frozen=True, slots=True)
class TurnColumns:
    """The places of the columns that make turns; ``name`` is of names beside a ``speaker`` of role words; ``outer``
    are columns that say the same throughout a conversation."""

    conversation: int | None
    speaker: int
    name: int | None
    text: int
    time: int | None
    outer: tuple[int, ...]
    inner: tuple[int, ...]
    flag: str | None = None  # the speaker that "true" stands for


def find_turn_columns(file: str, table: Table, rows: Sequence[Row], options: ReadOptions) -> TurnColumns | None:
    """The columns of a table with one row a turn, None for any other.

    Unless the user says that these are conversations, a column must hold words for both sides, a column of a known name
    must hold ids of conversations that come again, and nothing may look like posts in public (parents, likes).
    Raises ColumnError where a column that the user named is not there.
    """
    told = options.kind == "transcript"
    columns, cells = table.columns, _Cells(table.columns, rows)
    if len(columns) < 2 or not rows:
        return None
    words = wording().fields
    if not told and any(fold_name(name) in words["social"] for name in columns):
        return None
    text = _named(file, columns, options.text, "text") if options.text else cells.best("text")
    speaker = _named(file, columns, options.author, "author") if options.author else cells.speaker(text)
    conversation = _named(file, columns, options.id, "id") if options.id else cells.conversation((text, speaker))
    if text is None or speaker is None or (conversation is None and not told):
        return None
    if not told and not cells.has_both_sides(speaker):
        return None
    time = _named(file, columns, options.time, "time") if options.time else cells.time((text, speaker, conversation))
    taken = {place for place in (text, speaker, conversation, time) if place is not None}
    name = cells.beside(speaker, taken)
    free = [place for place in range(len(columns)) if place not in taken and place != name]
    outer, inner = cells.parted(free, conversation)
    flag = _flag(columns[speaker], cells.of(speaker))
    return TurnColumns(conversation, speaker, name, text, time, outer, inner, flag)


def _named(file: str, columns: Sequence[str], wanted: str, option: str) -> int:
    return columns.index(named(columns, wanted, file, option))


def _flag(name: str, held: Sequence[str]) -> str | None:
    """The speaker that "true" stands for in a column such as ``inbound`` or ``is_agent``, None for other columns."""
    if not held or not all(cell.casefold() in _YES | _NO for cell in held):
        return None
    sides = [side for token in name_tokens(name) if (side := side_of_label(token)) in (CUSTOMER, AGENT, BOT)]
    return sides[0] if sides else None


class _Cells:
    """What the sampled rows hold, column by column."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self._columns = columns
        self._rows = rows
        self._held: dict[int, list[str]] = {}

    def of(self, place: int) -> list[str]:
        """The filled cells of a column."""
        if place not in self._held:
            raw = (row.values[place] if place < len(row.values) else None for row in self._rows)
            self._held[place] = [text for cell in raw if (text := cell_text(cell)) is not None]
        return self._held[place]

    def best(self, use: str) -> int | None:
        """The column with a name for ``use``, a whole name in the list of names before one that only the room knows."""
        names = wording().fields[use]
        exact = lexicon().exact
        able = [place for place, name in enumerate(self._columns) if self.of(place) and (
            fold_name(name) in names or any(role == use for role, _ in exact.get(fold_name(name), [])))]
        return max(able, key=lambda place: sum(map(len, self.of(place)[:200]))) if able else None

    def speaker(self, text: int | None) -> int | None:
        """The column of role words, else of names, by its own name."""
        places = [place for place in range(len(self._columns)) if place != text and self.of(place)]
        sided = [place for place in places if self.has_both_sides(place)]
        names = wording().fields["speaker"]
        if sided:
            return max(sided, key=lambda place: fold_name(self._columns[place]) in names)
        known = [place for place in places if fold_name(self._columns[place]) in names
                 and len(set(self.of(place))) < len(self.of(place))]
        return known[0] if known else None

    def has_both_sides(self, place: int) -> bool:
        """Whether words for the customer and for who serves stand in a column, and little else."""
        held = self.of(place)
        if _flag(self._columns[place], held) is not None:
            return len(set(map(str.casefold, held))) == 2
        sides = [side_of_label(cell) if len(cell) <= 40 else None for cell in held]
        return bool(held) and sum(side is not None for side in sides) >= 0.8 * len(held) and (
            CUSTOMER in sides and bool({AGENT, BOT} & set(sides)))

    def conversation(self, taken: tuple[int | None, ...]) -> int | None:
        """The column of a known name whose cells come again and again."""
        names = wording().fields["conversation"]
        able = [place for place, name in enumerate(self._columns) if place not in taken and fold_name(name) in names
                and 0 < len(set(self.of(place))) <= 0.9 * len(self.of(place))]
        if not able:
            able = [place for place, name in enumerate(self._columns) if place not in taken and fold_name(name) == "id"
                    and 1 < len(set(self.of(place))) <= 0.6 * len(self.of(place))]
        return able[0] if able else None

    def time(self, taken: tuple[int | None, ...]) -> int | None:
        """The column of times."""
        exact = lexicon().exact
        for place, name in enumerate(self._columns):
            known = any(role == "time" for role, _ in exact.get(fold_name(name), []))
            if place in taken or not (known or fold_name(name) in wording().fields["time"]):
                continue
            held: list[object] = [row.values[place] for row in self._rows if place < len(row.values)]
            reading = find_reading(held, name, "en")
            if reading is not None and reading.share >= 0.5:
                return place
        return None

    def beside(self, speaker: int, taken: set[int]) -> int | None:
        """A column of names beside one of role words."""
        if not self.has_both_sides(speaker):
            return None
        names = wording().fields["speaker"]
        return next((place for place, name in enumerate(self._columns) if place not in taken and self.of(place)
                     and (fold_name(name) in names or is_person_column(name)) and not self.has_both_sides(place)), None)

    def parted(self, places: Sequence[int], conversation: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(columns that say the same throughout a conversation, columns that are of single turns)."""
        groups: dict[object, list[Row]] = defaultdict(list)
        for row in self._rows:
            groups[cell_text(row.values[conversation]) if conversation is not None else None].append(row)
        several = [group for group in groups.values() if len(group) > 1]
        outer: list[int] = []
        inner: list[int] = []
        for place in places:
            vary = sum(1 for group in several if len({cell_text(row.values[place]) for row in group
                                                     if place < len(row.values)} - {None}) > 1)
            (inner if several and vary > 0.3 * len(several) else outer).append(place)
        return tuple(outer), tuple(inner)


def row_transcripts(table: Table, at: TurnColumns) -> Transcripts:
    """The conversations of a table with one row a turn, in the order of their first rows.

    The rows of one need not stand together: they go through a temporary database on the disk. Within a conversation
    they keep their order, unless all have times that say another.
    """
    columns = {"text": at.text, "speaker": at.speaker, "conversation": at.conversation, "time": at.time}
    shown = {use: Column(table.columns[place], "content") for use, place in columns.items() if place is not None}
    notes = [*table.notes, "rows are turns of conversations; --kind comment takes them for texts of their own."]
    if at.inner:
        notes.append(f"of single turns, not taken along: {', '.join(table.columns[place] for place in at.inner)}.")
    return Transcripts(table.format, lambda: _grouped(table, at), table.encoding, table.delimiter, table.quote,
                       table.header, table.sheet, shown, notes)


def _grouped(table: Table, at: TurnColumns) -> Found:
    with Spool() as spool:
        numbers: dict[str, int] = {}
        for row in table.rows():
            if isinstance(row, BadRow):
                yield row
                continue
            key = _cell(row, at.conversation) if at.conversation is not None else "1"
            if key is None:
                yield BadRow(row.number, "no_conversation", "the row names no conversation", "")
                continue
            spool.put(numbers.setdefault(key, len(numbers)), row.number, _kept(row, at))
        names = list(numbers)
        numbers.clear()
        for number, rows in spool.groups():
            yield _conversation(table.columns, names[number] if at.conversation is not None else None, rows, at)


def _cell(row: Row, place: int | None) -> str | None:
    return cell_text(row.values[place]) if place is not None and place < len(row.values) else None


def _kept(row: Row, at: TurnColumns) -> dict[str, object]:
    text = said_text(row.values[at.text]) if at.text < len(row.values) else None
    kept: dict[str, object] = {"text": text, "speaker": _cell(row, at.speaker), "name": _cell(row, at.name)}
    moment = row.values[at.time] if at.time is not None and at.time < len(row.values) else None
    kept["time"] = moment if isinstance(moment, int | float | str) else cell_text(moment)
    kept["outer"] = [_cell(row, place) for place in at.outer]
    return kept


def _conversation(columns: Sequence[str], name: str | None, rows: list[tuple[int, dict[str, object]]], at: TurnColumns
                  ) -> Conversation:
    found = Conversation(rows[0][0], name, [])
    for _, cells in _in_time(rows):
        text = cells["text"]
        if not isinstance(text, str) or not text.strip():
            found.dropped["empty_turn"] += 1
            continue
        label, side = cell_text(cells["speaker"]), None
        if at.flag is not None and label is not None:
            other = AGENT if at.flag == CUSTOMER else CUSTOMER
            side, label = (at.flag if label.casefold() in _YES else other), None
        elif at.name is not None and label is not None:
            side = side_of_label(label)
        person = cell_text(cells["name"])
        found.turns.append(Said(person or label, text, cells["time"], side))
    for index, place in enumerate(at.outer):
        held = (outer[index] for _, cells in rows if isinstance(outer := cells["outer"], list))
        found.facts[columns[place]] = next((cell for cell in held if cell is not None), None)
    return found


def _in_time(rows: list[tuple[int, dict[str, object]]]) -> Iterator[tuple[int, dict[str, object]]]:
    cells = [row[1]["time"] for row in rows]
    reading = find_reading(cells, "time", "en") if None not in cells and len(cells) > 1 else None
    if reading is None:
        return iter(rows)
    moments = [read_time(cell, reading) for cell in cells]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(rows) or known == sorted(known):
        return iter(rows)
    return (rows[place] for place in sorted(range(len(rows)), key=lambda place: known[place]))
