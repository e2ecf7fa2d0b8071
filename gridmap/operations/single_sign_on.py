"""Accounts that an issuer of OpenID Connect opens: those that exist and are linked to it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from gridmap.errors import Conflict, NotAllowed
from gridmap.operations import sessions

_LINKED = "SELECT id, path FROM account WHERE oidc_subject = :subject AND closed_at IS NULL"
_CLAIM = """
UPDATE account SET oidc_subject = :subject
 WHERE login = :login AND oidc_subject IS NULL AND password IS NULL AND closed_at IS NULL
       AND looked_at IS NULL
RETURNING id, path
"""


def sign_in(connection: Connection, *, subject: str, login: str, now: datetime, source: str) -> str:
    """Opens a session of the account that is linked to an issuer's subject.

    An account that was made and never used is linked at its first sign-in by the login that both
    know; one that has been used is linked by its owner alone. Raises NotAllowed for all else.
    """
    row = connection.execute(text(_LINKED), {"subject": subject}).first()
    if row is None:
        row = connection.execute(
            text(_CLAIM), {"subject": subject, "login": login.strip().lower()}
        ).first()
    if row is None:
        raise NotAllowed("这个统一登录没有关联账号；请找管理员建账号，或先用密码登录再关联。")
    connection.execute(
        text("UPDATE account SET looked_at = :now WHERE id = :id"), {"now": now, "id": row.id}
    )
    sessions.audit(connection, now, "sign_in_by_oidc", row, source)
    return sessions.open_session(connection, row.id, now=now, source=source, how="oidc")


def link(
    connection: Connection, account: UUID, subject: str, *, now: datetime, source: str
) -> None:
    """Links an account with an issuer's subject; raises Conflict where another one has it."""
    try:
        with connection.begin_nested():
            connection.execute(
                text("UPDATE account SET oidc_subject = :subject WHERE id = :id"),
                {"subject": subject, "id": account},
            )
    except IntegrityError as error:
        raise Conflict("这个统一登录已经关联了别的账号。") from error
    sessions.audit_of(connection, now, "oidc_linked", account, source)
