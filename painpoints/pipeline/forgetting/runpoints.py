"""The pain points of a run when some of its opinions are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.pipeline.forgetting.factfiles import Gone, without
from painpoints.pipeline.forgetting.traces import Traces
from painpoints.store import RunData
from painpoints.text import streams

if TYPE_CHECKING:
    import polars as pl

_LONGEST = 90
_QUOTED = ("unit_id", "doc_id", "lang", "text", "source_id")


def points_left(data: RunData, gone: Gone, traces: Traces, settings: Settings) -> pl.DataFrame:
    """The painpoints frame of ``data`` from the opinions that are left, by rank; those without any are not in it."""
    import polars as pl

    from painpoints.cluster import with_opportunities, with_skews
    from painpoints.track import with_trends

    documents = without(data.documents, gone)
    units = units_left(data.units, gone)
    own = units.filter(pl.col("weight") > 0).join(documents.select("doc_id", "author_key", "source_id", "time"),
                                                  on="doc_id", how="left", maintain_order="left")
    inside = {key[0]: part for key, part in own.filter(pl.col("painpoint_id").is_not_null()).partition_by(
        "painpoint_id", as_dict=True).items()}
    lost = set(data.units.filter(pl.col("unit_id").is_in(sorted(gone.unit_ids)))["painpoint_id"].drop_nulls())
    theirs = _words(data.units.filter(pl.col("unit_id").is_in(sorted(gone.unit_ids))))
    rows = []
    for row in data.painpoints.iter_rows(named=True):
        members = inside.get(row["painpoint_id"])
        if members is not None:
            rows.append(_left(row, members, gone, traces, theirs) if row["painpoint_id"] in lost else row)
    frame = pl.DataFrame(rows, schema=data.painpoints.schema).with_columns(rank=pl.int_range(1, pl.len() + 1))
    frame = with_skews(frame, units, documents, settings.segment)
    frame = with_opportunities(frame, units, documents)
    return with_trends(frame, units, documents, week_start=settings.first_weekday(), zone=settings.zone)


def units_left(units: pl.DataFrame, gone: Gone) -> pl.DataFrame:
    """The ``units`` of a run that are left; of the copies of one that goes, the first has the vote."""
    import polars as pl

    kept = without(units, gone)
    voted = units.filter(pl.col("unit_id").is_in(sorted(gone.unit_ids)) & (pl.col("weight") > 1))["key"]
    silent = (pl.col("weight") == 0).all().over("key") & pl.col("key").is_in(voted.implode())
    first = pl.int_range(pl.len()).over("key") == 0
    return kept.with_columns(weight=pl.when(silent & first).then(pl.len().over("key").cast(kept.schema["weight"]))
                             .otherwise("weight"))


def _left(row: dict[str, Any], members: pl.DataFrame, gone: Gone, traces: Traces, theirs: str) -> dict[str, Any]:
    """A pain point that has lost opinions."""
    firm = members.sort(["painpoint_strength", "unit_id"], descending=[True, False], nulls_last=True)
    others = _words(members)
    quotes = [quote for quote in row["quotes"] if quote["doc_id"] not in gone.doc_ids]
    if not quotes:
        quotes = firm.select(_QUOTED).head(1).to_dicts()
    langs = members.group_by("lang").len("units").sort(["units", "lang"], descending=[True, False])

    def own(said: str) -> bool:
        words = f" {streams(said.rstrip('…'))[0]} "
        return bool(traces.found_in(said, cell=True)) or (words.strip() != "" and words in theirs
                                                          and words not in others)

    new = {**row, "quotes": quotes, "units": len(members), "documents": members["doc_id"].n_unique(),
           "authors": members.select(author=members["author_key"].fill_null(members["doc_id"]))["author"].n_unique(),
           "langs": langs.to_dicts(), "first_seen": members["time"].min(), "last_seen": members["time"].max(),
           "keyphrases": [{**one, "phrases": [phrase for phrase in one["phrases"] if not own(phrase)]}
                          for one in row["keyphrases"]]}
    titles = [one for one in row["titles"] if not own(one["title"])]
    if own(row["title"]) or len(titles) < len(row["titles"]):
        said = " ".join(str(quotes[0]["text"]).split())
        title = said if len(said) <= _LONGEST else f"{said[:_LONGEST].rsplit(' ', 1)[0]}…"
        new.update(title=title if own(row["title"]) else row["title"],
                   titles=titles or [{"lang": quotes[0]["lang"], "title": title}])
    return new


def _words(units: pl.DataFrame) -> str:
    return "".join(f" {streams(text)[0]} |" for name in ("text", "model_text") for text in units[name])
