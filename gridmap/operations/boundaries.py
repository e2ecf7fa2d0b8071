"""What follows when boundaries change: simplified shapes, versions in addresses, coverage marks."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap.geo.lattice import Geometries
from gridmap.geo.simplify import simplify_coverage
from gridmap.layers import shapes

TABLE_OF_LAYER = {"grids": "grid_version", "regions": "region_version"}
_NAME_IN = {"grid_version": "number", "region_version": "name"}

_OPEN = """
SELECT v.id, v.path, v.{name} AS name, ST_AsBinary(v.shape) AS shape FROM {table} AS v
 WHERE v.county = :county AND upper_inf(v.during) AND v.shape IS NOT NULL ORDER BY v.path
"""
_RAISE = """
INSERT INTO layer_version VALUES (:layer, :county, 1)
ON CONFLICT (layer, county) DO UPDATE SET version = layer_version.version + 1
"""
_KEEP = """
INSERT INTO simplified (layer, band, version_id, county, path, level, name, shape)
SELECT :layer, :band, id, :county, path, :level, name,
       ST_Transform(ST_Multi(ST_GeomFromWKB(shape, 4326)), 3857)
  FROM unnest(CAST(:ids AS uuid[]), CAST(:paths AS text[]), CAST(:names AS text[]),
              CAST(:shapes AS bytea[])) AS u (id, path, name, shape)
"""


class Boundary(NamedTuple):
    """A boundary in force; its shape is WKB (EPSG:4326)."""

    id: UUID
    path: str
    name: str
    shape: bytes


def refresh(connection: Connection, layer: str, county: int) -> None:
    """Draws a county's open boundaries anew, simplified as a coverage, and raises their version.

    Part of the transaction that changed a boundary, so that no tile mixes old and new.
    """
    place = {"layer": layer, "county": county}
    connection.execute(text(_RAISE), place)
    connection.execute(
        text("DELETE FROM simplified WHERE layer = :layer AND county = :county"), place
    )
    table = TABLE_OF_LAYER[layer]
    opened = _OPEN.format(table=table, name=_NAME_IN[table])
    rows = connection.execute(text(opened), {"county": county})
    for level, those in _by_level(Boundary(*row) for row in rows).items():
        exact = shapely.from_wkb(np.array([bytes(one.shape) for one in those], dtype=object))
        for band in shapes.BANDS:
            if shapes.first_zoom(layer, level) <= band:
                simple = _simplified(exact, band)
                _keep(connection, place | {"band": band, "level": level}, those, simple)


def _by_level(boundaries: Iterable[Boundary]) -> dict[int, list[Boundary]]:
    """Only boundaries of one level are a coverage together."""
    levels: dict[int, list[Boundary]] = {}
    for one in boundaries:
        levels.setdefault(one.path.count("/"), []).append(one)
    return levels


def _simplified(exact: Geometries, band: int) -> Geometries:
    tolerance = shapes.tolerance_deg(band)
    return simplify_coverage(exact.tolist(), tolerance) if tolerance else exact


def _keep(
    connection: Connection, place: dict[str, object], those: list[Boundary], simple: Geometries
) -> None:
    left = np.flatnonzero(~shapely.is_empty(simple))
    connection.execute(
        text(_KEEP),
        place
        | {
            "ids": [those[n].id for n in left],
            "paths": [those[n].path for n in left],
            "names": [those[n].name for n in left],
            "shapes": [shapely.to_wkb(simple[n]) for n in left],
        },
    )
