"""What is read of clusters is bounded by their number and languages, however many units there are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.cluster.excerpts import BACKGROUND, CENTRAL, agreement, chosen, excerpt, members_by_language
from painpoints.cluster.phrases import keyphrases, read_units
from painpoints.cluster.wording import WordReader

COMPLAINTS = {"fa": ("پول من برنگشت", "پیک دیر رسید"), "ar": ("المبلغ ما رجع", "المندوب تأخر كثير"),
              "ru": ("деньги не вернули", "курьер сильно опоздал"), "en": ("refund never came", "courier came late")}


def mass(each: int, *, outside: int = 0) -> pl.DataFrame:
    """``each`` units of two clusters in four languages, one after the other, and some in no cluster."""
    rows = [(f"{number:05}-{cluster}-{lang}", lang, texts[cluster], cluster) for number in range(each)
            for lang, texts in COMPLAINTS.items() for cluster in range(2)]
    rows += [(f"x{number:05}", "en", "all fine", None) for number in range(outside)]
    return pl.DataFrame(rows, orient="row", schema={"unit_id": pl.Utf8, "lang": pl.Utf8, "model_text": pl.Utf8,
                                                    "cluster": pl.Int64}).with_columns(
        weight=pl.lit(1, pl.Int64), text="model_text", strength=pl.lit(0.5), p_neg=pl.lit(0.8), problem_p=pl.lit(0.9),
        certain=pl.lit(True))


def labels_of(units: pl.DataFrame) -> np.ndarray:
    return units["cluster"].fill_null(-1).to_numpy()


def taken(units: pl.DataFrame, central: np.ndarray, **limits: int) -> list[str]:
    members = members_by_language(labels_of(units), units["lang"].to_list())
    return units["unit_id"].gather(chosen(units, labels_of(units), members, central, **limits).rows).to_list()


def test_every_unit_is_read_where_clusters_are_small() -> None:
    units = mass(40, outside=5)
    assert taken(units, np.zeros(len(units)), most=40, in_all=320) == units["unit_id"].to_list()


def test_great_clusters_are_read_in_part_in_every_language() -> None:
    units = mass(200)
    found = taken(units, np.zeros(len(units)), most=50)
    assert len(found) == 50 * 8
    assert {name.split("-", 1)[1] for name in found} == {f"{c}-{lang}" for c in range(2) for lang in COMPLAINTS}


@pytest.mark.parametrize("each", [100, 1_000])
def test_what_is_read_in_all_does_not_grow_with_the_units(each: int) -> None:
    units = mass(each, outside=3)
    assert len(taken(units, np.zeros(len(units)), in_all=400)) == 400 + 3


def test_small_clusters_are_read_whole_beside_great_ones() -> None:
    units = pl.concat([mass(40), mass(500).filter((pl.col("cluster") == 0) & (pl.col("lang") == "fa")).with_columns(
        unit_id="great" + pl.col("unit_id"))])
    found = taken(units, np.zeros(len(units)), in_all=7 * 40 + 100)
    assert len(found) == 7 * 40 + 100
    assert set(mass(40).filter((pl.col("cluster") == 1) | (pl.col("lang") != "fa"))["unit_id"]) <= set(found)


def test_the_most_central_units_are_always_read() -> None:
    units = mass(200)
    central = np.arange(len(units), dtype=float)
    found = set(taken(units, central, in_all=1))
    assert len(found) == CENTRAL * 8
    assert set(units["unit_id"].tail(CENTRAL * 8)) == found


def test_what_is_read_does_not_hang_on_the_order_of_units() -> None:
    units = mass(120, outside=4)
    central = np.random.default_rng(1).random(len(units))
    order = np.random.default_rng(2).permutation(len(units))
    assert sorted(taken(units, central, most=45)) == sorted(taken(units[order.tolist()], central[order], most=45))


def test_copies_are_not_read_and_only_so_much_of_what_lies_outside() -> None:
    units = mass(3, outside=BACKGROUND + 10)
    silent = units.with_columns(weight=pl.when(pl.col("unit_id") == "x00000").then(0).otherwise(1))
    found = taken(silent, np.zeros(len(silent)))
    assert len(found) == BACKGROUND + 24
    assert "x00000" not in found and "x00001" in found and f"x{BACKGROUND + 5:05}" not in found


@pytest.mark.parametrize("lang", COMPLAINTS)
def test_phrases_of_a_part_are_those_of_the_whole(lang: str) -> None:
    units = mass(300)
    members = members_by_language(labels_of(units), units["lang"].to_list())
    told = [keyphrases(read_units(chosen(units, labels_of(units), members, np.zeros(len(units)), most=most)))
            for most in (40, 300)]
    assert told[0] == told[1]
    assert told[0][0][lang] and told[0][0][lang] != told[0][1][lang]


def test_a_word_of_a_great_cluster_read_in_part_is_as_common_as_it_is() -> None:
    said = [(0, 400, "the app crashed"), (1, 40, "the screen froze"), (2, 10, "logo vanished, app")]
    units = pl.concat([mass(count).filter((pl.col("lang") == "en") & (pl.col("cluster") == 0)).with_columns(
        cluster=pl.lit(cluster, pl.Int64), unit_id=pl.lit(str(cluster)) + pl.col("unit_id"), model_text=pl.lit(text))
        for cluster, count, text in said])
    members = members_by_language(labels_of(units), units["lang"].to_list())
    for most in (40, 400):
        found = keyphrases(read_units(chosen(units, labels_of(units), members, np.zeros(len(units)), most=most)))
        assert "app" not in found[2]["en"]


def test_an_excerpt_says_how_central_its_units_are() -> None:
    units = mass(5, outside=2)
    vectors = np.random.default_rng(3).normal(size=(len(units), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    asked = excerpt(units, vectors)
    assert asked.rows.tolist() == list(range(len(units)))
    assert (asked.central[asked.labels < 0] == 0).all() and (asked.central[asked.labels >= 0] > 0).all()
    members = members_by_language(labels_of(units), units["lang"].to_list())
    assert sorted(agreement(members[0], vectors)) == sorted(np.concatenate(list(members[0].values())).tolist())


def test_what_was_read_ahead_makes_no_difference() -> None:
    units = mass(30, outside=2)
    vectors = np.eye(len(units), 16, dtype=np.float32)
    asked, ahead = excerpt(units, vectors), WordReader()
    ahead.ahead(units["model_text"].to_list(), units["lang"].to_list())
    assert ahead.wording(asked) == WordReader().wording(asked)
    assert set(ahead.wording(asked).candidates) == {(c, lang) for c in range(2) for lang in COMPLAINTS}
