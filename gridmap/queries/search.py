"""Finding regions, grids, centers, workers and households by name, code, pinyin or address."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from gridmap.access import readable
from gridmap.queries import addresses, describe

_MOST_OF_A_KIND = 8

_REGIONS = """
SELECT 'region' AS kind, v.name AS title, r.code AS detail, v.path,
       ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
       ST_XMin(v.shape) AS west, ST_YMin(v.shape) AS south,
       ST_XMax(v.shape) AS east, ST_YMax(v.shape) AS north
  FROM region_version AS v JOIN region AS r ON r.id = v.region
 WHERE v.during @> CAST(:now AS timestamptz)
   AND (v.name LIKE :inside OR r.code LIKE :begins OR EXISTS (
        SELECT FROM unnest(v.search_keys) AS k WHERE k LIKE :begins))
 ORDER BY v.name <> :exact, length(v.path), v.name LIMIT :most
"""
_GRIDS = """
SELECT 'grid' AS kind, v.number AS title, g.code AS detail, v.path,
       ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
       ST_XMin(v.shape) AS west, ST_YMin(v.shape) AS south,
       ST_XMax(v.shape) AS east, ST_YMax(v.shape) AS north
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE v.during @> CAST(:now AS timestamptz) AND g.code LIKE :begins
 ORDER BY g.code LIMIT :most
"""
_CENTERS = """
SELECT 'center' AS kind, c.name AS title, c.phone AS detail, c.path,
       ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
       NULL AS west, NULL AS south, NULL AS east, NULL AS north
  FROM center AS c
 WHERE ({areas}) AND (c.name LIKE :inside OR c.code LIKE :begins OR EXISTS (
        SELECT FROM unnest(c.search_keys) AS k WHERE k LIKE :begins))
 ORDER BY length(c.path), c.name LIMIT :most
"""
# names first, then duties, shapes last: joined as one, a province's hundred thousand are all read
_WORKERS = """
WITH found AS MATERIALIZED (
    SELECT s.id, s.name, s.post, s.code FROM staff AS s
     WHERE s.name LIKE :inside OR EXISTS (
           SELECT FROM unnest(s.search_keys) AS k WHERE k LIKE :begins)),
first AS MATERIALIZED (
    SELECT f.name, f.post, f.code, d.path, d.grid
      FROM found AS f JOIN duty AS d ON d.staff = f.id AND d.during @> CAST(:now AS timestamptz)
     WHERE ({areas}) ORDER BY f.name, f.code, d.path LIMIT :most)
SELECT 'worker' AS kind, f.name AS title, f.post AS detail, f.path,
       ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
       ST_XMin(v.shape) AS west, ST_YMin(v.shape) AS south,
       ST_XMax(v.shape) AS east, ST_YMax(v.shape) AS north
  FROM first AS f
  JOIN grid_version AS v ON v.grid = f.grid AND v.during @> CAST(:now AS timestamptz)
 ORDER BY f.name, f.code, f.path
"""
_BY_RIGHT = {
    None: (_REGIONS, _GRIDS),
    "center": (_CENTERS,),
    "duty": (_WORKERS,),
}
_ALIASES = {"center": "c", "duty": "d"}


class Found(NamedTuple):
    """What was found; ``too_wide`` where addresses were not read: the words name no place."""

    results: list[dict[str, Any]]
    too_wide: bool


def search(connection: Connection, words: str, *, now: datetime) -> Found:
    """What matches ``words``: a part of a name or address, the head of a code or of its pinyin.

    Only what the viewer may see; at most a handful of each kind.
    """
    words = words.strip()
    if not words:
        return Found([], too_wide=False)
    parameters = _patterns(words) | {"now": now}
    found: list[Row[Any]] = []
    for what, statements in _BY_RIGHT.items():
        areas = readable(connection, what, f"{_ALIASES[what]}.path") if what else ""
        for sql in statements:
            found += connection.execute(text(sql.format(areas=areas)), parameters)
    homes, too_wide = addresses.households(
        connection, words, inside=parameters["inside"], most=_MOST_OF_A_KIND, now=now
    )
    found += homes
    names = describe.names_above(connection, {row.path for row in found}, now)
    return Found([_result(row, names) for row in found], too_wide)


def _patterns(words: str) -> dict[str, Any]:
    safe = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    head = "".join(safe.lower().split())
    return {
        "inside": f"%{safe}%",
        "begins": f"{head}%",
        "exact": words,
        "most": _MOST_OF_A_KIND,
    }


def _result(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    above = [one["name"] for one in describe.chain(row.path, names)[-3:]]
    which = {"county": row.county, "id": str(row.id)} if row.kind == "household" else {}
    return which | {
        "kind": row.kind,
        "title": describe.grid_name(row.path, names) if row.kind == "grid" else row.title,
        "detail": row.detail,
        "where": " ".join(above),
        "path": row.path,
        "lon": row.lon,
        "lat": row.lat,
        "bounds": [row.west, row.south, row.east, row.north] if row.west is not None else None,
    }
