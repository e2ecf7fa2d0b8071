"""Keys that no person holds: tokens of other systems, and kiosks of wall screens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.access import Viewer
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.operations import accounts
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.intake import Taken

_FIND = {
    "kiosk": "SELECT id, seen_at AS seen FROM kiosk WHERE hash = :hash AND revoked_at IS NULL",
    "token": (
        "SELECT id, used_at AS seen FROM api_token WHERE hash = :hash AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > :now)"
    ),
}
_SEEN = {
    "kiosk": "UPDATE kiosk SET seen_at = :now WHERE id = :id",
    "token": "UPDATE api_token SET used_at = :now WHERE id = :id",
}
_SEEN_EVERY = timedelta(minutes=1)


def holder_of(connection: Connection, kind: str, secret: str, *, now: datetime) -> UUID | None:
    """The kiosk or token that a secret belongs to, while it is good; noted once a minute."""
    hashed = sha256(secret.encode()).digest()
    row = connection.execute(text(_FIND[kind]), {"hash": hashed, "now": now}).first()
    if row is None:
        return None
    if row.seen is None or now - row.seen > _SEEN_EVERY:
        connection.execute(text(_SEEN[kind]), {"id": row.id, "now": now})
    id: UUID = row.id
    return id


def someone_signed_in(connection: Connection) -> bool:
    """Whether any account ever signed in."""
    return bool(connection.scalar(text("SELECT guard.someone_signed_in()")))


VERBS = {"read": "token_read", "report": "token_report"}
"""What a token may do, and the role that lets it."""


@dataclass(frozen=True)
class NewKey:
    """A token or kiosk to be made: its name, its area, and its page or verbs."""

    name: str
    path: str
    page: str = "/"
    verbs: tuple[str, ...] = ()
    expires_at: datetime | None = None


def make_token(connection: Connection, new: NewKey, given: Circumstances, *, source: str) -> str:
    """A token of another system; the returned secret is known to that system alone.

    Raises InvalidInput for one that may do nothing, NotAllowed beyond the actor's own area.
    """
    unknown = set(new.verbs) - set(VERBS)
    if unknown or not new.verbs:
        raise InvalidInput("令牌要写明能做什么：读取（read）或上报（report）。")
    secret = f"gm_{secrets.token_urlsafe(32)}"
    id = _keep(connection, "api_token", secret, new, given)
    for verb in new.verbs:
        _appoint(connection, f"token:{id}", VERBS[verb], new, given)
    _note(connection, "token_made", "token", id, new, given, source)
    return secret


def make_kiosk(connection: Connection, new: NewKey, given: Circumstances, *, source: str) -> str:
    """A kiosk of one area and page; the returned secret is the end of its link."""
    if not new.page.startswith("/") or new.page.startswith("//"):
        raise InvalidInput("页面要写成本站的路径，比如 /。")
    secret = secrets.token_urlsafe(32)
    id = _keep(connection, "kiosk", secret, new, given)
    _appoint(connection, f"kiosk:{id}", "wall", new, given)
    _note(connection, "kiosk_made", "kiosk", id, new, given, source)
    return secret


def revoke(
    connection: Connection, kind: str, id: UUID, given: Circumstances, *, source: str
) -> None:
    """Ends a token or kiosk: its next request is a stranger's. Raises NotFound out of reach."""
    row = connection.execute(
        text(
            f"UPDATE {_TABLE[kind]} SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL"
            " RETURNING name, path"
        ),
        {"id": id, "now": given.now},
    ).first()
    if row is None:
        raise NotFound("没有这一个，或者已经吊销，或者不归你管。")
    for role in ("wall", *VERBS.values()):
        connection.execute(
            text("SELECT guard.dismiss(:who, :role, :path)"),
            {"who": f"{kind}:{id}", "role": role, "path": row.path},
        )
    _note(connection, f"{kind}_revoked", kind, id, NewKey(row.name, row.path), given, source)


_TABLE = {"token": "api_token", "kiosk": "kiosk"}


def _keep(
    connection: Connection, table: str, secret: str, new: NewKey, given: Circumstances
) -> UUID:
    accounts.check_area(connection, new.path)
    if not new.name.strip():
        raise InvalidInput("请写一个名称，好认出是谁在用。")
    own = {"api_token": ("expires_at", new.expires_at), "kiosk": ("page", new.page)}[table]
    id = uuid7(given.now)
    with accounts.refused_as("你不能在这个区域发放。"), connection.begin_nested():
        connection.execute(
            text(
                f"INSERT INTO {table} (id, hash, name, path, created_by, created_at, {own[0]})"
                " VALUES (:id, :hash, :name, :path, :by, :now, :own)"
            ),
            {
                "id": id,
                "hash": sha256(secret.encode()).digest(),
                "name": new.name.strip(),
                "path": new.path,
                "by": str(given.actor),
                "now": given.now,
                "own": own[1],
            },
        )
    return id


def _appoint(
    connection: Connection, who: str, role: str, new: NewKey, given: Circumstances
) -> None:
    with accounts.refused_as("你不能在这个区域发放。"), connection.begin_nested():
        connection.execute(
            text("SELECT guard.appoint(:who, :role, :path, NULL, :since, :until)"),
            {
                "who": who,
                "role": role,
                "path": new.path,
                "since": None,
                "until": new.expires_at,
            },
        )


def _note(
    connection: Connection,
    what: str,
    kind: str,
    id: UUID,
    new: NewKey,
    given: Circumstances,
    source: str,
) -> None:
    facts = {"name": new.name} | ({"verbs": " ".join(new.verbs)} if new.verbs else {})
    accounts.note(connection, what, id, new.path, given, source, facts, kind=kind)


def page_of(connection: Connection, kiosk: UUID | str) -> str | None:
    """The one page of a kiosk."""
    page: str | None = connection.scalar(
        text("SELECT page FROM kiosk WHERE id = :id"), {"id": str(kiosk)}
    )
    return page


def check_reports_into(connection: Connection, token: Viewer, taken: Taken) -> None:
    """Raises NotAllowed unless a token may report into where a report came to lie.

    Intake has stored it by then; the refusal rolls that back.
    """
    path = (
        taken.located.path
        if taken.located
        else connection.scalar(
            text("SELECT path FROM incident WHERE county = :county AND id = :id"),
            {"county": taken.county, "id": taken.id},
        )
    )
    allowed = connection.scalar(
        text("SELECT guard.token_reports(:token, :path)"), {"token": str(token), "path": path}
    )
    if not allowed:
        raise NotAllowed("这个令牌不能上报，或者不能报到这个区域。")
