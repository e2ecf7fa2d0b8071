"""Taking reports in: each reaches the grid worker of its place and the center above."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area, sealing
from gridmap.access import areas
from gridmap.clock import local_day
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.events import IncidentMoved, IncidentReported
from gridmap.ids import uuid7
from gridmap.operations.casework.clock import start_clock
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.reasons import holder_of, keep_reason, point_of
from gridmap.operations.record import close_receipt, content_hash, open_receipt, record
from gridmap.queries import holders
from gridmap.queries.locate import AtHousehold, Located, Place, Spot, locate

LONGEST_WORDS = 4_000


@dataclass(frozen=True)
class NewReport:
    """One person's account of something, as any channel hands it in.

    ``place`` is None where the reporter could not say; times carry their zone.
    """

    id: UUID
    category: int
    severity: int = 2
    place: Place | None = None
    words: str = ""
    channel: str = "api"
    occurred_at: datetime | None = None
    reporter_name: str | None = None
    reporter_phone: str | None = None


@dataclass(frozen=True)
class Taken:
    """The incident that a report became; ``located`` is None for a repeated send."""

    county: int
    id: UUID
    number: str
    located: Located | None


def check_reporter(connection: Connection, new: NewReport) -> None:
    """Raises NotAllowed for a viewer who works no incident, NotFound for a household unseen.

    Asked in the viewer's own name; the report itself may lie outside the viewer's area: nothing
    is turned away.
    """
    if not areas(connection, "incident", "w"):
        raise NotAllowed("你没有登记上报的权限；居民请用公众上报页面。")
    if isinstance(new.place, AtHousehold):
        seen = connection.scalar(
            text("SELECT count(*) FROM household WHERE county = :county AND id = :id"),
            {"county": new.place.county, "id": new.place.id},
        )
        if not seen:
            raise NotFound("没有这个住户，或者你不能查看它。")


def report(connection: Connection, new: NewReport, given: Circumstances) -> Taken:
    """Takes a report in: locates it, stores incident, report, assignment and event together.

    The same id twice is the same report: the second send gets the first answer. Raises
    InvalidInput for what breaks a rule, Conflict for a known id with other content. A report
    is never refused for lack of a place: it waits in the queue of the whole installation.
    """
    _check(connection, new, given.now)
    first = open_receipt(
        connection,
        id=new.id,
        kind="report",
        county=0,
        content=content_hash(vars(new) | {"place": str(new.place)}),
        at=given.now,
    )
    if first is not None:
        return Taken(first["county"], UUID(first["id"]), first["number"], None)
    occurred = new.occurred_at or given.now
    located = _locate(connection, new.place, occurred, given)
    taken = _store(connection, new, located, occurred, given)
    answer = {"county": taken.county, "id": taken.id, "number": taken.number}
    close_receipt(connection, id=new.id, answer=answer)
    return taken


def move(
    connection: Connection, *, county: int, id: UUID, spot: Spot, given: Circumstances
) -> Located:
    """Moves an incident's point: grid, worker, center and queue are derived again.

    Leaves a second assignment and an event with before and after. The county in the key is
    the row's home and stays. Raises NotFound where the viewer may not see the incident.
    """
    row = connection.execute(text(_LOCKED), {"county": county, "id": id}).first()
    if row is None:
        raise NotFound("没有这个事件，或者你不能查看它。")
    located = _locate(connection, spot, row.occurred_at, given)
    connection.execute(
        text(_MOVE),
        point_of(spot) | holder_of(located) | {"county": county, "id": id, "path": located.path},
    )
    keep_reason(connection, located, county=county, incident=id, at=given.now)
    before = {"lon": row.lon, "lat": row.lat, "path": row.path}
    after = {"lon": spot.lon, "lat": spot.lat, "path": located.path}
    moved = IncidentMoved(county, located.path, id, before, after)
    record(connection, moved, actor=given.actor, at=given.now)
    if row.path != located.path:
        # the place that lost the incident learns of it too
        left = replace(moved, path=row.path)
        record(connection, left, actor=given.actor, at=given.now)
    return located


_LOCKED = """
SELECT path, occurred_at, ST_X(point) AS lon, ST_Y(point) AS lat
  FROM incident WHERE county = :county AND id = :id FOR UPDATE
"""
_MOVE = """
UPDATE incident SET path = :path, accuracy_m = :accuracy_m,
       point = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326),
       holder_duty = :holder_duty, holder_center = :holder_center, holder_department = NULL
 WHERE county = :county AND id = :id
"""


def _check(connection: Connection, new: NewReport, now: datetime) -> None:
    known = connection.scalar(
        text("SELECT count(*) FROM category WHERE number = :n AND retired_at IS NULL"),
        {"n": new.category},
    )
    if not known:
        raise InvalidInput("没有编号为 {n} 的类别。", n=new.category)
    if new.severity not in {1, 2, 3, 4}:
        raise InvalidInput("轻重只能是 1（轻）到 4（特重），收到的是 {n}。", n=new.severity)
    if len(new.words) > LONGEST_WORDS:
        raise InvalidInput("内容太长，最多 {most} 字。", most=LONGEST_WORDS)
    if new.occurred_at and new.occurred_at > now:
        raise InvalidInput("发生时间 {at} 在将来，请核对时钟。", at=new.occurred_at.isoformat())


def _locate(
    connection: Connection, place: Place | None, at: datetime, given: Circumstances
) -> Located:
    if place is None:
        return Located("installation", False, area.EVERYTHING, None)
    return locate(connection, place, at=at, now=given.now, nearest_limit_m=given.nearest_limit_m)


_STORE = """
INSERT INTO incident (county, id, path, number, point, accuracy_m, category, severity, title,
                      occurred_at, received_at, state, household, holder_duty, holder_center)
VALUES (:county, :id, :path, :number, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :accuracy_m,
        :category, :severity, '', :occurred_at, :received_at, 'taken_in', :household,
        :holder_duty, :holder_center)
"""
_STORE_REPORT = """
INSERT INTO report (county, id, incident, channel, words, reporter_name_sealed,
                    reporter_phone_sealed, reporter_phone_hash, received_at)
VALUES (:county, :id, :incident, :channel, :words, :name, :phone, :phone_hash, :received_at)
"""


def _store(
    connection: Connection,
    new: NewReport,
    located: Located,
    occurred: datetime,
    given: Circumstances,
) -> Taken:
    county = county_of(connection, located.path)
    incident = uuid7(given.now)
    number = next_number(connection, county, given)
    at_household = isinstance(new.place, AtHousehold) and new.place.county == county
    connection.execute(
        text(_STORE),
        point_of(located.spot)
        | holder_of(located)
        | {
            "county": county,
            "id": incident,
            "path": located.path,
            "number": number,
            "category": new.category,
            "severity": new.severity,
            "occurred_at": occurred,
            "received_at": given.now,
            "household": new.place.id if at_household else None,  # type: ignore[union-attr]
        },
    )
    _store_report(connection, new, county, incident, given)
    keep_reason(connection, located, county=county, incident=incident, at=given.now)
    happened = IncidentReported(
        county, located.path, incident, located.how, located.certain, new.category, new.severity
    )
    record(connection, happened, actor=given.actor, at=given.now)
    start_clock(connection, county, incident, given)
    return Taken(county, incident, number, located)


def _store_report(
    connection: Connection, new: NewReport, county: int, incident: UUID, given: Circumstances
) -> None:
    def sealed(value: str | None, field: str) -> bytes | None:
        return sealing.seal(given.sealer, value, field=field, row=new.id) if value else None

    phone = new.reporter_phone
    connection.execute(
        text(_STORE_REPORT),
        {
            "county": county,
            "id": new.id,
            "incident": incident,
            "channel": new.channel,
            "words": new.words,
            "name": sealed(new.reporter_name, "report.reporter_name"),
            "phone": sealed(phone, "report.reporter_phone"),
            "phone_hash": sealing.keyed_hash(given.sealer, phone) if phone else None,
            "received_at": given.now,
        },
    )


def county_of(connection: Connection, path: str) -> int:
    """The number of the county that a path lies in; 0 for none."""
    depth = holders.county_depth(holders.levels(connection))
    county = area.at_level(path, depth)
    return (
        connection.scalar(text("SELECT no FROM county WHERE path = :path"), {"path": county}) or 0
    )


_COUNT = """
INSERT INTO day_counter (county, day, n) VALUES (:county, :day, 1)
ON CONFLICT (county, day) DO UPDATE SET n = day_counter.n + 1 RETURNING n
"""


def next_number(connection: Connection, county: int, given: Circumstances) -> str:
    """The number that people read: the local day, and a count per county and day."""
    day = local_day(given.now, given.zone)
    n = connection.scalar(text(_COUNT), {"county": county, "day": day})
    return f"{day:%Y%m%d}-{n:04d}"
