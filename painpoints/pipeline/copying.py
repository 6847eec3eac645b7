"""What was copied, by whom it was handed out: near and semantic copies, and possible campaigns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.cluster import Campaign, Stream, campaign_id, find_campaigns, without_means
from painpoints.config import Settings
from painpoints.pipeline.passing import follow_posts
from painpoints.pipeline.weighing import NEAR, SEMANTIC, spelt
from painpoints.text import contained, jaccard, near_copies, runs

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
    of their space. Units have ``model_text``, or are `spelt`.
    """
    import numpy as np
    import polars as pl

    told = spelt(units).with_row_index("row").select(
        "row", "unit_id", "doc_id", "start", "lang", "letters", pl.col("p_neg", "p_pos").cast(pl.Float64),
        polar=pl.col("sentiment").replace_strict(_POLES, default=0, return_dtype=pl.Int8)).join(
        documents.select("doc_id", "author_key", "time"), on="doc_id", how="left").sort(
        "time", "doc_id", "start", "unit_id", nulls_last=True)
    whole = told.group_by("doc_id", maintain_order=True).agg(
        pl.col("author_key", "time", "lang").first(), pl.col("letters").str.join(""),
        feeling=(pl.col("p_pos") - pl.col("p_neg")).mean(), units=pl.len())
    told = told.drop("unit_id", "start", "p_neg", "p_pos")
    spans = np.r_[0, np.cumsum(whole["units"].to_numpy(), dtype=np.int64)]
    to = np.arange(len(told))
    tiers = np.full(len(told), NEAR, object)
    said, polar = told["letters"], told["polar"].to_numpy()
    leads = near_copies(whole["letters"], np.arange(len(whole)), whole["author_key"])
    _follow(leads, spans, said, polar, to)
    alone = np.flatnonzero(to == np.arange(len(told)))
    own = alone[near_copies(said.gather(alone), np.arange(len(alone)), told["author_key"].gather(alone))]
    again = (own != alone) & (polar[own] * polar[alone] >= 0)
    to[alone[again]] = own[again]
    follow_posts(whole, documents, spans, to, tiers)
    vectors = _Vectors(load_vectors, told["row"].to_numpy(), told["lang"], means)
    _again(told, vectors, to, tiers)
    of, unit_ids = told["row"], units["unit_id"]
    del told, said
    stream = _stream(whole, documents, vectors, spans)
    del whole
    found = find_campaigns(stream)
    names = {id(one): campaign_id(stream.doc_ids[int(one.rows[0])]) for one in found}
    for one in found:
        _count_once(one, spans, to, tiers, settings.count_campaigns)
    members = pl.DataFrame([(stream.doc_ids[int(row)], names[id(one)]) for one in found for row in one.rows],
                           schema={"doc_id": pl.Utf8, "campaign_id": pl.Utf8}, orient="row")
    kept = members.join(documents.unique("doc_id", keep="first"), on="doc_id").sort("time", "doc_id").partition_by(
        "campaign_id", as_dict=True)
    table = pl.DataFrame([_row(one, names[id(one)], stream, kept[names[id(one)],], leads) for one in found],
                         schema=campaign_schema(), orient="row")
    return Copies(_groups(unit_ids, of, to, tiers), table, members)


_POLES = {"neg": -1, "pos": 1}
"""Two judgements whose product is negative contradict each other: a text turned into its opposite is no copy."""


def _follow(leads: np.ndarray, spans: np.ndarray, said: pl.Series, polar: np.ndarray, to: np.ndarray) -> None:
    """Has the units of near copied documents be copies of units of the first, but for what they add of their own."""
    import numpy as np

    for doc in np.flatnonzero(leads != np.arange(len(leads))).tolist():
        lead = int(leads[doc])
        firsts = range(spans[lead], spans[lead + 1])
        theirs = said[spans[lead]:spans[lead + 1]].to_list()
        held = [runs(text) for text in theirs]
        text = runs("".join(theirs))
        for rank, (at, mine) in enumerate(enumerate(said[spans[doc]:spans[doc + 1]], spans[doc])):
            own = runs(mine)
            if len(mine) < _ALONG:
                match = firsts[min(rank, len(firsts) - 1)]
            elif contained(own, text) >= _HALF:
                match = firsts[max(range(len(held)), key=lambda n: (jaccard(own, held[n]), -n))]
            else:
                continue
            if polar[at] * polar[match] >= 0:
                to[at] = match


class _Vectors:
    """Aligned vectors of units by their places, read when asked for."""

    def __init__(self, load: Vectors, rows: np.ndarray, langs: pl.Series, means: Mapping[str, np.ndarray] | None
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
        return without_means(loaded, self._langs.gather(places).to_list(), self._means or {})


_TOGETHER = 100_000
"""Units of one author and others whose vectors are in memory together, if one author has not more."""


def _again(told: pl.DataFrame, vectors: _Vectors, to: np.ndarray, tiers: np.ndarray) -> None:
    """Has what an author says again in other words in another document be a copy of what was said first."""
    import polars as pl

    of = told.select("author_key", "doc_id", place=pl.int_range(pl.len()).cast(pl.Int64), size=pl.col(
        "letters").str.len_chars()).filter(
        pl.col("author_key").is_not_null() & (pl.col("size") >= 20)
        & (pl.col("doc_id").n_unique().over("author_key") > 1)).group_by("author_key", maintain_order=True).agg("place")
    part = (of["place"].list.len().cast(pl.Int64).cum_sum() // _TOGETHER).alias("part")
    for _, authors in of.with_columns(part).group_by("part", maintain_order=True):
        places = authors["place"].explode().to_numpy()
        held = told[["doc_id", "time", "letters", "polar"]][places]
        known = _Said(places, vectors.of(places), held["doc_id"].to_list(), held["time"].dt.epoch("s").to_list(),
                      held["letters"].to_list(), held["polar"].to_list())
        begin = 0
        for size in authors["place"].list.len().to_list():
            _said_again(known, range(begin, begin + size), to, tiers)
            begin += size


@dataclass(frozen=True)
class _Said:
    """Units at ``places``, their vectors in ``space``, their documents, seconds, letters and poles."""

    places: np.ndarray
    space: np.ndarray
    docs: list[str]
    when: list[int | None]
    letters: list[str]
    polar: list[int]


def _said_again(known: _Said, members: range, to: np.ndarray, tiers: np.ndarray) -> None:
    """The same for ``members`` of one author, in order of time."""
    import numpy as np

    space, docs, when = known.space, known.docs, known.when
    for at in members[1:]:
        place, moment = known.places[at], when[at]
        if to[place] != place:
            continue
        begin = max(members[0], at - 50)
        near = space[begin:at] @ space[at]
        for other in np.argsort(-near, kind="stable").tolist():
            if float(near[other]) < SAME_AUTHOR:
                break
            first = begin + other
            then = when[first]
            if (docs[first] != docs[at] and known.polar[at] * known.polar[first] >= 0
                    and moment is not None and then is not None and moment - then <= _WEEK
                    and jaccard(runs(known.letters[at]), runs(known.letters[first])) >= SOME):
                to[place], tiers[place] = known.places[first], SEMANTIC
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

    return Stream(whole["doc_id"], whole["letters"], days.fill_null(np.nan).to_numpy(), whole["author_key"],
                  whole.select("doc_id").join(sources, on="doc_id", how="left", maintain_order="left")["source"],
                  whole["lang"], whole["feeling"].fill_null(0.0).to_numpy(), of)


def _count_once(campaign: Campaign, spans: np.ndarray, to: np.ndarray, tiers: np.ndarray, counted: bool) -> None:
    """Has all documents of a campaign count as its first one does; or, ``counted``, each for itself."""
    lead = int(campaign.rows[0])
    for row in map(int, campaign.rows):
        for rank, at in enumerate(range(spans[row], spans[row + 1])):
            if counted:
                to[at], tiers[at] = at, _COUNTED
            elif row != lead and to[at] == at:
                to[at], tiers[at] = min(spans[lead] + rank, spans[lead + 1] - 1), SEMANTIC


def _groups(unit_ids: pl.Series, of: pl.Series, to: np.ndarray, tiers: np.ndarray) -> pl.DataFrame:
    """What copies share; ``of`` has the row among ``unit_ids`` of each unit in ``to`` and ``tiers``."""
    import numpy as np
    import polars as pl

    root = to
    while not np.array_equal(further := root[root], root):
        root = further
    joined = np.flatnonzero((root != np.arange(len(root))) | (tiers == _COUNTED))
    shown = np.unique(np.concatenate([joined, root[joined]]))
    return pl.DataFrame({"unit_id": unit_ids.gather(of.gather(shown)), "group": unit_ids.gather(of.gather(root[shown])),
                         "tier": pl.Series([str(tier) for tier in tiers[shown]], dtype=pl.Utf8)},
                        schema=group_schema())


def _row(campaign: Campaign, name: str, stream: Stream, documents: pl.DataFrame, leads: np.ndarray
         ) -> dict[str, object]:
    """A row of the campaigns frame; ``documents`` are the campaign's."""
    import numpy as np

    rows = campaign.rows
    said = {row["doc_id"]: row for row in documents.select(
        name for name in ("doc_id", "text", "source_id") if name in documents.columns).iter_rows(named=True)}
    feeling = float(stream.feelings[rows].mean())
    langs = [lang or "und" for lang in stream.langs.gather(rows)]
    quotes: list[dict[str, str | None]] = []
    turn: list[int] = []
    heard, quoted = set[tuple[str, int]](), Counter[str]()
    for row, doc, lang in zip(rows.tolist(), stream.doc_ids.gather(rows), langs, strict=True):
        if (lang, int(leads[row])) not in heard:
            heard.add((lang, int(leads[row])))
            turn.append(quoted[lang])
            quoted[lang] += 1
            quotes.append({"doc_id": doc, "lang": lang, "text": said[doc]["text"],
                           "source_id": said[doc].get("source_id")})
    shown = sorted(range(len(quotes)), key=turn.__getitem__)  # languages take turns
    led = np.unique(leads[rows], return_inverse=True, return_counts=True)
    copies = float((led[2][led[1]] > 1).mean())
    spoken = Counter(langs)
    return {"campaign_id": name, "documents": len(rows), "authors": campaign.authors, "fresh_authors": campaign.fresh,
            "known_authors": campaign.known, "first": documents["time"].min(), "last": documents["time"].max(),
            "copies_share": copies, "langs": sorted(spoken, key=lambda lang: (-spoken[lang], lang)),
            "sources": stream.sources.gather(rows).drop_nulls().unique().sort().to_list(),
            "sentiment": feeling, "direction": "praise" if feeling > 0.1 else "attack" if feeling < -0.1 else "other",
            "usual": campaign.usual, "expected": campaign.expected, "chance": campaign.chance,
            "quotes": [quotes[at] for at in shown[:_QUOTES]], "reasons": campaign.reasons}
