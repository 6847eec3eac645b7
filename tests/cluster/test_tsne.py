"""The points of a graph spread out on the plane."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from painpoints.cluster.tsne import _Repulsion, spread


@pytest.mark.parametrize("span", [0.01, 1.0, 12.0, 80.0])
def test_the_grid_sums_what_all_pairs_would(span: float) -> None:
    places = np.random.default_rng(0).uniform(-span / 2, span / 2, (400, 2))
    apart = places[:, None] - places[None]
    near = 1.0 / (1.0 + (apart ** 2).sum(2))
    np.fill_diagonal(near, 0.0)
    exact = ((near ** 2)[:, :, None] * apart).sum(1) / near.sum()
    found = _Repulsion().push(places)
    assert np.abs(found - exact).max() < 0.06 * np.abs(exact).max()


def test_a_grid_that_was_wide_serves_points_that_draw_together_again() -> None:
    grid, rng = _Repulsion(), np.random.default_rng(3)
    wide, narrow = rng.uniform(-40, 40, (50, 2)), rng.uniform(-1, 1, (50, 2))
    grid.push(wide)
    assert np.allclose(grid.push(narrow), _Repulsion().push(narrow), atol=2e-4)


def test_two_knots_with_no_link_between_them_part() -> None:
    block = np.ones((12, 12)) - np.eye(12)
    graph = csr_array(np.block([[block, np.zeros((12, 12))], [np.zeros((12, 12)), block]]))
    places = spread(graph, np.random.default_rng(1).normal(size=(24, 2)) * 1e-2)
    gap = np.linalg.norm(places[:12].mean(0) - places[12:].mean(0))
    assert gap > 2 * max(places[:12].std(), places[12:].std())


def test_held_points_do_not_move_and_the_others_come_to_their_neighbours() -> None:
    start = np.array([[0.0, 0.0], [0.0, 30.0], [1.0, 30.0], [0.0, -30.0]])
    links = csr_array((np.ones(2), ([0, 0], [1, 2])), shape=(4, 4))
    places = spread(links, start, held=np.array([False, True, True, True]), steps=300)
    assert np.array_equal(places[1:], start[1:])
    assert places[0, 1] > 25
