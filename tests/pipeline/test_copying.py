"""Votes: what copies, campaigns and eager authors count for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.pipeline.copying import Copies, find_copies
from painpoints.pipeline.weighing import counted_once, limit_authors, reweigh, spelt, weigh, with_copies
from painpoints.text import fold_key

START = datetime(2026, 3, 2, tzinfo=UTC)
LONG = "My order is three weeks late and support promises to call me back tomorrow every time but nobody ever calls"
OWN = "The courier threw the parcel over the fence and the mug inside was in pieces when I opened it"
HANDED = "This company cheats people, they took my money and never sent the goods, do not buy here, tell your friends"
NO_REPLY = "No reply at all to my mails"
Frames = tuple[pl.DataFrame, pl.DataFrame]


def frames(rows: list[tuple[list[str], float, str | None]], moods: dict[str, str] | None = None) -> Frames:
    """Units and documents of ``rows``: sentences, days after START, author."""
    documents, units = [], []
    for at, (sentences, day, author) in enumerate(rows):
        doc, begin = f"d{at:03}", 0
        documents.append({"doc_id": doc, "author_key": author, "time": START + timedelta(days=day), "source": "shop",
                          "source_id": str(at), "text": " ".join(sentences)})
        for text in sentences:
            units.append({"unit_id": f"{doc}-{begin}", "doc_id": doc, "start": begin, "end": begin + len(text),
                          "text": text, "model_text": text, "key": fold_key(text), "lang": "en", "weight": 1,
                          "sentiment": (moods or {}).get(text, "neg"), "p_neg": 0.9, "p_pos": 0.05})
            begin += len(text) + 1
    return pl.DataFrame(units), pl.DataFrame(documents, schema_overrides={
        "author_key": pl.Utf8, "time": pl.Datetime("us", "UTC")})


def copies_of(made: Frames, **settings: int | bool) -> Copies:
    return find_copies(*made, lambda keep: np.eye(len(keep), 8)[keep], Settings(**settings))  # type: ignore[arg-type]


def weighed(made: Frames, **settings: int | bool) -> pl.DataFrame:
    return weigh(*made, copies_of(made, **settings))


def campaign() -> Frames:
    rng = np.random.default_rng(4)
    usual = [(["".join(chr(97 + c) for c in rng.integers(0, 26, 90))], float(day), f"u{day}") for day in range(90)]
    names = ["Ali", "Sara", "Ivan", "Noor", "Omid", "Olga", "John", "Reza"]
    return frames([*usual, *(([f"{name} {HANDED} {names[-at]}"], 45.2 + at / 90, f"new{at}")
                             for at, name in enumerate(names))])


def test_an_edited_text_has_no_vote_and_says_of_what_it_is_a_copy() -> None:
    units = weighed(frames([([LONG], 0, "a"), ([LONG.replace("tomorrow", "later") + " honestly"], 1, "b")]))
    assert units["weight"].to_list() == [2, 0]
    assert units["copy_of"].to_list() == [None, "d000"] and units["copy_tier"].to_list() == [None, "near"]
    assert units["key"].n_unique() == 1


def test_exact_copies_say_so_and_the_earliest_is_the_first() -> None:
    units = weighed(frames([([LONG], 3, "a"), ([LONG.upper() + "!!"], 1, "b"), ([LONG], 2, None)]))
    assert units["weight"].to_list() == [0, 3, 0]
    assert units["copy_tier"].to_list() == ["exact", None, "exact"] and units["copy_of"][0] == "d001"


def test_what_is_added_to_a_copied_text_keeps_its_vote() -> None:
    made = frames([([LONG, NO_REPLY], 0, "a"), ([LONG, NO_REPLY, OWN], 1, "b")])
    units = weighed(made)
    assert units.filter(pl.col("text") == OWN)["weight"].to_list() == [1]
    assert with_copies(made[1], units)["copy_of"].to_list() == [None, None]


def test_documents_that_share_a_template_and_nothing_else_are_no_copies() -> None:
    template = "This review was collected as part of a promotion and the author received a free sample"
    made = frames([([template, LONG], 0, "a"), ([template, OWN], 1, "b")])
    units = weighed(made)
    assert units["weight"].to_list() == [2, 1, 0, 1]
    assert with_copies(made[1], units)["copy_tier"].to_list() == [None, None]


def test_a_text_turned_into_its_opposite_is_no_near_copy() -> None:
    one = "I would recommend this shop to anyone who needs their things delivered in time and in one piece"
    other = one.replace("would recommend", "would never recommend")
    units = weighed(frames([([one], 0, "a"), ([other], 1, "b")], {one: "pos"}))
    assert units["weight"].to_list() == [1, 1]


def test_what_an_author_says_again_within_the_week_is_one_vote_and_later_two() -> None:
    again = "three weeks late, my order, and nobody at support ever calls me back although they promise"
    def tiers(day: float) -> list[str | None]:
        made = frames([([LONG], 0, "a"), ([again], day, "a"), ([again + " so much for service"], day, "b")])
        found = find_copies(*made, lambda keep: np.tile([[1.0, 0.0]], (int(keep.sum()), 1)), Settings())
        return weigh(*made, found)["copy_tier"].to_list()[:2]

    assert tiers(3.0) == [None, "semantic"] and tiers(30.0) == [None, None]


def test_authors_looked_at_together_or_one_by_one_say_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"a": (LONG, "three weeks late, my order, and nobody at support ever calls me back although they promise"),
            "b": (OWN, "when I opened it the mug inside was in pieces, since the courier threw it over a fence"),
            "c": (HANDED, "do not buy here, they never sent the goods and took my money all the same")}
    made = frames([([text], 2.0 * at, author) for author, texts in said.items() for at, text in enumerate(texts)])

    def groups() -> pl.DataFrame:
        return find_copies(*made, lambda keep: np.tile([[1.0, 0.0]], (int(keep.sum()), 1)), Settings()).groups

    together = groups()
    monkeypatch.setattr("painpoints.pipeline.copying._TOGETHER", 1)
    assert together.equals(groups()) and together["tier"].to_list().count("semantic") == 3


def test_what_is_spelt_in_letters_weighs_the_same() -> None:
    made = frames([([LONG, NO_REPLY], 0, "a"), ([LONG.upper()], 1, "b"), ([LONG + " honestly", OWN], 2, "c")])
    one, two = weighed(made), weighed((spelt(made[0]), made[1]))
    told = ["weight", "copy_of", "copy_tier", "copy_group", "key"]
    assert one.select(told).equals(two.select(told)) and {"exact", "near"} <= set(one["copy_tier"].to_list())
    assert "model_text" not in two.columns and spelt(two) is two


def test_a_possible_campaign_is_one_voice_and_its_documents_stay() -> None:
    made = campaign()
    found = copies_of(made)
    units = weigh(*made, found)
    documents = with_copies(made[1], units, found)
    assert found.campaigns["documents"].to_list() == [8] and found.campaigns["direction"].to_list() == ["attack"]
    members = documents.filter(pl.col("campaign_id").is_not_null())
    assert len(members) == 8 and members["copy_of"].null_count() == 1
    assert units["weight"].to_list()[-8:] == [8, 0, 0, 0, 0, 0, 0, 0]
    assert found.campaigns["quotes"][0][0]["text"].startswith("Ali This company")


def test_campaigns_can_be_counted_document_by_document() -> None:
    units = weighed(campaign(), count_campaigns=True)
    assert units["weight"].to_list()[-8:] == [1] * 8


def test_the_order_of_rows_changes_no_vote() -> None:
    units, documents = campaign()
    mixed = (units.sample(fraction=1, shuffle=True, seed=3), documents.sample(fraction=1, shuffle=True, seed=5))
    one, two = weighed((units, documents)), weighed(mixed)
    columns = ["unit_id", "weight", "copy_of", "copy_tier", "copy_group"]
    assert one.select(columns).sort("unit_id").equals(two.select(columns).sort("unit_id"))


def test_weights_still_add_up_to_all_units() -> None:
    for made in (campaign(), frames([([LONG, OWN], 0, "a"), ([LONG], 1, "b"), ([OWN], 1, "c")])):
        assert weighed(made)["weight"].sum() == len(made[0])


def test_in_a_part_of_the_data_the_first_of_a_group_there_has_its_vote() -> None:
    units, documents = frames([([LONG], 0, "a"), ([LONG + " honestly"], 1, "b"), ([LONG], 2, "c"), ([OWN], 3, "d")])
    part = weighed((units, documents)).filter(pl.col("doc_id") != "d000")
    assert reweigh(part, documents)["weight"].to_list() == [2, 0, 1]


def test_an_author_has_so_many_votes_for_one_pain_point() -> None:
    units, documents = frames([([f"complaint number {chr(97 + at)}"], 9.0 - at, "eager" if at < 7 else None)
                               for at in range(9)])
    units = units.with_columns(painpoint_id=pl.lit("p"))
    limited = limit_authors(units, documents, 5)
    assert limited["weight"].to_list() == [0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert limit_authors(units, documents, 0)["weight"].sum() == 9
    assert counted_once(limited.with_columns(copy_tier=pl.lit(None, pl.Utf8)))["over_author_limit"] == 2
    elsewhere = units.with_columns(painpoint_id=pl.Series([f"p{at % 4}" for at in range(9)]))
    assert limit_authors(elsewhere, documents, 5)["weight"].sum() == 9
