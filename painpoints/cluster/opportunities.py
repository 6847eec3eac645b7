"""What mending a pain point could bring: what its customers ask for, and how ratings and moods compare without it.

``if_solved`` asks how the mean rating (points of 1-5), or the share of negative documents, would change if the
documents of a pain point were like otherwise similar documents without it, of the same source and language::

    change = sum over documents d of the pain point of (mean over its stratum without the pain - value of d) / documents

Strata are shrunk to the mean of all documents without the pain point, which counts as much as five documents. It is an
**association and an upper bound**, no forecast: a document is of a pain point because somebody complains in it, whoever
complains of one thing often complains of others, and those others stay when this one is mended. Intervals (95 %) come
from 400 Poisson-bootstrap resamples of documents with a fixed seed (Hanley and MacGibbon 2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from painpoints.cluster.requests import find_request, load_cues
from painpoints.cluster.skews import counted, suffering
from painpoints.cluster.words import read_words

ASKS = pl.List(pl.Struct({"unit_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8}))
IF_SOLVED = tuple(f"if_solved_{name}{end}" for name in ("rating", "negative") for end in ("", "_low", "_high"))
MOST_ASKS = 3
EXPECTED = 2
"""The tier of a stated expectation, after sure requests and reproaches that say what should be."""
SHORTEST, LONGEST = 6, 160
TOLD_WORDS = 3
"""The fewest words of an expectation that stands alone; "18 July" does not."""
LEAST = 8
"""The fewest documents with a known value, with the pain point and without it."""
SHRINKAGE = 5.0
RESAMPLES = 400
SEED = 20240531
_CELLS = 4_000_000


def with_opportunities(points: pl.DataFrame, units: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """``points`` with ``asks``, ``if_solved_rating`` and ``if_solved_negative`` (both with ``_low`` and ``_high``).

    ``units`` need ``painpoint_id`` and ``weight``; ``documents`` is every document with ``rating`` (0..1),
    ``sentiment`` and ``lang``. A change is null where fewer than eight documents on either side tell.
    """
    documents = counted(units, documents)
    ids = points["painpoint_id"].sort().to_list()
    number = {name: at for at, name in enumerate(ids)}
    held = suffering(units).filter(pl.col("painpoint_id").is_in(ids)).join(
        documents.select("doc_id").with_row_index("_row"), on="doc_id", maintain_order="left")
    rows = held["_row"].cast(pl.Int64).to_numpy()
    pains = np.array([number[name] for name in held["painpoint_id"].to_list()], np.int64)
    similar = documents.select(pl.struct(
        pl.col(name).cast(pl.Utf8).fill_null("") for name in ("source", "lang") if name in documents.columns
    ).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    rating = documents["rating"].cast(pl.Float64).fill_null(float("nan")).to_numpy() * 4
    negative = documents.select((pl.col("sentiment") == "neg").cast(pl.Float64).fill_null(float("nan"))
                                ).to_series().to_numpy()
    columns: dict[str, Any] = {"painpoint_id": ids}
    for name, values in (("rating", rating), ("negative", negative)):
        change = what_if(values, similar, rows, pains, len(ids))
        columns |= {f"if_solved_{name}": change.change, f"if_solved_{name}_low": change.low,
                    f"if_solved_{name}_high": change.high}
    found = pl.DataFrame(columns, schema={"painpoint_id": pl.Utf8, **dict.fromkeys(IF_SOLVED, pl.Float64)}
                         ).with_columns(pl.col(IF_SOLVED).fill_nan(None)).join(asks(units), on="painpoint_id",
                                                                               how="left")
    order = [*points.columns, *(name for name in ("asks", *IF_SOLVED) if name not in points.columns)]
    return points.drop("asks", *IF_SOLVED, strict=False).join(
        found.with_columns(pl.col("asks").fill_null(pl.lit([], dtype=ASKS))), on="painpoint_id", how="left",
        maintain_order="left").select(order)


def asks(units: pl.DataFrame) -> pl.DataFrame:
    """One row a pain point whose customers ask for something: ``painpoint_id``, ``asks``.

    ``asks`` is a list of up to three unit_id, lang, text, where text is a slice of what the customer wrote: requests
    first, then what should be, then stated ``expectation``s; languages take turns, one a document, no two alike.
    Needs ``painpoint_id``, ``unit_id``, ``doc_id``, ``lang``, ``text``, ``model_text``, ``weight``; uses
    ``painpoint_strength`` and ``expectation`` where they are.
    """
    columns = ("painpoint_id", "unit_id", "doc_id", "lang", "text", "model_text", "painpoint_strength", "expectation")
    members = units.filter(pl.col("painpoint_id").is_not_null() & (pl.col("weight") > 0)).select(
        name for name in columns if name in units.columns)
    said = [(row["painpoint_id"], row["unit_id"], row["doc_id"], row["lang"], text, tier,
             row.get("painpoint_strength") or 0.0)
            for row in members.iter_rows(named=True) for tier, text in _asked(row)]
    table = pl.DataFrame(said, schema={"painpoint_id": pl.Utf8, "unit_id": pl.Utf8, "doc_id": pl.Utf8, "lang": pl.Utf8,
                                       "text": pl.Utf8, "tier": pl.Int64, "strength": pl.Float64}, orient="row")
    alike = pl.col("text").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    table = table.with_columns(_alike=alike).sort(
        ["painpoint_id", "tier", "strength", "unit_id"], descending=[False, False, True, False])
    for column in ("doc_id", "_alike"):
        table = table.unique(["painpoint_id", column], keep="first", maintain_order=True)
    table = table.with_columns(_turn=pl.int_range(pl.len()).over("painpoint_id", "tier", "lang"))
    table = table.sort(["painpoint_id", "tier", "_turn", "strength", "unit_id"],
                       descending=[False, False, False, True, False])
    return table.group_by("painpoint_id", maintain_order=True).agg(
        pl.struct("unit_id", "lang", "text").head(MOST_ASKS).alias("asks"))


@dataclass(frozen=True)
class Change:
    """By how much the mean over all documents would change, for K pain points: (K,) each, NaN where unknown."""

    change: np.ndarray
    low: np.ndarray
    high: np.ndarray


def what_if(value: np.ndarray, stratum: np.ndarray, document: np.ndarray, painpoint: np.ndarray, count: int) -> Change:
    """The change if documents of each of ``count`` pain points were like those of their stratum without it.

    ``value`` (n,) is NaN where it is unknown, ``stratum`` (n,) counts from 0; ``document`` and ``painpoint`` (m,) say
    which documents have which pain points, each pair once.
    """
    known = ~np.isnan(value)
    of_pair = known[document] if len(document) else np.zeros(0, bool)
    row = np.cumsum(known) - 1
    document, painpoint = row[document[of_pair]], painpoint[of_pair]
    value, stratum = value[known], stratum[known]
    with_pain = np.bincount(painpoint, minlength=count)
    enough = (with_pain >= LEAST) & (len(value) - with_pain >= LEAST)
    if not enough.any():
        unknown = np.full(count, np.nan)
        return Change(unknown, unknown, unknown)
    layout = _Layout.of(stratum, document, painpoint, count)
    point = _changes(np.ones((1, len(value))), value, stratum, np.arange(len(value)), document, layout)[0]
    low, high = np.percentile(_resampled(value, stratum, document, layout), [2.5, 97.5], axis=0)
    return Change(*(np.where(enough, each, np.nan) for each in (point, np.fmin(low, point), np.fmax(high, point))))


@dataclass(frozen=True)
class _Layout:
    """Where pairs of document and pain point add up: cells of one stratum and one pain point each."""

    cell: np.ndarray
    cell_stratum: np.ndarray
    cell_pain: np.ndarray
    strata: int
    pains: int

    @classmethod
    def of(cls, stratum: np.ndarray, document: np.ndarray, painpoint: np.ndarray, count: int) -> _Layout:
        cells, cell = np.unique(stratum[document] * count + painpoint, return_inverse=True)
        return cls(cell, cells // count, cells % count, int(stratum.max()) + 1, count)


def _changes(weights: np.ndarray, value: np.ndarray, stratum: np.ndarray, place: np.ndarray, document: np.ndarray,
             layout: _Layout) -> np.ndarray:
    """(B, K) changes for B weightings of the rows; ``place`` maps a document to its row."""
    from scipy import sparse

    def one_hot(row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> Any:
        return sparse.csr_array((np.ones(len(row)), (row, column)), shape)

    valued = weights * value
    by_stratum = one_hot(np.arange(len(value)), stratum, (len(value), layout.strata))
    by_cell = one_hot(place[document], layout.cell, (len(value), len(layout.cell_pain)))
    by_pain = one_hot(np.arange(len(layout.cell_pain)), layout.cell_pain, (len(layout.cell_pain), layout.pains))
    total, summed = weights.sum(axis=1, keepdims=True), valued.sum(axis=1, keepdims=True)
    mine, my_sum = weights @ by_cell, valued @ by_cell
    left = np.maximum(total - mine @ by_pain, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        others = np.where(left > 0, (summed - my_sum @ by_pain) / left, summed / total)[:, layout.cell_pain]
        without = (weights @ by_stratum)[:, layout.cell_stratum] - mine
        without_sum = (valued @ by_stratum)[:, layout.cell_stratum] - my_sum
        similar = (without_sum + SHRINKAGE * others) / (without + SHRINKAGE)
        return np.asarray(((mine * similar - my_sum) @ by_pain) / total)


def _resampled(value: np.ndarray, stratum: np.ndarray, document: np.ndarray, layout: _Layout) -> np.ndarray:
    """(RESAMPLES, K) changes; documents without any pain point differ in stratum and value only: drawn as groups."""
    rng = np.random.default_rng(SEED)
    touched = np.unique(document)
    free = np.setdiff1d(np.arange(len(value)), touched)
    groups, sizes = np.unique(np.column_stack([stratum[free], value[free]]), axis=0, return_counts=True)
    values = np.concatenate([value[touched], groups[:, 1]])
    strata = np.concatenate([stratum[touched], groups[:, 0].astype(np.int64)])
    place = np.full(len(value), -1)
    place[touched] = np.arange(len(touched))
    batch = max(1, _CELLS // max(1, len(values) + len(layout.cell_pain)))
    parts = []
    for start in range(0, RESAMPLES, batch):
        many = min(batch, RESAMPLES - start)
        weights = np.hstack([rng.poisson(1.0, (many, len(touched))), rng.poisson(sizes, (many, len(sizes)))])
        parts.append(_changes(weights.astype(np.float64), values, strata, place, document, layout))
    drawn = np.concatenate(parts)
    return np.where(np.isfinite(drawn), drawn, 0.0)


def _asked(row: dict[str, Any]) -> list[tuple[int, str]]:
    """What one unit asks for: its request, else the expectation it states; with its tier."""
    cues = load_cues(row["lang"])
    request = find_request(row["text"], row["lang"]) if cues and cues.either.search(row["model_text"]) else None
    if request is not None:
        return [(request.tier, row["text"][request.start:request.end])]
    stated = (row.get("expectation") or "").strip()
    return [(EXPECTED, stated)] if SHORTEST <= len(stated) <= LONGEST and _says_what(stated, row["lang"]) else []


def _says_what(stated: str, lang: str) -> bool:
    """Whether an expectation is told in words enough to be understood alone, and is more than a figure or a date."""
    words = [word for stretch in read_words(stated, lang) for word in stretch]
    return len(words) >= TOLD_WORDS and any(word.traits.content for word in words) \
        and not any(word.traits.number for word in words)
