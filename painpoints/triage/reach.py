"""How far a comment reaches: likes, answers, shares, followers and views, in whatever columns tell of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from painpoints.text import fold_words

if TYPE_CHECKING:
    import polars as pl

META = "meta."
_NUMBER = re.compile(r"(-?\d[\d\s,.'٬٫_\u00a0\u202f]*)\s*(\S*)")
_MARKS = re.compile(r"[\s,'٬_\u00a0\u202f]")


_PASSED_ON = ("shares", "answers")
"""What a post that is passed on counts of the one it passes on."""


def gathered_reach(documents: pl.DataFrame) -> pl.Series | None:
    """`reach` with that of a comment's copies added to its own, so that what is passed on reaches as far as it went."""
    import polars as pl

    own = reach(documents)
    if own is None or "copy_of" not in documents.columns:
        return own
    told = documents.select("doc_id", "copy_of").with_columns(own)
    if "shared" in documents.columns and documents["copy_of"].is_not_null().any():
        passed = reach(documents, without=_PASSED_ON)
        repost = pl.col("shared").eq_missing("repost") & pl.col("copy_of").is_not_null()
        told = told.with_columns(documents.select("shared").to_series(), passed=passed).with_columns(
            reach=pl.when(repost).then("passed").otherwise("reach"))
    copies = told.filter(pl.col("copy_of").is_not_null() & pl.col("reach").is_not_null()).group_by("copy_of").agg(
        copied=pl.col("reach").sum())
    told = told.join(copies, left_on="doc_id", right_on="copy_of", how="left", maintain_order="left")
    return told.select(pl.when(pl.any_horizontal(pl.col("reach", "copied").is_not_null())).then(
        pl.sum_horizontal("reach", "copied"))).to_series().rename("reach")


def reach(documents: pl.DataFrame, without: Sequence[str] = ()) -> pl.Series | None:
    """What the columns of reach are worth in likes, row by row (Float64, null where none tells); None without any.

    Columns of the kinds ``without`` are left out.
    """
    import polars as pl

    known = _table()[0]
    worth = {name: known[key][1] for name in documents.columns
             if name.startswith(META) and (key := column_key(name.removeprefix(META))) in known
             and known[key][0] not in without}
    if not worth:
        return None
    columns = [documents[name].map_elements(count, return_dtype=pl.Float64, skip_nulls=True) * worth[name]
               for name in sorted(worth)]
    told = pl.DataFrame({str(at): column for at, column in enumerate(columns)})
    return told.select(pl.when(pl.any_horizontal(pl.all().is_not_null())).then(pl.sum_horizontal(pl.all()))
                       ).to_series().rename("reach")


def count(cell: str) -> float | None:
    """The number in ``cell`` ("۱٬۲۳۴", "1.2K", "12,5 тыс."), None where there is none or it is below zero."""
    text = "".join(str(int(c)) if c.isdecimal() else c for c in cell.strip())
    found = _NUMBER.match(text)
    if found is None:
        return None
    multiple = _table()[1].get(fold_words(found[2]).strip(" ."), 1.0)
    digits = _MARKS.sub("", found[1].replace("٫", "."))
    if multiple > 1:  # "12,5 thousand": the comma is a decimal one
        digits = re.sub(r"[\s'٬_\u00a0\u202f]", "", found[1].replace("٫", ".").replace(",", "."))
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", digits) and multiple == 1:
        digits = digits.replace(".", "")
    try:
        value = float(digits.rstrip(".")) * multiple
    except ValueError:
        return None
    return value if value >= 0 else None


def column_key(name: str) -> str:
    """The name of a column as it is compared: without case, separators and spelling variants."""
    return "".join(c for c in fold_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)) if c.isalnum())


@cache
def _table() -> tuple[dict[str, tuple[str, float]], dict[str, float]]:
    """Kind and worth by folded column name, and multiples by folded word."""
    data: dict[str, Any] = tomllib.loads(files("painpoints.triage").joinpath("reach.toml").read_text("utf8"))
    multiples = {fold_words(word).strip(): float(by) for by, words in data.pop("multiples").items() for word in words}
    known = {column_key(name): (kind, entry["worth"]) for kind, entry in data.items() for name in entry["names"]}
    return known, multiples
