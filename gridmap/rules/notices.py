"""Who is told of what: declared as data, at once or in the daily digest.

At once is what somebody must act on; nobody is told of what they did themselves. A reporter is
no account: what becomes of a report is seen by its code.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gridmap import area

Who = TypeVar("Who")

HOLDER, CENTER, LEVEL, CALLED, LATE, NAMED = (
    "holder",
    "center",
    "level",
    "called",
    "late",
    "named",
)
AUDIENCES = {
    HOLDER: ("你是经办人", "You hold it"),
    CENTER: ("发生在你们中心的辖区", "It lies in the area of your center"),
    LEVEL: ("超期，上报到你们这一级", "It is overdue and has climbed to your level"),
    CALLED: ("吹哨叫了你们部门", "Your department is called in"),
    LATE: ("吹哨叫了你们部门，时限已到，还没有报到", "Your department is called in and is late"),
    NAMED: ("由你接手", "You take over"),
}
"""To whom something is told, and the reason that they read."""


@dataclass(frozen=True)
class Rule:
    """One audience of a kind of event; with ``fact`` only where that fact is one of ``among``."""

    to: str
    at_once: bool
    fact: str = ""
    among: tuple[Any, ...] = ()


def _now(*to: str) -> tuple[Rule, ...]:
    return tuple(Rule(one, at_once=True) for one in to)


def _daily(*to: str) -> tuple[Rule, ...]:
    return tuple(Rule(one, at_once=False) for one in to)


_PRESSING = (80, 100)
TOLD: dict[str, tuple[Rule, ...]] = {
    "IncidentReported": (*_now(HOLDER), *_daily(CENTER)),
    "IncidentMoved": _now(HOLDER),
    "IncidentAccepted": (),
    "IncidentVerified": _daily(CENTER),
    "IncidentDispatched": _now(HOLDER),
    "IncidentBegun": (),
    "IncidentResolved": _daily(CENTER),
    "IncidentFiled": (),
    "IncidentReopened": (*_now(HOLDER), *_daily(CENTER)),
    "IncidentSupervised": _now(HOLDER, CENTER),
    "IncidentHandedOver": (*_now(HOLDER), *_daily(CENTER)),
    "IncidentInherited": _now(HOLDER),
    "IncidentRecategorized": _daily(HOLDER),
    "IncidentCorrected": (),
    "IncidentMerged": _daily(HOLDER),
    "IncidentRated": _daily(HOLDER, CENTER),
    "IncidentNoted": (),
    "IncidentEscalated": (*_now(LEVEL), *_daily(HOLDER, CENTER)),
    "LimitNeared": (
        *(Rule(to, True, "share", _PRESSING) for to in (HOLDER, CENTER)),
        *_daily(HOLDER, CENTER),
    ),
    "ClockPaused": _daily(HOLDER),
    "ClockResumed": _now(HOLDER),
    "DepartmentsWhistled": (*_now(CALLED), *_daily(HOLDER)),
    "DepartmentArrived": _daily(CENTER),
    "DepartmentLate": _now(LATE, CENTER),
    "DepartmentAnswered": _daily(HOLDER, CENTER),
    "ReporterCalledBack": _daily(HOLDER, CENTER),
    "AttachmentAdded": (),
    "HouseholdsConcerned": (),
    "VisitMade": (),
    "HouseholdVisited": (),
    "StandInNamed": _now(NAMED),
    "WorkerSucceeded": _now(NAMED),
    "BoundaryPublished": (),
    "ImportLoaded": (),
    "ImportTakenBack": (),
    "PlacesReassigned": (),
    "IndexPublished": (),
    "SampleRemoved": (),
}
"""Kind of event → who is told. A kind that tells nobody is here, too: somebody decided so."""


def rules_for(kind: str, facts: Mapping[str, Any]) -> list[Rule]:
    """The rules that an event fulfils: the first for each audience."""
    first: dict[str, Rule] = {}
    for rule in TOLD.get(kind, ()):
        if not rule.fact or facts.get(rule.fact) in rule.among:
            first.setdefault(rule.to, rule)
    return list(first.values())


def nearest(by_path: Mapping[str, Sequence[Who]], path: str) -> Sequence[Who]:
    """Whoever is at a path, else at the next one above that has anybody; the last is everything."""
    for one in (path, *reversed(area.parents(path)), area.EVERYTHING):
        if by_path.get(one):
            return by_path[one]
    return ()


@dataclass(frozen=True)
class Telling:
    """One thing to tell one person: the event's batch, kind and subject, and the rule."""

    who: Hashable
    batch: Hashable
    kind: str
    subject: tuple[int, str, Any]
    """County, kind and id of what the event is about."""
    path: str
    rule: Rule


@dataclass
class Notice:
    """What one person is told of one batch: the most pressing of it first, and what else."""

    first: Telling
    kinds: dict[str, int] = field(default_factory=dict)
    subjects: list[tuple[int, str, Any]] = field(default_factory=list)


def fold(tellings: Iterable[Telling]) -> list[Notice]:
    """One batch is one notice for each person, at once where any part of it is."""
    made: dict[tuple[Hashable, Hashable], Notice] = {}
    told: set[tuple[Hashable, ...]] = set()
    for one in tellings:
        same = (one.who, one.batch, one.kind, one.subject)
        notice = made.setdefault((one.who, one.batch), Notice(one))
        if _weight(one.rule) > _weight(notice.first.rule):
            notice.first = one
        if same not in told:
            told.add(same)
            notice.kinds[one.kind] = notice.kinds.get(one.kind, 0) + 1
        if one.subject not in notice.subjects:
            notice.subjects.append(one.subject)
    return list(made.values())


def _weight(rule: Rule) -> tuple[bool, bool]:
    """What must be acted on comes first, and of that what has climbed to the reader."""
    return rule.at_once, rule.to == LEVEL
