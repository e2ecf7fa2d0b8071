"""Closed atoms: nothing under three is ever told, and no difference of two answers is."""

import numpy as np
import pytest

from gridmap.heat.atoms import COARSEST, FEWEST, FINEST, Atoms, closed
from gridmap.heat.cells import CELL_ZOOM


def made(points: list[tuple[int, int, int, int]]) -> Atoms:
    return closed(*np.array(points, np.int64).reshape(-1, 4).T)


def test_three_in_a_cell_are_an_atom_of_the_finest_level() -> None:
    side = 1 << CELL_ZOOM - FINEST
    atoms = made([(64, 96, 5, 1), (65, 97, 5, 1), (64 + side - 1, 96 + side - 1, 5, 1)])
    assert [column.tolist() for column in atoms] == [[FINEST], [2], [3], [5], [1], [3]]


@pytest.mark.parametrize("other", [(64, 96, 6, 1), (64, 96, 5, 0)])
def test_other_days_and_other_kinds_do_not_add_up(other: tuple[int, int, int, int]) -> None:
    assert not len(made([(64, 96, 5, 1), (64, 96, 5, 1), other]).n)


def test_what_is_few_goes_to_the_cell_above_and_at_last_is_left_out() -> None:
    # neighbors whose cells have a parent in common one level up
    atoms = made([(0, 0, 5, 1), (32, 0, 5, 1), (0, 32, 5, 1)])
    assert (atoms.level.tolist(), atoms.n.tolist()) == ([FINEST - 1], [3])
    far = 1 << CELL_ZOOM - COARSEST
    assert not len(made([(0, 0, 5, 1), (far, 0, 5, 1), (2 * far, 0, 5, 1)]).n)


def test_sums_of_atoms_differ_by_nothing_or_by_three_at_least() -> None:
    random = np.random.default_rng(3)
    cx, cy = (random.exponential(400, (2, 4000)) + (1 << 19)).astype(np.int64)
    block, kind = random.integers(0, 4, 4000), random.integers(0, 3, 4000)
    atoms = closed(cx, cy, block, kind)
    assert atoms.n.min() >= FEWEST
    assert 1_000 < atoms.n.sum() <= 4_000
    assert len(set(atoms.level.tolist())) > 3
    for _ in range(2_000):
        wanted = random.random(4) < 0.5
        inside = wanted[atoms.block] & (atoms.x & 7 != random.integers(0, 8))
        more = inside | (atoms.kind == random.integers(0, 3))
        assert int(atoms.n[more].sum() - atoms.n[inside].sum()) not in {1, 2}
