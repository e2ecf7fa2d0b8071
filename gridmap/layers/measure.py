"""What every measure says of itself: what it counts, per what, and its classes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from gridmap.heat import Heat
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
    heat: Heat | None = None
    """The packed columns; without them all is counted from the table, uncommitted rows too."""
    now: datetime | None = None
    """When it is asked, for measures whose rules have versions."""
    against: Filters | None = None
    """The days that it is compared with, for measures of change; None: as many just before."""


@dataclass(slots=True)  # not frozen: thousands are made for one answer
class Figure:
    """The answer for one area; ``rate`` is in the measure's unit, ``base`` its denominator."""

    count: int
    base: float | None
    rate: float | None
    class_: int | None
    thin: bool
    sign: str | None = None
    """What is drawn over the area in ink: one of the measure's ``signs``."""
    at: tuple[float, float] | None = None
    """Where the sign stands: lon and lat, EPSG:4326."""


class Sign(NamedTuple):
    """A sign that a measure sets over an area: its picture's name, and what it means."""

    id: str
    words: Words


class Named(NamedTuple):
    """A class that is a word and not a span of numbers."""

    token: str
    words: Words


@dataclass(frozen=True)
class Measure:
    """One measure that can color areas; ``figures`` answers a question, path by path.

    Its classes are spans of numbers, or ``named`` from class 0 up.
    """

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
    named: tuple[Named, ...] = ()
    few: bool = False
    """Whether areas with too few cases are hatched although the classes are named."""
    hatched: Words = Words(f"少于 {THIN_BELOW} 起", f"under {THIN_BELOW}")
    """Why an area is hatched and has no class."""
    said: Words | None = None
    """What stands beside an area's number, ``{n}`` its count; None: cases in so many days."""
    signs: tuple[Sign, ...] = ()
    """What may be drawn in ink over the color."""
    stale_on: tuple[str, ...] = ("IncidentReported", "IncidentMoved")
    days: Callable[[Filters], Filters] = lambda filters: filters
    """Which days it is about, where these are not those of the filters."""

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
            "few": self.few,
            "hatched": self.hatched._asdict(),
            "said": self.said._asdict() if self.said else None,
            "signs": [{"id": one.id} | one.words._asdict() for one in self.signs],
            "named": [{"token": one.token} | one.words._asdict() for one in self.named],
        }
