"""What grows is cut back: what was told and delivered after its days, sums to a row an area."""

from datetime import timedelta

from sqlalchemy import text

from gridmap.database import Database
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.telling import TELLER
from gridmap.queries import policies

MOST_AT_ONCE = 10_000
"""So many of each go in one pass; the next one takes the rest."""

_NOTICES = """
DELETE FROM notice WHERE id IN (
    SELECT id FROM notice WHERE told_at < :before ORDER BY told_at LIMIT :most)
"""
# one that is still to be tried waits, however old its event is
_DELIVERIES = """
DELETE FROM delivery AS d USING (
    SELECT o.webhook, o.event FROM delivery AS o
      JOIN event AS e ON e.county = o.county AND e.id = o.event
     WHERE o.next_at IS NULL AND e.at < :before ORDER BY e.at LIMIT :most) AS old
 WHERE d.webhook = old.webhook AND d.event = old.event
"""


def clear_told(database: Database, given: Circumstances) -> tuple[int, int]:
    """Deletes notices and deliveries whose days are over; returns how many of each."""
    with database.transaction(TELLER) as connection:
        days = policies.policy(connection, "keep_days", at=given.now)
        gone = [
            connection.execute(
                text(sql),
                {"before": given.now - timedelta(days=days[name]), "most": MOST_AT_ONCE},
            ).rowcount
            for sql, name in ((_NOTICES, "notices"), (_DELIVERIES, "deliveries"))
        ]
    return gone[0], gone[1]


def merge_sums(database: Database) -> None:
    """Makes one row of each sum, of which every change appends one."""
    with database.transaction(TELLER) as connection:
        connection.execute(text("SELECT guard.merge_rate_bases(), guard.merge_day_tallies()"))
