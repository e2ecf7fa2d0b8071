"""Storing many located incidents at once: incident, report and assignment of each."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from gridmap import ids
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import POINT, insert_columns
from gridmap.queries.locate_many import LocatedMany
from gridmap.rules.assignment import NOBODY

Rows = Mapping[str, Sequence[Any]]


def store_incidents(
    connection: Connection, rows: Rows, located: LocatedMany, given: Circumstances
) -> None:
    """Stores incidents with their reports and the reason of each assignment.

    ``rows`` has the columns ids, numbers, counties, occurred, received, resolved, lon, lat,
    accuracy_m (0: not stated), category, severity, state, channel and words.
    """
    key = {
        "county": ("integer", rows["counties"]),
        "id": ("uuid", [str(id) for id in rows["ids"]]),
    }
    has_duty = [duty is not None for duty in located.duty]
    insert_columns(
        connection,
        "incident",
        key
        | {
            "path": ("text", located.path),
            "number": ("text", rows["numbers"]),
            "category": ("smallint", rows["category"]),
            "severity": ("smallint", rows["severity"]),
            "occurred_at": ("timestamptz", rows["occurred"]),
            "received_at": ("timestamptz", rows["received"]),
            "resolved_at": ("timestamptz", rows["resolved"]),
            "state": ("text", rows["state"]),
            "holder_duty": ("uuid", _texts(located.duty)),
            "holder_center": (
                "uuid",
                _texts(
                    None if on_duty else center
                    for center, on_duty in zip(located.center, has_duty, strict=True)
                ),
            ),
            "_accuracy": ("real", rows["accuracy_m"]),
            "_lon": ("float8", rows["lon"]),
            "_lat": ("float8", rows["lat"]),
        },
        expressions={"point": POINT, "accuracy_m": "NULLIF(u._accuracy, 0)"},
    )
    _store_reports(connection, rows, given)
    _store_assignments(connection, rows, located, given)


def _store_reports(connection: Connection, rows: Rows, given: Circumstances) -> None:
    count = len(rows["ids"])
    insert_columns(
        connection,
        "report",
        {
            "county": ("integer", rows["counties"]),
            "id": ("uuid", [str(id) for id in ids.many(given.now, count)]),
            "incident": ("uuid", [str(id) for id in rows["ids"]]),
            "channel": ("text", rows["channel"]),
            "words": ("text", rows["words"]),
            "received_at": ("timestamptz", rows["received"]),
        },
    )


def _store_assignments(
    connection: Connection, rows: Rows, located: LocatedMany, given: Circumstances
) -> None:
    columns = assignment_columns(rows["counties"], rows["ids"], located, given.now)
    insert_columns(connection, "assignment", columns, expressions={"n": "1"})


def assignment_columns(
    counties: Sequence[int], incidents: Sequence[UUID], located: LocatedMany, at: datetime
) -> dict[str, tuple[str, Sequence[Any]]]:
    """The reason of each assignment as columns of ``assignment``, without its number."""
    count = len(incidents)
    versions = [located.versions[v] if v != NOBODY else None for v in located.version]
    alternatives = [
        json.dumps([{"path": path, "share": share} for path, share in located.alternatives[n]])
        if n in located.alternatives
        else "[]"
        for n in range(count)
    ]
    return {
        "county": ("integer", counties),
        "incident": ("uuid", [str(id) for id in incidents]),
        "at": ("timestamptz", [at] * count),
        "how": ("text", located.how),
        "certain": ("boolean", located.certain),
        "share": ("real", _finite(located.share)),
        "distance_m": ("real", _finite(located.distance_m)),
        "border_m": ("real", _finite(located.border_m)),
        "grid_version": ("uuid", [str(one.id) if one else None for one in versions]),
        "today_grid": ("uuid", _texts(located.grid)),
        "duty": ("uuid", _texts(located.duty)),
        "center": ("uuid", _texts(located.center)),
        "path": (
            "text",
            [one.path if one else path for one, path in zip(versions, located.path, strict=True)],
        ),
        "alternatives": ("jsonb", alternatives),
    }


def _finite(values: Any) -> list[float | None]:
    return [float(one) if np.isfinite(one) else None for one in values]


def _texts(values: Any) -> list[str | None]:
    return [str(one) if one is not None else None for one in values]
