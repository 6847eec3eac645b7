"""What a machine made too coarse is parted by it later; what a person has had a hand in is not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from painpoints.track import Identified, Rulings, identify

LANGS = ("fa", "ar", "ru", "en")


def coarse(courier: int = 200, refund: int = 8, others: int = 120) -> tuple[pl.DataFrame, np.ndarray]:
    """Two matters in one pain point A, and a third in B; all placed by an earlier addition."""
    rng = np.random.default_rng(4)
    axes = np.eye(24)
    names, rows = [], []
    for at, (pain, count) in enumerate((("courier", courier), ("refund", refund), ("crash", others))):
        names += [f"{pain}-{number}" for number in range(count)]
        rows.append(axes[at] + 0.12 * rng.standard_normal((count, 24)))
    vectors = np.concatenate(rows).astype(np.float32)
    frame = pl.DataFrame({"unit_id": names, "key": names, "lang": [LANGS[at % 4] for at in range(len(names))],
                          "weight": [1] * len(names), "fresh": [False] * len(names), "strength": [0.5] * len(names),
                          "painpoint_id": ["B" if name.startswith("crash") else "A" for name in names]})
    return frame, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def places(units: pl.DataFrame, found: Identified, pain: str) -> set[str | None]:
    return {place for name, place in zip(units["unit_id"], found.places, strict=True) if name.startswith(pain)}


def test_the_smaller_part_is_born_of_the_bigger_which_keeps_the_id() -> None:
    units, vectors = coarse()
    found = identify(units, vectors, Rulings(taken=frozenset("AB")))
    assert list(found.parted.values()) == ["A"] and found.born == list(found.parted)
    assert (places(units, found, "courier"), places(units, found, "refund")) == ({"A"}, set(found.born))
    assert places(units, found, "crash") == {"B"} and found.proposals == []


@pytest.mark.parametrize("decided", [Rulings(touched=frozenset("A")), Rulings(touched=frozenset("AB"))])
def test_what_a_person_touched_is_left_to_people(decided: Rulings) -> None:
    units, vectors = coarse()
    found = identify(units, vectors, decided)
    assert found.places == units["painpoint_id"].to_list() and not found.parted


def test_no_more_than_three_in_a_hundred_move_at_once() -> None:
    units, vectors = coarse(courier=60, refund=40)
    found = identify(units, vectors)
    assert found.places == units["painpoint_id"].to_list() and not found.parted
    assert [(one.kind, one.painpoint_id) for one in found.proposals] == [("split", "A")]


def test_copies_go_with_the_part_they_are_of_and_order_changes_nothing() -> None:
    units, vectors = coarse()
    copied = units.filter(pl.col("unit_id") == "refund-3").with_columns(unit_id=pl.lit("copy"),
                                                                        weight=pl.lit(0, pl.Int64))
    both, more = pl.concat([units, copied]), np.concatenate([vectors, vectors[203:204]])
    found = identify(both, more)
    assert found.places[-1] == found.born[0]
    mixed = np.random.default_rng(2).permutation(len(both))
    again = identify(both[mixed.tolist()], more[mixed])
    assert again.places == [found.places[at] for at in mixed] and again.parted == found.parted
