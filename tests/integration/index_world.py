"""Incidents, households, visits and warnings of the tiny world, around the edges of May 2026."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.clock import day_bounds
from tests import world
from tests.conftest import ZONE

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
BEGIN, END = day_bounds(MAY, date(2026, 5, 31), ZONE)
GRIDS = (world.A1, world.A2, world.B1)
TOWN, OTHER = f"{world.COUNTY}101/", f"{world.COUNTY}102/"
DISPUTE, HAZARD, SERVICE = (1, 2), (32, 33), (64, 65)


@dataclass
class Case:
    """An incident of the truth."""

    path: str
    category: int
    place: tuple[float, float] | None
    occurred: datetime
    resolved: datetime | None
    limit: int | None
    used: int
    due: datetime | None
    rating: int | None
    merged: bool


def drawn(draw: random.Random, path: str) -> Case:
    """Anything that may stand in the table, near the edges of the month more often than not."""
    edges = (BEGIN - timedelta(days=90), BEGIN, END)
    occurred = draw.choice(edges) + timedelta(hours=draw.randrange(-900, 900))
    took = timedelta(hours=draw.choice([0, 1, 20, 400, 900]))
    resolved = draw.choice([None, occurred + took, draw.choice([BEGIN, END])])
    if resolved and resolved < occurred:
        resolved = occurred + took
    limit, used = draw.choice([None, 100, 100]), draw.choice([0, 99, 100, 101])
    due = draw.choice([BEGIN, END, BEGIN + timedelta(days=9), END + timedelta(days=9)])
    if resolved and used > (limit or 0):
        due = min(due, resolved)  # what was resolved too late went over its limit before
    spot = world.middle(GRIDS.index(path) + draw.choice([0.2, 0.5, 0.8]))
    return Case(
        path=path,
        category=draw.choice([*DISPUTE, *HAZARD, *SERVICE]),
        place=draw.choice([None, spot, spot]),
        occurred=occurred,
        resolved=resolved,
        limit=limit,
        used=used,
        due=due if limit else None,
        rating=draw.choice([None, 2, 4, 5]) if resolved else None,
        merged=draw.random() < 0.1,
    )


_INCIDENT = """
INSERT INTO incident (county, id, path, number, point, category, severity, occurred_at, received_at,
                      state, resolved_at, limit_min, used_min, due_at, rating, merged_into)
VALUES (1, gen_random_uuid(), :path, :number, ST_GeomFromText(:point, 4326), :category, 1,
        :occurred, :occurred, :state, :resolved, :limit, :used, :due, :rating, :merged)
"""


def put(connection: Connection, case: Case, number: int) -> None:
    row = vars(case) | {
        "number": f"N{number}",
        "point": f"POINT({case.place[0]} {case.place[1]})" if case.place else None,
        "state": "resolved" if case.resolved else "under_way",
        "merged": UUID(int=1) if case.merged else None,
    }
    connection.execute(text(_INCIDENT), row)


def homes(connection: Connection, path: str, count: int, visited: int) -> None:
    """Households of a grid, some of them visited twice in May, and one before."""
    connection.execute(
        text(
            "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
            " SELECT 1, gen_random_uuid(), :path || n, :path, '', '', :begin"
            " FROM generate_series(1, :count) AS n"
        ),
        {"path": path, "count": count, "begin": world.BEGIN},
    )
    connection.execute(
        text(
            "INSERT INTO visit (county, id, path, household, by, at, received_at, seen)"
            " SELECT county, gen_random_uuid(), path, id, '示例', t.at, t.at, '' FROM ("
            "   SELECT * FROM household WHERE path = :path ORDER BY code LIMIT :visited) AS h,"
            " unnest(CAST(:times AS timestamptz[])) AS t (at)"
        ),
        {
            "path": path,
            "visited": visited,
            "times": [BEGIN, END - timedelta(hours=1), BEGIN - timedelta(hours=1), END],
        },
    )


def warn(connection: Connection, path: str, since: datetime, closed: datetime | None) -> None:
    connection.execute(
        text(
            "INSERT INTO warning (county, id, path, subject_kind, subject_id, color, since, why,"
            " closed_at) VALUES (1, gen_random_uuid(), :path, 'grid', gen_random_uuid(), 2, :since,"
            " '示例', :closed)"
        ),
        {"path": path, "since": since, "closed": closed},
    )


def fill(connection: Connection) -> None:
    """The tiny world's grids with 1,300 households and 240 incidents, always the same."""
    draw = random.Random(8)
    for number in range(240):
        put(connection, drawn(draw, GRIDS[number % 3]), number)
    for path, count in zip(GRIDS, (400, 600, 300), strict=True):
        homes(connection, path, count, 20)
