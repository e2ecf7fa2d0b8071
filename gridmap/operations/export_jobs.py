"""Exports as jobs with an owner: asked for with a reason, made with the owner's eyes, expiring."""

import json
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from gridmap import access
from gridmap.access import Viewer
from gridmap.clock import local_day
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.operations import exports, trail
from gridmap.operations.circumstances import Circumstances
from gridmap.outside.queue import enqueue
from gridmap.queries.exports import Asked, check_kind

MAKE = "exports.make"
QUEUE = "exports"
ARCHIVIST = Viewer("job", "exports")
FORMATS = ("xlsx", "csv", "geojson", "gpkg")
SHORTEST_REASON, LONGEST_REASON = 2, 200
_GIVEN_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: ``as_of`` is a local day, ``within`` an area's path."""

    what: str
    format: str
    as_of: date
    within: str
    why: str


@dataclass(frozen=True)
class Ready:
    """A file that waits for its owner."""

    file: Path
    name: str


def may_export(connection: Connection) -> bool:
    """Whether the viewer may take rows out at all."""
    return bool(access.areas(connection, "export", "w"))


def ask(connection: Connection, wanted: Wanted, given: Circumstances, *, days: int) -> UUID:
    """Has an export made; it can be fetched for that many days. Raises InvalidInput, NotAllowed."""
    _check(wanted, given)
    if not may_export(connection):
        raise NotAllowed("你的角色不能导出。")
    id = uuid7(given.now)
    options = {
        "format": wanted.format,
        "as_of": wanted.as_of.isoformat(),
        "within": wanted.within,
    }
    connection.execute(
        text(
            "INSERT INTO export (id, owner, what, options, why, state, asked_at, expires_at) VALUES"
            " (:id, :owner, :what, CAST(:options AS jsonb), :why, 'asked', :now, :expires)"
        ),
        {
            "id": id,
            "owner": str(given.actor),
            "what": wanted.what,
            "options": json.dumps(options),
            "why": wanted.why,
            "now": given.now,
            "expires": given.now + timedelta(days=days),
        },
    )
    enqueue(connection, MAKE, one_at_a_time=QUEUE, id=id)
    return id


def _check(wanted: Wanted, given: Circumstances) -> None:
    check_kind(wanted.what)
    if wanted.format not in FORMATS:
        raise InvalidInput(
            "不能导出为“{format}”；可以是 {formats}。",
            format=wanted.format,
            formats="、".join(FORMATS),
        )
    if wanted.as_of > local_day(given.now, given.zone):
        raise InvalidInput("截止日期不能在今天之后。")
    if not SHORTEST_REASON <= len(wanted.why) <= LONGEST_REASON:
        raise InvalidInput(
            "请写明导出的用途（{n} 到 {most} 个字）。", n=SHORTEST_REASON, most=LONGEST_REASON
        )


def owner_of(database: Database, id: UUID) -> Viewer:
    """Whose export it is, for the job that works for its owner; NotFound for an unknown one."""
    with database.transaction(ARCHIVIST) as connection:
        owner = connection.scalar(text("SELECT owner FROM export WHERE id = :id"), {"id": id})
    if owner is None:
        raise NotFound("没有这个导出，或者它不是你的。")
    kind, _, name = owner.partition(":")
    return Viewer(kind, name)


_TO_MAKE = """
SELECT e.what, e.options, e.why, e.asked_at, guard.display(e.owner) AS by FROM export AS e
 WHERE e.id = :id AND e.owner = :owner AND e.state = 'asked'
"""


def make(database: Database, instance: Path, id: UUID, given: Circumstances) -> None:
    """Makes the file with its owner's eyes (``given.actor``), marked on every row.

    A second try begins anew. Raises NotAllowed where the owner has lost the right meanwhile.
    """
    with database.transaction(given.actor) as connection:
        row = connection.execute(text(_TO_MAKE), {"id": id, "owner": str(given.actor)}).first()
        if row is None:
            raise NotFound("没有这个导出，或者它不是你的。")
        if not may_export(connection):
            raise NotAllowed("你的角色不能导出。")
        as_of = date.fromisoformat(row.options["as_of"])
        name = f"{row.what}-{as_of}.{row.options['format']}"
        moment = min(exports.end_of(as_of, given.zone), given.now)
        asked = Asked(row.what, moment, given.zone, row.options["within"])
        at = row.asked_at.astimezone(ZoneInfo(given.zone))
        mark = f"{row.by} {at:%Y-%m-%d %H:%M} {row.why}"
        file = _fresh_folder(instance, id) / name
        rows = exports.export(connection, asked, file, mark=mark)
        connection.execute(
            text("UPDATE export SET state = 'ready', file_name = :n, rows = :rows WHERE id = :id"),
            {"id": id, "n": name, "rows": rows},
        )


def fail(database: Database, id: UUID, why: str, given: Circumstances) -> None:
    """Keeps why an export was not made."""
    failed = "UPDATE export SET state = 'failed', failure = :why WHERE id = :id AND state = 'asked'"
    with database.transaction(given.actor) as connection:
        connection.execute(text(failed), {"id": id, "why": why})


def fetch(
    connection: Connection, instance: Path, id: UUID, *, source: str, given: Circumstances
) -> Ready:
    """The file, for its owner; each fetching is a row, and one of the trail. Raises NotFound."""
    row = connection.execute(
        text(
            "SELECT what, options, why, file_name FROM export WHERE id = :id"
            " AND owner = :owner AND state = 'ready' AND expires_at > :now FOR UPDATE"
        ),
        {"id": id, "owner": str(given.actor), "now": given.now},
    ).first()
    file = folder_of(instance, id) / row.file_name if row else None
    if row is None or file is None or not file.is_file():
        raise NotFound("没有这个导出，或者它不是你的、已过期。")
    connection.execute(
        text(
            "INSERT INTO download (export, n, who, at, source) SELECT :id, COALESCE(max(n), 0) + 1,"
            " :who, :now, :source FROM download WHERE export = :id"
        ),
        {"id": id, "who": str(given.actor), "now": given.now, "source": source},
    )
    trail.note(
        connection,
        "export_fetched",
        kind="export",
        id=id,
        path=row.options["within"],
        source=source,
        why=row.why,
        data={"what": row.what},
        given=given,
    )
    return Ready(file, row.file_name)


def clear_expired(database: Database, instance: Path, now: datetime) -> int:
    """Deletes the files of expired exports, and gives up those that were never made."""
    with database.transaction(ARCHIVIST) as connection:
        ids = connection.scalars(
            text(
                "UPDATE export SET state = 'expired' WHERE state IN ('ready', 'failed')"
                " AND expires_at <= :now RETURNING id"
            ),
            {"now": now},
        ).all()
        connection.execute(
            text(
                "UPDATE export SET state = 'failed', failure = :why"
                " WHERE state = 'asked' AND asked_at < :before"
            ),
            {"why": "没有做成，请再试一次。", "before": now - _GIVEN_UP_AFTER},
        )
    for id in ids:
        shutil.rmtree(folder_of(instance, id), ignore_errors=True)
    return len(ids)


def folder_of(instance: Path, id: UUID) -> Path:
    """Where the file of an export lies: in the instance, which is never served."""
    return instance / "exports" / str(id)


def _fresh_folder(instance: Path, id: UUID) -> Path:
    folder = folder_of(instance, id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    return folder
