"""Boundary versions of grids, and the regions that hold a point, at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap.geo.candidates import Boundaries

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""


@dataclass(frozen=True)
class GridVersion:
    """One dated boundary of a grid, without its shape."""

    id: UUID
    grid: UUID
    code: str
    path: str
    number: str
    county: int
    since: datetime | None
    until: datetime | None

    def in_force(self, at: datetime) -> bool:
        """Whether this is its grid's boundary at a moment."""
        begun = self.since is None or self.since <= at
        return begun and (self.until is None or at < self.until)


IN_BOX = """
SELECT v.id, v.grid, g.code, v.path, v.number, v.county, lower(v.during) AS since,
       upper(v.during) AS until, ST_AsBinary(v.shape) AS shape
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE v.shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
   AND v.during && tstzrange(:first, :last, '[]')
 ORDER BY g.code, v.id
"""


def in_box(
    connection: Connection, box: Box, first: datetime, last: datetime
) -> tuple[Boundaries, list[GridVersion]]:
    """Grid versions whose box meets ``box`` (degrees) and that were in force in that time."""
    west, south, east, north = box
    rows = connection.execute(
        text(IN_BOX),
        {"west": west, "south": south, "east": east, "north": north, "first": first, "last": last},
    ).all()
    boundaries = as_columns([row.code for row in rows], rows)
    versions = [GridVersion(*row[:-1]) for row in rows]
    return boundaries, versions


def as_columns(codes: list[str], rows: Sequence[Any]) -> Boundaries:
    """Rows with ``shape`` (WKB), ``since`` and ``until`` as columns, ordered as they come."""
    return Boundaries(
        codes=np.array(codes, dtype=str),
        shapes=shapely.from_wkb(np.array([bytes(row.shape) for row in rows], dtype=object)),
        since=np.array([_seconds(row.since, -np.inf) for row in rows], dtype=float),
        until=np.array([_seconds(row.until, np.inf) for row in rows], dtype=float),
    )


class Near(NamedTuple):
    """The boundaries whose box meets a box: as columns, and without shapes in the same order."""

    box: Box
    columns: Boundaries
    versions: list[GridVersion]

    def holds(self, box: Box) -> bool:
        """Whether nothing that meets this other box can be missing."""
        (west, south), (east, north) = box[:2], box[2:]
        return (
            self.box[0] <= west
            and self.box[1] <= south
            and east <= self.box[2]
            and north <= self.box[3]
        )


def near(connection: Connection, box: Box, at: datetime) -> Near:
    """The boundaries at a moment whose box meets ``box``."""
    return Near(box, *in_box(connection, box, at, at))


_OF_GRIDS = """
SELECT v.id, v.grid, g.code, v.path, v.number, v.county, lower(v.during) AS since,
       upper(v.during) AS until
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE v.grid = ANY(:grids) AND v.during @> CAST(:at AS timestamptz)
"""


def of_grids(
    connection: Connection, grids: Sequence[UUID], at: datetime
) -> dict[UUID, GridVersion]:
    """The version of each grid that is in force at a moment; ended grids are left out."""
    rows = connection.execute(text(_OF_GRIDS), {"grids": list(grids), "at": at})
    return {row.grid: GridVersion(*row) for row in rows}


_BY_CODE = _OF_GRIDS.replace("v.grid = ANY(:grids)", "g.code = :code")


def by_code(connection: Connection, code: str, at: datetime) -> GridVersion | None:
    """The version of the grid with that code at a moment."""
    row = connection.execute(text(_BY_CODE), {"code": code, "at": at}).first()
    return GridVersion(*row) if row else None


_REGION_OF = """
SELECT path FROM region_version
 WHERE shape && ST_SetSRID(ST_Point(:lon, :lat), 4326)
   AND ST_Covers(shape, ST_SetSRID(ST_Point(:lon, :lat), 4326))
   AND during @> CAST(:at AS timestamptz)
 ORDER BY depth DESC, path LIMIT 1
"""


def region_of(connection: Connection, lon: float, lat: float, at: datetime) -> str:
    """The path of the deepest region that covers a point; the empty path where none does."""
    return connection.scalar(text(_REGION_OF), {"lon": lon, "lat": lat, "at": at}) or ""


def _seconds(moment: datetime | None, unbounded: float) -> float:
    return moment.timestamp() if moment else unbounded
