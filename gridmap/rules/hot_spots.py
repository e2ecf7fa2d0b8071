"""Where is it really more? Getis-Ord Gi* with control of the false discovery rate.

Getis and Ord (1992), Ord and Getis (1995): the sum of a value over a place and its neighbors,
against what the whole would lead to expect, in standard deviations. Of a thousand places tested at
5 % fifty stand out by luck; Benjamini and Hochberg (1995) keep the share of such among all that
are shown under the level.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree
from scipy.special import erfc

Values = NDArray[np.float64]

NEIGHBORS = 8
LEVELS = (0.10, 0.05, 0.01)
"""90, 95 and 99 % confidence."""

FEWEST_PLACES = 30
"""With fewer the normal distribution does not hold, and nothing is called hot or cold."""


def nearest(lon: Values, lat: Values, *, count: int = NEIGHBORS) -> csr_matrix:
    """Which places are the nearest to each, itself among them; degrees (EPSG:4326)."""
    places = np.column_stack([lon * np.cos(np.radians(lat.mean())), lat])
    _, found = cKDTree(places).query(places, k=min(count + 1, len(places)))
    found = found.reshape(len(places), -1)
    rows = np.repeat(np.arange(len(places)), found.shape[1])
    ones = np.ones(found.size)
    return csr_matrix((ones, (rows, found.ravel())), shape=(len(places), len(places)))


def gi_star(values: Values, neighbors: csr_matrix) -> Values:
    """Gi* of each place in standard deviations; zeros where all values are the same.

    Values may be of one period (n,) or of several (n, periods), each tested by itself.
    """
    n, mean, spread = len(values), values.mean(axis=0), values.std(axis=0)
    weights = np.asarray(neighbors.sum(axis=1)).ravel()
    squares = np.asarray(neighbors.multiply(neighbors).sum(axis=1)).ravel()
    spreads = np.sqrt((n * squares - weights**2) / max(n - 1, 1))
    scale = np.multiply.outer(spreads, spread)
    found = np.zeros(values.shape)
    expected = np.multiply.outer(weights, mean)
    np.divide(neighbors @ values - expected, scale, out=found, where=scale > 0)
    return found


def confidence(z: Values) -> NDArray[np.int64]:
    """−3 to 3 for each place: cold or hot at 99, 95, 90 % of all that are shown, 0 neither."""
    p = erfc(np.abs(z) / np.sqrt(2))
    held = sum(_discoveries(p, level).astype(np.int64) for level in LEVELS)
    return np.sign(z).astype(np.int64) * held


def _discoveries(p: Values, level: float) -> NDArray[np.bool_]:
    order = np.sort(p)
    within = np.flatnonzero(order <= level * np.arange(1, len(p) + 1) / len(p))
    found: NDArray[np.bool_] = p <= (order[within[-1]] if len(within) else -1.0)
    return found
