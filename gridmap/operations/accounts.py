"""Keeping accounts: making them, giving roles over areas, closing, unlocking; always audited."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.operations.circumstances import Circumstances

ROLES = {
    "administrator": ("管理员", "Administrator"),
    "commander": ("指挥长", "Commander"),
    "center_officer": ("中心值班员", "Center officer"),
    "worker": ("网格员", "Grid worker"),
    "planner": ("网格规划员", "Planner"),
    "department_officer": ("部门联络员", "Department officer"),
    "auditor": ("审计员", "Auditor"),
}
"""Roles that a person can hold; a worker's comes with the duty and is not given here."""
GIVEN_ROLES = tuple(role for role in ROLES if role != "worker")
_REFUSED = "42501"
WITH_BODY = {"center_officer": "center", "department_officer": "department"}


@dataclass(frozen=True)
class NewAccount:
    """An account to be made: its login, the name shown, its area, and the staff behind it."""

    login: str
    name: str
    path: str
    staff: UUID | None = None


def create(
    connection: Connection, new: NewAccount, given: Circumstances, *, source: str = ""
) -> UUID:
    """Makes an account without a password; raises Conflict for a login that is taken."""
    id = uuid7(given.now)
    check_area(connection, new.path)
    beyond = "你不能在这个区域建账号，或者这名网格员的网格不归你管。"
    try:
        with refused_as(beyond), connection.begin_nested():
            connection.execute(
                text(
                    "INSERT INTO account (id, login, name, staff, path, created_at)"
                    " VALUES (:id, :login, :name, :staff, :path, :now)"
                ),
                vars(new) | {"id": id, "now": given.now, "login": new.login.strip().lower()},
            )
    except IntegrityError as error:
        if "account_login_key" in str(error.orig):
            raise Conflict("登录名 {login} 已被使用。", login=new.login) from error
        raise InvalidInput("登录名用小写字母、数字、点或横线，2 到 40 个字符。") from error
    note(connection, "account_created", id, new.path, given, source, {"login": new.login})
    return id


def appoint(
    connection: Connection,
    account: UUID,
    *,
    role: str,
    path: str,
    body: UUID | None,
    since: datetime | None,
    until: datetime | None,
    given: Circumstances,
    source: str = "",
) -> None:
    """Gives a role over an area, between dates.

    Raises NotAllowed beyond the giver's own area, NotFound for an account that others keep.
    """
    if role not in GIVEN_ROLES:
        raise InvalidInput("没有这个角色：{role}", role=role)
    if (role in WITH_BODY) != (body is not None):
        raise InvalidInput("中心值班员要写明中心，部门联络员要写明部门；其他角色不写。")
    check_area(connection, path)
    if not connection.scalar(text("SELECT true FROM account WHERE id = :id"), {"id": account}):
        raise NotFound("没有这个账号，或者你不能管理它。")
    with refused_as("你不能在这个区域、为这个单位授予角色。"), connection.begin_nested():
        connection.execute(
            text("SELECT guard.appoint(:who, :role, :path, :body, :since, :until)"),
            {
                "who": f"account:{account}",
                "role": role,
                "path": path,
                "body": body,
                "since": since,
                "until": until,
            },
        )
    note(connection, "appointed", account, path, given, source, {"role": role, "path": path})


_AREA = """
SELECT EXISTS (SELECT FROM region_version WHERE path = :path)
    OR EXISTS (SELECT FROM grid_version WHERE path = :path)
"""


def check_area(connection: Connection, path: str) -> None:
    """Raises InvalidInput for a path that is neither a region's nor a grid's, nor everything."""
    if path and not connection.scalar(text(_AREA), {"path": path}):
        raise InvalidInput("没有这个区域：{path}", path=path)


def beginning(day: str | None, zone: str) -> datetime | None:
    """The first moment of a local day such as 2026-05-20; None for none."""
    if not day:
        return None
    try:
        first = date.fromisoformat(day)
    except ValueError as error:
        raise InvalidInput("日期“{given}”不对，应写成 2026-05-20。", given=day) from error
    return datetime.combine(first, time(), ZoneInfo(zone))


def end(day: str | None, zone: str) -> datetime | None:
    """The moment after a local day that is the last one; None for none."""
    begun = beginning(day, zone)
    return begun + timedelta(days=1) if begun else None


@contextmanager
def refused_as(message: str) -> Iterator[None]:
    """The database's refusal as gridmap's NotAllowed; whatever else goes wrong stays what it is."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == _REFUSED:
            raise NotAllowed(message) from error
        raise


def dismiss(
    connection: Connection,
    account: UUID,
    *,
    role: str,
    path: str,
    given: Circumstances,
    source: str = "",
) -> None:
    """Takes a role back, at once; raises NotFound where there is none to take."""
    gone = connection.scalar(
        text("SELECT guard.dismiss(:who, :role, :path)"),
        {"who": f"account:{account}", "role": role, "path": path},
    )
    if not gone:
        raise NotFound("没有这个任命，或者你不能撤销它。")
    note(connection, "dismissed", account, path, given, source, {"role": role, "path": path})


def change(
    connection: Connection,
    account: UUID,
    what: str,
    given: Circumstances,
    *,
    source: str = "",
) -> None:
    """Closes, opens again or unlocks an account; raises NotFound for one out of reach."""
    assignments = {
        "closed": "closed_at = :now",
        "opened": "closed_at = NULL",
        "unlocked": "failures = 0, locked_until = NULL",
    }
    row = connection.execute(
        text(f"UPDATE account SET {assignments[what]} WHERE id = :id RETURNING path"),
        {"id": account, "now": given.now},
    ).first()
    if row is None:
        raise NotFound("没有这个账号，或者你不能管理它。")
    note(connection, f"account_{what}", account, row.path, given, source, {})


def check_manages(connection: Connection, account: UUID) -> None:
    """Raises NotAllowed unless all that the account may see lies in the actor's own area.

    Who signs in as somebody, or looks through their eyes, must not see more than their own.
    """
    if not connection.scalar(text("SELECT guard.manages(:id)"), {"id": account}):
        raise NotAllowed("这个账号能看的超出你管的区域；请找上一级的管理员。")


def note(
    connection: Connection,
    what: str,
    account: UUID | None,
    path: str,
    given: Circumstances,
    source: str,
    data: dict[str, Any],
    why: str = "",
    kind: str = "account",
) -> None:
    """Writes an act on an account, or on a key of another kind, into the trail."""
    connection.execute(
        text(
            "SELECT guard.audit(:now, :what, :kind, NULL, :id, :path, :source, :why,"
            " CAST(:data AS jsonb))"
        ),
        {
            "now": given.now,
            "what": what,
            "kind": kind,
            "id": account,
            "path": path,
            "source": source,
            "why": why,
            "data": json.dumps(data, ensure_ascii=False),
        },
    )
