"""Simplifying neighbors together, so that they stay neighbors."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from gridmap.geo.lattice import Geometries, to_lattice


def simplify_coverage(
    geometries: Sequence[Polygon | MultiPolygon], tolerance_deg: float, *, border: bool = True
) -> Geometries:
    """Areas of a coverage (WGS 84) with fewer vertices, on the lattice, in the same order.

    Shared edges lose the same vertices on both sides: no gap, no overlap, no area vanishes
    (coverage simplification of GEOS after Visvalingam-Whyatt; ``tolerance_deg`` is the square root
    of the area of the triangles that go). Without ``border`` the outer border keeps its vertices.
    """
    areas = np.array([to_lattice(geometry) for geometry in geometries], dtype=object)
    if not len(areas):
        return areas
    made = shapely.coverage_simplify(areas, tolerance_deg, simplify_boundary=border)
    return np.asarray(made, dtype=object)
