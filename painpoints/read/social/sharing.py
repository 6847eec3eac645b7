"""What a row is among others: the brand's own, an answer to somebody, passed on, or with words of another in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from painpoints.read.columnnames import fold_name
from painpoints.read.people import BRAND
from painpoints.read.social.brand import Sides
from painpoints.read.social.opinions import read_post
from painpoints.read.social.telling import truth_of

if TYPE_CHECKING:
    import polars as pl

    from painpoints.read.redaction import DocumentRedaction

REPOST, QUOTE = "repost", "quote"
_NONE = frozenset(("", "-1", "0", "none", "null", "nan"))


def by_side(documents: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The documents of customers, and those the brand wrote itself."""
    import polars as pl

    if "side" not in documents.columns:
        return documents, documents.clear()
    own = pl.col("side").eq_missing(BRAND)
    return documents.filter(~own), documents.filter(own)


class Part(TypedDict):
    """Which characters of a document's text come from one column."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shared:
    """``parts`` that are the writer's opinion (none of the brand's own), the ``side`` the row is from, the brand it is
    addressed to; ``shared``: REPOST where all of it is passed on, QUOTE where own words go with it, ``shared_id`` the
    id of what is."""

    parts: list[Part]
    side: str | None
    addressee: str | None
    shared: str | None
    shared_id: str | None


class Sharing:
    """Reads rows of one table; ``brands`` are the names of the brand, whose handles may be kept."""

    def __init__(self, sides: Sides, brands: Sequence[str]) -> None:
        self._sides = sides
        self._brands = {fold_name(name.lstrip("@")) for name in brands} - {""} | sides.names

    def of(self, values: Sequence[object], text: str, parts: list[Part], raw: str | None, redaction: DocumentRedaction
           ) -> Shared:
        """What a row is. ``text`` and ``parts`` are without personal data, ``raw`` is its text cell as it was."""
        sides = self._sides
        side = sides.of(values)
        quoted = next(iter(sides.cells(values, "quoted_text")), None)
        reposted, cited = self._id(values, "reposted"), self._id(values, "quoted")
        forwarded = any(truth_of(cell) is not False for cell in sides.cells(values, "forwarded"))
        same = quoted is not None and raw is not None and quoted.strip() == raw.strip()
        seen = redaction.cell(quoted) if quoted is not None and raw is not None and quoted.strip() in raw else None
        kept: list[Part] = []
        addressee, repost, quote = None, reposted is not None or forwarded or same, False
        for part in parts:
            if part["field"] != "text":
                kept.append(part)
                continue
            start = part["start"]
            post = read_post(text[start:part["end"]], None if same else seen)
            kept += [{"field": "text", "start": start + a, "end": start + b} for a, b in post.spans if a < b]
            repost, quote = repost or post.repost, post.quote
            addressee = next((name for name in post.handles if fold_name(name) in self._brands), None)
        shared = REPOST if repost else QUOTE if quote or cited is not None or quoted is not None else None
        told = reposted if reposted is not None else cited
        return Shared([] if side == BRAND else kept, side, addressee, shared,
                      None if shared is None or told is None else redaction.key(told))

    def _id(self, values: Sequence[object], kind: str) -> str | None:
        return next((cell for cell in self._sides.cells(values, kind) if cell.strip().casefold() not in _NONE), None)
