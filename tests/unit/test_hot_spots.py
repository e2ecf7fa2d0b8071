"""Hot spots: the same as PySAL's, symmetrical, and nothing where there is nothing."""

import warnings

import numpy as np
import pytest

from gridmap.rules import hot_spots

with warnings.catch_warnings():
    # what it imports warns of its own future
    warnings.simplefilter("ignore")
    from esda.getisord import G_Local
    from esda.util import fdr
    from libpysal.weights import WSP


def _field(
    seed: int, places: int = 400
) -> tuple[hot_spots.Values, hot_spots.Values, hot_spots.Values]:
    """Places at random, whose values are noise with a hot and a cold corner."""
    rng = np.random.default_rng(seed)
    lon, lat = 104 + rng.random(places), 35 + rng.random(places)
    values = rng.gamma(4, 1, places)
    values[(lon < 104.25) & (lat < 35.25)] += 4
    values[(lon > 104.75) & (lat > 35.75)] *= 0.2
    return lon, lat, values


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_the_library_of_the_field(seed: int) -> None:
    lon, lat, values = _field(seed)
    neighbors = hot_spots.nearest(lon, lat)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = G_Local(values, WSP(neighbors).to_W(), transform="B", permutations=0, star=True)
    z = hot_spots.gi_star(values, neighbors)
    assert z == pytest.approx(theirs.Zs, rel=1e-9, abs=1e-9)
    # its p_norm is of one side
    p = 2 * theirs.p_norm
    found = np.abs(hot_spots.confidence(z))
    for n, level in enumerate(hot_spots.LEVELS, 1):
        assert np.array_equal(found >= n, p <= fdr(p, level))
    assert (found > 0).sum() > 20


def test_periods_asked_for_together_are_each_tested_alone() -> None:
    lon, lat, values = _field(7)
    neighbors = hot_spots.nearest(lon, lat)
    periods = np.stack([values, np.full(len(values), 3.0), values[::-1] * 2], axis=1)
    together = hot_spots.gi_star(periods, neighbors)
    for n, one in enumerate(periods.T):
        assert together[:, n] == pytest.approx(hot_spots.gi_star(one, neighbors), abs=1e-12)
    assert not together[:, 1].any()


def test_hot_and_cold_lie_where_they_were_put() -> None:
    lon, lat, values = _field(3)
    sure = hot_spots.confidence(hot_spots.gi_star(values, hot_spots.nearest(lon, lat)))
    assert sure[(lon < 104.2) & (lat < 35.2)].min() > 0
    assert sure[(lon > 104.85) & (lat > 35.85)].max() < 0


def test_noise_alone_is_seldom_called_hot() -> None:
    """At 90 % of all shown at most one field in ten may show anything at all."""
    shown = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        neighbors = hot_spots.nearest(rng.random(300), 35 + rng.random(300))
        z = hot_spots.gi_star(rng.normal(size=300), neighbors)
        shown += bool(hot_spots.confidence(z).any())
    assert shown <= 15


def test_where_all_is_alike_nothing_stands_out() -> None:
    lon, lat, _ = _field(1)
    z = hot_spots.gi_star(np.full(len(lon), 2.5), hot_spots.nearest(lon, lat))
    assert not z.any()
