"""Reports by residents, who have no account: taken in once, followed by a code ever after."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import sealing
from gridmap.access import INTAKE, Viewer
from gridmap.database import Database
from gridmap.errors import Conflict, InvalidInput, NotFound
from gridmap.events import IncidentNoted
from gridmap.operations import attachments, intake
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.intake import LONGEST_WORDS, NewReport
from gridmap.operations.record import close_receipt, content_hash, open_receipt, record
from gridmap.queries import case, follow
from gridmap.queries.follow import Followed
from gridmap.rules import follow_code
from gridmap.sealing import Sealer

CHANNEL = "resident"
SHORTEST_SECRET, LONGEST_SECRET = 16, 100


@dataclass(frozen=True)
class Sent:
    """What a resident's page sends: the report, and what only its sender knows.

    ``secret`` is made by the page and kept with the draft, so that a second send gets the same
    code as the first and nobody else can ask for it. ``photos`` are the ids and names of what
    will follow.
    """

    report: NewReport
    secret: str
    wants_no_name: bool = False
    photos: Sequence[tuple[UUID, str]] = ()


@dataclass(frozen=True)
class Receipt:
    """What the sender keeps. ``changed``: it was there already, with other content than this."""

    number: str
    code: str
    new: bool
    changed: bool
    whose: dict[str, Any]


def send(database: Database, sent: Sent, given: Circumstances) -> Receipt:
    """Takes a resident's report in, once, however often and wherever it is sent.

    The same id again is the same report. With other content (a corrected pin) nothing changes,
    and the receipt of the first one says so. Raises Conflict where the id is somebody else's,
    InvalidInput for what breaks a rule.
    """
    if not SHORTEST_SECRET <= len(sent.secret) <= LONGEST_SECRET:
        raise InvalidInput("secret 应有 16 到 100 个字符。")
    code = code_of(given.sealer, sent.report.id, sent.secret)
    acting = replace(given, actor=INTAKE)
    try:
        with database.transaction(INTAKE) as connection:
            taken = intake.report(connection, replace(sent.report, channel=CHANNEL), acting)
            if taken.located is not None:
                _promise(connection, sent, taken, code, acting)
    except Conflict:
        return _receipt(database, sent, code, acting, new=False, changed=True)
    return _receipt(database, sent, code, acting, new=taken.located is not None, changed=False)


def code_of(sealer: Sealer, id: UUID, secret: str) -> str:
    """The follow code: HMAC-SHA256 with the installation's key over id and secret, 80 bits."""
    message = f"follow:{id}:{secret}".encode()
    return follow_code.spell(hmac.digest(sealer.hash_key, message, sha256)[: follow_code.BYTES])


def _promise(
    connection: Connection, sent: Sent, taken: intake.Taken, code: str, given: Circumstances
) -> None:
    """Keeps with a new report the hash of its code, the wish for silence, and what will follow."""
    connection.execute(
        text(
            "UPDATE report SET follow_code_hash = :hash, wants_no_name = :quiet"
            " WHERE county = :county AND id = :id"
        ),
        {
            "hash": sealing.keyed_hash(given.sealer, code),
            "quiet": sent.wants_no_name,
            "county": taken.county,
            "id": sent.report.id,
        },
    )
    sender = replace(given, actor=Viewer("follow", str(sent.report.id)))
    attachments.announce(connection, taken.county, taken.id, sent.photos, sender)


def _receipt(
    database: Database, sent: Sent, code: str, given: Circumstances, *, new: bool, changed: bool
) -> Receipt:
    with database.transaction(INTAKE) as connection:
        followed = follow.by_code(connection, sealing.keyed_hash(given.sealer, code))
        if followed is None or followed.report != sent.report.id:
            raise Conflict("编号 {id} 已经用于别的内容；请换一个编号再提交。", id=sent.report.id)
        row = case.found(connection, followed.county, followed.incident)
        whose = follow.whose(connection, row, now=given.now)
    return Receipt(followed.first_number, code, new, changed, whose)


def is_known(database: Database, id: UUID) -> bool:
    """Whether a report with that id has arrived before: sending it again costs nothing."""
    with database.transaction(INTAKE) as connection:
        return bool(
            connection.scalar(text("SELECT count(*) FROM receipt WHERE id = :id"), {"id": id})
        )


def followed(database: Database, typed: str, given: Circumstances) -> Followed:
    """The report that a typed code belongs to; NotFound where there is none."""
    hashed = sealing.keyed_hash(given.sealer, follow_code.read(typed))
    with database.transaction(INTAKE) as connection:
        found = follow.by_code(connection, hashed)
    if found is None:
        raise NotFound("没有这个编码，请对照回执再输一次。")
    return found


_ADD = """
INSERT INTO report (county, id, incident, channel, words, received_at, continues)
VALUES (:county, :id, :incident, :channel, :words, :now, :report)
"""


def add_words(
    database: Database, one: Followed, *, id: UUID, words: str, given: Circumstances
) -> None:
    """Adds words of the reporter: as a report of their own, so that they can be erased with it.

    The same id twice is the same addition. Raises InvalidInput for none or too many words.
    """
    words = words.strip()
    if not words:
        raise InvalidInput("还没有写内容。")
    if len(words) > LONGEST_WORDS:
        raise InvalidInput("内容太长，最多 {most} 字。", most=LONGEST_WORDS)
    with database.transaction(INTAKE) as connection:
        content = content_hash([str(one.report), words])
        first = open_receipt(
            connection, id=id, kind="words", county=one.county, content=content, at=given.now
        )
        if first is not None:
            return
        row = case.found(connection, one.county, one.incident, lock=True)
        values = {"id": id, "words": words, "channel": CHANNEL, "report": one.report}
        place = {"county": row.county, "incident": row.id, "now": given.now}
        connection.execute(text(_ADD), values | place)
        happened = IncidentNoted(
            row.county, row.path, row.id, row.state, row.state, "", {"report": str(id)}
        )
        record(connection, happened, actor=one.viewer, at=given.now)
        close_receipt(connection, id=id, answer={})
