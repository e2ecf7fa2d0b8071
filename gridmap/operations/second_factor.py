"""The second factor of an account: setting it up, checking a code, switching it off.

Runs as the viewer ``job:door``. A secret lies sealed beside its account; until a first code has
confirmed that the phone has it, no code is asked for.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import sealing
from gridmap.errors import Conflict
from gridmap.rules import totp
from gridmap.sealing import Sealer

_FIELD = "account.totp"
_SECRET_BYTES = 20


def begin(connection: Connection, account: UUID, sealer: Sealer) -> bytes:
    """A new secret, waiting for its first code; raises Conflict where one is in force."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    kept = connection.execute(
        text(
            "UPDATE account SET totp_sealed = :sealed, totp_step = 0"
            " WHERE id = :id AND NOT totp_on RETURNING id"
        ),
        {"sealed": _sealed(sealer, secret, account), "id": account},
    ).first()
    if kept is None:
        raise Conflict("动态码已经开通；要换手机，请先用现在的动态码关掉它。")
    return secret


def confirm(
    connection: Connection, account: UUID, code: str, *, now: datetime, sealer: Sealer
) -> bool:
    """Asks for codes from now on, if this one is right."""
    right = accept(connection, account, code, now=now, sealer=sealer)
    if right:
        require(connection, account)
    return right


def require(connection: Connection, account: UUID) -> None:
    """Asks for codes of the secret that is kept from now on."""
    connection.execute(text("UPDATE account SET totp_on = true WHERE id = :id"), {"id": account})


def stop(
    connection: Connection, account: UUID, code: str, *, now: datetime, sealer: Sealer
) -> bool:
    """Asks for no more codes, if this one is right."""
    right = accept(connection, account, code, now=now, sealer=sealer)
    if right:
        connection.execute(
            text("UPDATE account SET totp_on = false, totp_sealed = NULL WHERE id = :id"),
            {"id": account},
        )
    return right


def accept(
    connection: Connection, account: UUID, code: str, *, now: datetime, sealer: Sealer
) -> bool:
    """Whether a code is right; one that was is never right again."""
    row = connection.execute(
        text("SELECT totp_sealed, totp_step FROM account WHERE id = :id FOR UPDATE"),
        {"id": account},
    ).one()
    if row.totp_sealed is None:
        return False
    secret = bytes.fromhex(
        sealing.unseal(sealer, bytes(row.totp_sealed), field=_FIELD, row=account)
    )
    step = totp.accepted_step(secret, code, now, last_used=row.totp_step)
    if step is None:
        return False
    connection.execute(
        text("UPDATE account SET totp_step = :step WHERE id = :id"), {"step": step, "id": account}
    )
    return True


def _sealed(sealer: Sealer, secret: bytes, account: UUID) -> bytes:
    return sealing.seal(sealer, secret.hex(), field=_FIELD, row=account)
