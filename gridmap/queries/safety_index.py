"""The safety index of regions in a month: as it was published, else as it stands now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, TextClause, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import index_counts
from gridmap.queries.index_counts import NEEDED, Asked
from gridmap.rules.index_dimensions import DIMENSIONS
from gridmap.rules.safety_index import Formula, Points, Score, Tally, formula_of, score


@dataclass(frozen=True)
class Published:
    """Who published a region's month, when, and by which version of the formula."""

    by: str
    at: datetime
    formula_version: int


@dataclass(frozen=True)
class Region:
    """A region's index in a month, with what it was computed from."""

    path: str
    name: str
    score: Score
    tallies: Mapping[str, Tally]
    published: Published | None


_FORMULA = """
SELECT version, value FROM policy WHERE name = 'safety_index' AND since <= :at
 ORDER BY version DESC LIMIT 1
"""
_VERSION = "SELECT value FROM policy WHERE name = 'safety_index' AND version = :version"


def formula_at(connection: Connection, at: datetime) -> tuple[int, Formula]:
    """The version of the formula in force at a moment."""
    row = connection.execute(text(_FORMULA), {"at": at}).one()
    return row.version, formula_of(row.value)


def formula_of_version(connection: Connection, version: int) -> Formula:
    """A former version of the formula; versions are never changed."""
    value = connection.scalar(text(_VERSION), {"version": version})
    return formula_of(value)


_REGIONS = """
SELECT path, name FROM region_version AS v
 WHERE upper_inf(during) AND {inside} AND depth = :depth
"""
_GRIDS = """
SELECT path, number AS name FROM grid_version AS v WHERE upper_inf(during) AND {inside}
"""


def names_of(connection: Connection, within: str, depth: int) -> dict[str, str]:
    """The regions of a level within an area as they are today, path → name; grids by number."""
    sql = _REGIONS if depth <= _deepest(connection) else _GRIDS
    statement = sql.format(inside=range_sql(area.bounds(within), "v.path"))
    given = {"depth": depth} if sql is _REGIONS else {}
    return {row.path: row.name for row in connection.execute(text(statement), given)}


def _names(connection: Connection, asked: Asked) -> dict[str, str]:
    found: dict[str, str] = {}
    for depth in asked.depths:
        found |= names_of(connection, asked.within, depth)
    return found


def _deepest(connection: Connection) -> int:
    found: int | None = connection.scalar(text("SELECT max(depth) FROM level"))
    return found or 0


_FROZEN = """
SELECT * FROM index_month AS m
 WHERE m.month = :month AND m.level = ANY(:levels) AND {inside} AND ({mine})
"""


def regions(connection: Connection, asked: Asked, *, now: datetime, zone: str) -> list[Region]:
    """The regions of the levels asked about, the published ones as they were frozen.

    Others are computed by the formula in force, where the viewer may read all that it needs.
    """
    frozen = {row.path: _thawed(row) for row in _frozen(connection, asked)}
    names = _names(connection, asked)
    live = [path for path in computable(connection, names) if path not in frozen]
    computed = _computed(connection, asked, live, names, now=now, zone=zone) if live else []
    return sorted([*frozen.values(), *computed], key=lambda one: one.path)


class Brief(NamedTuple):
    """An index with its 95 % interval, None without enough data; how many dimensions have some."""

    points: float | None
    low: float | None
    high: float | None
    present: int


_BRIEF = """
SELECT m.path, m.score, m.low, m.high, m.present FROM index_month AS m
 WHERE m.month = :month AND m.level = ANY(:levels) AND {inside} AND ({mine})
"""


def brief(connection: Connection, asked: Asked, *, now: datetime, zone: str) -> dict[str, Brief]:
    """The index by path: what a map needs, and all that a wall may read."""
    statement, given = _of_month(_BRIEF, connection, asked)
    frozen = {path: Brief(*one) for path, *one in connection.execute(statement, given)}
    names = _names(connection, asked)
    live = [path for path in computable(connection, names) if path not in frozen]
    computed = _computed(connection, asked, live, names, now=now, zone=zone) if live else []
    return frozen | {one.path: _brief(one.score) for one in computed}


def _brief(score: Score) -> Brief:
    return Brief(score.index, score.low, score.high, present(score))


def present(score: Score) -> int:
    """How many dimensions have data."""
    return sum(one is not None for one in score.dimensions.values())


_SEES_WORK = "SELECT has_column_privilege('incident', 'used_min', 'SELECT')"
_WHOLE = " AND ".join(
    f"COALESCE(p.path <@ (SELECT guard.area('{what}', 'r')), false)" for what in ("index", *NEEDED)
)
_COMPUTABLE = f"""
SELECT p.path FROM unnest(CAST(:paths AS text[])) AS p (path) WHERE {_WHOLE} ORDER BY 1
"""


def computable(connection: Connection, paths: Iterable[str]) -> list[str]:
    """Of some regions those where the viewer may read all that the index is computed from.

    The database says so itself: of a region of which only a part is seen a part would be counted.
    A wall never may: how an incident was worked is hidden from it, whatever its area.
    """
    if not connection.scalar(text(_SEES_WORK)):
        return []
    return list(connection.scalars(text(_COMPUTABLE), {"paths": list(paths)}))


def _computed(
    connection: Connection,
    asked: Asked,
    paths: Sequence[str],
    names: Mapping[str, str],
    *,
    now: datetime,
    zone: str,
) -> list[Region]:
    _, formula = formula_at(connection, now)
    counted = index_counts.tallies(connection, asked, now=now, zone=zone)
    nothing = dict.fromkeys(DIMENSIONS, Tally(0, 0))
    found = {path: counted.get(path, nothing) for path in paths}
    return [
        Region(path, names[path], score(tallies, formula), tallies, None)
        for path, tallies in found.items()
    ]


def _frozen(connection: Connection, asked: Asked) -> Sequence[Row[Any]]:
    statement, given = _of_month(_FROZEN, connection, asked)
    return connection.execute(statement, given).all()


def _of_month(sql: str, connection: Connection, asked: Asked) -> tuple[TextClause, dict[str, Any]]:
    parts = {
        "inside": range_sql(area.bounds(asked.within), "m.path"),
        "mine": readable(connection, "index", "m.path"),
    }
    return text(sql.format(**parts)), {"month": asked.month, "levels": asked.depths}


def _thawed(row: Row[Any]) -> Region:
    points, tallies = {}, {}
    for id, kept in row.dimensions.items():
        tallies[id] = Tally(kept["n"], kept["of"])
        told = (kept.get("value"), kept.get("points"), kept.get("low"), kept.get("high"))
        points[id] = None if told[0] is None else Points(*told)
    return Region(
        row.path,
        row.name,
        Score(row.score, row.low, row.high, points),
        tallies,
        Published(row.publisher, row.published_at, row.formula_version),
    )


def kept(region: Region) -> dict[str, dict[str, float]]:
    """The dimensions of a region as a published month keeps them, fit for JSON."""
    found = {}
    for id, tally in region.tallies.items():
        one = region.score.dimensions.get(id)
        found[id] = {"n": tally.n, "of": tally.of} | (vars(one) if one else {})
    return found


_PUBLISHED_MONTHS = """
SELECT DISTINCT m.month FROM index_month AS m WHERE {inside} AND ({mine}) ORDER BY 1 DESC
"""


def published_months(connection: Connection, within: str) -> list[date]:
    """The months of which something within an area was published, the newest first."""
    sql = _PUBLISHED_MONTHS.format(
        inside=range_sql(area.bounds(within), "m.path"),
        mine=readable(connection, "index", "m.path"),
    )
    return list(connection.scalars(text(sql)))
