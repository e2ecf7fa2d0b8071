"""Places that a stranger may look for: villages, communities and their grids; no household."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.queries import describe, holders

_MOST = 8
_NUMBER = re.compile(r"(\d{1,4})\s*(?:号)?(?:网格|格)?\s*$")
_VILLAGES = """
SELECT v.path, v.name, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
       ST_Distance(ST_SetSRID(ST_MakePoint(ST_XMin(v.shape), ST_YMin(v.shape)), 4326)::geography,
                   ST_SetSRID(ST_MakePoint(ST_XMax(v.shape), ST_YMax(v.shape)), 4326)::geography)
       / 2 AS radius_m
  FROM region_version AS v
 WHERE v.during @> CAST(:now AS timestamptz)
   AND v.depth > :depth
   AND (v.name LIKE :inside OR (length(v.name) > 1 AND strpos(:words, v.name) > 0)
        OR EXISTS (SELECT FROM unnest(v.search_keys) AS k WHERE k LIKE :begins))
 ORDER BY v.name <> :words, strpos(:words, v.name) = 0, length(v.name), v.path LIMIT :most
"""
_GRIDS = """
SELECT v.path, v.number, g.code, ST_X(v.label) AS lon, ST_Y(v.label) AS lat
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE v.during @> CAST(:now AS timestamptz) AND ltrim(v.number, '0') = ltrim(:number, '0')
   AND EXISTS (SELECT FROM unnest(CAST(:villages AS text[])) AS p
                WHERE guard.within(v.path, p))
 ORDER BY v.path LIMIT :most
"""
_LARGEST_RADIUS_M = 50_000


def places(connection: Connection, words: str, *, now: datetime) -> list[dict[str, Any]]:
    """Villages that the words name, by name, by pinyin or within an address; and their grids.

    A place has a point (EPSG:4326) with its radius in meters, or is a grid with its code.
    """
    words = words.strip()[:60]
    if not words:
        return []
    number = _NUMBER.search(words)
    village = _NUMBER.sub("", words).strip() if number else words
    found = _villages(connection, village or words, now)
    grids = _grids(connection, [row.path for row in found], number[1], now) if number else []
    names = describe.names_above(connection, [row.path for row in [*found, *grids]], now)
    return [_as_grid(row, names) for row in grids] + [_as_village(row, names) for row in found]


def _villages(connection: Connection, words: str, now: datetime) -> list[Row[Any]]:
    safe = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    depth = holders.answering_depth(holders.levels(connection))
    given = {
        "now": now,
        "depth": depth,
        "words": words,
        "inside": f"%{safe}%",
        "begins": f"{''.join(safe.lower().split())}%",
        "most": _MOST,
    }
    return list(connection.execute(text(_VILLAGES), given))


def _grids(
    connection: Connection, villages: list[str], number: str, now: datetime
) -> list[Row[Any]]:
    given = {"now": now, "number": number, "villages": villages, "most": _MOST}
    return list(connection.execute(text(_GRIDS), given))


def _as_village(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    above = [one["name"] for one in describe.chain(row.path, names)[:-1]]
    return {
        "title": row.name,
        "where": " ".join(above[-2:]),
        "grid": None,
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": min(round(row.radius_m), _LARGEST_RADIUS_M),
    }


def _as_grid(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    parents = area.parents(row.path)
    above = [names[one] for one in parents if one in names]
    return {
        "title": " ".join([*above[-1:], row.number]),
        "where": " ".join(above[-3:-1]),
        "grid": row.code,
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": None,
    }
