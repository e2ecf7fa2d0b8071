"""Heat for whoever may not list incidents: closed atoms, by kind and whole blocks of days."""

from gridmap.access import ranges_sql
from gridmap.errors import NotAllowed
from gridmap.heat.atoms import BLOCK_DAYS
from gridmap.heat.cells import CELL_ZOOM, EPOCH, TILE_CELL_BITS
from gridmap.layers.base import Ranges, Select, Tile, Words
from gridmap.queries.filters import KINDS

FILTERS = ("time", "kind")
ABOUT = Words(
    "按整 30 天、三大类合计的每平方公里件数；少于 3 件的并入更大的格子",
    "Cases per km², summed by whole 30 days and by kind; fewer than 3 join a larger cell",
)

# what was closed last is shown where nothing of the days asked for is closed yet
_SQL = """
WITH last AS (SELECT max(block) AS block FROM heat_closed),
period AS (
    SELECT LEAST(:first, block) AS first, LEAST(:last, block) AS last FROM last),
cell AS (
    SELECT LEAST(a.level, :finest) AS level, a.x >> GREATEST(a.level - :finest, 0) AS x,
           a.y >> GREATEST(a.level - :finest, 0) AS y, sum(a.n) AS n
      FROM heat_atom AS a JOIN period AS p ON a.block BETWEEN p.first AND p.last
     WHERE ({areas}) AND a.kind = ANY(:kinds)
       AND (a.x * 2 + 1) << :up - a.level >> :up + 1 - :z = :tile_x
       AND (a.y * 2 + 1) << :up - a.level >> :up + 1 - :z = :tile_y
     GROUP BY 1, 2, 3)
SELECT ST_SetSRID(ST_MakePoint((x + 0.5) / 2 ^ level * 360 - 180,
                               atand(sinh(pi() * (1 - 2 * (y + 0.5) / 2 ^ level)))), 4326) AS shape,
       round(CAST(n AS numeric) * :days / (:block_days * (p.last - p.first + 1)), 2)
           ::double precision AS n
  FROM cell, period AS p
"""


def rows(asked: Tile, ranges: Ranges) -> Select:
    """A tile's cells; ``n`` is for as many days as were asked for, at the pace of whole blocks.

    Raises NotAllowed for a filter finer than the atoms are.
    """
    wanted = asked.filters
    if wanted.categories or wanted.severities:
        raise NotAllowed("热力只按三大类和整 30 天合计给你看；请去掉细类和严重程度的筛选。")
    return Select(
        _SQL.format(areas=ranges_sql(ranges, "a.path")),
        {
            "first": (wanted.first - EPOCH).days // BLOCK_DAYS,
            "last": (wanted.last - EPOCH).days // BLOCK_DAYS,
            "days": wanted.days,
            "block_days": BLOCK_DAYS,
            "kinds": list(wanted.kinds or KINDS),
            "finest": asked.z + TILE_CELL_BITS,
            "up": CELL_ZOOM,
            "tile_x": asked.x,
            "tile_y": asked.y,
        },
    )
