"""Accounts with roles in the tiny world, for tests: invented officers at their desks."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import Viewer
from gridmap.database import psycopg2_url
from gridmap.ids import uuid7
from gridmap.operations.circumstances import Circumstances
from tests.world import BEGIN, COUNTY

TOWNSHIP = f"{COUNTY}101/"


@dataclass(frozen=True)
class Office:
    """The tiny world's people by login: worker, other, officer, county, commander, fire, …"""

    viewers: dict[str, Viewer]
    fire: UUID

    def __getitem__(self, login: str) -> Viewer:
        return self.viewers[login]


def open_office(url: str) -> Office:
    """Accounts over the tiny world: each role once, and a fire department of the county."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        fire = uuid7(BEGIN)
        connection.execute(
            text("INSERT INTO department VALUES (:id, 'D1', 1, :path, '消防救援大队')"),
            {"id": fire, "path": COUNTY},
        )
        center = connection.scalar(
            text("SELECT id FROM center WHERE path = :path"), {"path": TOWNSHIP}
        )
        viewers = {
            "worker": _account(connection, "worker", "示例甲", TOWNSHIP, staff="示例甲"),
            "neighbor": _account(connection, "neighbor", "示例乙", TOWNSHIP, staff="示例乙"),
            "stone": _account(connection, "stone", "示例丙", f"{COUNTY}102/", staff="示例丙"),
            "officer": _account(
                connection, "officer", "示例中心", TOWNSHIP, role="center_officer", body=center
            ),
            "county": _account(connection, "county", "示例县办", COUNTY, role="center_officer"),
            "commander": _account(connection, "commander", "示例指挥", COUNTY, role="commander"),
            "fire": _account(
                connection, "fire", "示例消防", COUNTY, role="department_officer", body=fire
            ),
            "planner": _account(connection, "planner", "示例规划", COUNTY, role="planner"),
            "auditor": _account(connection, "auditor", "示例审计", COUNTY, role="auditor"),
            "admin": _account(connection, "admin", "示例管理", "", role="administrator"),
            "nobody": _account(connection, "nobody", "示例新人", COUNTY),
        }
    engine.dispose()
    return Office(viewers, fire)


def _account(
    connection: Connection,
    login: str,
    name: str,
    path: str,
    *,
    role: str | None = None,
    body: UUID | None = None,
    staff: str | None = None,
) -> Viewer:
    id = uuid7(BEGIN)
    connection.execute(
        text(
            "INSERT INTO account (id, login, name, staff, path, created_at) VALUES"
            " (:id, :login, :name, (SELECT id FROM staff WHERE name = :staff), :path, :at)"
        ),
        {"id": id, "login": login, "name": name, "staff": staff, "path": path, "at": BEGIN},
    )
    viewer = Viewer("account", str(id))
    if role:
        connection.execute(
            text(
                "INSERT INTO guard.appointment (viewer, role, path, body) VALUES (:v, :r, :p, :b)"
            ),
            {"v": str(viewer), "r": role, "p": path, "b": body},
        )
    return viewer


def acting(given: Circumstances, viewer: Viewer, now: datetime | None = None) -> Circumstances:
    """The same circumstances for somebody else, perhaps at another moment."""
    return replace(given, actor=viewer, now=now or given.now)
