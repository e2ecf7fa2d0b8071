"""``locate`` for many points at once: one spatial join, and the same decision as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.geo import candidates
from gridmap.geo.candidates import Boundaries, Pairs
from gridmap.queries import boundaries, holders
from gridmap.queries.boundaries import GridVersion
from gridmap.queries.holders import Center, Level, Worker
from gridmap.queries.locate import queue_of
from gridmap.rules import assignment
from gridmap.rules.assignment import NOBODY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Today(NamedTuple):
    """What each of the versions is today, and last of all what nobody is (version −1).

    A grid that has ended has the path that it had, and neither grid nor duty.
    """

    path: NDArray[np.object_]
    grid: NDArray[np.object_]
    duty: NDArray[np.object_]
    ended: NDArray[np.bool_]


@dataclass(frozen=True)
class Territory:
    """Everything that locating needs of a box, read once for a whole file."""

    grids: Boundaries
    versions: list[GridVersion]
    regions: Boundaries
    region_paths: list[str]
    today: dict[UUID, GridVersion]
    workers: dict[UUID, Worker]
    centers: dict[str, Center]
    levels: list[Level]
    now: datetime
    nearest_limit_m: float

    @cached_property
    def by_version(self) -> Today:
        """What each of the versions is today."""
        today = [self.today.get(one.grid) for one in self.versions]
        # ids are slow keys, paths are fast ones; a path has one grid at a time
        duty_at = {
            one.path: self.workers[grid].duty
            for grid, one in self.today.items()
            if grid in self.workers
        }
        paths = [(one or then).path for one, then in zip(today, self.versions, strict=True)]
        return Today(
            _column([*paths, area.EVERYTHING]),
            _column([*(one and one.grid for one in today), None]),
            _column([*(one and duty_at.get(one.path) for one in today), None]),
            np.array([*(one is None for one in today), False]),
        )


def _column(values: list[Any]) -> NDArray[np.object_]:
    column = np.empty(len(values), object)
    column[:] = values
    return column


@dataclass(frozen=True)
class LocatedMany:
    """The answers as columns; ``version`` is an index into ``versions`` or NOBODY.

    ``path`` is where each place lies today, ``grid`` today's grid or None, ``alternatives``
    holds (path, share) where the circle of uncertainty touches other grids.
    """

    versions: list[GridVersion]
    version: Ints
    how: list[str]
    certain: list[bool]
    path: list[str]
    grid: list[UUID | None]
    duty: list[UUID | None]
    center: list[UUID | None]
    share: Floats
    distance_m: Floats
    border_m: Floats
    alternatives: dict[int, list[tuple[str, float]]]


_REGIONS = """
SELECT path, ST_AsBinary(shape) AS shape, lower(during) AS since, upper(during) AS until
  FROM region_version
 WHERE shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
   AND during && tstzrange(:first, :last, '[]')
 ORDER BY depth DESC, path
"""


def territory(
    connection: Connection,
    box: tuple[float, float, float, float],
    *,
    first: datetime,
    last: datetime,
    now: datetime,
    nearest_limit_m: float,
) -> Territory:
    """The boundaries of a box (degrees) from ``first`` to ``last``, and who answers now."""
    grids, versions = boundaries.in_box(connection, box, first, last)
    ids = list({version.grid for version in versions})
    west, south, east, north = box
    rows = connection.execute(
        text(_REGIONS),
        {"west": west, "south": south, "east": east, "north": north, "first": first, "last": last},
    ).all()
    return Territory(
        grids=grids,
        versions=versions,
        regions=boundaries.as_columns([row.path for row in rows], rows),
        region_paths=[row.path for row in rows],
        today=boundaries.of_grids(connection, ids, now),
        workers=holders.on_duty(connection, ids, now),
        centers=holders.centers(connection),
        levels=holders.levels(connection),
        now=now,
        nearest_limit_m=nearest_limit_m,
    )


def locate_many(
    known: Territory, points: Floats, at: Floats, *, accuracy_m: Floats, measured: bool = True
) -> LocatedMany:
    """Who answers for each point (EPSG:4326, shape (n, 2)) at its moment (seconds since 1970).

    ``accuracy_m`` is 0 where none is stated. Without ``measured`` the distance to the border
    is left out (as infinite) where nothing hangs on it.
    """
    pairs = candidates.find(
        known.grids,
        points,
        at,
        accuracy_m=accuracy_m,
        nearest_limit_m=known.nearest_limit_m,
        measured=measured,
    )
    decided = assignment.decide(
        pairs.candidates, places=len(points), nearest_limit_m=known.nearest_limit_m
    )
    found = decided.chosen != NOBODY
    version = np.where(
        found, pairs.version[decided.chosen] if len(pairs.version) else NOBODY, NOBODY
    )
    path, grid, duty = _today(known, version, points)
    how = decided.how.tolist()
    for n, queue in _queues(known, points, at, np.flatnonzero(~found)).items():
        how[n], path[n] = queue
    return LocatedMany(
        versions=known.versions,
        version=version,
        how=how,
        certain=decided.certain.tolist(),
        path=path,
        grid=grid,
        duty=duty,
        center=_centers(known, path),
        share=_of_pair(pairs.candidates.share, decided.chosen),
        distance_m=_of_pair(pairs.candidates.distance_m, decided.chosen),
        border_m=_of_pair(pairs.candidates.border_m, decided.chosen),
        alternatives=_alternatives(pairs, known.versions, decided.chosen, accuracy_m),
    )


def _of_pair(column: Floats, chosen: Ints) -> Floats:
    """The chosen pair's value for each place; NaN for none."""
    values = np.full(len(chosen), np.nan)
    found = chosen != NOBODY
    values[found] = column[chosen[found]]
    return values


def _today(
    known: Territory, version: Ints, points: Floats
) -> tuple[list[str], list[UUID | None], list[UUID | None]]:
    """Path, grid and duty of today for each place; of an ended grid's, where its point is now."""
    today = known.by_version
    path, grid, duty = (column[version].tolist() for column in today[:3])
    where = np.flatnonzero(today.ended[version])
    if len(where):
        again = locate_many(
            known,
            points[where],
            np.full(len(where), known.now.timestamp()),
            accuracy_m=np.zeros(len(where)),
            measured=False,
        )
        for at in np.flatnonzero(again.version != NOBODY):
            n = where[at]
            path[n], grid[n], duty[n] = again.path[at], again.grid[at], again.duty[at]
    return path, grid, duty


def _queues(
    known: Territory, points: Floats, at: Floats, where: Ints
) -> dict[int, tuple[str, str]]:
    """For places in no grid: the queue that takes them in, as (how, path)."""
    deepest: dict[int, str] = {}
    if len(where) and len(known.regions.codes):
        tree = shapely.STRtree(np.asarray(shapely.points(points[where]), dtype=object))
        region, place = tree.query(known.regions.shapes, predicate="covers")
        moment = at[where[place]]
        valid = (known.regions.since[region] <= moment) & (moment < known.regions.until[region])
        # regions come deepest first, so the lowest index is the answer
        for r, p in sorted(zip(region[valid], place[valid], strict=True), reverse=True):
            deepest[int(where[p])] = known.region_paths[r]
    return {int(n): queue_of(deepest.get(int(n), ""), known.levels) for n in where}


def _centers(known: Territory, paths: Sequence[str]) -> list[UUID | None]:
    depth = holders.answering_depth(known.levels)
    by_path = {path: holders.center_for(path, known.centers, depth) for path in set(paths)}
    return [center.id if (center := by_path[path]) else None for path in paths]


def _alternatives(
    pairs: Pairs, versions: list[GridVersion], chosen: Ints, accuracy_m: Floats
) -> dict[int, list[tuple[str, float]]]:
    found: dict[int, list[tuple[float, str, str]]] = {}
    place, share = pairs.candidates.place, pairs.candidates.share
    others = (accuracy_m[place] > 0) & (share > 0)
    others[chosen[chosen != NOBODY]] = False
    for pair in np.flatnonzero(others):
        version = versions[pairs.version[pair]]
        entry: Any = (-share[pair], version.code, version.path)
        found.setdefault(int(place[pair]), []).append(entry)
    return {n: [(path, -s) for s, _, path in sorted(some)] for n, some in found.items()}
