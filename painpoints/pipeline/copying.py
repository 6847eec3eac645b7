"""What was copied, by whom it was handed out: near and semantic copies, and possible campaigns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster import Campaign, Stream, campaign_id, find_campaigns, without_means
from painpoints.config import Settings
from painpoints.pipeline.passing import follow_posts
from painpoints.pipeline.weighing import NEAR, SEMANTIC
from painpoints.text import contained, jaccard, letters, near_copies, runs

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

SAME_AUTHOR = 0.95
"""Cosine from which two units of one author, in two documents of one week, say the same again, if they share SOME of
their wording: who meets the same trouble again later has something new to say."""
SOME = 0.15
_WEEK = 7 * 86_400
_ALONG = 12
_HALF = 0.5
_DAY = 86_400_000_000
_QUOTES = 5
_COUNTED = "counted"


def group_schema() -> dict[str, pl.DataType]:
    """Columns of `Copies.groups`: ``group`` is shared by copies, ``tier`` says how far one is from the first."""
    import polars as pl

    return {"unit_id": pl.Utf8(), "group": pl.Utf8(), "tier": pl.Utf8()}


def campaign_schema() -> dict[str, pl.DataType]:
    """Columns of the campaigns frame."""
    import polars as pl

    moment = pl.Datetime("us", "UTC")
    quote = pl.Struct({"doc_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8, "source_id": pl.Utf8})
    return {"campaign_id": pl.Utf8(), "documents": pl.Int64(), "authors": pl.Int64(), "fresh_authors": pl.Int64(),
            "known_authors": pl.Int64(), "first": moment, "last": moment, "copies_share": pl.Float64(),
            "langs": pl.List(pl.Utf8), "sources": pl.List(pl.Utf8), "sentiment": pl.Float64(),
            "direction": pl.Utf8(), "usual": pl.Int64(), "expected": pl.Float64(), "chance": pl.Float64(),
            "quotes": pl.List(quote), "reasons": pl.List(pl.Utf8)}


@dataclass(frozen=True)
class Copies:
    """``groups``: units that are near or semantic copies of each other (`group_schema`); ``campaigns``: the possible
    campaigns (`campaign_schema`); ``members``: the doc_id and campaign_id of their documents."""

    groups: pl.DataFrame
    campaigns: pl.DataFrame
    members: pl.DataFrame


Vectors = Callable[["np.ndarray"], "np.ndarray"]


def find_copies(units: pl.DataFrame, documents: pl.DataFrame, load_vectors: Vectors, settings: Settings,
                means: Mapping[str, np.ndarray] | None = None) -> Copies:
    """The near and semantic copies and the possible campaigns among judged ``units`` and their ``documents``.

    ``load_vectors`` gives the clustering vectors of the units that a mask (n,) selects; ``means`` are the stored means
    of their space.
    """
    import numpy as np
    import polars as pl

    told = units.with_row_index("row").select(
        "row", "unit_id", "doc_id", "start", "lang", "sentiment", pl.col("p_neg", "p_pos").cast(pl.Float64),
        letters=letters(units["model_text"])).join(
        documents.select("doc_id", "author_key", "time"), on="doc_id", how="left").sort(
        "time", "doc_id", "start", "unit_id", nulls_last=True)
    whole = told.group_by("doc_id", maintain_order=True).agg(
        pl.col("author_key", "time", "lang").first(), pl.col("letters").str.join(""),
        feeling=(pl.col("p_pos") - pl.col("p_neg")).mean(), rows=pl.col("row"), at=pl.int_range(pl.len()))
    spans = np.r_[0, np.cumsum(whole["rows"].list.len().to_numpy(), dtype=np.int64)]
    to = np.arange(len(told))
    tiers = np.full(len(told), NEAR, object)
    said, polar = told["letters"].to_list(), told["sentiment"].to_list()
    leads = near_copies(whole["letters"].to_list(), np.arange(len(whole)), whole["author_key"].to_list())
    _follow(leads, spans, said, polar, to)
    alone = np.flatnonzero(to == np.arange(len(told)))
    own = near_copies([said[at] for at in alone], np.arange(len(alone)), told["author_key"].gather(alone).to_list())
    for at, first in zip(alone.tolist(), alone[own].tolist(), strict=True):
        if at != first and _agree(polar[at], polar[first]):
            to[at] = first
    follow_posts(whole, documents, spans, to, tiers)
    vectors = _Vectors(load_vectors, told["row"].to_numpy(), told["lang"].to_list(), means)
    _again(told, said, polar, vectors, to, tiers)
    stream = _stream(whole, documents, vectors, spans)
    found = find_campaigns(stream)
    names = {id(one): campaign_id(stream.doc_ids[int(one.rows[0])]) for one in found}
    for one in found:
        _count_once(one, spans, to, tiers, settings.count_campaigns)
    members = pl.DataFrame([(stream.doc_ids[int(row)], names[id(one)]) for one in found for row in one.rows],
                           schema={"doc_id": pl.Utf8, "campaign_id": pl.Utf8}, orient="row")
    table = pl.DataFrame([_row(one, names[id(one)], stream, documents, leads) for one in found],
                         schema=campaign_schema(), orient="row")
    return Copies(_groups(told["unit_id"], to, tiers), table, members)


def _agree(one: str | None, two: str | None) -> bool:
    """Whether two judgements do not contradict each other: a text turned into its opposite is no copy."""
    return {one, two} != {"neg", "pos"}


def _follow(leads: np.ndarray, spans: np.ndarray, said: list[str], polar: list[str | None], to: np.ndarray) -> None:
    """Has the units of near copied documents be copies of units of the first, but for what they add of their own."""
    for doc, lead in enumerate(leads.tolist()):
        if doc == lead:
            continue
        firsts = range(spans[lead], spans[lead + 1])
        held = [runs(said[at]) for at in firsts]
        text = runs("".join(said[at] for at in firsts))
        for rank, at in enumerate(range(spans[doc], spans[doc + 1])):
            own = runs(said[at])
            if len(said[at]) < _ALONG:
                match = firsts[min(rank, len(firsts) - 1)]
            elif contained(own, text) >= _HALF:
                match = firsts[max(range(len(held)), key=lambda n: (jaccard(own, held[n]), -n))]
            else:
                continue
            if _agree(polar[at], polar[match]):
                to[at] = match


class _Vectors:
    """Aligned vectors of units by their places, read when asked for."""

    def __init__(self, load: Vectors, rows: np.ndarray, langs: list[str], means: Mapping[str, np.ndarray] | None
                 ) -> None:
        self._load, self._rows, self._langs, self._means = load, rows, langs, means

    def of(self, places: np.ndarray) -> np.ndarray:
        """The vectors (m, d) of units at ``places``, their language's stored mean taken out."""
        import numpy as np

        mask = np.zeros(len(self._rows), bool)
        wanted = self._rows[places]
        mask[wanted] = True
        order = np.unique(wanted)
        loaded = self._load(mask)[np.searchsorted(order, wanted)]
        return without_means(loaded, [self._langs[at] for at in places], self._means or {})


def _again(told: pl.DataFrame, said: list[str], polar: list[str | None], vectors: _Vectors, to: np.ndarray,
           tiers: np.ndarray) -> None:
    """Has what an author says again in other words in another document be a copy of what was said first."""
    import numpy as np
    import polars as pl

    several = told.with_columns(place=pl.int_range(pl.len())).filter(
        pl.col("author_key").is_not_null() & (pl.col("letters").str.len_chars() >= 20)
        & (pl.col("doc_id").n_unique().over("author_key") > 1))
    if several.is_empty():
        return
    places = several["place"].to_numpy()
    space = vectors.of(places)
    docs, when = told["doc_id"].to_list(), told["time"].dt.epoch("s").to_list()
    of = several.with_columns(at=pl.int_range(pl.len())).group_by("author_key", maintain_order=True).agg("at")
    for members in of["at"].to_list():
        for number, at in enumerate(members[1:], 1):
            place = places[at]
            if to[place] != place:
                continue
            before = members[max(0, number - 50):number]
            for other in np.argsort(-(space[before] @ space[at]), kind="stable").tolist():
                first = places[before[other]]
                if float(space[before[other]] @ space[at]) < SAME_AUTHOR:
                    break
                if (docs[first] != docs[place] and _agree(polar[place], polar[first])
                        and when[place] is not None and when[place] - when[first] <= _WEEK
                        and jaccard(runs(said[place]), runs(said[first])) >= SOME):
                    to[place], tiers[place] = first, SEMANTIC
                    break


def _stream(whole: pl.DataFrame, documents: pl.DataFrame, vectors: _Vectors, spans: np.ndarray) -> Stream:
    import numpy as np
    import polars as pl

    sources = documents.select("doc_id", "source").unique("doc_id", keep="first", maintain_order=True) \
        if "source" in documents.columns else documents.select("doc_id", source=pl.lit(None, pl.Utf8))
    days = whole["time"].dt.epoch("us").cast(pl.Float64) / _DAY

    def of(rows: np.ndarray) -> np.ndarray:
        places = np.concatenate([np.arange(spans[row], spans[row + 1]) for row in rows])
        owners = np.repeat(np.arange(len(rows)), [spans[row + 1] - spans[row] for row in rows])
        found = vectors.of(places)
        total = np.zeros((len(rows), found.shape[1]), np.float64)
        np.add.at(total, owners, found)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.asarray(np.divide(total, length, out=np.zeros_like(total), where=length > 1e-9))

    return Stream(whole["doc_id"].to_list(), whole["letters"].to_list(), days.fill_null(np.nan).to_numpy(),
                  whole["author_key"].to_list(),
                  whole.join(sources, on="doc_id", how="left", maintain_order="left")["source"].to_list(),
                  whole["lang"].to_list(), whole["feeling"].fill_null(0.0).to_numpy(), of)


def _count_once(campaign: Campaign, spans: np.ndarray, to: np.ndarray, tiers: np.ndarray, counted: bool) -> None:
    """Has all documents of a campaign count as its first one does; or, ``counted``, each for itself."""
    lead = int(campaign.rows[0])
    for row in map(int, campaign.rows):
        for rank, at in enumerate(range(spans[row], spans[row + 1])):
            if counted:
                to[at], tiers[at] = at, _COUNTED
            elif row != lead and to[at] == at:
                to[at], tiers[at] = min(spans[lead] + rank, spans[lead + 1] - 1), SEMANTIC


def _groups(unit_ids: pl.Series, to: np.ndarray, tiers: np.ndarray) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    root = to.copy()
    while (further := root[root]).tolist() != root.tolist():
        root = further
    joined = np.flatnonzero((root != np.arange(len(root))) | (tiers == _COUNTED))
    shown = np.unique(np.concatenate([joined, root[joined]]))
    return pl.DataFrame({"unit_id": unit_ids.gather(shown), "group": unit_ids.gather(root[shown]),
                         "tier": pl.Series([str(tier) for tier in tiers[shown]], dtype=pl.Utf8)},
                        schema=group_schema())


def _row(campaign: Campaign, name: str, stream: Stream, documents: pl.DataFrame, leads: np.ndarray
         ) -> dict[str, object]:
    """A row of the campaigns frame."""
    import numpy as np
    import polars as pl

    ids = [stream.doc_ids[int(row)] for row in campaign.rows]
    kept = documents.filter(pl.col("doc_id").is_in(ids)).unique("doc_id", keep="first").sort("time", "doc_id")
    feeling = float(stream.feelings[campaign.rows].mean())
    langs = [stream.langs[int(row)] or "und" for row in campaign.rows]
    quotes, heard = [], set[tuple[str, int]]()
    for row, lang in zip(map(int, campaign.rows), langs, strict=True):
        if (lang, int(leads[row])) not in heard:
            heard.add((lang, int(leads[row])))
            quotes.append(_quote(kept, stream.doc_ids[row], lang))
    shown = sorted(range(len(quotes)), key=lambda at: (sum(quotes[at]["lang"] == q["lang"] for q in quotes[:at]), at))
    led = np.unique(leads[campaign.rows], return_inverse=True, return_counts=True)
    copies = float((led[2][led[1]] > 1).mean())
    return {"campaign_id": name, "documents": len(ids), "authors": campaign.authors, "fresh_authors": campaign.fresh,
            "known_authors": campaign.known, "first": kept["time"].min(), "last": kept["time"].max(),
            "copies_share": copies, "langs": sorted(set(langs), key=lambda lang: (-langs.count(lang), lang)),
            "sources": sorted({source for row in campaign.rows if (source := stream.sources[int(row)]) is not None}),
            "sentiment": feeling, "direction": "praise" if feeling > 0.1 else "attack" if feeling < -0.1 else "other",
            "usual": campaign.usual, "expected": campaign.expected, "chance": campaign.chance,
            "quotes": [quotes[at] for at in shown[:_QUOTES]], "reasons": campaign.reasons}


def _quote(documents: pl.DataFrame, doc_id: str, lang: str) -> dict[str, object]:
    row = documents.filter(documents["doc_id"] == doc_id).row(0, named=True)
    return {"doc_id": doc_id, "lang": lang, "text": row["text"], "source_id": row.get("source_id")}
