"""Segments: the columns and values that digests can be made by, and the names of a digest's files."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection

import polars as pl

from painpoints.errors import UsageError
from painpoints.report.digest.cut import Cut
from painpoints.report.digest.model import Digest

LEAST = 10
"""Documents a segment needs in the period to have a digest of its own."""
LONGEST = 48
"""Letters of a segment's value that a file name takes, at most."""


def segment_column(columns: Collection[str], name: str) -> str:
    """The column called ``name``: lang, source, or one of the input, with or without "meta.".

    Raises UsageError with the nearest column that there is.
    """
    known = [c for c in ("lang", "source") if c in columns] + sorted(c for c in columns if c.startswith("meta."))
    for candidate in (name, f"meta.{name}"):
        if candidate in known:
            return candidate
    plain = {c.removeprefix("meta."): c for c in known}
    near = difflib.get_close_matches(name.casefold(), plain, 1)
    raise UsageError(f"No column {name!r} to make digests by.",
                     hint=(f"Did you mean {near[0]!r}? " if near else "") + f"There are: {', '.join(plain)}.")


def value_of(column: str) -> pl.Expr:
    """The segment of each document, null where it has none."""
    text = pl.col(column).cast(pl.Utf8).str.strip_chars()
    return pl.when(text != "").then(text)


def segments_of(now: Cut, column: str, least_authors: int = 1) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The values of ``column`` with enough documents, by enough people, in the period, most first; and the others with
    their counts, of which none is told that is under ``least_authors``: those are 0."""
    # Copies of another segment's texts are documents of this one.
    who = pl.coalesce("author_key", "doc_id") if "author_key" in now.documents.columns else pl.col("doc_id")
    counts = now.documents.group_by(value=value_of(column)).agg(pl.len(), people=who.n_unique()).drop_nulls(
        "value").sort(["len", "value"], descending=[True, False])
    enough = (pl.col("len") >= LEAST) & (pl.col("people") >= least_authors)
    told = pl.when(pl.col("people") >= least_authors).then(pl.col("len")).otherwise(0)
    return tuple(counts.filter(enough)["value"]), tuple(counts.filter(~enough).select("value", told).iter_rows())


def digest_name(digest: Digest, lang: str, ending: str) -> str:
    """The file name of ``digest`` in a language and form: "digest-2026-W47.fa.html".

    A segment's value stands in it by its letters and digits, and where that is not all of it, by a hash too, so that
    no two values share a name and none leads out of the folder.
    """
    period = digest.period.week or f"{digest.period.first}_{digest.period.last}"
    part = f".{file_part(digest.segment[1])}" if digest.segment else ""
    return f"digest-{period}{part}.{lang}.{ending}"


def digest_key(digest: Digest, lang: str) -> str:
    """The name under which ``digest`` is sent: the days, the segment and the language, whatever file it is in.

    The workspace is not in it, because what was sent is kept within one, wherever its folder is moved to.
    """
    return json.dumps([str(digest.period.first), str(digest.period.last), digest.segment, lang], ensure_ascii=False)


def file_part(value: str) -> str:
    """``value`` as a part of a file name that every system takes."""
    plain = unicodedata.normalize("NFC", value)
    letters = re.sub(r"[\W_]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if letters == value and value == value.casefold():
        return letters
    # Where file names know no capitals, "A" and "a" are one name; the hash keeps them apart.
    return f"{letters}-{hashlib.sha256(value.encode()).hexdigest()[:6]}".lstrip("-")
