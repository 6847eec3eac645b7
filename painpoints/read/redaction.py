"""Personal data taken out of what is read, before anything of it gets an id or is kept.

What finds and replaces them comes from outside as a `Redactor`; here is told which cells it sees, and how the places
of what it replaced lead back to the text as it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from painpoints.read.markup.html import strip_html
from painpoints.read.markup.tape import Tape
from painpoints.read.table import cell_text

_KNOWN, _SHORT = 100_000, 80
_MARGIN = 500
_MOSTLY, _CHANCE, _LOOKED_AT = 0.8, 0.3, 300


class Found(Protocol):
    """One value that was replaced: its ``kind``, its ``number`` among the document's values of this kind, where what
    stands for it is (``start``, ``end``), where it stood itself (``was``), and its keyed ``pseudonym``."""

    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def was(self) -> tuple[int, int]: ...
    @property
    def pseudonym(self) -> str: ...


class Redacted(Protocol):
    """A text without its personal data, and what was found in it, in order."""

    @property
    def text(self) -> str: ...
    @property
    def found(self) -> Sequence[Found]: ...


class DocumentRedactor(Protocol):
    """Redacts the texts of one document; a value has the same number in all of them."""

    def redact(self, text: str, /) -> Redacted: ...


class Redactor(Protocol):
    """Redacts documents, each with numbers of its own."""

    def document(self) -> DocumentRedactor: ...


@dataclass(frozen=True, slots=True)
class Replaced:
    """A `Found` in a text that was redacted in more than one look."""

    kind: str
    number: int
    start: int
    end: int
    was: tuple[int, int]
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a document as it is kept; ``found`` counts characters of this text."""

    text: str
    found: tuple[Found, ...] = ()


class TableRedaction:
    """The redaction of one table, stream or conversation file: what was replaced so far is in ``counts``, by kind.

    Without a redactor everything stays as it is.
    """

    def __init__(self, redactor: Redactor | None) -> None:
        self._redactor = redactor
        self._clean: set[str] = set()
        self.counts: Counter[str] = Counter()

    @property
    def active(self) -> bool:
        """Whether there is a redactor."""
        return self._redactor is not None

    def document(self) -> DocumentRedaction:
        """A fresh document's redaction."""
        return DocumentRedaction(self)

    def open(self) -> DocumentRedactor | None:
        """What redacts one document's texts."""
        return None if self._redactor is None else self._redactor.document()

    def raw(self, text: str, most: int) -> str:
        """The first ``most`` characters of something that belongs to no document, redacted."""
        return self.document().head(text, most)

    def name(self, text: str) -> str:
        """A name that somebody gave a file or a column, redacted without being counted."""
        return text if self._redactor is None else _keyed(_piece(self._redactor.document().redact(text)))

    def is_clean(self, text: str) -> bool:
        """Whether a short text was seen before, and nothing was found in it."""
        return text in self._clean

    def note_clean(self, text: str) -> None:
        """Remembers that nothing is found in a short text: columns say the same over and over."""
        if len(text) <= _SHORT and len(self._clean) < _KNOWN:
            self._clean.add(text)


class DocumentRedaction:
    """Takes the personal data out of one document: of its texts (`text`), ids (`key`) and other cells (`cell`)."""

    def __init__(self, table: TableRedaction) -> None:
        self._table = table
        self._redactor: DocumentRedactor | None = None
        self._rows: list[dict[str, object]] = []

    def text(self, raw: str) -> Piece:
        """A text that becomes part of the document's text: give its place with `place` once that is known."""
        if not self._table.active:
            return Piece(raw)
        piece = self._look(raw)
        if "&" in piece.text or "<" in piece.text:
            piece = self._look_through(piece)
        self._table.counts.update(found.kind for found in piece.found)
        return piece

    def place(self, piece: Piece, at: int) -> None:
        """Says that ``piece`` begins at character ``at`` of the document's text."""
        self._rows += [{"kind": found.kind, "number": found.number, "start": at + found.start, "end": at + found.end,
                        "length": found.was[1] - found.was[0], "pseudonym": found.pseudonym} for found in piece.found]

    def rows(self) -> list[dict[str, object]] | None:
        """The document's ``redactions``: None where nothing was looked for."""
        return sorted(self._rows, key=lambda row: int(str(row["start"]))) if self._table.active else None

    def cell(self, value: object) -> str | None:
        """Any other cell as text. One without a space is taken for a `key`, and so is one that is a single value:
        such cells join rows."""
        if not self._table.active:
            return cell_text(value)
        if isinstance(value, list | tuple | dict) and value:
            return cell_text(self.inside(value))
        text = cell_text(value)
        if text is None or self._table.is_clean(text):
            return text
        piece = self.text(text)
        if not piece.found:
            self._table.note_clean(text)
            return text
        only = piece.found[0]
        alone = not piece.text[:only.start].strip() and not piece.text[only.end:].strip()
        return _keyed(piece) if alone or len(text.split()) == 1 else piece.text

    def key(self, value: object) -> str | None:
        """A cell that names something, such as an id: values in it become pseudonyms, the same in every document."""
        text = cell_text(value)
        if text is None or not self._table.active or self._table.is_clean(text):
            return text
        piece = self.text(text)
        return _keyed(piece) if piece.found else text

    def head(self, text: str, most: int) -> str:
        """The text's first ``most`` characters, redacted; a value that reaches over the end goes as a whole."""
        if not self._table.active:
            return text[:most]
        piece = self.text(text[:most + _MARGIN])
        end = len(piece.text) if len(text) <= most else _kept_until(piece, most)
        return piece.text[:min(end, most)]

    def inside(self, value: object) -> object:
        """Nested lists and objects with their texts and numbers redacted one by one."""
        if isinstance(value, list | tuple):
            return [self.inside(item) for item in value]
        if isinstance(value, dict):
            return {self.cell(str(name)): self.inside(item) for name, item in value.items()}
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            text = cell_text(value)
            clean = self.cell(value)
            return value if clean == text else clean
        return value

    def _look(self, text: str) -> Piece:
        if self._redactor is None:
            self._redactor = self._table.open()
        assert self._redactor is not None
        return _piece(self._redactor.redact(text))

    def _look_through(self, piece: Piece) -> Piece:
        """The piece without the values that mark-up and entities had taken apart."""
        plain = strip_html(Tape.identity(piece.text)).stripped()
        if plain.text == piece.text:
            return piece
        again = self._look(plain.text)
        if not again.found:
            return piece
        edits = []
        for found in again.found:
            edits.append((*plain.source(*found.was), again.text[found.start:found.end], found))
        return _composed(piece, edits)


def chance_columns(names: Sequence[str], sample: Sequence[Sequence[object]], redactor: Redactor | None
                   ) -> frozenset[str]:
    """Columns of bare numbers, few of which look like personal data: one count or id in ten fits a checksum by chance.

    `is_bare_number` says which of their cells are left alone.
    """
    if redactor is None:
        return frozenset()
    found = set()
    for place, name in enumerate(names):
        cells = [text for row in sample if (text := cell_text(row[place])) is not None]
        bare = [cell for cell in cells if is_bare_number(cell)]
        if len(bare) < _MOSTLY * len(cells) or not bare:
            continue
        seen = bare[:_LOOKED_AT]
        if sum(1 for cell in seen if redactor.document().redact(cell).found) < _CHANCE * len(seen):
            found.add(name)
    return frozenset(found)


def is_bare_number(cell: str) -> bool:
    """Whether a cell is digits and nothing else; those of telephones begin with a nought where no sign is written."""
    digits = cell.strip()
    return digits.isdecimal() and digits[0] not in "0۰٠"


def in_original(redactions: Iterable[Mapping[str, Any]] | None, at: int) -> int:
    """The place in the text as it was of character ``at`` of a document's text; that of the beginning of a value for
    one inside what stands for it."""
    moved = 0
    for row in redactions or ():
        if at >= row["end"]:
            moved += row["length"] - (row["end"] - row["start"])
        elif at > row["start"]:
            return int(row["start"]) + moved
    return at + moved


def unescaped(raw: str) -> str:
    """A line of broken JSON with its escapes as the characters they stand for, so that values in it are seen."""
    decoded, at = [], 0
    while (escape := raw.find("\\", at)) >= 0:
        length = 6 if raw[escape + 1:escape + 2] == "u" else 2
        written = raw[escape:escape + length]
        try:
            read = json.loads(f'"{written}"')
        except ValueError:
            read = written
        decoded += [raw[at:escape], read]
        at = escape + length
    return "".join([*decoded, raw[at:]])


def _piece(redacted: Redacted) -> Piece:
    return Piece(redacted.text, tuple(redacted.found))


def _keyed(piece: Piece) -> str:
    """The piece with pseudonyms in place of numbers."""
    kept, at = [], 0
    for found in piece.found:
        kept += [piece.text[at:found.start], f"[{found.kind} {found.pseudonym}]"]
        at = found.end
    return "".join([*kept, piece.text[at:]])


def _was(found: Sequence[Found], at: int) -> int:
    """The place of character ``at`` before ``found`` were replaced."""
    moved = 0
    for one in found:
        if one.end > at:
            break
        moved = one.was[1] - one.end
    return at + moved


def _kept_until(piece: Piece, most: int) -> int:
    """Where in a piece the character ``most`` of its original is, or the value begins that reaches over it."""
    moved = 0
    for found in piece.found:
        if found.was[0] >= most:
            break
        if found.was[1] > most:
            return found.start
        moved = found.end - found.was[1]
    return most + moved


def _composed(piece: Piece, edits: Sequence[tuple[int, int, str, Found]]) -> Piece:
    """``piece`` with further stretches replaced; what they cover of earlier finds goes with them."""
    kept: list[Found] = []
    text: list[str] = []
    at = length = 0
    earlier = list(piece.found)

    def copy(until: int) -> None:
        nonlocal at, length
        while earlier and earlier[0].end <= until:
            one = earlier.pop(0)
            if one.start >= at:
                shift = length - at
                kept.append(Replaced(one.kind, one.number, one.start + shift, one.end + shift, one.was, one.pseudonym))
        text.append(piece.text[at:until])
        length += until - at
        at = until

    for start, end, token, found in edits:
        # A value that was found before and reaches into this one belongs to it.
        touched = [one for one in piece.found if one.start < end and one.end > start]
        first = min([start, *(one.start for one in touched)])
        last = max([end, *(one.end for one in touched)])
        if first < at:
            continue
        copy(first)
        kept.append(Replaced(found.kind, found.number, length, length + len(token),
                             (_was(piece.found, first), _was(piece.found, last)), found.pseudonym))
        text.append(token)
        length += len(token)
        at = last
    copy(len(piece.text))
    return Piece("".join(text), tuple(kept))
