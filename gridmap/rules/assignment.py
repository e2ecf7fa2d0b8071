"""Who answers for a point: the decision among the grids that come into question.

The same code decides for one report and for a million households: candidates come as flat
arrays of pairs (place, grid), the answer is one pair for each place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CERTAIN_SHARE = 0.8
"""With a stated accuracy, an answer is certain if this share of the circle lies in its grid."""

ON_BORDER_M = 0.01
"""Nearer than this a point covered by several grids lies on their border, else they overlap."""

NOBODY = -1

HOW = {
    "bound": ("住户已按名称绑定网格", "The household is bound to the grid by name"),
    "named": ("上报时指定了网格", "The grid was named in the report"),
    "inside": ("点落在网格界内", "The point lies inside the grid"),
    "border": ("点落在网格界线上，编号最小的网格负责", "On a border: the lowest code answers"),
    "overlap": (
        "几个网格在此重叠，编号最小的网格负责",
        "Grids overlap here: the lowest code answers",
    ),
    "nearest": ("点不在任何网格内，归最近的网格", "Outside every grid: the nearest one answers"),
    "township": ("点不在网格附近，由乡镇中心受理", "Near no grid: the township center takes it in"),
    "county": ("点不在乡镇内，由县级中心受理", "In no township: the county center takes it in"),
    "installation": (
        "没有可用的位置，由总台兜底受理",
        "No usable place: the catch-all queue takes it in",
    ),
}
"""How a place was decided, for people: Chinese, English."""


@dataclass(frozen=True)
class Candidates:
    """Pairs of a place and a grid near it, as columns of one length.

    ``code_rank`` orders the grids by code; ``distance_m`` is 0 where the grid covers the
    point; ``border_m`` is the distance to the grid's border, from either side.
    """

    place: NDArray[np.int64]
    code_rank: NDArray[np.int64]
    covers: NDArray[np.bool_]
    distance_m: NDArray[np.float64]
    border_m: NDArray[np.float64]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Decisions:
    """For each place: the chosen pair (or NOBODY), how, and whether that is certain."""

    chosen: NDArray[np.int64]
    how: NDArray[np.str_]
    certain: NDArray[np.bool_]


def decide(candidates: Candidates, *, places: int, nearest_limit_m: float) -> Decisions:
    """One grid or none for each of ``places`` places, the same however the pairs are ordered.

    A grid that covers the point comes before any other, and among several the lowest code;
    outside all grids the nearest within the limit answers, and of equally near ones the
    lowest code. The place's own grid answers whatever its share of the circle of
    uncertainty: a share under CERTAIN_SHARE makes the answer uncertain, not another one.
    """
    eligible = np.flatnonzero(candidates.covers | (candidates.distance_m <= nearest_limit_m))
    order = eligible[
        np.lexsort(
            (
                candidates.code_rank[eligible],
                candidates.distance_m[eligible],
                ~candidates.covers[eligible],
                candidates.place[eligible],
            )
        )
    ]
    decided, first = np.unique(candidates.place[order], return_index=True)
    chosen = np.full(places, NOBODY)
    chosen[decided] = order[first]
    how = _how(candidates, chosen, places)
    certain = np.zeros(places, dtype=bool)
    enough = candidates.share[chosen[decided]] >= CERTAIN_SHARE
    certain[decided] = enough & (how[decided] == "inside")
    return Decisions(chosen, how, certain)


def _how(candidates: Candidates, chosen: NDArray[np.int64], places: int) -> NDArray[np.str_]:
    how = np.full(places, "nobody", dtype="U12")
    decided = np.flatnonzero(chosen != NOBODY)
    pair = chosen[decided]
    several = np.bincount(candidates.place[candidates.covers], minlength=places)[decided] > 1
    near_border = candidates.border_m[pair] <= ON_BORDER_M
    how[decided] = np.select(
        [~candidates.covers[pair], several & near_border, several],
        ["nearest", "border", "overlap"],
        "inside",
    )
    return how
