"""The lattice of 1e-7 degree on which boundaries lie, and the directed edges of areas on it.

On the lattice a shared vertex is the same pair of integers in every ring, so that a coverage can
be checked exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

PER_DEGREE = 10_000_000
M_PER_UNIT = 111_320.0 / PER_DEGREE
"""Meters of one lattice unit to the north, and to the east at the equator."""

Shape = TypeVar("Shape", bound=BaseGeometry)
Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

# A point packed into one integer: longitude and latitude have 3.6e9 and 1.8e9 places.
_HALF_WIDTH, _HALF_HEIGHT = 180 * PER_DEGREE, 90 * PER_DEGREE
_ROW = 2 * _HALF_HEIGHT + 1


@dataclass(frozen=True)
class Edges:
    """Directed edges: packed start and end points (m,), and the index (m,) of their area."""

    start: Ints
    end: Ints
    owner: Ints

    def __len__(self) -> int:
        return len(self.start)

    def where(self, mask: npt.NDArray[np.bool_]) -> "Edges":
        """The edges of a mask (m,)."""
        return Edges(self.start[mask], self.end[mask], self.owner[mask])


def to_units(xy: npt.NDArray[np.float64]) -> Ints:
    """Degrees (n, 2) as lattice units (n, 2), halves rounded up as the browser does it."""
    return np.floor(xy * PER_DEGREE + 0.5).astype(np.int64)


def to_degrees(units: npt.NDArray[np.int64 | np.float64]) -> npt.NDArray[np.float64]:
    """Lattice units as degrees: the doubles nearest to the decimal numbers."""
    return np.asarray(units / PER_DEGREE, dtype=np.float64)


def to_lattice(geometry: Shape) -> Shape:
    """The geometry (WGS 84, without heights) with every coordinate on the lattice."""
    return shapely.transform(geometry, lambda xy: to_degrees(to_units(xy)))


def on_lattice(geometry: BaseGeometry) -> bool:
    """Whether every coordinate is on the lattice, bit by bit."""
    xy = shapely.get_coordinates(geometry)
    return bool((to_degrees(to_units(xy)) == xy).all())


def degrees_of(area: Shape) -> Shape:
    """A geometry in units as one in degrees, on the lattice."""
    return shapely.transform(area, to_degrees)


def units_of(geometries: Sequence[BaseGeometry]) -> Geometries:
    """Areas in degrees as areas in whole units, shells counterclockwise, holes clockwise."""
    made = shapely.transform(
        np.array(geometries, dtype=object), lambda xy: to_units(xy).astype(np.float64)
    )
    return np.asarray(shapely.orient_polygons(made), dtype=object)


def edges_of(areas: Geometries) -> Edges:
    """All directed edges of areas in units; steps of no length are left out."""
    parts, part_owner = shapely.get_parts(areas, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    points = pack(xy.astype(np.int64))
    edge = (ring[:-1] == ring[1:]) & (points[:-1] != points[1:])
    owner = part_owner[ring_part[ring[:-1][edge]]].astype(np.int64)
    return Edges(points[:-1][edge], points[1:][edge], owner)


def pack(units: Ints) -> Ints:
    """Points (n, 2) in units as one integer each (n,), in order of longitude, then latitude."""
    return (units[:, 0] + _HALF_WIDTH) * _ROW + units[:, 1] + _HALF_HEIGHT


def unpack(points: Ints) -> Ints:
    """Packed points (n,) as units (n, 2)."""
    return np.column_stack([points // _ROW - _HALF_WIDTH, points % _ROW - _HALF_HEIGHT])


def unmatched(edges: Edges) -> npt.NDArray[np.bool_]:
    """Which edges (m,) do not stand exactly once, against their reverse exactly once."""
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    forward = (edges.start < edges.end)[order].astype(np.int64)
    new = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])] if len(low) else low == 0
    group = np.cumsum(new) - 1
    ahead = np.bincount(group, forward)
    total = np.bincount(group)
    bad = np.empty(len(edges), dtype=np.bool_)
    bad[order] = ((ahead != 1) | (total != 2))[group]
    return bad
