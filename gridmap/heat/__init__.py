"""The packed columns: where and when incidents happened, counted right to the last commit.

Everything here is derived from the table ``incident`` and can be thrown away and built again
while the system runs. A set of columns per county is made now and then (``build``), what has
changed since comes from ``heat_change`` (``delta``), and ``reader`` holds both for a process.
"""

from gridmap.heat.areas import by_area, by_day, by_periods, last_days
from gridmap.heat.count import Moment, in_cells
from gridmap.heat.encode import encode
from gridmap.heat.reader import Heat

__all__ = ["Heat", "Moment", "by_area", "by_day", "by_periods", "encode", "in_cells", "last_days"]
