"""Households by code and by address, in a village as in a province.

An address is read household by household, so only where there are few enough: in the regions
that the words name, or in all that the viewer sees where that is no more than a county.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import access, area
from gridmap.area import Range

MOST_READ = 250_000
"""Households; some three hundred milliseconds."""

_SHORTEST = 2
"""Characters of an address that are looked for."""

_ROW = """
SELECT 'household' AS kind, h.county, h.id, h.address AS title, h.code AS detail, h.path,
       ST_X(h.point) AS lon, ST_Y(h.point) AS lat,
       NULL AS west, NULL AS south, NULL AS east, NULL AS north
  FROM household AS h
"""
# a range and not a LIKE, which may not use an index under row security
_BY_CODE = f"""
{_ROW} WHERE ({{areas}}) AND h.county = ANY (CAST(:counties AS integer[]))
   AND h.code >= :head AND h.code < :after
 ORDER BY h.code LIMIT :most
"""
_BY_ADDRESS = f"""
{_ROW} WHERE ({{areas}}) AND h.address LIKE :inside
 ORDER BY length(h.address), h.address LIMIT :most
"""
_NAMED = """
SELECT v.path FROM region_version AS v
 WHERE v.during @> CAST(:now AS timestamptz) AND length({name}) >= :shortest
   AND strpos(:words, {name}) > 0
"""
_SHORT_NAME = """CASE
    WHEN right(v.name, 2) IN ('社区', '街道') THEN left(v.name, -2)
    WHEN right(v.name, 1) IN ('村', '镇', '乡', '县', '市', '区') THEN left(v.name, -1)
    ELSE v.name END"""
_SIZE = """
SELECT COALESCE(sum(b.n), 0) FROM rate_base AS b
  JOIN unnest(CAST(:depths AS smallint[]), CAST(:paths AS text[])) AS a(depth, path)
    ON b.depth = a.depth AND (b.path = a.path OR a.path = '')
 WHERE b.kind = 'household'
"""
_LAST = chr(0x10FFFF)


def households(
    connection: Connection, words: str, *, inside: str, most: int, now: datetime
) -> tuple[list[Row[Any]], bool]:
    """Households whose code begins with ``words``, or whose address matches the pattern ``inside``.

    Only what the viewer may see. The second value is whether addresses were left unread, because
    the words name no place and the viewer sees too many.
    """
    ranges = access.areas(connection, "household")
    if not ranges or len(words) < _SHORTEST:
        return [], False
    head = "".join(words.split())
    counties = connection.scalars(text("SELECT no FROM county")).all()
    codes = {"counties": list(counties), "head": head, "after": head + _LAST, "most": most}
    found = list(
        connection.execute(text(_BY_CODE.format(areas=access.ranges_sql(ranges, "h.path"))), codes)
    )
    if words.isascii() and words.isalpha():  # the initials of a name, or half of one
        return found, False
    places = _places(connection, words, ranges, now)
    if _size(connection, places) > MOST_READ:
        return found, True
    read = connection.execute(
        text(_BY_ADDRESS.format(areas=access.ranges_sql(places, "h.path"))),
        {"inside": inside, "most": most},
    )
    known = {row.id for row in found}
    return [*found, *(row for row in read if row.id not in known)][:most], False


def _places(
    connection: Connection, words: str, ranges: Sequence[Range], now: datetime
) -> list[Range]:
    """What of the viewer's ranges lies in the regions that are named, or else all of it.

    Short names (松庄 for 松庄村) count where no whole one is there; of regions that lie in each
    other, and of namesakes, those that are named with most of what is above them.
    """
    for name in ("v.name", _SHORT_NAME):
        given = {"words": words, "now": now, "shortest": _SHORTEST}
        named = set(connection.scalars(text(_NAMED.format(name=name)), given))
        if named:
            depth = {path: sum(above in named for above in area.parents(path)) for path in named}
            deepest = max(depth.values())
            best = sorted(path for path in named if depth[path] == deepest)
            return [part for path in best for part in area.narrowed(ranges, path)]
    return list(ranges)


def _size(connection: Connection, ranges: Sequence[Range]) -> int:
    """How many households there are in ranges, each of which is an area."""
    # everything is the sum of the areas of the first level
    areas = {"depths": [max(area.level(path), 1) for path, _ in ranges]}
    return int(connection.scalar(text(_SIZE), areas | {"paths": [path for path, _ in ranges]}) or 0)
