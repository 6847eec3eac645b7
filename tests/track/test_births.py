"""What founds a pain point: leftovers, and what is new within a wider one; not what chance brings together."""

from __future__ import annotations

import numpy as np
import polars as pl

from painpoints.track import Identified, Rulings, identify

LANGS = ("fa", "ar", "ru", "en")
WIDE = 96
SCHEMA = {"unit_id": pl.Utf8, "key": pl.Utf8, "lang": pl.Utf8, "weight": pl.Int64, "fresh": pl.Boolean,
          "painpoint_id": pl.Utf8, "strength": pl.Float64}


def near(axes: dict[int, float], count: int, name: str, seed: int, spread: float = 0.045
         ) -> tuple[pl.DataFrame, np.ndarray]:
    """``count`` new units in four languages around a direction."""
    rng = np.random.default_rng(seed)
    centre = np.zeros(WIDE)
    for axis, weight in axes.items():
        centre[axis] = weight
    rows = centre / np.linalg.norm(centre) + spread * rng.standard_normal((count, WIDE))
    frame = pl.DataFrame([{"unit_id": f"{name}-{n}", "key": f"{name}-{n}", "lang": LANGS[n % 4], "weight": 1,
                           "fresh": True, "painpoint_id": None, "strength": None} for n in range(count)], schema=SCHEMA)
    return frame, np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def together(*parts: tuple[pl.DataFrame, np.ndarray]) -> tuple[pl.DataFrame, np.ndarray]:
    return pl.concat([frame for frame, _ in parts]), np.concatenate([rows for _, rows in parts])


def known(units: pl.DataFrame, found: Identified) -> pl.DataFrame:
    return units.with_columns(painpoint_id=pl.Series(found.places, dtype=pl.Utf8), fresh=pl.lit(False),
                              strength=pl.Series(found.strength))


def places(units: pl.DataFrame, found: Identified, name: str) -> list[str | None]:
    return [place for unit, place in zip(units["unit_id"], found.places, strict=True) if unit.startswith(f"{name}-")]


def first() -> tuple[pl.DataFrame, np.ndarray, Identified]:
    units, rows = together(near({0: 1}, 40, "flights", 1, 0.085), near({5: 1}, 30, "refund", 2, 0.085),
                           near({8: 1}, 30, "crash", 3, 0.085))
    found = identify(units, rows)
    assert len(found.born) == 3
    return known(units, found), rows, found


def test_what_is_new_within_a_wider_pain_point_is_born_though_the_vote_would_take_it_in() -> None:
    units, rows, before = first()
    luggage, more = near({0: 1, 1: 0.6}, 16, "luggage", 4), near({0: 1}, 8, "again", 5)
    now, vectors = together((units, rows), luggage, more)
    found = identify(now, vectors, Rulings(taken=frozenset(before.born)))
    assert len(found.born) == 1 and set(places(now, found, "luggage")) == set(found.born)
    assert set(places(now, found, "again")) == set(places(now, found, "flights")) != set(found.born)


def test_more_of_what_is_known_founds_nothing_even_when_most_units_are_new() -> None:
    units, rows, before = first()
    now, vectors = together((units, rows), near({0: 1}, 60, "more", 6), near({5: 1}, 50, "back", 7),
                            near({8: 1}, 50, "down", 8))
    found = identify(now, vectors, Rulings(taken=frozenset(before.born)))
    assert not found.born
    assert set(places(now, found, "more")) == set(places(now, found, "flights"))


def test_a_known_pain_point_that_multiplies_is_not_born_again() -> None:
    units, rows, before = first()
    luggage = near({0: 1, 1: 0.6}, 16, "luggage", 4)
    week, vectors = together((units, rows), luggage)
    found = identify(week, vectors, Rulings(taken=frozenset(before.born)))
    (born,) = found.born
    assert set(places(week, found, "luggage")) == {born}
    later, more = together((known(week, found), vectors), near({0: 1, 1: 0.6}, 32, "bags", 10))
    again = identify(later, more, Rulings(taken=frozenset([*before.born, born])))
    assert not again.born and places(later, again, "bags").count(born) >= 28


def test_a_loose_gathering_of_leftovers_waits() -> None:
    units, rows, before = first()
    rng = np.random.default_rng(9)
    parts = [near({20 + n: 1.0, 60: 0.56}, 1, f"loose{n}", int(rng.integers(1 << 30))) for n in range(7)]
    now, vectors = together((units, rows), *parts)
    found = identify(now, vectors, Rulings(taken=frozenset(before.born)))
    assert not found.born and set(found.places[len(units):]) == {None}
