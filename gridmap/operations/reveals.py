"""Showing what is masked: a committed row of the trail is the price, paid before anything opens.

Two transactions each: the first asks, with a reason, and writes the trail; the second gets. The
database gives nothing for a ticket that was not committed, is older than a minute, or is
somebody else's.
"""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import ProgrammingError

from gridmap import sealing
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations.circumstances import Circumstances
from gridmap.sealing import Sealer

Kind = Literal["person", "report"]
KINDS: tuple[Kind, ...] = ("person", "report")
SHORTEST_REASON = 2
LONGEST_REASON = 200
_TAIL_DIGITS = 4


@dataclass(frozen=True)
class Revealed:
    """What was masked, opened; None where there is none."""

    name: str | None
    phone: str | None
    identity: str | None
    notes: str | None


_ASK = "SELECT guard.reveal_ask(:now, :kind, :county, :id, :why, :source)"
_GET = "SELECT * FROM guard.reveal_get(:ticket)"
_NUMBER_ASK = "SELECT guard.number_ask(:now, :tail, :whole, :why, :source)"
_NUMBER_GET = """
SELECT n.kind, n.county, n.id, n.path, n.name, h.address, i.number
  FROM guard.number_get(:ticket) AS n
  LEFT JOIN household AS h ON n.kind = 'household' AND h.county = n.county AND h.id = n.id
  LEFT JOIN incident AS i ON n.kind = 'incident' AND i.county = n.county AND i.id = n.id
"""


def reveal(
    database: Database,
    *,
    kind: Kind,
    county: int,
    id: UUID,
    why: str,
    source: str,
    given: Circumstances,
) -> Revealed:
    """Opens what is sealed of a person or of a report's sender, for a reason.

    Raises InvalidInput without a reason, NotAllowed outside the areas in which the viewer may
    reveal, also for what does not exist.
    """
    _check_reason(why)
    asked = {
        "now": given.now,
        "kind": kind,
        "county": county,
        "id": id,
        "why": why,
        "source": source,
    }
    ticket = _paid(database, _ASK, asked, given)
    with database.transaction(given.actor) as connection:
        row = connection.execute(text(_GET), {"ticket": ticket}).first()
    if row is None:
        raise NotAllowed("你不能查看这里的全文。")
    return _opened(row, given.sealer)


def find_number(
    database: Database, digits: str, *, why: str, source: str, given: Circumstances
) -> list[dict[str, Any]]:
    """Whose number this is, or whose ends in these four digits: masked, 50 households at most.

    Reports are found by a whole number alone. Raises as ``reveal`` does, InvalidInput also for
    fewer than four digits.
    """
    _check_reason(why)
    tail = sealing.tail_hash(given.sealer, digits)
    if tail is None:
        raise InvalidInput("请输入完整的号码，或号码的末四位。")
    whole = sealing.keyed_hash(given.sealer, digits) if len(digits) > _TAIL_DIGITS else None
    asked = {"now": given.now, "tail": tail, "whole": whole, "why": why, "source": source}
    ticket = _paid(database, _NUMBER_ASK, asked, given)
    with database.transaction(given.actor) as connection:
        rows = connection.execute(text(_NUMBER_GET), {"ticket": ticket}).all()
    return [dict(row._mapping) | {"id": str(row.id)} for row in rows]


def _check_reason(why: str) -> None:
    if not SHORTEST_REASON <= len(why.strip()) <= LONGEST_REASON:
        raise InvalidInput(
            "请写明查看的理由（{n} 到 {most} 个字）。", n=SHORTEST_REASON, most=LONGEST_REASON
        )


def _paid(database: Database, sql: str, asked: dict[str, Any], given: Circumstances) -> int:
    """The ticket of a row in the trail that is committed by now."""
    try:
        with database.transaction(given.actor) as connection:
            return _ticket(connection, sql, asked)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise NotAllowed("你不能查看这里的全文。") from error


def _ticket(connection: Connection, sql: str, asked: dict[str, Any]) -> int:
    number: int = connection.execute(text(sql), asked).scalar_one()
    return number


def _opened(row: Row[Any], ring: Sealer) -> Revealed:
    def opened(value: bytes | None, field: str) -> str | None:
        if value is None:
            return None
        return sealing.unseal(ring, bytes(value), field=field, row=row.id)

    prefix = "report.reporter" if row.kind == "report" else "person"
    separator = "_" if row.kind == "report" else "."
    return Revealed(
        row.name or opened(row.name_sealed, "report.reporter_name"),
        opened(row.phone_sealed, f"{prefix}{separator}phone"),
        opened(row.identity_sealed, "person.identity"),
        opened(row.notes_sealed, "person.notes"),
    )
