"""Webhooks: telling other systems what happened in their area.

Following events makes a delivery for each, in the transaction that moves the reader; sending
takes one delivery at a time, claims it, and notes what came of it. Whatever is killed, each
event arrives at least once and always under the same webhook-id, by which a receiver knows it.
"""

import base64
import http.client
import json
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import access, area, events, ids, sealing
from gridmap.clock import Clock
from gridmap.database import Database
from gridmap.errors import GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations import shielding
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.following import new_events
from gridmap.operations.telling import TELLER
from gridmap.operations.trail import note
from gridmap.outside import webhooks as outside
from gridmap.outside.webhooks import Message
from gridmap.rules import masking

READER = "webhooks"
_FIELD = "webhook.secret"
LEASE = timedelta(seconds=60)
"""For so long nobody else tries a delivery that is being sent; longer than any answer may take."""
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BACK_OFF = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""How long after each failure the next try comes; after the last one it is given up."""
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class NewWebhook:
    """Where to send what happens within a path; no kinds mean all of them."""

    url: str
    path: str = area.EVERYTHING
    kinds: tuple[str, ...] = ()


def add(
    connection: Connection, new: NewWebhook, given: Circumstances, *, allowed: Collection[str]
) -> tuple[UUID, str]:
    """Sets a webhook up; returns its id and the secret, which is shown this once.

    Raises InvalidInput for an address that cannot be sent to or an unknown kind of event,
    NotAllowed for an area that the actor does not administer.
    """
    outside.check_address(new.url, allowed)
    if unknown := sorted(set(new.kinds) - kinds()):
        raise InvalidInput("没有这种事件：{kind}", kind=unknown[0])
    if not access.may(connection, "webhook", "w", new.path):
        raise NotAllowed("推送只能由管这个区域的管理员设置。")
    id, secret = ids.uuid7(given.now), f"whsec_{base64.b64encode(os.urandom(24)).decode()}"
    connection.execute(
        text(
            "INSERT INTO webhook (id, url, secret_sealed, path, kinds, created_by, created_at)"
            " VALUES (:id, :url, :secret, :path, :kinds, :by, :now)"
        ),
        {
            "id": id,
            "url": new.url,
            "secret": sealing.seal(given.sealer, secret, field=_FIELD, row=id),
            "path": new.path,
            "kinds": list(new.kinds),
            "by": str(given.actor),
            "now": given.now,
        },
    )
    told = {"host": outside.check_address(new.url, allowed).hostname, "kinds": new.kinds}
    note(connection, "webhook_added", kind="webhook", id=id, path=new.path, given=given, data=told)
    return id, secret


def stop(connection: Connection, id: UUID, given: Circumstances) -> None:
    """Sends nothing more to a webhook; NotFound where there is none to stop."""
    path = connection.scalar(
        text(
            "UPDATE webhook SET stopped_at = :now WHERE id = :id AND stopped_at IS NULL"
            " RETURNING path"
        ),
        {"id": id, "now": given.now},
    )
    if path is None:
        raise NotFound("没有这个推送，或者它已停止。")
    note(connection, "webhook_stopped", kind="webhook", id=id, path=path, given=given)


def kinds() -> set[str]:
    """The kinds of events that there are."""
    found, todo = set(), [events.Event]
    while todo:
        below = todo.pop().__subclasses__()
        todo += below
        found |= {one.__name__ for one in below if not one.__subclasses__()}
    return found


# an act that is told at two places is one event for who sees both
_QUEUE = """
INSERT INTO delivery (webhook, county, event, next_at)
SELECT w.id, e.county, e.id, :now
  FROM unnest(CAST(:county AS integer[]), CAST(:id AS uuid[]), CAST(:path AS text[]),
              CAST(:kind AS text[])) AS e (county, id, path, kind)
  JOIN webhook AS w ON w.stopped_at IS NULL AND guard.within(e.path, w.path)
                   AND (w.kinds = '{}' OR e.kind = ANY (w.kinds))
ON CONFLICT (webhook, event) DO NOTHING
"""


def queue(database: Database, given: Circumstances) -> int:
    """Makes a delivery of each new event for each webhook whose area it lies in; how many."""
    with database.transaction(TELLER) as connection:
        new = new_events(connection, READER)
        if not new:
            return 0
        columns = {
            name: [str(getattr(one, name)) if name == "id" else getattr(one, name) for one in new]
            for name in ("county", "id", "path", "kind")
        }
        return connection.execute(text(_QUEUE), columns | {"now": given.now}).rowcount


_CLAIM = """
WITH next AS (
    SELECT d.webhook, d.event FROM delivery AS d JOIN webhook AS w ON w.id = d.webhook
     WHERE d.done_at IS NULL AND d.next_at <= :now AND w.stopped_at IS NULL
     ORDER BY d.next_at, d.event LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
UPDATE delivery AS d SET next_at = :until, tries = d.tries + 1
  FROM next, webhook AS w, event AS e
 WHERE d.webhook = next.webhook AND d.event = next.event AND w.id = d.webhook
   AND e.county = d.county AND e.id = d.event
RETURNING d.webhook, d.tries, w.url, w.secret_sealed, e.*
"""


def send(
    database: Database, clock: Clock, sealer: sealing.Sealer, *, allowed: Collection[str]
) -> int:
    """Sends what is due, one after the other; returns how many were tried."""
    for tried in range(MOST_AT_ONCE):
        now = clock()
        with database.transaction(TELLER) as connection:
            asked = {"now": now, "until": now + LEASE}
            row = connection.execute(text(_CLAIM), asked).first()
        if row is None:
            return tried
        status = _try(row, payload(row, _names(database, row, sealer)), now, sealer, allowed)
        with database.transaction(TELLER) as connection:
            _conclude(connection, row, status, clock())
    return MOST_AT_ONCE


def _names(database: Database, row: Row[Any], sealer: sealing.Sealer) -> Collection[str]:
    """The names in an incident's event of persons known with it."""
    if row.subject_kind != "incident" or row.subject_id is None:
        return ()
    words = json.dumps(row.data, ensure_ascii=False)
    return shielding.names_of(database, row.county, row.subject_id, words, sealer)


def _try(
    row: Row[Any], body: str, now: datetime, sealer: sealing.Sealer, allowed: Collection[str]
) -> int | None:
    """The status of the answer; None where there was none, or none may be asked for."""
    try:
        secret = sealing.unseal(sealer, bytes(row.secret_sealed), field=_FIELD, row=row.webhook)
        message = Message(str(row.id), now, body)
        return outside.deliver(row.url, secret, message, allowed)
    except (OSError, http.client.HTTPException, GridmapError):
        return None


def payload(row: Row[Any], names: Collection[str] = ()) -> str:
    """What is told of an event: no name of who acted; no number and none of ``names`` in text."""
    told = {
        "type": row.kind,
        "timestamp": row.at.isoformat(),
        "data": {
            "county": row.county,
            "path": row.path,
            "subject_kind": row.subject_kind,
            "subject_id": str(row.subject_id) if row.subject_id else None,
            **_redacted(row.data, names),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _redacted(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, str):
        # the digits of an id are nobody's number
        return value if _UUID.fullmatch(value) else masking.words(value, names)
    if isinstance(value, dict):
        return {masking.words(key, names): _redacted(one, names) for key, one in value.items()}
    return [_redacted(one, names) for one in value] if isinstance(value, list) else value


_CONCLUDE = """
UPDATE delivery SET status = :status, done_at = :done, next_at = :next
 WHERE webhook = :webhook AND event = :event AND done_at IS NULL
"""


def _conclude(connection: Connection, row: Row[Any], status: int | None, now: datetime) -> None:
    arrived = status is not None and 200 <= status < 300
    again = not arrived and row.tries <= len(BACK_OFF)
    connection.execute(
        text(_CONCLUDE),
        {
            "webhook": row.webhook,
            "event": row.id,
            "status": status,
            "done": now if arrived else None,
            "next": now + BACK_OFF[row.tries - 1] if again else None,
        },
    )


_LIST = """
SELECT w.id, w.url, w.path, w.kinds, w.created_by, w.created_at, w.stopped_at,
       count(d.event) FILTER (WHERE d.done_at IS NOT NULL) AS arrived,
       count(d.event) FILTER (WHERE d.next_at IS NOT NULL) AS waiting,
       count(d.event) FILTER (WHERE d.done_at IS NULL AND d.next_at IS NULL) AS given_up
  FROM webhook AS w LEFT JOIN delivery AS d ON d.webhook = w.id
 GROUP BY w.id ORDER BY w.created_at, w.id
"""


def listed(connection: Connection) -> Sequence[Row[Any]]:
    """The webhooks that the viewer administers; their deliveries counted for who sees them all."""
    return connection.execute(text(_LIST)).all()
