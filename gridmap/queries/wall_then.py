"""How things stood at a past moment, as SQL: for a drill, in which a wall replays a day.

What is open is found by indexes that hold only what is open, so the words for now and for then
differ. Times that may have been changed since, as a limit moved by a pause, are as they stand.
"""

_OPEN = {
    "warning": ("w.closed_at IS NULL", "w.closed_at IS NULL OR w.closed_at > :now", "w.since"),
    "whistle": (
        "e.answered_at IS NULL",
        "e.answered_at IS NULL OR e.answered_at > :now",
        "e.asked_at",
    ),
}
_RUNNING = "i.state NOT IN ('resolved', 'filed') AND i.clock = 'running'"


def still_open(what: str, *, past: bool) -> str:
    """Whether a ``warning`` (alias w) or a ``whistle`` (alias e) is open, now or at ``:now``."""
    now, then, begin = _OPEN[what]
    return f"({then}) AND {begin} <= :now" if past else now


def by_then(column: str, *, past: bool) -> str:
    """A time, or NULL where it lies after ``:now``."""
    return f"CASE WHEN {column} <= :now THEN {column} END" if past else column


def late(*, past: bool, end: str = ":end") -> str:
    """Whether an incident (alias i) was past its limit and not resolved at a moment.

    Of now it is asked in the words of the index on what can become late.
    """
    due = f"i.due_at < {end} AND i.received_at < {end}"
    if not past:
        return f"{due} AND {_RUNNING}"
    return f"{due} AND ({_RUNNING} OR i.resolved_at >= {end})"


STATE_THEN = """
COALESCE((SELECT e.kind FROM event AS e
           WHERE e.subject_id = i.id AND e.county = i.county AND e.at <= :now
             AND e.kind = ANY(:stepping) ORDER BY e.at DESC LIMIT 1),
         CASE WHEN i.resolved_at <= :now THEN 'IncidentResolved' ELSE 'IncidentReported' END)
"""
STEPPED_TO = {
    "IncidentReported": "taken_in",
    "IncidentVerified": "verified",
    "IncidentDispatched": "dispatched",
    "IncidentBegun": "under_way",
    "IncidentReopened": "under_way",
    "IncidentResolved": "resolved",
    "IncidentMerged": "resolved",
    "IncidentFiled": "filed",
}
"""The state to which the last event of an incident had led."""
