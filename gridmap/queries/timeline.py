"""What happened to an incident, told by its own events, in words."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

_TIMELINE = """
SELECT DISTINCT ON (at, xid, kind) at, xid, id, kind, data,
       CASE WHEN actor LIKE 'job:%' THEN '' WHEN actor LIKE 'follow:%' THEN '上报人'
            ELSE guard.display(actor) END AS who
  FROM event WHERE subject_id = :id AND subject_kind = 'incident'
 ORDER BY at DESC, xid DESC, kind, id DESC
"""
KINDS = {
    "IncidentReported": ("上报", "Reported"),
    "IncidentMoved": ("改位置", "Point moved"),
    "IncidentAccepted": ("签收", "Accepted"),
    "IncidentVerified": ("核实", "Verified"),
    "IncidentDispatched": ("派办", "Dispatched"),
    "IncidentBegun": ("开始", "Begun"),
    "IncidentResolved": ("办结", "Resolved"),
    "IncidentFiled": ("归档", "Filed"),
    "IncidentReopened": ("重新办理", "Reopened"),
    "IncidentSupervised": ("督办", "Supervised"),
    "DepartmentsWhistled": ("吹哨", "Whistled"),
    "DepartmentArrived": ("报到", "Arrived"),
    "DepartmentLate": ("部门未到", "Department late"),
    "DepartmentAnswered": ("部门答复", "Answered"),
    "IncidentInherited": ("接手", "Taken over"),
    "HouseholdsConcerned": ("涉及住户", "Households"),
    "IncidentHandedOver": ("交接", "Handed over"),
    "ClockPaused": ("暂停", "Paused"),
    "ClockResumed": ("恢复", "Resumed"),
    "IncidentRecategorized": ("改类别", "Recategorized"),
    "IncidentCorrected": ("导入更正", "Corrected by a file"),
    "IncidentMerged": ("并案", "Merged"),
    "IncidentRated": ("评价", "Rated"),
    "ReporterCalledBack": ("回访", "Called back"),
    "IncidentNoted": ("记录", "Noted"),
    "LimitNeared": ("催办", "Limit neared"),
    "IncidentEscalated": ("上报上级", "Escalated"),
    "AttachmentAdded": ("附件", "Attachment"),
    "VisitMade": ("走访", "Visit"),
}


def entries(connection: Connection, row: Row[Any]) -> list[dict[str, Any]]:
    """What happened, the newest first; an act told at two places is one entry.

    ``row`` is the incident's. What came by import has no events of its own: that it was received
    and resolved is then told by its times.
    """
    told = connection.execute(text(_TIMELINE), {"id": row.id}).all()
    found = [_entry(event.kind, event.at, event.who, event.data) for event in told]
    kinds = {event.kind for event in told}
    for kind, at in (("IncidentResolved", row.resolved_at), ("IncidentReported", row.received_at)):
        if at is not None and kind not in kinds:
            found.append(_entry(kind, at, "", {}))
    return sorted(found, key=lambda entry: str(entry["at"]), reverse=True)


def _entry(kind: str, at: datetime, who: str, data: dict[str, Any]) -> dict[str, Any]:
    zh, en = KINDS.get(kind, (kind, kind))
    return {
        "at": at.isoformat(),
        "kind": kind,
        "zh": zh,
        "en": en,
        "who": who,
        "words": data.get("words", ""),
        "facts": data.get("facts", {}),
    }
