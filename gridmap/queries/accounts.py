"""Accounts, tokens and kiosks, as those see them who keep them; and whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.access import readable
from gridmap.errors import NotFound

PAGE = 50


def any_account(connection: Connection) -> bool:
    """Whether there is any account at all."""
    return bool(connection.scalar(text("SELECT EXISTS (SELECT FROM account)")))


def id_of(connection: Connection, login: str) -> UUID:
    """The account of a login; raises NotFound for one that is not there or out of reach."""
    id: UUID | None = connection.scalar(
        text("SELECT id FROM account WHERE login = :login"), {"login": login.strip().lower()}
    )
    if id is None:
        raise NotFound("没有这个账号：{login}", login=login)
    return id


@dataclass(frozen=True)
class Appointment:
    """A role over an area, between dates, perhaps for a center or department."""

    role: str
    path: str
    body: UUID | None
    body_name: str | None
    since: datetime | None
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at a moment."""
        begun = self.since is None or self.since <= now
        return begun and (self.until is None or self.until > now)


@dataclass(frozen=True)
class Listed:
    """An account with its appointments."""

    row: Row[Any]
    appointments: Sequence[Appointment]


_COLUMNS = """
SELECT a.id, a.login, a.name, a.path, a.staff, a.totp_on, a.locked_until, a.closed_at, a.created_at,
       a.looked_at, s.name AS staff_name, s.code AS staff_code, count(*) OVER () AS total
  FROM account AS a LEFT JOIN staff AS s ON s.id = a.staff
"""


def listing(connection: Connection, words: str, *, page: int) -> tuple[int, list[Listed]]:
    """How many accounts match, and a page of them: by login, name, or the head of a path."""
    sql = (
        f"{_COLUMNS} WHERE ({readable(connection, 'account', 'a.path')})"
        " AND (:words = '' OR a.login LIKE :inside OR a.name LIKE :inside OR a.path LIKE :begins)"
        " ORDER BY a.closed_at IS NOT NULL, a.path, a.login LIMIT :most OFFSET :skip"
    )
    plain = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = connection.execute(
        text(sql),
        {
            "words": plain,
            "inside": f"%{plain}%",
            "begins": f"{plain}%",
            "most": PAGE,
            "skip": (page - 1) * PAGE,
        },
    ).all()
    total = rows[0].total if rows else 0
    return total, [Listed(row, appointments(connection, row.id)) for row in rows]


def one(connection: Connection, id: UUID) -> Listed:
    """An account; raises NotFound for one that is out of reach."""
    row = connection.execute(text(f"{_COLUMNS} WHERE a.id = :id"), {"id": id}).first()
    if row is None:
        raise NotFound("没有这个账号，或者你不能管理它。")
    return Listed(row, appointments(connection, id))


_APPOINTMENTS = """
SELECT p.role, p.path, p.body, COALESCE(c.name, d.name) AS body_name, p.since, p.until
  FROM guard.appointments('account:' || :id) AS p
  LEFT JOIN center AS c ON c.id = p.body LEFT JOIN department AS d ON d.id = p.body
 ORDER BY p.path, p.role
"""


def appointments(connection: Connection, account: UUID) -> list[Appointment]:
    """The roles of an account that the viewer keeps; a worker's come with the duties."""
    rows = connection.execute(text(_APPOINTMENTS), {"id": str(account)})
    return [Appointment(*row) for row in rows]


def duties(connection: Connection, account: UUID) -> list[str]:
    """The paths of the grids in which an account is on duty now."""
    rows = connection.scalars(
        text("SELECT path FROM guard.roles(:who) WHERE role = 'worker' ORDER BY path"),
        {"who": f"account:{account}"},
    )
    return list(rows)


def keepers(connection: Connection) -> list[str]:
    """The names of the administrators over the viewer's own account, the nearest first."""
    rows = connection.scalars(
        text("SELECT name FROM guard.keepers() GROUP BY name ORDER BY max(length(path)) DESC, name")
    )
    return list(rows)


def holds_no_role(connection: Connection, account: UUID) -> bool:
    """Whether an account has no role over any area now, so that nothing shows."""
    held = connection.scalar(
        text("SELECT EXISTS (SELECT FROM guard.roles(:who))"), {"who": f"account:{account}"}
    )
    return not held


def needs_codes(connection: Connection, login: str) -> bool:
    """Whether an account keeps others and has no second factor; asked in the name of the door."""
    return bool(
        connection.scalar(
            text(
                "SELECT NOT a.totp_on AND EXISTS (SELECT FROM guard.roles('account:' || a.id)"
                " WHERE role = 'administrator') FROM account AS a WHERE a.login = :login"
            ),
            {"login": login},
        )
    )


def manages(connection: Connection, account: UUID) -> bool:
    """Whether all that an account may see lies in the viewer's area: then it may be opened."""
    return bool(connection.scalar(text("SELECT guard.manages(:id)"), {"id": account}))


_BODIES = {
    "center": "SELECT id, name, path FROM center",
    "department": "SELECT id, name, path FROM department",
}


def bodies(connection: Connection, kind: str, *, within: str) -> list[Row[Any]]:
    """Centers or departments that somebody may act for in an area: in it, or above it."""
    sql = (
        f"{_BODIES[kind]} WHERE guard.within(path, :within) OR guard.within(:within, path)"
        " ORDER BY length(path) < length(:within), path, name LIMIT 500"
    )
    return list(connection.execute(text(sql), {"within": within}))


_BODY_BY_CODE = {
    "center": "SELECT id FROM center WHERE code = :code",
    "department": "SELECT id FROM department WHERE code = :code",
}


def body_of(connection: Connection, kind: str, code: str) -> UUID:
    """The center or department of a code; raises NotFound."""
    sql = _BODY_BY_CODE.get(kind)
    id: UUID | None = connection.scalar(text(sql), {"code": code.strip()}) if sql else None
    if id is None:
        raise NotFound("没有这个中心或部门：{code}", code=code)
    return id


def staff_of(connection: Connection, code: str) -> UUID:
    """The person who serves under a code; raises NotFound."""
    id: UUID | None = connection.scalar(
        text("SELECT id FROM staff WHERE code = :code"), {"code": code.strip()}
    )
    if id is None:
        raise NotFound("没有这个工号：{code}", code=code)
    return id


_SESSIONS = """
SELECT left(encode(id, 'hex'), 16) AS short, created_at, seen_at, source, how
  FROM web_session WHERE account = :account AND expires_at > :now AND seen_at > :idle
 ORDER BY seen_at DESC
"""


def sessions_of(
    connection: Connection, account: UUID, *, now: datetime, idle: datetime
) -> list[Row[Any]]:
    """The open sessions of an account; asked in the name of the door."""
    return list(connection.execute(text(_SESSIONS), {"account": account, "now": now, "idle": idle}))


_KEYS = {
    "token": (
        "SELECT k.id, k.name, k.path, k.created_at, k.expires_at, k.revoked_at,"
        " k.used_at AS seen_at,"
        " guard.display(k.created_by) AS by, ARRAY(SELECT role FROM guard.appointments("
        "'token:' || k.id) ORDER BY role) AS roles FROM api_token AS k"
    ),
    "kiosk": (
        "SELECT k.id, k.name, k.path, k.page, k.created_at, k.revoked_at, k.seen_at,"
        " guard.display(k.created_by) AS by FROM kiosk AS k"
    ),
}


def keys(connection: Connection, kind: str) -> list[Row[Any]]:
    """Tokens or kiosks of the viewer's area, those in force first."""
    area = readable(connection, kind, "k.path")
    sql = f"{_KEYS[kind]} WHERE ({area}) ORDER BY k.revoked_at IS NOT NULL, k.created_at DESC"
    return list(connection.execute(text(sql)))
