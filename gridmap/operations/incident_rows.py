"""Storing many located incidents at once: incident, report and assignment of each."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from gridmap import ids
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import Columns, Store, insert_columns
from gridmap.queries.locate_many import LocatedMany
from gridmap.rules.assignment import NOBODY

Rows = Mapping[str, Sequence[Any]]


def store_incidents(
    connection: Connection,
    rows: Rows,
    located: LocatedMany,
    given: Circumstances,
    store: Store = insert_columns,
) -> None:
    """Stores incidents with their reports and the reason of each assignment.

    ``rows`` has the columns ids, numbers, counties, occurred, received, resolved, lon, lat,
    accuracy_m (0: not stated), category, severity, state, channel and words.
    """
    key: Columns = {
        "county": ("integer", rows["counties"]),
        "id": ("uuid", rows["ids"]),
    }
    has_duty = [duty is not None for duty in located.duty]
    store(
        connection,
        "incident",
        {
            **key,
            "path": ("text", located.path),
            "number": ("text", rows["numbers"]),
            "point": ("geometry", np.column_stack([rows["lon"], rows["lat"]]).astype(float)),
            "accuracy_m": ("real", [meters or None for meters in rows["accuracy_m"]]),
            "category": ("smallint", rows["category"]),
            "severity": ("smallint", rows["severity"]),
            "occurred_at": ("timestamptz", rows["occurred"]),
            "received_at": ("timestamptz", rows["received"]),
            "resolved_at": ("timestamptz", rows["resolved"]),
            "state": ("text", rows["state"]),
            "holder_duty": ("uuid", located.duty),
            "holder_center": (
                "uuid",
                [
                    None if on_duty else center
                    for center, on_duty in zip(located.center, has_duty, strict=True)
                ],
            ),
        },
    )
    store(connection, "report", _report_columns(rows, given))
    columns = assignment_columns(rows["counties"], rows["ids"], located, given.now)
    store(connection, "assignment", {"n": ("smallint", [1] * len(rows["ids"])), **columns})


def _report_columns(rows: Rows, given: Circumstances) -> Columns:
    return {
        "county": ("integer", rows["counties"]),
        "id": ("uuid", ids.many(given.now, len(rows["ids"]))),
        "incident": ("uuid", rows["ids"]),
        "channel": ("text", rows["channel"]),
        "words": ("text", rows["words"]),
        "received_at": ("timestamptz", rows["received"]),
    }


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
        "incident": ("uuid", incidents),
        "at": ("timestamptz", [at] * count),
        "how": ("text", located.how),
        "certain": ("boolean", located.certain),
        "share": ("real", _finite(located.share)),
        "distance_m": ("real", _finite(located.distance_m)),
        "border_m": ("real", _finite(located.border_m)),
        "grid_version": ("uuid", [one.id if one else None for one in versions]),
        "today_grid": ("uuid", located.grid),
        "duty": ("uuid", located.duty),
        "center": ("uuid", located.center),
        "path": (
            "text",
            [one.path if one else path for one, path in zip(versions, located.path, strict=True)],
        ),
        "alternatives": ("jsonb", alternatives),
    }


def _finite(values: Any) -> list[float | None]:
    return [one if isfinite(one) else None for one in values.tolist()]
