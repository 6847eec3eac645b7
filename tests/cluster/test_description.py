"""The painpoints frame: the schema that reports rely on, filled from the members."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.cluster.description import PAINPOINTS, _spoken, describe, journey_place


@pytest.fixture(scope="module")
def frame(corpus) -> pl.DataFrame:
    return describe(corpus.units, corpus.vectors, corpus.documents, lang="fa")


def test_the_schema_is_the_contract(frame: pl.DataFrame) -> None:
    assert dict(frame.schema) == PAINPOINTS
    assert len(frame) == 5
    assert frame["rank"].to_list() == [1, 2, 3, 4, 5]
    assert frame["impact"].is_sorted(descending=True)


def test_no_clusters_give_an_empty_frame_with_the_schema(corpus) -> None:
    none = corpus.units.with_columns(pl.lit(None, pl.Int64).alias("cluster"))
    empty = describe(none, corpus.vectors, corpus.documents, lang="en")
    assert dict(empty.schema) == PAINPOINTS and len(empty) == 0
    bare = describe(corpus.units.head(0), corpus.vectors[:0], corpus.documents.head(0), lang="en")
    assert dict(bare.schema) == PAINPOINTS and len(bare) == 0


def test_counts_are_those_of_the_members(frame: pl.DataFrame) -> None:
    for row in frame.iter_rows(named=True):
        assert (row["units"], row["documents"], row["authors"]) == (16, 16, 16)
        assert row["langs"] == [{"lang": lang, "units": 4} for lang in ("ar", "en", "fa", "ru")]
        assert row["reach"] == pytest.approx(16 / 96)
        assert row["sentiment"] == pytest.approx(-0.75)
        assert row["rating_loss"] == pytest.approx(4 * 16 / 80)
        assert row["impact_low"] <= row["impact"] <= row["impact_high"]


def test_the_title_is_in_the_language_asked_for(frame: pl.DataFrame, corpus) -> None:
    for row in frame.iter_rows(named=True):
        titles = {t["lang"]: t["title"] for t in row["titles"]}
        assert set(titles) == {"fa", "ar", "ru", "en"}
        assert row["title"] == titles["fa"]
    only_en = corpus.units["lang"] == "en"
    english = describe(corpus.units.filter(only_en), corpus.vectors[only_en.to_numpy()], corpus.documents, lang="fa")
    assert all(row["title"] == row["titles"][0]["title"] for row in english.iter_rows(named=True))


def test_quotes_are_original_slices_with_their_source(frame: pl.DataFrame, corpus) -> None:
    texts = dict(zip(corpus.units["unit_id"], corpus.units["text"], strict=True))
    for row in frame.iter_rows(named=True):
        for quote in row["quotes"]:
            assert quote["text"] == texts[quote["unit_id"]]
            assert quote["doc_id"] == f"d-{quote['source_id']}"


def test_the_same_members_give_the_same_identity_in_any_order(frame: pl.DataFrame, corpus) -> None:
    order = np.random.default_rng(9).permutation(len(corpus.units))
    moved = describe(corpus.units[order.tolist()], corpus.vectors[order], corpus.documents.reverse(), lang="fa")
    plain = frame.sort("painpoint_id")
    again = moved.sort("painpoint_id")
    for column in ("painpoint_id", "title", "titles", "keyphrases", "quotes", "impact", "impact_low"):
        assert plain[column].to_list() == again[column].to_list(), column


def test_identities_look_like_ulids_and_ignore_weak_members(frame: pl.DataFrame, corpus) -> None:
    assert frame["painpoint_id"].n_unique() == 5
    assert all(len(i) == 26 and not set(i) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") and i[0] < "8"
               for i in frame["painpoint_id"])
    keep = (corpus.units["strength"] > 0.65).fill_null(False) | corpus.units["cluster"].is_null()
    fewer = describe(corpus.units.filter(keep), corpus.vectors[keep.to_numpy()], corpus.documents, lang="fa")
    assert set(fewer["painpoint_id"]) == set(frame["painpoint_id"])


def test_copies_count_nowhere(frame: pl.DataFrame, corpus) -> None:
    extra = corpus.units.filter(pl.col("cluster") == 1)
    copies = extra.with_columns((pl.col("unit_id") + "c").alias("unit_id"), (pl.col("doc_id") + "c").alias("doc_id"),
                                pl.lit(0, pl.Int64).alias("weight"))
    docs = corpus.documents.join(extra.select("doc_id"), on="doc_id", how="semi").with_columns(
        (pl.col("doc_id") + "c").alias("doc_id"))
    vectors = np.vstack([corpus.vectors, corpus.vectors[(corpus.units["cluster"] == 1).fill_null(False).to_numpy()]])
    loud = describe(pl.concat([corpus.units, copies]), vectors, pl.concat([corpus.documents, docs]), lang="fa")
    assert loud.equals(frame)


def test_a_frame_without_ratings_or_authors_says_so(corpus) -> None:
    bare = corpus.documents.with_columns(
        pl.lit(None, pl.Datetime("us", "UTC")).alias("time"), pl.lit(None, pl.Float64).alias("rating"),
        pl.lit(None, pl.Utf8).alias("author_key"))
    for row in describe(corpus.units, corpus.vectors, bare, lang="en").iter_rows(named=True):
        assert (row["rating_loss"], row["authors"]) == (None, 0)
        assert row["severity"] == pytest.approx(row["negativity"])


def test_a_pain_of_emoji_and_single_words_still_has_a_title(corpus) -> None:
    mute = corpus.units.with_columns(
        pl.when(pl.col("cluster") == 0).then(pl.lit("😡😡")).otherwise(column).alias(column)
        for column in ("text", "model_text"))
    found = describe(mute, corpus.vectors, corpus.documents, lang="en")
    assert all(found["title"].to_list())


def test_a_language_with_a_stray_unit_or_two_is_not_titled_in() -> None:
    assert _spoken([("ru", 202), ("ar", 4), ("en", 2)]) == ["ru"]
    assert _spoken([("ru", 900), ("fa", 61), ("en", 10)]) == ["ru", "fa"]
    assert _spoken([("en", 3), ("ru", 1), ("ar", 1)]) == ["en", "ru", "ar"]


def test_a_fifth_language_is_described_too(corpus) -> None:
    texts = ["Der Kurier kam wieder viel zu spät", "Kurier zu spät, Essen kalt", "Wieder kam der Kurier zu spät"]
    german = corpus.units.filter(pl.col("cluster") == 2).head(3).with_columns(
        pl.Series("text", texts), pl.Series("model_text", texts), pl.lit("de").alias("lang"))
    found = describe(german, corpus.vectors[:3], corpus.documents, lang="en")
    assert "Kurier" in found["title"][0]


@pytest.mark.parametrize("votes, expected", [
    ({"general": 6, "delivery": 4}, "delivery"), ({"general": 9, "delivery": 1}, "general"),
    ({"returns": 5, "delivery": 4}, "returns"), ({"none": 3, "general": 2}, "none")])
def test_touchpoint_is_the_clear_majority_and_not_a_vague_one(votes: dict[str, int], expected: str) -> None:
    rows = [{"touchpoint": code, "touchpoint_p": 0.7, "stage": f"stage of {code}"} for code, n in votes.items()
            for _ in range(n)]
    assert journey_place(pl.DataFrame(rows)) == (expected, f"stage of {expected}")
