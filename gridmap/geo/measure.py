"""Meters around a point: distances to borders, and shares of a circle of uncertainty.

Everything is measured in the plane that touches the WGS 84 spheroid at the point itself
(radii of curvature of the meridian and the prime vertical): within 10 km the error is under
0.2 %. Inputs are EPSG:4326 degrees, lon first; outputs are meters unless said otherwise.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[Any]

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_2 = 0.006_694_379_990_141_33
_CIRCLE_QUARTER_SEGMENTS = 16
_ORIGIN = shapely.Point(0, 0)


def meters_per_degree(lat: Floats) -> Floats:
    """Meters per degree of longitude and of latitude at each latitude, shape (n, 2)."""
    phi = np.radians(lat)
    w2 = 1 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / w2**1.5
    vertical = _SEMI_MAJOR_M / np.sqrt(w2)
    return np.column_stack([np.radians(vertical * np.cos(phi)), np.radians(meridian)])


def box_around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees of a box that holds a circle of that radius."""
    per_lon, per_lat = map(float, meters_per_degree(np.array([lat]))[0])
    return (
        lon - radius_m / per_lon,
        lat - radius_m / per_lat,
        lon + radius_m / per_lon,
        lat + radius_m / per_lat,
    )


def to_local(shapes: Shapes, points: Floats) -> Shapes:
    """Each shape in meters east and north of the point of the same row; points has shape (n, 2)."""
    coordinates, row = shapely.get_coordinates(shapes, return_index=True)
    scale = meters_per_degree(points[:, 1])
    moved = (coordinates - points[row]) * scale[row]
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved))


def distance_m(shapes: Shapes, points: Floats) -> Floats:
    """Meters from each point to the shape of its row; 0 inside."""
    return np.asarray(shapely.distance(_ORIGIN, to_local(shapes, points)))


def border_m(shapes: Shapes, points: Floats) -> Floats:
    """Meters from each point to the nearest border of the shape of its row, from either side."""
    return np.asarray(shapely.distance(_ORIGIN, shapely.boundary(to_local(shapes, points))))


def nearest_on_border(shape: shapely.Geometry, lon: float, lat: float) -> tuple[float, float]:
    """The point of a shape's border that is nearest to a point, in degrees."""
    points = np.array([[lon, lat]])
    border = shapely.boundary(to_local(np.array([shape]), points)[0])
    end = shapely.get_coordinates(shapely.shortest_line(_ORIGIN, border))[1]
    there = points[0] + end / meters_per_degree(points[:, 1])[0]
    return float(there[0]), float(there[1])


def circle_shares(shapes: Shapes, points: Floats, radius_m: Floats) -> Floats:
    """The share of the circle around each point that lies in the shape of its row, 0 to 1."""
    circles = shapely.buffer(_ORIGIN, radius_m, quad_segs=_CIRCLE_QUARTER_SEGMENTS)
    inside = shapely.area(shapely.intersection(to_local(shapes, points), circles))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(radius_m > 0, inside / shapely.area(circles), 1.0)
