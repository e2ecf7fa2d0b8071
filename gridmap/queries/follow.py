"""What a reporter learns of the own report: who has it, what was done; of others nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import Viewer
from gridmap.queries import case, describe, holders, policies
from gridmap.rules import life


@dataclass(frozen=True)
class Followed:
    """A report, the incident that it belongs to now, and the one that it began."""

    report: UUID
    county: int
    incident: UUID
    first: UUID
    first_number: str

    @property
    def viewer(self) -> Viewer:
        """Who follows by code: sees this incident and none other."""
        return Viewer("follow", str(self.report))


_BY_CODE = """
SELECT r.id, r.county, r.incident, t.answer->>'id' AS first, t.answer->>'number' AS number
  FROM report AS r JOIN receipt AS t ON t.id = r.id AND t.kind = 'report'
 WHERE r.follow_code_hash = :hash
"""


def by_code(connection: Connection, hashed: bytes) -> Followed | None:
    """The report of a code, by the keyed hash of it."""
    row = connection.execute(text(_BY_CODE), {"hash": hashed}).first()
    if row is None:
        return None
    return Followed(row.id, row.county, row.incident, UUID(row.first), row.number)


_HOLDER = f"""
SELECT s.name AS worker, n.name AS center, n.phone, d.name AS department
  FROM incident AS i {case.HOLDER} WHERE i.county = :county AND i.id = :id
"""


def whose(connection: Connection, row: Row[Any], *, now: datetime) -> dict[str, Any]:
    """Whose grid it is, by name: village, grid number, worker; and the center with its phone."""
    held = connection.execute(text(_HOLDER), {"county": row.county, "id": row.id}).one()
    names = describe.names_above(connection, [row.path], now)
    depth = holders.answering_depth(holders.levels(connection))
    center = holders.center_above(connection, row.path, depth)
    above = [names[one] for one in area.parents(row.path) if one in names]
    is_grid = bool(row.path) and row.path not in names
    return {
        "village": above[-1] if is_grid and above else names.get(row.path),
        "grid": row.path.split("/")[-2] if is_grid else None,
        "worker": held.worker,
        "holder": held.worker or held.department or held.center,
        "center": {"name": center.name, "phone": center.phone} if center else None,
    }


_TOLD = """
SELECT DISTINCT ON (at, xid, kind) at, kind, data FROM event
 WHERE subject_kind = 'incident' AND kind = ANY(:kinds)
   AND (subject_id = :first
        OR (subject_id = :incident AND at >= COALESCE(:since, CAST('-infinity' AS timestamptz))))
 ORDER BY at, xid, kind, id
"""
_MERGED_AT = """
SELECT min(at) FROM event WHERE subject_id = :first AND kind = 'IncidentMerged'
"""
KINDS = {
    "IncidentReported": ("已受理", "Taken in"),
    "IncidentAccepted": ("经办人已看到", "Seen by who works on it"),
    "IncidentVerified": ("已核实情况", "Checked and found to be so"),
    "IncidentDispatched": ("已派人办理", "Given to someone to work on"),
    "IncidentBegun": ("开始办理", "Work has begun"),
    "DepartmentsWhistled": ("已叫相关部门到场", "Departments were called in"),
    "DepartmentArrived": ("部门已到场", "A department arrived"),
    "IncidentHandedOver": ("已转给相邻网格", "Handed to the neighboring grid"),
    "IncidentEscalated": ("超过时限，已报上一级", "Overdue; the next level was told"),
    "IncidentSupervised": ("上级已督办", "A higher level presses"),
    "ClockPaused": ("暂时等待", "Waiting"),
    "ClockResumed": ("继续办理", "Work goes on"),
    "IncidentResolved": ("已办结", "Resolved"),
    "IncidentMerged": ("和另一件是同一件事，合在一起办", "The same as another report; one work"),
    "IncidentReopened": ("重新办理", "Worked on again"),
    "IncidentRated": ("已收到评价", "Rated"),
    "IncidentFiled": ("已归档", "Filed"),
}
"""Which events a reporter hears of, and how they are called."""
_WITH_WORDS = {"IncidentResolved"}
"""What is written for the reporter; all other words are among the staff."""


def page(
    connection: Connection,
    followed: Followed,
    *,
    now: datetime,
    zone: str,
    hide: Callable[[str], str],
) -> dict[str, Any]:
    """State, steps so far in plain words, and what the reporter may do now.

    Of the staff only the name of who holds it is told; of other reports nothing. What the staff
    wrote goes through ``hide``.
    """
    row = case.found(connection, followed.county, followed.incident)
    days = policies.policy(connection, "file_unrated_after_days", at=now)
    offered = life.offered(case.as_case(row), {life.REPORTER}, now=now, unrated_days=days)
    zh, en = life.STATES[row.state]
    return {
        "zone": zone,
        "number": followed.first_number,
        "together_with": row.number if followed.first != followed.incident else None,
        "state": {"id": row.state, "zh": zh, "en": en},
        "received_at": row.received_at.isoformat(),
        "whose": whose(connection, row, now=now),
        "steps": _steps(connection, followed, hide),
        "photos": _photos(connection, followed),
        "may_rate": any(step.id == "rate" for step in offered),
        "own": _own(connection, followed),
    }


_OWN = """
SELECT words, rating, received_at FROM report
 WHERE county = :county AND incident = :incident AND (id = :id OR continues = :id)
 ORDER BY received_at, continues IS NOT NULL, id
"""


def _own(connection: Connection, followed: Followed) -> dict[str, Any]:
    """What the reporter wrote, as it was written, and the own rating."""
    rows = connection.execute(
        text(_OWN),
        {"county": followed.county, "incident": followed.incident, "id": followed.report},
    ).all()
    return {
        "words": [
            {"words": row.words, "at": row.received_at.isoformat()} for row in rows if row.words
        ],
        "rating": next((row.rating for row in rows if row.rating), None),
    }


def _steps(
    connection: Connection, followed: Followed, hide: Callable[[str], str]
) -> list[dict[str, Any]]:
    given = {"kinds": list(KINDS), "first": followed.first, "incident": followed.incident}
    merged = followed.first != followed.incident
    since = connection.scalar(text(_MERGED_AT), {"first": followed.first}) if merged else None
    told = connection.execute(text(_TOLD), given | {"since": since})
    return [
        _step(row, hide(row.data.get("words", "")) if row.kind in _WITH_WORDS else "")
        for row in told
    ]


def _step(row: Row[Any], words: str) -> dict[str, Any]:
    zh, en = KINDS[row.kind]
    told = {"at": row.at.isoformat(), "kind": row.kind, "zh": zh, "en": en, "words": words}
    return told | _more(row.data.get("facts", {}))


def _more(facts: dict[str, Any]) -> dict[str, Any]:
    """Who has it now, which departments, how it ended, what is waited for: names and choices."""
    holder = facts.get("holder")
    who = holder.get("name") if isinstance(holder, dict) else holder
    ended = life.OUTCOMES.get(facts.get("outcome", ""))
    pause = life.PAUSES.get(facts.get("pause", ""))
    choice = ended or pause
    return {
        "who": "、".join(facts.get("departments", [])) or who,
        "choice": {"zh": choice[0], "en": choice[1]} if choice else None,
        "elsewhere": facts.get("with"),
    }


def _photos(connection: Connection, followed: Followed) -> int:
    sql = """SELECT count(*) FROM attachment
              WHERE incident = ANY(:incidents) AND complete AND added_by = :by"""
    incidents = [followed.first, followed.incident]
    return connection.scalar(text(sql), {"incidents": incidents, "by": str(followed.viewer)}) or 0
