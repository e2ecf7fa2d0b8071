"""What a person's own imports are like: the list, one of them, and what it would put on the map.

Row security shows a viewer their own imports only, and ``own_import_row`` their own rows.
"""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.errors import NotFound

LISTED = 50
MOST_SHOWN = 3000
"""Shapes or points of a preview; what is left out is counted and said."""
_TOLERANCE_DEG = 1e-6

_LIST = """
SELECT id, kind, file_name, state, created_at, finished_at, summary
  FROM import ORDER BY created_at DESC, id LIMIT :most
"""
_ONE = """
SELECT id, kind, file_name, state, created_at, finished_at, summary, options, crs
  FROM import WHERE id = :id
"""


def listing(connection: Connection) -> list[dict[str, Any]]:
    """The viewer's imports, newest first."""
    return [_brief(row) for row in connection.execute(text(_LIST), {"most": LISTED})]


def one(connection: Connection, id: UUID) -> dict[str, Any]:
    """All that is known of an import of the viewer's; NotFound for any other."""
    row = connection.execute(text(_ONE), {"id": id}).first()
    if row is None:
        raise NotFound("没有编号为 {id} 的导入。", id=id)
    summary = row.summary
    told = ("found", "first_rejects", "problems", "bounds", "error", "mapping", "encoding")
    return (
        _brief(row)
        | {name: summary.get(name) for name in told}
        | {"options": row.options, "crs": row.crs or summary.get("crs")}
    )


def _brief(row: Any) -> dict[str, Any]:
    told = ("rows", "rejects", "problem_count", "progress", "added", "changed", "unchanged")
    return {
        "id": str(row.id),
        "kind": row.kind,
        "file": row.file_name,
        "state": row.state,
        "at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    } | {name: row.summary.get(name) for name in (*told, "cleared")}


def installation_has_sample(connection: Connection) -> bool:
    """Whether the made-up county is loaded."""
    return bool(connection.scalar(text("SELECT sample FROM installation")))


def levels(connection: Connection) -> list[dict[str, Any]]:
    """The declared levels of regions."""
    rows = connection.execute(text("SELECT depth, zh, en FROM level ORDER BY depth"))
    return [dict(row._mapping) for row in rows]


# Every n-th row, so that the part that is shown lies where the whole lies.
_PREVIEW = """
SELECT row, key, ST_AsGeoJSON(CASE WHEN ST_Dimension(shape) = 0 THEN shape
           ELSE ST_SimplifyPreserveTopology(shape, :tolerance) END, 7) AS shape
  FROM (SELECT *, row_number() OVER (ORDER BY row) AS n FROM own_import_row
         WHERE import = :id AND shape IS NOT NULL) AS r
 WHERE (n - 1) % :step = 0
 LIMIT :most
"""


def preview(connection: Connection, id: UUID) -> dict[str, Any]:
    """What was staged as GeoJSON (EPSG:4326), with the number of rows that have a place and of
    those that are shown; NotFound for an import of somebody else."""
    one(connection, id)
    total = connection.scalar(
        text("SELECT count(*) FROM own_import_row WHERE import = :id AND shape IS NOT NULL"),
        {"id": id},
    )
    step = max(1, -(-(total or 0) // MOST_SHOWN))
    rows = connection.execute(
        text(_PREVIEW), {"id": id, "step": step, "most": MOST_SHOWN, "tolerance": _TOLERANCE_DEG}
    )
    features = [
        {
            "type": "Feature",
            "properties": {"row": row.row, "key": row.key},
            "geometry": json.loads(row.shape),
        }
        for row in rows
    ]
    return {
        "type": "FeatureCollection",
        "features": features,
        "total": total or 0,
        "shown": len(features),
    }
