"""Keeping with an incident who answers for it, and why: each new answer is a new row."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.queries.locate import Located, Spot

_KEEP = """
INSERT INTO assignment (county, incident, n, at, how, certain, share, distance_m, border_m, beyond,
                        grid_version, today_grid, duty, center, path, alternatives)
SELECT :county, :incident, COALESCE(max(n), 0) + 1, :at, :how, :certain, :share, :distance_m,
       :border_m, :beyond, :grid_version, :today_grid, :duty, :center, :path,
       CAST(:alternatives AS jsonb)
  FROM assignment WHERE county = :county AND incident = :incident
"""


def keep_reason(
    connection: Connection, located: Located, *, county: int, incident: UUID, at: datetime
) -> None:
    """Adds the assignment of an incident, with the reason for it, to those before."""
    border, version, today = located.border, located.version, located.today
    connection.execute(
        text(_KEEP),
        {
            "county": county,
            "incident": incident,
            "at": at,
            "how": located.how,
            "certain": located.certain,
            "share": located.share,
            "distance_m": located.distance_m,
            "border_m": border.meters if border else None,
            "beyond": border.beyond.code if border and border.beyond else None,
            "grid_version": version.id if version else None,
            "today_grid": today.grid if today else None,
            "duty": located.worker.duty if located.worker else None,
            "center": located.center.id if located.center else None,
            "path": version.path if version else located.path,
            "alternatives": json.dumps(
                [{"path": a.version.path, "share": a.share} for a in located.alternatives]
            ),
        },
    )


def point_of(spot: Spot | None) -> dict[str, Any]:
    """A spot as the columns of an incident."""
    if spot is None:
        return {"lon": None, "lat": None, "accuracy_m": None}
    return {"lon": spot.lon, "lat": spot.lat, "accuracy_m": spot.accuracy_m}


def holder_of(located: Located) -> dict[str, Any]:
    """The worker on duty holds it; where nobody is on duty, the center does."""
    worker, center = located.worker, located.center
    return {
        "holder_duty": worker.duty if worker else None,
        "holder_center": center.id if center and not worker else None,
    }
