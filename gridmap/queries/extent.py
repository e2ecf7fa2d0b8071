"""What is already on the map, as a reference for files that do not say where they are."""

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

_BOUNDARIES = """
SELECT ST_AsBinary(shape) AS shape FROM region_version WHERE upper_inf(during) AND shape IS NOT NULL
 UNION ALL
SELECT ST_AsBinary(shape) FROM grid_version WHERE upper_inf(during)
 LIMIT 5000
"""


def what_is_there(connection: Connection) -> BaseGeometry | None:
    """The boundaries in force, as one collection (EPSG:4326); None on an empty map."""
    rows = connection.execute(text(_BOUNDARIES)).all()
    shapes = [shapely.from_wkb(bytes(row.shape)) for row in rows]
    return shapely.GeometryCollection(shapes) if shapes else None
