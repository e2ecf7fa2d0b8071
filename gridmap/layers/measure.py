"""What every measure says of itself: what it counts, per what, and its classes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gridmap.layers.base import Words
from gridmap.queries.filters import Filters

THIN_BELOW = 5
"""Under this many cases an area is hatched and has no class: too few for statistics."""

RATE_DAYS = 30
CLASSES = 5
PALETTE = tuple(f"--seq-{n}" for n in range(CLASSES))


@dataclass(frozen=True)
class Question:
    """Which areas are asked about: those of a level (depth of path) within an area."""

    within: str
    depth: int
    filters: Filters
    zone: str


@dataclass(slots=True)  # not frozen: thousands are made for one answer
class Figure:
    """The answer for one area; ``rate`` is in the measure's unit, ``base`` its denominator."""

    count: int
    base: float | None
    rate: float | None
    class_: int | None
    thin: bool


@dataclass(frozen=True)
class Measure:
    """One measure that can color areas; ``figures`` answers a question, path by path."""

    id: str
    order: int
    title: Words
    unit: Words
    what: str
    denominator: str | None
    figures: Callable[[Connection, "Measure", Question], dict[str, Figure]]
    layers: tuple[str, ...] = ("grids", "regions")
    palette: tuple[str, ...] = PALETTE
    kinds: tuple[str, ...] = ()
    stale_on: tuple[str, ...] = ("IncidentReported", "IncidentMoved")

    def describe(self) -> dict[str, Any]:
        """What the catalog says of the measure."""
        return {
            "id": self.id,
            "title": self.title._asdict(),
            "unit": self.unit._asdict(),
            "denominator": self.denominator,
            "layers": list(self.layers),
            "palette": list(self.palette),
            "kinds": list(self.kinds),
        }
