"""Units find their pain points again, whatever is added and in whatever order."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.track import Identified, Rulings, identify, new_id

LANGS = ("fa", "ar", "ru", "en")
WIDE = 96
"""In fewer dimensions noise lies near a pain point by chance."""
PAINS = ("courier", "refund", "crash", "queue")


def drawn(pains: dict[str, int], seed: int, spread: float = 0.06, prefix: str = "") -> tuple[pl.DataFrame, np.ndarray]:
    """Units of four languages around one direction for each pain; "none" lies anywhere."""
    rng = np.random.default_rng(seed)
    axes = np.eye(WIDE)
    rows, vectors = [], []
    for pain, count in pains.items():
        for number in range(count):
            name = f"{prefix}{pain}-{seed}-{number}"
            rows.append({"unit_id": name, "key": name, "lang": LANGS[number % 4], "weight": 1, "fresh": True,
                         "painpoint_id": None, "strength": None})
            centre = rng.standard_normal(WIDE) if pain == "none" else axes[PAINS.index(pain)]
            vectors.append(centre / np.linalg.norm(centre) + spread * rng.standard_normal(WIDE))
    stacked = np.array(vectors, np.float32).reshape(len(rows), WIDE)
    frame = pl.DataFrame(rows, schema={"unit_id": pl.Utf8, "key": pl.Utf8, "lang": pl.Utf8, "weight": pl.Int64,
                                       "fresh": pl.Boolean, "painpoint_id": pl.Utf8, "strength": pl.Float64})
    return frame, stacked / np.linalg.norm(stacked, axis=1, keepdims=True)


def kept(units: pl.DataFrame, found: Identified) -> pl.DataFrame:
    """The units as the next addition finds them."""
    return units.with_columns(painpoint_id=pl.Series(found.places, dtype=pl.Utf8), fresh=pl.lit(False),
                              strength=pl.Series(found.strength))


def of(units: pl.DataFrame, found: Identified, pain: str) -> set[str | None]:
    return {place for name, place in zip(units["unit_id"], found.places, strict=True) if f"{pain}-" in name}


def grown(first: dict[str, int], second: dict[str, int]) -> tuple[pl.DataFrame, np.ndarray, pl.DataFrame]:
    units, vectors = drawn(first, 1)
    before = kept(units, identify(units, vectors))
    more, others = drawn(second, 2)
    return pl.concat([before, more]), np.concatenate([vectors, others]), before


def test_the_first_addition_makes_a_pain_point_of_each_dense_group() -> None:
    units, vectors = drawn({"courier": 16, "refund": 16, "crash": 16, "none": 10}, 1)
    found = identify(units, vectors)
    assert len(found.born) == 3
    assert all(len(of(units, found, pain)) == 1 for pain in ("courier", "refund", "crash"))
    assert of(units, found, "none") == {None}


def test_new_units_join_known_pain_points_and_what_is_new_is_born() -> None:
    units, vectors, before = grown({"courier": 16, "refund": 16, "none": 6}, {"courier": 12, "crash": 14, "none": 4})
    found = identify(units, vectors)
    assert found.places[:len(before)] == before["painpoint_id"].to_list()
    assert of(units, found, "courier") == of(before, identify(before, vectors[:len(before)]), "courier")
    assert [set(found.born)] == [of(units, found, "crash")]
    assert of(units, found, "none") == {None}


def test_leftovers_of_several_additions_make_a_pain_point_once_there_are_enough() -> None:
    units, vectors, before = grown({"courier": 16, "refund": 16, "crash": 2}, {"refund": 4, "crash": 8})
    assert of(before, identify(before, vectors[:len(before)]), "crash") == {None}
    found = identify(units, vectors)
    assert of(units, found, "crash") == set(found.born) and len(found.born) == 1


def test_the_order_of_rows_changes_nothing() -> None:
    units, vectors, _ = grown({"courier": 16, "refund": 16, "none": 6}, {"courier": 12, "crash": 14, "none": 4})
    found = identify(units, vectors)
    mixed = np.random.default_rng(5).permutation(len(units))
    again = identify(units[mixed.tolist()], vectors[mixed])
    assert again.places == [found.places[at] for at in mixed]
    assert (again.born, again.proposals) == (found.born, found.proposals)
    assert np.array_equal(again.strength, found.strength[mixed])


def test_a_copy_goes_where_its_first_one_is() -> None:
    units, vectors, _ = grown({"courier": 16, "refund": 16}, {"courier": 1})
    copied = units[3].with_columns(unit_id=pl.lit("copy"), weight=pl.lit(0, pl.Int64), fresh=pl.lit(True),
                                   painpoint_id=pl.lit(None, pl.Utf8), strength=pl.lit(None, pl.Float64))
    found = identify(pl.concat([units, copied]), np.concatenate([vectors, vectors[3:4]]))
    assert found.places[-1] == units["painpoint_id"][3] is not None


def test_what_people_placed_elsewhere_stays_there() -> None:
    units, vectors, _ = grown({"courier": 24, "refund": 16}, {"courier": 8})
    own = pl.col("unit_id").is_in([f"courier-1-{number}" for number in range(8)])
    edited = units.with_columns(painpoint_id=pl.when(own).then(pl.lit("BYHAND")).otherwise("painpoint_id"))
    found = identify(edited, vectors, Rulings(taken=frozenset({"BYHAND"})))
    assert [place for name, place in zip(units["unit_id"], found.places, strict=True)
            if name in {f"courier-1-{number}" for number in range(8)}] == ["BYHAND"] * 8
    assert not found.born


def test_two_that_lie_together_are_proposed_for_a_merge_unless_people_keep_them_apart() -> None:
    units, vectors = drawn({"courier": 40, "refund": 16}, 1)
    halved = pl.Series(["A" if name.endswith(("0", "2", "4", "6", "8")) else "B" for name in units["unit_id"]])
    placed = units.with_columns(fresh=pl.lit(False), strength=pl.lit(1.0), painpoint_id=pl.when(
        pl.col("unit_id").str.starts_with("courier")).then(halved).otherwise(pl.lit("C")))
    found = identify(placed, vectors)
    assert [(p.kind, {p.painpoint_id, p.other}) for p in found.proposals] == [("merge", {"A", "B"})]
    assert identify(placed, vectors, Rulings(apart=frozenset({frozenset("BA")}))).proposals == []
    assert identify(placed, vectors, Rulings(fixed=frozenset("A"))).proposals == []
    assert found.places == placed["painpoint_id"].to_list()


def test_one_that_holds_two_matters_is_proposed_for_a_split() -> None:
    units, vectors = drawn({"courier": 20, "refund": 20, "crash": 20}, 1)
    placed = units.with_columns(fresh=pl.lit(False), strength=pl.lit(1.0), painpoint_id=pl.when(
        pl.col("unit_id").str.starts_with("crash")).then(pl.lit("B")).otherwise(pl.lit("A")))
    assert [(p.kind, p.painpoint_id) for p in identify(placed, vectors).proposals] == [("split", "A")]


def test_nothing_and_too_little_are_no_failure() -> None:
    for count in (0, 1, 3):
        units, vectors = drawn({"courier": count}, 1)
        found = identify(units, vectors)
        assert found.places == [None] * count and found.born == []


def test_an_id_is_not_given_twice() -> None:
    name = new_id(["b", "a"], [])
    assert name == new_id(["a", "b"], []) and len(name) == 26
    assert new_id(["a", "b"], [name]) not in ("", name)


def test_later_units_join_the_side_of_a_split_that_they_are_near() -> None:
    rng = np.random.default_rng(6)
    axis, aside = np.eye(WIDE)[0], np.eye(WIDE)[9]
    names, rows = [], []
    for side, sign in (("left", -0.35), ("right", 0.35)):
        for number in range(20):
            names.append(f"{side}-{number}")
            rows.append(axis + sign * aside + 0.04 * rng.standard_normal(WIDE))
    others, far = drawn({"crash": 16}, 3)
    vectors = np.concatenate([np.array(rows, np.float32), far])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    late = pl.col("unit_id").str.contains("-1[5-9]$")
    sides = pl.DataFrame({"unit_id": names, "key": names, "lang": [LANGS[at % 4] for at in range(40)],
                          "weight": [1] * 40, "strength": [1.0] * 40}).with_columns(
        fresh=late, painpoint_id=pl.when(~late).then(pl.col("unit_id").str.head(1).str.to_uppercase()))
    units = pl.concat([sides, others.select(sides.columns)])
    found = identify(units, vectors, Rulings(apart=frozenset({frozenset("LR")})))
    assert of(units, found, "left") == {"L"} and of(units, found, "right") == {"R"}
    assert not [one for one in found.proposals if one.kind == "merge"]
