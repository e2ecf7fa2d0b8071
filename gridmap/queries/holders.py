"""Who answers for grids and areas today: the worker on duty, the center, the names above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area


@dataclass(frozen=True)
class Worker:
    """A grid worker on duty."""

    duty: UUID
    grid: UUID
    name: str
    post: str | None
    kind: str


@dataclass(frozen=True)
class Center:
    """A governance center; its phone is the office's."""

    id: UUID
    path: str
    name: str
    phone: str | None


@dataclass(frozen=True)
class Level:
    """A declared level of regions."""

    depth: int
    zh: str
    en: str
    answers: bool
    is_county: bool


_FIRST = "array_position('{lead,full_time,backup}', d.kind), lower(d.during), s.code"
_ON_DUTY = f"""
SELECT DISTINCT ON (d.grid) d.id, d.grid, s.name, s.post, d.kind
  FROM duty AS d JOIN staff AS s ON s.id = d.staff
 WHERE d.grid = ANY(:grids) AND d.during @> CAST(:at AS timestamptz)
 ORDER BY d.grid, {_FIRST}
"""


def on_duty(connection: Connection, grids: Sequence[UUID], at: datetime) -> dict[UUID, Worker]:
    """Per grid the worker who answers: the lead, else full-time, else backup."""
    rows = connection.execute(text(_ON_DUTY), {"grids": list(grids), "at": at})
    return {row.grid: Worker(*row) for row in rows}


def centers(connection: Connection) -> dict[str, Center]:
    """All governance centers by the path of their region."""
    rows = connection.execute(text("SELECT id, path, name, phone FROM center ORDER BY code DESC"))
    return {row.path: Center(*row) for row in rows}


def levels(connection: Connection) -> list[Level]:
    """The declared levels from the top down."""
    rows = connection.execute(
        text("SELECT depth, zh, en, answers, is_county FROM level ORDER BY depth")
    )
    return [Level(*row) for row in rows]


def answering_depth(declared: Sequence[Level]) -> int:
    """The depth whose centers answer for grids; the deepest where none is marked."""
    return _marked([one.depth for one in declared if one.answers], declared)


def county_depth(declared: Sequence[Level]) -> int:
    """The depth that counts as county; the deepest where none is marked."""
    return _marked([one.depth for one in declared if one.is_county], declared)


def _marked(marked: list[int], declared: Sequence[Level]) -> int:
    return marked[0] if marked else max((one.depth for one in declared), default=0)


def center_for(path: str, known: dict[str, Center], depth: int) -> Center | None:
    """The center that answers for a path: its township's, else the next one above."""
    return next((known[one] for one in _above(path, depth) if one in known), None)


_CENTER_ABOVE = """
SELECT id, path, name, phone FROM center WHERE path = ANY(:paths)
 ORDER BY length(path) DESC, code LIMIT 1
"""


def center_above(connection: Connection, path: str, depth: int) -> Center | None:
    """``center_for`` of one path, asking for no other center than those above it."""
    row = connection.execute(text(_CENTER_ABOVE), {"paths": _above(path, depth)}).first()
    return Center(*row) if row else None


_ANSWERING = f"""
SELECT duty.*, center.*
  FROM (SELECT coalesce(min(depth) FILTER (WHERE answers), max(depth)) AS depth FROM level) AS level
  LEFT JOIN LATERAL (
       SELECT d.id, d.grid, s.name, s.post, d.kind
         FROM duty AS d JOIN staff AS s ON s.id = d.staff
        WHERE d.grid = :grid AND d.during @> CAST(:at AS timestamptz)
        ORDER BY {_FIRST} LIMIT 1) AS duty ON true
  LEFT JOIN LATERAL (
       SELECT c.id, c.path, c.name, c.phone FROM center AS c
        WHERE c.path = ANY(:paths)
          AND length(c.path) - length(replace(c.path, '/', '')) <= level.depth
        ORDER BY length(c.path) DESC, c.code LIMIT 1) AS center ON true
"""


def answering(
    connection: Connection, grid: UUID | None, path: str, at: datetime
) -> tuple[Worker | None, Center | None]:
    """``on_duty`` of one grid and ``center_above`` of its path, in one go."""
    paths = [path, *area.parents(path)]
    given = {"grid": grid, "at": at, "paths": paths}
    row = connection.execute(text(_ANSWERING), given).one()
    worker, center = row[:5], row[5:]
    return (
        Worker(*worker) if worker[0] else None,
        Center(*center) if center[0] else None,
    )


def _above(path: str, depth: int) -> list[str]:
    """The answering region of a path and those above it, from the nearest up."""
    start = area.at_level(path, depth) or path
    return [start, *reversed(area.parents(start))]


def names(connection: Connection, paths: Iterable[str], at: datetime) -> dict[str, str]:
    """The names of regions by path at a moment."""
    rows = connection.execute(
        text(
            "SELECT path, name FROM region_version"
            " WHERE path = ANY(:paths) AND during @> CAST(:at AS timestamptz)"
        ),
        {"paths": list(paths), "at": at},
    )
    return {row.path: row.name for row in rows}
