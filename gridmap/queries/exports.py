"""What is exported, as rows: columns by which an import knows its fields, and the shape last.

No phone, identity number, note, name of a person or free text is in any of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.errors import InvalidInput, NotFound
from gridmap.queries import cards, past_incidents
from gridmap.rules.assignment import HOW

ROWS_AT_ONCE = 5_000
_SHAPE_HEADING = "geometry"
Cell = object


@dataclass(frozen=True)
class Asked:
    """What is to be exported: a kind of row, the area and the moment, times told in a zone.

    ``depth`` narrows regions to one level. Boundaries are those in force at ``at``; incidents
    those received by then, as they stood; households those entered by then, as they are known
    today.
    """

    kind: str
    at: datetime
    zone: str
    within: str = area.EVERYTHING
    depth: int | None = None


@dataclass(frozen=True)
class _Export:
    sql: str
    what: str
    path: str
    columns: tuple[str, ...]
    cells: Callable[[Row[Any], ZoneInfo], tuple[Cell, ...]]


_REGIONS = _Export(
    """
SELECT r.code, v.name, v.name_en, above.code AS parent,
       v.depth, ST_AsBinary(v.shape) AS shape
  FROM region_version AS v JOIN region AS r ON r.id = v.region
  LEFT JOIN region_version AS u ON u.path = regexp_replace(v.path, '[^/]+/$', '')
        AND u.during @> CAST(:at AS timestamptz)
  LEFT JOIN region AS above ON above.id = u.region
 WHERE v.during @> CAST(:at AS timestamptz) AND {area}
   AND (CAST(:depth AS integer) IS NULL OR v.depth = :depth)
 ORDER BY v.path
""",
    "boundary",
    "v.path",
    ("区划代码", "名称", "英文名", "上级代码", "级别", "边界"),
    lambda row, _: (
        *(row.code, row.name, row.name_en, row.parent, row.depth),
        "无" if row.shape is None else "有",
    ),
)
_GRIDS = _Export(
    """
SELECT g.code, v.number, r.code AS village, u.name AS village_name,
       round((v.area_m2 / 1e6)::numeric, 4)::float8 AS km2, ST_AsBinary(v.shape) AS shape
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
  LEFT JOIN region_version AS u ON u.path = regexp_replace(v.path, '[^/]+/$', '')
        AND u.during @> CAST(:at AS timestamptz)
  LEFT JOIN region AS r ON r.id = u.region
 WHERE v.during @> CAST(:at AS timestamptz) AND {area}
 ORDER BY v.path
""",
    "boundary",
    "v.path",
    ("网格编号", "网格号", "村编号", "村名", "平方公里"),
    lambda row, _: (row.code, row.number, row.village, row.village_name, row.km2),
)
_HOUSEHOLDS = _Export(
    """
SELECT h.code, h.address, bound.code AS bound, h.tags, h.path, ST_AsBinary(h.point) AS shape
  FROM household AS h LEFT JOIN grid AS bound ON bound.id = h.bound_grid
 WHERE h.entered_at <= :at AND {area}
 ORDER BY h.path, h.code
""",
    "household",
    "h.path",
    ("户编号", "地址", "网格编号", "标签", "路径"),
    lambda row, _: (row.code, row.address, row.bound, ",".join(row.tags) or None, row.path),
)
_INCIDENTS = _Export(
    past_incidents.EXPORTED,
    "incident",
    "i.path",
    (
        *("上报编号", "类别", "轻重", "状态", "发生时间", "受理时间", "办结时间"),
        *("定位误差", "怎样判定", "网格编号", "综治中心编号", "路径"),
    ),
    lambda row, zone: (
        *(row.number, row.category, cards.SEVERITIES[row.severity][0], cards.STATES[row.state][0]),
        *(_local(moment, zone) for moment in (row.occurred_at, row.received_at, row.resolved_at)),
        *(row.accuracy_m, HOW[row.how][0] if row.how else None, row.grid, row.center, row.path),
    ),
)
EXPORTS = {
    "regions": _REGIONS,
    "grids": _GRIDS,
    "households": _HOUSEHOLDS,
    "incidents": _INCIDENTS,
}


def columns(kind: str) -> list[str]:
    """The headings of a kind's rows; the last is the shape's."""
    return [*EXPORTS[kind].columns, _SHAPE_HEADING]


def rows(connection: Connection, asked: Asked) -> Iterator[tuple[object, ...]]:
    """The rows that the viewer may see, the shape (WGS 84) last; read as they are taken."""
    export, zone = EXPORTS[asked.kind], ZoneInfo(asked.zone)
    parameters: dict[str, object] = {"at": asked.at}
    if asked.kind == "regions":
        parameters["depth"] = asked.depth
    statement = text(export.sql.format(**_limits(connection, asked)))
    # a server-side cursor: the rows of a province never lie in memory together
    streaming = statement.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
    for some in connection.execute(streaming, parameters).partitions(ROWS_AT_ONCE):
        yield from _shaped(some, export, zone)


def _shaped(some: Any, export: _Export, zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    wkb = [bytes(row.shape) if row.shape is not None else None for row in some]
    shapes = shapely.from_wkb(np.array(wkb, dtype=object))
    for row, shape in zip(some, shapes, strict=True):
        yield (*export.cells(row, zone), shape)


def _limits(connection: Connection, asked: Asked) -> dict[str, str]:
    """The conditions on areas that the SQL of a kind names."""
    export, bounds = EXPORTS[asked.kind], area.bounds(asked.within)
    seen = f"({readable(connection, export.what, export.path)})"
    return {
        "area": f"{range_sql(bounds, export.path)} AND {seen}",
        "readable": seen,
        "inside": range_sql(bounds, "p.path"),
        "events": f"({readable(connection, 'event', 'e.path')})",
    }


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


_PATH_OF = """
SELECT path FROM (
    SELECT v.path, v.during, 1 AS rank FROM region_version AS v JOIN region AS r ON r.id = v.region
     WHERE r.code = :code
    UNION ALL
    SELECT v.path, v.during, 2 FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
     WHERE g.code = :code) AS found
 WHERE during @> CAST(:at AS timestamptz) ORDER BY rank LIMIT 1
"""


def path_of(connection: Connection, code: str | None, at: datetime) -> str:
    """The path of the region or grid with a code; the empty path for None.

    Raises NotFound where none with that code is in force at ``at``.
    """
    if code is None:
        return area.EVERYTHING
    path = connection.scalar(text(_PATH_OF), {"code": code, "at": at})
    if path is None:
        raise NotFound("那一天没有编号为 {code} 的区划或网格。", code=code)
    return str(path)


def check_kind(kind: str) -> None:
    """Raises InvalidInput for a kind of row that is not exported."""
    if kind not in EXPORTS:
        raise InvalidInput(
            "不能导出“{kind}”；可以是 {kinds}。", kind=kind, kinds="、".join(EXPORTS)
        )
