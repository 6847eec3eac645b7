"""What is passed on counts once, with the post itself, and adds to how far that reaches."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.pipeline.passing import follow_posts
from painpoints.pipeline.weighing import counted_once, weigh, with_copies
from painpoints.read import ReadOptions, documents_from_frame
from painpoints.text import cut_units, letters
from painpoints.triage.reach import gathered_reach

POSTS = {
    "id": ["9", "8", "7", "6", "5"],
    "author": ["tom", "nora", "lena", "ali", "omar"],
    "date": ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"],
    "text": ["The app logs me out every single morning", "RT @tom: The app logs me out every single morning",
             "RT @tom: The app logs me out every sing…",
             "so do I. RT @tom: The app logs me out every single morning", "the same with me"],
    "retweeted id": [None, "9", "9", None, None], "quoted id": [None, None, None, None, "9"],
    "likes": ["10", "0", "0", "2", "1"],
    "retweets": ["2", "2", "2", "0", "0"], "followers": ["0", "100", "50", "0", "0"]}


def weighed(posts: dict[str, list[str | None]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents and units, weighed with what `follow_posts` finds."""
    from painpoints.pipeline.copying import Copies, campaign_schema, group_schema

    documents = documents_from_frame(pl.DataFrame(posts), ReadOptions(author_secret=b"key"))
    units = cut_units(documents)
    told = units.with_columns(letters=letters(units["model_text"])).join(
        documents.select("doc_id", "time"), on="doc_id").sort("time", "doc_id", "start", nulls_last=True)
    whole = told.group_by("doc_id", maintain_order=True).agg(pl.col("letters").str.join(""), many=pl.len())
    spans = np.r_[0, np.cumsum(whole["many"].to_numpy())]
    to, tiers = np.arange(len(told)), np.full(len(told), "near", object)
    follow_posts(whole, documents, spans, to, tiers)
    groups = pl.DataFrame({"unit_id": told["unit_id"], "group": told["unit_id"].gather(to.tolist()),
                           "tier": [str(tier) for tier in tiers]}, schema=group_schema())
    copies = Copies(groups, pl.DataFrame(schema=campaign_schema()), pl.DataFrame(
        schema={"doc_id": pl.Utf8, "campaign_id": pl.Utf8}))
    units = weigh(units, documents, copies)
    return with_copies(documents, units, copies), units


def test_a_post_and_what_passes_it_on_are_one_voice() -> None:
    documents, units = weighed(POSTS)
    by_id = {row["source_id"]: row for row in documents.to_dicts()}
    original = by_id["9"]["doc_id"]
    assert [by_id[name]["copy_of"] for name in "98765"] == [None, original, original, None, None]
    assert [by_id[name]["copy_tier"] for name in "98765"] == [None, "exact", "quote", None, None]
    assert units.filter(pl.col("doc_id") == original)["weight"].to_list() == [3]
    assert units["weight"].sum() == len(units)
    assert counted_once(units)["copies_quote"] == 1


def test_own_words_beside_a_quote_count_and_the_quoted_ones_do_not() -> None:
    documents, units = weighed(POSTS)
    quoting = documents.filter(pl.col("source_id") == "6")["doc_id"][0]
    assert units.filter(pl.col("doc_id") == quoting)["text"].to_list() == ["so do I"]


def test_the_post_itself_leads_even_where_no_time_says_so() -> None:
    shuffled = {name: [cells[1], cells[2], cells[0]] for name, cells in POSTS.items() if name != "date"}
    documents, units = weighed(shuffled)
    leads = units.filter(pl.col("weight") > 0).join(documents, on="doc_id")["source_id"].to_list()
    assert leads == ["9"]


def test_without_the_post_the_first_who_passes_it_on_stands_for_it() -> None:
    _, units = weighed({name: cells[1:3] for name, cells in POSTS.items()})
    assert sorted(units["weight"].to_list()) == [0, 2]


def test_an_id_of_another_post_is_not_believed() -> None:
    posts = {"id": ["1", "2"], "text": ["Доставка опоздала на три дня", "Репост: Магазин не возвращает деньги за брак"],
             "retweeted id": [None, "1"]}
    assert weighed(posts)[1]["weight"].to_list() == [1, 1]


def test_the_reach_of_copies_is_added_to_that_of_the_post() -> None:
    documents, _ = weighed(POSTS)
    reach = gathered_reach(documents)
    assert reach is not None
    found = dict(zip(documents["source_id"], reach, strict=True))
    # 10 likes and 2 shares of its own, and the followers of who passed it on; not their counts of the same shares
    assert found["9"] == 10 + 2 * 5 + 0.02 * 150
    assert found["5"] == 1
