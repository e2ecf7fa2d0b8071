"""Sealing anew with another key: the old one opens until nothing is sealed with it any more."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import sealing, secrets
from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.errors import Conflict
from gridmap.operations import trail
from gridmap.operations.circumstances import Circumstances
from gridmap.sealing import Sealer

KEYSMITH = Viewer("job", "keys")
AT_ONCE = 500
_KEY_BYTES = 32
_MOST_KEYS = 255
"""The number of a key is one byte of every sealed value."""
_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Sealed:
    """A sealed column: its table, and the field that its values are bound to."""

    table: str
    column: str
    field: str

    @property
    def county(self) -> str:
        """The table's county, or a 0 where it has none: with the id it orders the rows."""
        return "county" if self.table in {"person_private", "report"} else "CAST(0 AS integer)"


SEALED = (
    Sealed("person_private", "phone_sealed", "person.phone"),
    Sealed("person_private", "identity_sealed", "person.identity"),
    Sealed("person_private", "notes_sealed", "person.notes"),
    Sealed("report", "reporter_name_sealed", "report.reporter_name"),
    Sealed("report", "reporter_phone_sealed", "report.reporter_phone"),
    Sealed("staff", "phone_sealed", "staff.phone"),
    Sealed("account", "totp_sealed", "account.totp"),
    Sealed("webhook", "secret_sealed", "webhook.secret"),
)


def rotate(database: Database, file: Path, given: Circumstances) -> dict[str, int]:
    """Makes a new key, unless the last rotation is not done, and seals everything with it.

    ``file`` holds the secrets. What is interrupted goes on at the next call. Returns how many
    values were sealed anew, by ``table.column``.
    """
    kept = secrets.read(file)
    if len(kept.sealing_keys) == 1:
        number = max(int(one) for one in kept.sealing_keys) % _MOST_KEYS + 1
        keys = kept.sealing_keys | {str(number): random.token_hex(_KEY_BYTES)}
        secrets.replace(file, replace(kept, sealing_keys=keys))
    ring = sealing.sealer(secrets.read(file))
    done = {f"{one.table}.{one.column}": _reseal(database, one, ring) for one in SEALED}
    with database.transaction(KEYSMITH) as connection:
        trail.note(connection, "keys_rotated", kind="installation", given=given, data=done)
    return done


def forget(database: Database, file: Path, given: Circumstances) -> list[int]:
    """Takes the old keys out of the secrets; returns their numbers.

    Raises Conflict while anything is sealed with one. A backup made before keeps its own secrets.
    """
    kept = secrets.read(file)
    ring = sealing.sealer(kept)
    old = sorted(set(ring.keys) - {ring.current})
    with database.transaction(KEYSMITH) as connection:
        left = sum(_count(connection, one, ring.current) for one in SEALED)
        if left:
            raise Conflict(
                "还有 {n} 个字段用旧密钥封存，请先再运行一次 gridmap rotate-keys。", n=left
            )
        trail.note(
            connection, "keys_forgotten", kind="installation", given=given, data={"keys": old}
        )
    keys = {str(ring.current): kept.sealing_keys[str(ring.current)]}
    secrets.replace(file, replace(kept, sealing_keys=keys))
    return old


def _count(connection: Connection, one: Sealed, current: int) -> int:
    sql = f"SELECT count(*) FROM {one.table} WHERE get_byte({one.column}, 1) <> :current"
    count: int = connection.execute(text(sql), {"current": current}).scalar_one()
    return count


def _reseal(database: Database, one: Sealed, ring: Sealer) -> int:
    """Batch by batch in the order of the rows, each in a transaction of its own."""
    select = text(
        f"SELECT {one.county} AS county, id, {one.column} AS value FROM {one.table}"
        f" WHERE ({one.county}, id) > (:county, :id) AND get_byte({one.column}, 1) <> :current"
        f" ORDER BY {one.county}, id LIMIT :most FOR UPDATE"
    )
    total, after = 0, {"county": -1, "id": _FIRST}
    while True:
        with database.transaction(KEYSMITH) as connection:
            asked = {**after, "current": ring.current, "most": AT_ONCE}
            rows = connection.execute(select, asked).all()
            if not rows:
                return total
            _write(connection, one, rows, ring)
        total += len(rows)
        after = {"county": rows[-1].county, "id": rows[-1].id}


def _write(connection: Connection, one: Sealed, rows: Sequence[Row[Any]], ring: Sealer) -> None:
    sql = f"UPDATE {one.table} SET {one.column} = :value WHERE {one.county} = :county AND id = :id"
    connection.execute(
        text(sql),
        [{"county": row.county, "id": row.id, "value": _anew(row, one, ring)} for row in rows],
    )


def _anew(row: Row[Any], one: Sealed, ring: Sealer) -> bytes:
    opened = sealing.unseal(ring, bytes(row.value), field=one.field, row=row.id)
    return sealing.seal(ring, opened, field=one.field, row=row.id)
