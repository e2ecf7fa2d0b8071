"""What follows when boundaries change: simplified shapes, versions in addresses, coverage marks."""

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap.geo.simplify import simplify_coverage
from gridmap.layers.shapes import BANDS, tolerance_deg

TABLE_OF_LAYER = {"grids": "grid_version", "regions": "region_version"}

_OPEN = """
SELECT v.id, v.path, ST_AsBinary(v.shape) AS shape FROM {table} AS v
 WHERE v.county = :county AND upper_inf(v.during) AND v.shape IS NOT NULL ORDER BY v.path
"""
_RAISE = """
INSERT INTO layer_version VALUES (:layer, :county, 1)
ON CONFLICT (layer, county) DO UPDATE SET version = layer_version.version + 1
"""
_KEEP = """
INSERT INTO simplified (layer, band, version_id, county, path, shape)
SELECT :layer, :band, id, :county, path, ST_Multi(ST_GeomFromWKB(shape, 4326))
  FROM unnest(CAST(:ids AS uuid[]), CAST(:paths AS text[]), CAST(:shapes AS bytea[]))
       AS u (id, path, shape)
"""


def refresh(connection: Connection, layer: str, county: int) -> None:
    """Simplifies a county's open boundaries anew, as a coverage, and raises their version.

    Part of the transaction that changed a boundary, so that no tile mixes old and new.
    """
    connection.execute(text(_RAISE), {"layer": layer, "county": county})
    connection.execute(
        text("DELETE FROM simplified WHERE layer = :layer AND county = :county"),
        {"layer": layer, "county": county},
    )
    table = TABLE_OF_LAYER[layer]
    rows = connection.execute(text(_OPEN.format(table=table)), {"county": county}).all()
    for _depth, level in _by_level((row.id, row.path, bytes(row.shape)) for row in rows).items():
        for band in BANDS:
            _keep(connection, layer, county, band, level)


Level = tuple[list[UUID], list[str], list[bytes]]


def _by_level(rows: Iterable[tuple[UUID, str, bytes]]) -> dict[int, Level]:
    """Only boundaries of one level are a coverage together."""
    levels: dict[int, Level] = {}
    for id, path, shape in rows:
        ids, paths, shapes = levels.setdefault(path.count("/"), ([], [], []))
        ids.append(id)
        paths.append(path)
        shapes.append(shape)
    return levels


def _keep(connection: Connection, layer: str, county: int, band: int, level: Level) -> None:
    ids, paths, wkb = level
    shapes = shapely.from_wkb(np.array(wkb, dtype=object))
    simple = simplify_coverage(shapes.tolist(), tolerance_deg(band))
    left = [n for n, shape in enumerate(simple) if not shapely.is_empty(shape)]
    connection.execute(
        text(_KEEP),
        {
            "layer": layer,
            "band": band,
            "county": county,
            "ids": [ids[n] for n in left],
            "paths": [paths[n] for n in left],
            "shapes": [shapely.to_wkb(simple[n]) for n in left],
        },
    )
