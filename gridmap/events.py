"""What happened, in the past tense: written once, with the change it tells of.

Every event is a row of the append-only table ``event``; the class name is its kind.
"""

from dataclasses import asdict, dataclass
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
class SampleRemoved(Event):
    """The made-up county was taken out."""

    subject_kind = "region"
    code: str
