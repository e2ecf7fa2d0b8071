"""Deciding a policy: the next version, from a day on; what is open follows new working hours."""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, text

from gridmap import access
from gridmap.clock import day_bounds, local_day
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.limits import CLOCK, settle_open
from gridmap.operations.trail import note
from gridmap.rules import policies

_NEXT = """
INSERT INTO policy (name, version, since, value, written_by)
SELECT :name, COALESCE(max(version), 0) + 1, :since, CAST(:value AS jsonb), :by
  FROM policy WHERE name = :name
"""


def decide(
    connection: Connection,
    name: str,
    fields: Mapping[str, str],
    *,
    from_day: date | None,
    given: Circumstances,
) -> None:
    """Writes the next version of a policy; it holds from the day on, of today from now on.

    Of several versions whose day has come the one that was written last holds. Raises NotAllowed
    without the right, InvalidInput for a value that cannot be, an unknown policy or a past day.
    """
    if not access.may(connection, "catalog", "w"):
        raise NotAllowed("规则只有管全部区域的管理员能改。")
    value = policies.parsed(name, fields)
    today = local_day(given.now, given.zone)
    if from_day and from_day < today:
        raise InvalidInput("规则只能从今天或以后的日子起，收到“{day}”。", day=str(from_day))
    later = from_day is not None and from_day > today
    since = day_bounds(from_day, from_day, given.zone)[0] if later and from_day else given.now
    told = {"name": name, "value": value, "since": since}
    asked = {"name": name, "since": since, "by": str(given.actor)}
    connection.execute(text(_NEXT), asked | {"value": json.dumps(value, ensure_ascii=False)})
    note(connection, "policy_set", kind="policy", given=given, data=told)


_BEHIND = """
SELECT EXISTS (
    SELECT FROM incident AS i
     WHERE i.state NOT IN ('resolved', 'filed') AND i.limit_min IS NOT NULL
       AND i.clock_at < (SELECT p.since FROM policy AS p
                          WHERE p.name = 'working_hours' AND p.since <= :now
                          ORDER BY p.version DESC LIMIT 1))
"""


def follow_hours(database: Database, given: Circumstances) -> bool:
    """Reads the open clocks anew once new working hours hold; says whether there was need to."""
    with database.transaction(CLOCK) as connection:
        behind = bool(connection.scalar(text(_BEHIND), {"now": given.now}))
        if behind:
            settle_open(connection, given)
        return behind
