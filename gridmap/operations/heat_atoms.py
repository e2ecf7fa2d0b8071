"""Closing blocks of 30 days: their atoms are made once, from what was there then, and stay."""

from datetime import datetime

import numpy as np
from sqlalchemy import Connection, text

from gridmap.clock import local_day
from gridmap.database import Database
from gridmap.heat import atoms
from gridmap.heat.cells import EPOCH
from gridmap.operations.heat_columns import HEAT
from gridmap.queries.filters import KINDS

GRACE_DAYS = 3
"""Reports come in late: so long a block is left open after its last day."""

_OPEN = """
SELECT i.county, k.path, array_agg(DISTINCT i.heat_day / :days) AS blocks
  FROM incident AS i JOIN county AS k ON k.no = i.county
 WHERE i.heat_day >= 0 AND i.heat_day < :before
   AND NOT EXISTS (SELECT FROM heat_closed AS c
                    WHERE c.county = i.county AND c.block = i.heat_day / :days)
 GROUP BY i.county, k.path
"""
_INCIDENTS = """
SELECT i.heat_cx, i.heat_cy, i.heat_day / :days, array_position(CAST(:kinds AS text[]), c.kind) - 1
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE i.county = :county AND i.heat_day / :days = ANY(:blocks) AND i.heat_cx >= 0
   AND i.merged_into IS NULL
"""
_KEEP = """
INSERT INTO heat_atom (county, path, block, kind, level, x, y, n)
SELECT :county, :path, a.block, (CAST(:kinds AS text[]))[a.kind + 1], a.level, a.x, a.y, a.n
  FROM unnest(CAST(:level AS integer[]), CAST(:x AS integer[]), CAST(:y AS integer[]),
              CAST(:block AS integer[]), CAST(:kind AS integer[]), CAST(:n AS integer[]))
       AS a (level, x, y, block, kind, n)
"""
_CLOSE = (
    "INSERT INTO heat_closed (county, block) SELECT :county, unnest(CAST(:blocks AS integer[]))"
)


def close(database: Database, *, now: datetime, zone: str) -> int:
    """Makes the atoms of all blocks that have ended days ago; how many blocks of counties."""
    today = (local_day(now, zone) - EPOCH).days
    before = (today - GRACE_DAYS) // atoms.BLOCK_DAYS * atoms.BLOCK_DAYS
    with database.transaction(HEAT) as connection:
        found = connection.execute(text(_OPEN), {"days": atoms.BLOCK_DAYS, "before": before}).all()
    for row in found:
        with database.transaction(HEAT, one_snapshot=True) as connection:
            _close_county(connection, row.county, row.path, row.blocks)
    return sum(len(row.blocks) for row in found)


def _close_county(connection: Connection, county: int, path: str, blocks: list[int]) -> None:
    of_county = {"county": county, "kinds": list(KINDS), "blocks": blocks}
    connection.execute(text(_CLOSE), of_county)
    rows = connection.execute(text(_INCIDENTS), of_county | {"days": atoms.BLOCK_DAYS}).all()
    numbers = np.array([tuple(row) for row in rows], np.int64).reshape(-1, 4)
    made = atoms.closed(*numbers.T)
    columns = {name: column.tolist() for name, column in made._asdict().items()}
    connection.execute(text(_KEEP), columns | of_county | {"path": path})
