"""What follows when boundaries change: simplified shapes, versions in addresses, coverage marks."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap import access, area
from gridmap.geo.lattice import Geometries
from gridmap.geo.simplify import simplify_coverage
from gridmap.layers import shapes

TABLE_OF_LAYER = {"grids": "grid_version", "regions": "region_version"}
_NAME_IN = {"grid_version": "number", "region_version": "name"}

_LEVEL = "length({0}.path) - length(replace({0}.path, '/', ''))"
_SAME_LEVEL = f"{_LEVEL.format('a')} = {_LEVEL.format('b')}"

# those of a county, those that may touch them, and those that may touch these: only with all
# its neighbors at hand does an area keep the corners that it shares with them
_OPEN = f"""
WITH own AS (
    SELECT v.id FROM {{table}} AS v WHERE v.county = :county AND upper_inf(v.during)),
near AS (
    SELECT DISTINCT b.id FROM {{table}} AS a JOIN {{table}} AS b
        ON a.shape && b.shape AND {_SAME_LEVEL} AND upper_inf(b.during)
     WHERE a.id IN (SELECT id FROM own)),
around AS (
    SELECT DISTINCT b.id FROM {{table}} AS a JOIN {{table}} AS b
        ON a.shape && b.shape AND {_SAME_LEVEL} AND upper_inf(b.during)
     WHERE a.id IN (SELECT id FROM near))
SELECT v.id, v.county, v.path, v.{{name}} AS name, ST_AsBinary(v.shape) AS shape,
       v.id IN (SELECT id FROM near) AS touched
  FROM {{table}} AS v WHERE v.id IN (SELECT id FROM around) ORDER BY v.path
"""
_RAISE = """
INSERT INTO layer_version VALUES (:layer, :county, 1)
ON CONFLICT (layer, county) DO UPDATE SET version = layer_version.version + 1
"""
_FORGET = """
DELETE FROM simplified WHERE layer = :layer AND (county = :county OR version_id = ANY(:ids))
"""
_KEEP = """
INSERT INTO simplified (layer, band, version_id, county, path, level, name, shape)
SELECT :layer, :band, id, county, path, :level, name,
       ST_Transform(ST_Multi(ST_GeomFromWKB(shape, 4326)), 3857)
  FROM unnest(CAST(:ids AS uuid[]), CAST(:counties AS integer[]), CAST(:paths AS text[]),
              CAST(:names AS text[]), CAST(:shapes AS bytea[])) AS u (id, county, path, name, shape)
"""


class Boundary(NamedTuple):
    """A boundary in force; its shape is WKB (EPSG:4326); ``redrawn`` with the county or not."""

    id: UUID
    county: int
    path: str
    name: str
    shape: bytes
    redrawn: bool


def refresh(connection: Connection, layer: str, county: int) -> None:
    """Draws a county's open boundaries anew, simplified as a coverage, and raises their version.

    Part of the transaction that changed a boundary, so that no tile mixes old and new. What
    touches the county in others is drawn anew with it, as far as the viewer may write there.
    """
    given = {"layer": layer, "county": county}
    connection.execute(text(_RAISE), given)
    those = _open(connection, TABLE_OF_LAYER[layer], county)
    ids = [one.id for one in those if one.redrawn]
    connection.execute(text(_FORGET), given | {"ids": ids})
    for level, areas in _by_level(those).items():
        exact = shapely.from_wkb(np.array([one.shape for one in areas], dtype=object))
        for band in shapes.BANDS:
            if shapes.first_zoom(layer, level) <= band:
                place = {"layer": layer, "band": band, "level": level}
                _keep(connection, place, areas, _simplified(exact, band))


def _open(connection: Connection, table: str, county: int) -> list[Boundary]:
    ours = access.areas(connection, "boundary", "w")
    statement = _OPEN.format(table=table, name=_NAME_IN[table])
    rows = connection.execute(text(statement), {"county": county})
    return [
        Boundary(id, no, path, name, bytes(shape), touched and area.covers(ours, path))
        for id, no, path, name, shape, touched in rows
    ]


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
    connection: Connection, place: dict[str, object], areas: list[Boundary], simple: Geometries
) -> None:
    bare = shapely.is_empty(simple)
    kept = [
        (*one[:4], shapely.to_wkb(shape))
        for one, shape, gone in zip(areas, simple, bare, strict=True)
        if one.redrawn and not gone
    ]
    if kept:
        ids, counties, paths, names, wkb = map(list, zip(*kept, strict=True))
        columns = {"ids": ids, "counties": counties, "paths": paths, "names": names, "shapes": wkb}
        connection.execute(text(_KEEP), place | columns)
