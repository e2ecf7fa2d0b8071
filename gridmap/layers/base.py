"""What every layer says of itself, and how its rows become a Mapbox vector tile.

A layer gives a select; the envelope, the clipping, the count of what was left out, the
encoding, the version and the ETag are added here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from gridmap import access, area
from gridmap.area import Range
from gridmap.errors import NotFound
from gridmap.heat import Heat
from gridmap.queries.filters import Filters

EXTENT = 4096
BUFFER = 64
MOST_FEATURES = 3_600
"""A tile holds no more of a layer than this, which keeps it under 300 kB."""

DEEPEST_ZOOM = 22
DENSITY = "density"
"""The right to closed sums of what may not be listed one by one."""


class Words(NamedTuple):
    """Something said in Chinese and English."""

    zh: str
    en: str


Ranges = list[Range]


@dataclass(frozen=True)
class Tile:
    """A tile's address and what it is asked for."""

    z: int
    x: int
    y: int
    filters: Filters
    zone: str
    heat: Heat | None = None
    """The packed columns; without them all is counted from the table."""


class Select(NamedTuple):
    """A layer's rows: SQL that yields ``shape`` (EPSG:4326 or 3857) and properties.

    ``{box}`` in the SQL stands for the tile's envelope with its margin in degrees, ``{square}``
    for the same in Web Mercator. Where a tile cannot hold all rows, those that come first by
    ``first`` (an ORDER BY list over the SQL's columns) stay.
    """

    sql: str
    parameters: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    first: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer of the map.

    ``what`` is the right that a viewer needs; ``rows`` makes the select for a tile, given the
    viewer's ranges, which :func:`inside` turns into a condition on a path; ``shapes`` names the
    boundary version that makes its tiles immutable, None for points, which change with every
    insert. ``draw`` makes a tile's bytes without SQL where it can, else answers None. ``pooled``
    makes the select for who has the right to densities alone.
    """

    id: str
    order: int
    title: Words
    about: Words
    group: str
    what: str | None
    rows: Callable[[Tile, Ranges], Select]
    style: list[dict[str, Any]]
    draw: Callable[[Connection, Tile, Ranges], bytes | None] | None = None
    pooled: Callable[[Tile, Ranges], Select] | None = None
    min_zoom: int = 0
    max_zoom: int = DEEPEST_ZOOM
    shown: bool = True
    filters: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    shapes: str | None = None
    listed: bool = False
    stale_on: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def source_layer(self) -> str:
        """The name of the layer inside its tiles."""
        return self.id


# MATERIALIZED, or the planner writes the costly geometry into the filter and makes it twice
_TILE = """
WITH source AS MATERIALIZED ({rows}),
kept AS (SELECT * FROM source {order} LIMIT {most}),
drawn AS MATERIALIZED (
    SELECT ST_AsMVTGeom(ST_Transform(shape, 3857), ST_TileEnvelope(:z, :x, :y),
                        {extent}, {buffer}, true) AS geom, {columns}
      FROM kept)
SELECT (SELECT ST_AsMVT(drawn, :name, {extent}, 'geom') FROM drawn WHERE geom IS NOT NULL) AS tile,
       (SELECT GREATEST(count(*) - {most}, 0) FROM source) AS left_out
"""
_LEFT_OUT = """
SELECT ST_AsMVT(t, 'left_out', 4096, 'geom') FROM (
    SELECT ST_AsMVTGeom(ST_Centroid(ST_TileEnvelope(:z, :x, :y)),
                        ST_TileEnvelope(:z, :x, :y)) AS geom,
           CAST(:count AS integer) AS count) AS t
"""


def tile(connection: Connection, layer: Layer, asked: Tile) -> bytes | None:
    """The tile's bytes, empty where it holds nothing; None where the viewer may not see the layer.

    What exceeds MOST_FEATURES is left out, counted, and said in a source layer ``left_out``.
    """
    ranges = access.areas(connection, layer.what) if layer.what else [area.bounds(area.EVERYTHING)]
    if not ranges:
        return _pooled(connection, layer, asked)
    if layer.draw and (drawn := layer.draw(connection, asked, ranges)) is not None:
        return drawn
    return _by_sql(connection, layer, layer.rows(asked, ranges), asked)


def may_see(connection: Connection, layer: Layer) -> bool:
    """Whether the viewer sees anything of the layer, be it sums alone."""
    if layer.what is None or access.areas(connection, layer.what):
        return True
    return bool(layer.pooled and access.areas(connection, DENSITY))


def _pooled(connection: Connection, layer: Layer, asked: Tile) -> bytes | None:
    if layer.pooled is None or not (ranges := access.areas(connection, DENSITY)):
        return None
    return _by_sql(connection, layer, layer.pooled(asked, ranges), asked)


def _by_sql(connection: Connection, layer: Layer, select: Select, asked: Tile) -> bytes:
    place = {"z": asked.z, "x": asked.x, "y": asked.y}
    row = connection.execute(
        text(_statement(layer, select, asked)),
        place | {"name": layer.source_layer} | select.parameters,
    ).one()
    content = bytes(row.tile or b"")
    if row.left_out:
        more = connection.scalar(text(_LEFT_OUT), place | {"count": row.left_out})
        content += bytes(more or b"")
    return content


def _statement(layer: Layer, select: Select, asked: Tile) -> str:
    rows = select.sql.replace("{box}", box_sql(asked)).replace("{square}", square_sql(asked))
    return _TILE.format(
        rows=rows,
        order=f"ORDER BY {select.first}" if select.first else "",
        columns=", ".join(f'"{name}"' for name in layer.fields) or "1 AS one",
        most=MOST_FEATURES,
        extent=EXTENT,
        buffer=BUFFER,
    )


def check_address(layer: Layer, z: int, x: int, y: int) -> None:
    """Raises NotFound, with the reason, for a tile that does not exist."""
    if not 0 <= z <= layer.max_zoom:
        raise NotFound("没有第 {z} 级瓦片；级别从 0 到 {most}。", z=z, most=layer.max_zoom)
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound(
            "第 {z} 级没有瓦片 {x}/{y}；行列号从 0 到 {most}。", z=z, x=x, y=y, most=2**z - 1
        )


def box_sql(asked: Tile) -> str:
    """The tile's envelope in degrees, with the margin of its buffer, as SQL."""
    west, south, east, north = box(asked.z, asked.x, asked.y, margin=BUFFER / EXTENT)
    return f"ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}, 4326)"


def square_sql(asked: Tile) -> str:
    """The same envelope in Web Mercator, as SQL."""
    return f"ST_TileEnvelope({asked.z}, {asked.x}, {asked.y}, margin => {BUFFER / EXTENT!r})"


def box(z: int, x: int, y: int, *, margin: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees, widened by a share of its side."""
    side = 2**z
    west, east = ((n / side) * 360 - 180 for n in (x - margin, x + 1 + margin))
    north, south = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * n / side))))
        for n in (y - margin, y + 1 + margin)
    )
    return west, south, east, north


def etag(content: bytes) -> str:
    """The same for the same bytes."""
    return blake2b(content, digest_size=12).hexdigest()
