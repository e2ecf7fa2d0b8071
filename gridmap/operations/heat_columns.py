"""Tending the packed columns: merged when much has changed, cleared, compared, built anew."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, text

from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.heat import build
from gridmap.settings import Settings

HEAT = Viewer("job", "heat")
_RESET = """
DELETE FROM heat_build;
DELETE FROM heat_change;
INSERT INTO heat_change (county, cx, cy, day, class, n, path)
SELECT county, heat_cx, heat_cy, heat_day, heat_class, 1, path FROM incident
 WHERE merged_into IS NULL
"""
"""For a restored database: the transaction numbers of another server mean nothing in this one."""


def folder_of(settings: Settings) -> Path:
    """Where the column files lie."""
    return settings.instance / "heat"


def tend(
    database: Database, folder: Path, *, now: datetime, at_least: int = build.MERGE_AT
) -> bool:
    """Merges where so many changes wait or files are missing, and clears; whether it merged."""
    folder.mkdir(parents=True, exist_ok=True)
    with database.transaction(HEAT) as connection:
        last = build.last(connection)
        fit = last.usable and not build.missing(folder, last)
        wanted = build.waiting(connection, last.seen, most=at_least) >= at_least
        build.clear(connection, folder, now=now)
    if wanted or (last.id and not fit):
        with database.transaction(HEAT, one_snapshot=True) as connection:
            build.merge(connection, folder)
    return wanted or bool(last.id and not fit)


def rebuild(database: Database, folder: Path) -> int:
    """Builds all columns from the table; the number of the build."""
    folder.mkdir(parents=True, exist_ok=True)
    with database.transaction(HEAT, one_snapshot=True) as connection:
        return build.rebuild(connection, folder)


def check(database: Database, folder: Path) -> list[int]:
    """The numbers of the counties whose columns do not equal the table."""
    with database.transaction(HEAT, one_snapshot=True) as connection:
        return build.differences(connection, folder)


def forget(connection: Connection) -> None:
    """Everything is counted from the table's rows again; for the administrative login."""
    connection.execute(text(_RESET))
