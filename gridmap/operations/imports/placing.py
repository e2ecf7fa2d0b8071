"""Where imported rows lie: the county, and the same bulk join that every import uses."""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.operations.imports.request import Importing
from gridmap.queries import holders
from gridmap.queries.locate_many import LocatedMany, Territory, locate_many, territory

WHOLE_WORLD = (-180.0, -90.0, 180.0, 90.0)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class Counties:
    """The counties' numbers by path."""

    def __init__(self, connection: Connection) -> None:
        self.depth = holders.county_depth(holders.levels(connection))
        rows = connection.execute(text("SELECT path, no FROM county"))
        self.numbers = {row.path: row.no for row in rows}

    def of(self, path: str) -> int:
        """The number of the county that a path lies in; 0 for none."""
        return int(self.numbers.get(area.at_level(path, self.depth) or "", 0))


def everywhere(connection: Connection, importing: Importing) -> Territory:
    """All boundaries of all times: a file may hold rows of any place and day."""
    given = importing.given
    return territory(
        connection,
        WHOLE_WORLD,
        first=LONG_AGO,
        last=given.now,
        now=given.now,
        nearest_limit_m=given.nearest_limit_m,
    )


def placed(
    known: Territory,
    points: NDArray[np.float64],
    at: NDArray[np.float64],
    *,
    accuracy_m: NDArray[np.float64] | None = None,
    measured: bool,
) -> LocatedMany:
    """Who answers for each point; rows without a point lie in the installation's queue."""
    nowhere = np.asarray(np.isnan(points).any(axis=1))
    # off every map: the join finds nothing there, and the ladder ends in the common queue
    somewhere = np.where(nowhere[:, None], [[0.0, -89.9]], points)
    accuracy = np.zeros(len(points)) if accuracy_m is None else accuracy_m
    return locate_many(known, somewhere, at, accuracy_m=accuracy, measured=measured)
