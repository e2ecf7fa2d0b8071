"""What an import is told, and what it works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from gridmap.database import Database
from gridmap.operations.circumstances import Circumstances

ALL_ROWS = range(2**31)


@dataclass(frozen=True)
class ImportRequest:
    """A file, what kind of rows it holds, and how it is to be read.

    ``mapping`` holds overrides of the form field=COLUMN; ``parent`` is the code of the region
    that regions and grids lie in where the file does not say; ``since`` begins the validity of
    boundaries (None: for ever back, for codes that are new); ``snap_m`` closes slivers.
    """

    kind: str
    file: Path
    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    mapping: tuple[str, ...] = ()
    parent: str | None = None
    level: int | None = None
    since: datetime | None = None
    snap_m: float = 0.0
    as_is: bool = False
    keep_good: bool = False


@dataclass(frozen=True)
class Importing:
    """One import under way: its id, its request, who imports, and where."""

    id: UUID
    request: ImportRequest
    given: Circumstances
    database: Database
    progress: Callable[[int], None] = lambda rows: None


@dataclass(frozen=True)
class Counts:
    """What loading did, or would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True)
class Loading:
    """What the loading of one kind works with: a transaction of the importer's own viewer.

    ``rows`` are the file's row numbers to be loaded, where they are not all.
    """

    connection: Connection
    importing: Importing
    rows: range = ALL_ROWS

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters that every statement of a load may name."""
        given = self.importing.given
        return {
            "import": self.importing.id,
            "now": given.now,
            "actor": str(given.actor),
            "since": self.importing.request.since,
            "first": self.rows[0],
            "last": self.rows[-1],
        }
