"""What later tables of a load of the made-up county need of earlier ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gridmap import ids
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import Store, insert_columns
from gridmap.queries.locate_many import Territory


class Home(NamedTuple):
    """The household that a code stands for."""

    county: int
    id: bytes
    path: str


@dataclass
class Loading:
    """What later tables of a load need of earlier ones."""

    connection: Connection
    given: Circumstances
    last_day: date
    since: datetime
    store: Store = insert_columns
    counties: dict[str, int] = field(default_factory=dict)
    county_depth: int = 0
    ids: dict[str, dict[str, bytes]] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    known: Territory | None = None
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)

    def named(self, table: str, codes: Sequence[str]) -> list[bytes]:
        """New ids for the codes of a table, remembered for those that refer to them."""
        made = ids.many(self.given.now, len(codes))
        self.ids.setdefault(table, {}).update(zip(codes, made, strict=True))
        return made

    def of(self, table: str, codes: Iterable[str]) -> list[bytes]:
        """The ids that a table's codes were given."""
        known = self.ids[table]
        return [known[code] for code in codes]

    def county(self, path: str) -> int:
        """The county's number of a path; 0 above the counties."""
        head = "/".join(path.split("/")[: self.county_depth]) + "/"
        return self.counties.get(head, 0)

    def moment(self, days_ago: int, second: int) -> datetime:
        """A local second of a day before the sample's last day."""
        begin = _beginning(self.last_day, int(days_ago), self.given.zone)
        return begin + timedelta(seconds=int(second))


@lru_cache(maxsize=4_096)
def _beginning(last_day: date, days_ago: int, zone: str) -> datetime:
    """When a local day begins; a few thousand days hold all events there are."""
    return datetime.combine(last_day - timedelta(days=days_ago), time(), ZoneInfo(zone))
