"""What later tables of a load of the made-up county need of earlier ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gridmap import ids
from gridmap.operations.circumstances import Circumstances
from gridmap.queries.locate_many import Territory


@dataclass
class Loading:
    """What later tables of a load need of earlier ones."""

    connection: Connection
    given: Circumstances
    last_day: date
    since: datetime
    counties: dict[str, int] = field(default_factory=dict)
    county_depth: int = 0
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)
    known: Territory | None = None
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)

    def named(self, table: str, codes: Iterable[str]) -> list[str]:
        """New ids for the codes of a table, remembered for those that refer to them."""
        made = {code: ids.uuid7(self.given.now) for code in codes}
        self.ids.setdefault(table, {}).update(made)
        return [str(id) for id in made.values()]

    def of(self, table: str, codes: Iterable[str]) -> list[str]:
        """The ids that a table's codes were given."""
        known = self.ids[table]
        return [str(known[code]) for code in codes]

    def county(self, path: str) -> int:
        """The county's number of a path; 0 above the counties."""
        head = "/".join(path.split("/")[: self.county_depth]) + "/"
        return self.counties.get(head, 0)

    def moment(self, days_ago: int, second: int) -> datetime:
        """A local second of a day before the sample's last day."""
        day = self.last_day - timedelta(days=int(days_ago))
        begin = datetime.combine(day, time(), ZoneInfo(self.given.zone))
        return begin + timedelta(seconds=int(second))
