"""Quotes: the clearest first, from different people, in every language that has a say."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.cluster.quotes import clearness, quotes


def authors_of(corpus) -> list[str | None]:
    keys = dict(zip(corpus.documents["doc_id"], corpus.documents["author_key"], strict=True))
    return [keys[doc] for doc in corpus.units["doc_id"].to_list()]


def test_at_most_six_all_of_the_cluster_and_every_language(corpus) -> None:
    found = quotes(corpus.units, corpus.vectors, corpus.labels, authors_of(corpus))
    assert set(found) == {0, 1, 2, 3, 4}
    for cluster, rows in found.items():
        assert 4 <= len(rows) <= 6
        assert set(corpus.labels[rows]) == {cluster}
        assert set(corpus.units["lang"].gather(rows)) == {"fa", "ar", "ru", "en"}


def test_no_author_document_or_text_is_quoted_twice(corpus) -> None:
    one = ["same" if lang == "fa" else author
           for lang, author in zip(corpus.units["lang"].to_list(), authors_of(corpus), strict=True)]
    for rows in quotes(corpus.units, corpus.vectors, corpus.labels, one).values():
        assert corpus.units["lang"].gather(rows).to_list().count("fa") == 1
    again = corpus.units.with_columns(pl.lit("the same words").alias("text"), pl.lit("k").alias("key"))
    assert all(len(rows) == 1 for rows in quotes(again, corpus.vectors, corpus.labels, authors_of(corpus)).values())


def test_copies_are_not_quoted(corpus) -> None:
    copied = corpus.units.with_columns(pl.when(pl.col("lang") == "ru").then(0).otherwise(1).alias("weight"))
    for rows in quotes(copied, corpus.vectors, corpus.labels, authors_of(corpus)).values():
        assert "ru" not in corpus.units["lang"].gather(rows).to_list()


def test_a_certain_problem_of_good_length_is_clearer_than_a_doubtful_cry() -> None:
    texts = ["The courier came two hours late", "late", "The courier came late again today"]
    members = pl.DataFrame({"lang": ["en"] * 3, "text": texts, "problem_p": [0.95, 0.95, 0.2], "p_neg": [0.9, 0.9, 0.2],
                            "certain": [True, True, False], "strength": [0.9] * 3})
    value = clearness(members, np.tile([1.0, 0.0], (3, 1)))
    assert value[0] > value[1] and value[0] > value[2]
    assert ((value >= 0) & (value <= 1)).all()


def test_a_small_language_is_measured_by_its_own_units() -> None:
    vectors = np.array([[1.0, 0.0]] * 9 + [[0.6, 0.8]])
    members = pl.DataFrame({"lang": ["en"] * 9 + ["fa"], "text": ["five words make a quote"] * 10,
                            "problem_p": [0.9] * 10, "p_neg": [0.9] * 10, "certain": [True] * 10,
                            "strength": [0.9] * 10})
    assert clearness(members, vectors)[9] >= clearness(members, vectors)[0]


def test_the_order_of_rows_does_not_change_the_choice(corpus) -> None:
    order = np.random.default_rng(3).permutation(len(corpus.units))
    authors = authors_of(corpus)
    there = quotes(corpus.units, corpus.vectors, corpus.labels, authors)
    moved = quotes(corpus.units[order.tolist()], corpus.vectors[order], corpus.labels[order],
                   [authors[i] for i in order])
    assert {c: [corpus.units["unit_id"][r] for r in rows] for c, rows in there.items()} == \
        {c: [corpus.units["unit_id"][int(order[r])] for r in rows] for c, rows in moved.items()}
