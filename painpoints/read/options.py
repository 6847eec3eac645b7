"""What a user may settle for the reading, and the record of a row that was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from painpoints.read.redaction import Redactor

#: Columns with a meaning; every other column travels on as ``meta.<name>``.
ROLES = ("text", "title", "pros", "cons", "id", "time", "rating", "author", "source", "product", "language")
RAW_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Overrides for what is otherwise found out from the file.

    ``text`` to ``language`` name columns; an empty name says that no column is this. ``author_secret`` keys the hash
    that replaces author names; without it authors are not told apart. ``show_authors`` keeps the names too.
    ``max_chars`` is the longest cell taken, ``batch_rows`` the rows a frame, ``limit`` the documents in all.
    ``sheet`` names the sheet of a workbook. ``agent`` and ``customer`` are how speakers of conversations are called in
    the file, several parted by commas. ``redactor`` takes personal data out of every cell before it gets an id;
    without one nothing is taken out. ``brands`` are the names under which the brand itself writes ("": it does not),
    ``preset`` is the tool that the file comes from (see ``social/presets.toml``).
    """

    text: str | None = None
    title: str | None = None
    pros: str | None = None
    cons: str | None = None
    id: str | None = None
    time: str | None = None
    rating: str | None = None
    author: str | None = None
    source: str | None = None
    product: str | None = None
    language: str | None = None
    kind: str | None = None
    rating_scale: str | None = None
    max_chars: int = 100_000
    batch_rows: int = 5000
    author_secret: bytes = b""
    limit: int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    show_authors: bool = False
    agent: str | None = None
    customer: str | None = None
    redactor: Redactor | None = None
    brands: tuple[str, ...] = ()
    preset: str | None = None

    def overrides(self) -> dict[str, str]:
        """The columns the user named, by role; an empty name where the user said that none is this."""
        named = {role: getattr(self, role) for role in ROLES}
        return {role: name for role, name in named.items() if name is not None}


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row (or, with row 0, one file) that was left out, and why.

    ``code`` is greppable (``empty_text``, ``broken_quoting`` ...), ``words`` says it in words, ``raw`` is what
    stood there, cut at 10,000 characters.
    """

    file: str
    row: int
    code: str
    words: str
    raw: str

    @property
    def reason(self) -> str:
        """``code: words``."""
        return f"{self.code}: {self.words}"

    @classmethod
    def of(cls, file: str, row: int, code: str, words: str, raw: object) -> Rejected:
        """The record, with `raw` cut to size."""
        safe = str(raw)[:RAW_LIMIT].encode("utf-8", errors="backslashreplace").decode("utf-8")
        return cls(file, row, code, words, safe[:RAW_LIMIT])

    def as_dict(self) -> dict[str, object]:
        """One line of rejected.jsonl."""
        return {"file": self.file, "row": self.row, "reason": self.code, "words": self.words, "raw": self.raw}
