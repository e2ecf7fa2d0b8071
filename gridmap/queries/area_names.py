"""What areas are called on administrative pages: the names on the way down, in one line."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from gridmap.queries import describe

_SHOWN = 3


def area_names(connection: Connection, paths: Iterable[str], now: datetime) -> dict[str, str]:
    """Path → the last names of its chain; the empty path is left to the page's own words."""
    wanted = {path for path in paths if path}
    names = describe.names_above(connection, wanted, now)
    return {path: _named(path, names) for path in wanted}


def _named(path: str, names: dict[str, str]) -> str:
    chain = [one["name"] for one in describe.chain(path, names)]
    own = [] if path in names else [path.split("/")[-2]]
    return " ".join([*chain, *own][-_SHOWN:]) or path
