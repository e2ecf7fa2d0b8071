"""One account for each role in the made-up county; the login is the role. None has a password."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.operations import accounts
from gridmap.operations.accounts import ROLES, WITH_BODY, NewAccount
from gridmap.operations.circumstances import Circumstances

_PLACE = """
SELECT c.path AS county, t.path AS township, t.id AS center, p.id AS department, d.staff
  FROM county AS c
  JOIN LATERAL (
       SELECT id, path FROM center WHERE guard.within(path, c.path) AND path <> c.path
        ORDER BY path LIMIT 1) AS t ON true
  LEFT JOIN LATERAL (
       SELECT id FROM department WHERE path = c.path ORDER BY code LIMIT 1) AS p ON true
  LEFT JOIN LATERAL (
       SELECT staff FROM duty WHERE guard.within(path, t.path) AND kind = 'lead' AND during @> :now
        ORDER BY path LIMIT 1) AS d ON true
 WHERE c.path <> '' ORDER BY c.no LIMIT 1
"""
_IN_TOWNSHIP = ("center_officer", "worker")

REMOVE = (
    "SELECT guard.dismiss_all(:prefix)",
    "DELETE FROM stand_in WHERE path >= :prefix AND path < :next",
    "DELETE FROM api_token WHERE path >= :prefix AND path < :next",
    "DELETE FROM kiosk WHERE path >= :prefix AND path < :next",
    "DELETE FROM account WHERE path >= :prefix AND path < :next",
    "UPDATE account SET staff = NULL"
    " WHERE staff IN (SELECT staff FROM duty WHERE path >= :prefix AND path < :next)",
)
"""What takes accounts, roles and keys over the made-up areas out again, before their workers go."""


class _Place(NamedTuple):
    county: str
    township: str
    center: UUID
    department: UUID | None
    staff: UUID | None


def load(connection: Connection, given: Circumstances) -> None:
    """Makes the accounts that are not there yet, in the first county and its first township."""
    row = connection.execute(text(_PLACE), {"now": given.now}).first()
    if row is None:
        return
    place = _Place(*row)
    known = set(connection.scalars(text("SELECT login FROM account")))
    for role in ROLES:
        if role not in known:
            _make(connection, role, place, given)


def _make(connection: Connection, role: str, place: _Place, given: Circumstances) -> None:
    path = place.township if role in _IN_TOWNSHIP else place.county
    staff = place.staff if role == "worker" else None
    name = f"{ROLES[role][0]}（示例）"
    account = accounts.create(connection, NewAccount(role, name, path, staff), given)
    body = {"center": place.center, "department": place.department}.get(WITH_BODY.get(role, ""))
    if role != "worker" and (body is not None or role not in WITH_BODY):
        accounts.appoint(
            connection,
            account,
            role=role,
            path=path,
            body=body,
            since=None,
            until=None,
            given=given,
        )
