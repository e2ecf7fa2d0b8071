"""Keeping accounts: making them, giving roles over areas, closing, unlocking; always audited."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

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
    try:
        with connection.begin_nested():
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
    except DBAPIError as error:
        _raise_refused(error, "你不能在这个区域建账号。")
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
    """Gives a role over an area, between dates; raises NotAllowed beyond the giver's own area."""
    if role not in GIVEN_ROLES:
        raise InvalidInput("没有这个角色：{role}", role=role)
    if (role in WITH_BODY) != (body is not None):
        raise InvalidInput("中心值班员要写明中心，部门联络员要写明部门；其他角色不写。")
    try:
        with connection.begin_nested():
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
    except DBAPIError as error:
        _raise_refused(error, "你不能在这个区域授予角色。")
    note(connection, "appointed", account, path, given, source, {"role": role, "path": path})


def _raise_refused(error: DBAPIError, message: str) -> NoReturn:
    """The database's refusal as gridmap's; whatever else went wrong stays what it was."""
    if getattr(error.orig, "pgcode", None) == _REFUSED:
        raise NotAllowed(message) from error
    raise error


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


def note(
    connection: Connection,
    what: str,
    account: UUID,
    path: str,
    given: Circumstances,
    source: str,
    data: dict[str, Any],
    why: str = "",
) -> None:
    """Writes an act on an account into the trail."""
    connection.execute(
        text(
            "SELECT guard.audit(:now, :what, 'account', NULL, :id, :path, :source, :why,"
            " CAST(:data AS jsonb))"
        ),
        {
            "now": given.now,
            "what": what,
            "id": account,
            "path": path,
            "source": source,
            "why": why,
            "data": json.dumps(data, ensure_ascii=False),
        },
    )
