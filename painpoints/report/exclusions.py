"""What was left out of the figures, and why."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from painpoints.report.journeymap import NOT_EXPERIENCE, counted
from painpoints.store import RunData

LANGUAGES = ("fa", "ar", "ru", "en")
_SCHEMA = {"kind": pl.Utf8, "detail": pl.Utf8, "count": pl.Int64, "total": pl.Int64, "of": pl.Utf8}


def left_out(run: RunData) -> pl.DataFrame:
    """One row a kind of thing left out: kind, detail, count, total, of (``rows``, ``documents`` or ``units``).

    Kinds: ``rejected`` (detail = reason, from the manifest), ``copies`` (near-identical units counted once),
    ``not_experience`` (units about no customer experience), ``unsupported`` (units in other languages; detail =
    code), ``uncertain`` (units the judgement abstained on), ``unassigned`` (problems that fit no pain point).
    A kind that did not occur has no row.
    """
    rows: list[tuple[str, str | None, int, int, str]] = []
    rejected = rejected_rows(run)
    read = len(run.documents) + sum(rejected.values())
    rows += [("rejected", reason, count, read, "rows")
             for reason, count in sorted(rejected.items(), key=lambda item: (-item[1], item[0]))]
    everything, units = len(run.units), counted(run, ("lang", "touchpoint", "certain", "is_problem", "painpoint_id"))
    rows.append(("copies", None, everything - len(units), everything, "units"))
    rows.append(("not_experience", None, units.filter(pl.col("touchpoint") == NOT_EXPERIENCE).height, len(units),
                 "units"))
    foreign = units.filter(~pl.col("lang").is_in(LANGUAGES)).group_by("lang").len()
    rows += [("unsupported", lang, count, len(units), "units")
             for lang, count in foreign.sort(["len", "lang"], descending=[True, False]).iter_rows()]
    about = units.filter(pl.col("touchpoint") != NOT_EXPERIENCE)
    rows.append(("uncertain", None, about.filter(~pl.col("certain")).height, len(about), "units"))
    problems = about.filter(pl.col("is_problem"))
    rows.append(("unassigned", None, problems.filter(pl.col("painpoint_id").is_null()).height, len(problems), "units"))
    return pl.DataFrame([row for row in rows if row[2] > 0], schema=_SCHEMA, orient="row")


def rejected_rows(run: RunData) -> dict[str, int]:
    """Rejected rows by reason, from ``manifest["counts"]["rejected"]`` (a table of counts, or one number)."""
    counts = run.manifest.get("counts", {})
    rejected = counts.get("rejected", {}) if isinstance(counts, Mapping) else {}
    if isinstance(rejected, Mapping):
        return {str(reason): int(count) for reason, count in rejected.items() if int(count) > 0}
    return {"": int(rejected)} if int(rejected) > 0 else {}
