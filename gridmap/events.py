"""What happened, in the past tense: written once, with the change it tells of.

Every event is a row of the append-only table ``event``; the class name is its kind.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Something that happened to one subject at one place."""

    subject_kind: ClassVar[str]
    county: int
    path: str
    subject: UUID

    @property
    def kind(self) -> str:
        """The name under which the event is kept."""
        return type(self).__name__

    @property
    def data(self) -> dict[str, Any]:
        """What the event says beyond its subject and place, fit for JSON."""
        return {key: value for key, value in asdict(self).items() if key not in _COMMON}


_COMMON = ("county", "path", "subject")


@dataclass(frozen=True)
class IncidentReported(Event):
    """A report came in and was assigned."""

    subject_kind = "incident"
    how: str
    certain: bool
    category: int
    severity: int


@dataclass(frozen=True)
class IncidentMoved(Event):
    """An incident's point was moved, and everything derived from it again."""

    subject_kind = "incident"
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class IncidentStepped(Event):
    """A step in the life of an incident; ``facts`` hold what the step came with."""

    subject_kind = "incident"
    before: str
    after: str
    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class IncidentAccepted(IncidentStepped):
    """Its holder has seen it."""


class IncidentVerified(IncidentStepped):
    """Somebody looked and found it to be so."""


class IncidentDispatched(IncidentStepped):
    """A center gave it to a holder."""


class IncidentBegun(IncidentStepped):
    """Its holder works on it."""


class IncidentResolved(IncidentStepped):
    """It came to an outcome; its clock stopped."""


class IncidentFiled(IncidentStepped):
    """It was put on file."""


class IncidentReopened(IncidentStepped):
    """It is worked again; its clock runs on."""


class IncidentSupervised(IncidentStepped):
    """A higher level watches and presses."""


class DepartmentsWhistled(IncidentStepped):
    """A center called departments in."""


class DepartmentArrived(IncidentStepped):
    """A department that was called checked in."""


class IncidentHandedOver(IncidentStepped):
    """Its holder said "not my grid"; the neighbor has it now."""


class ClockPaused(IncidentStepped):
    """Its clock stands still, for a reason."""


class ClockResumed(IncidentStepped):
    """Its clock runs again."""


class IncidentRecategorized(IncidentStepped):
    """It is of another category; the time used stays used."""


class IncidentCorrected(IncidentStepped):
    """A file that was imported again says otherwise of its state, severity or category."""


class IncidentMerged(IncidentStepped):
    """It is the same as another one, which has its reports now."""


class IncidentRated(IncidentStepped):
    """Its reporter said how well it was done."""


class ReporterCalledBack(IncidentStepped):
    """Somebody asked the reporter afterwards."""


class IncidentNoted(IncidentStepped):
    """Somebody wrote something down."""


class LimitNeared(IncidentStepped):
    """A share of its time limit is used up."""


class IncidentEscalated(IncidentStepped):
    """It is overdue and has climbed to the next level."""


class AttachmentAdded(IncidentStepped):
    """A photo or document was added."""


class HouseholdsConcerned(IncidentStepped):
    """Households were put to an incident, or taken from it again."""


class VisitMade(IncidentStepped):
    """Somebody was there and says what was seen."""


class DepartmentLate(IncidentStepped):
    """A called department had not arrived when its time was over."""


class DepartmentAnswered(IncidentStepped):
    """A department said what came of what it was asked."""


class IncidentInherited(IncidentStepped):
    """Its holder left; a successor has it now."""


@dataclass(frozen=True)
class HouseholdVisited(Event):
    """Somebody visited a household; what was seen stays with the visit."""

    subject_kind = "household"
    facts: dict[str, Any]


@dataclass(frozen=True)
class StandInNamed(Event):
    """A worker is away, and somebody holds the queue until the return; the subject is that one."""

    subject_kind = "staff"
    facts: dict[str, Any]


@dataclass(frozen=True)
class WorkerSucceeded(Event):
    """A worker left, and a successor, the subject, has all that was held."""

    subject_kind = "staff"
    facts: dict[str, Any]


@dataclass(frozen=True)
class BoundaryPublished(Event):
    """Boundaries of a county came into force."""

    subject_kind = "region"
    layer: str
    count: int


@dataclass(frozen=True)
class ImportLoaded(Event):
    """A file's rows were loaded."""

    subject_kind = "import"
    what: str
    added: int
    changed: int


@dataclass(frozen=True)
class ImportTakenBack(Event):
    """A file's rows were taken out again."""

    subject_kind = "import"
    what: str
    removed: int


@dataclass(frozen=True)
class PlacesReassigned(Event):
    """Incidents or households were assigned anew, in bulk."""

    subject_kind = "assignment"
    what: str
    count: int


@dataclass(frozen=True)
class IndexPublished(Event):
    """The safety index of a month came out for an area and all regions in it."""

    subject_kind = "index"
    month: str
    regions: int
    formula_version: int


@dataclass(frozen=True)
class SampleRemoved(Event):
    """The made-up county was taken out."""

    subject_kind = "region"
    code: str
