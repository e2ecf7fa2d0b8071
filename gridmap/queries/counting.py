"""What of the packed columns is asked for: days, classes and areas of a viewer's question."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, text

from gridmap.area import Range
from gridmap.heat.cells import ALL_CLASSES, CLASSES, EPOCH, Ints, Wanted
from gridmap.heat.count import Asked
from gridmap.queries.filters import KINDS, Filters

_CATEGORIES = "SELECT number FROM category WHERE kind = ANY(:kinds)"
_SEVERITIES, _STATES = 4, 2


def asked(connection: Connection, filters: Filters, ranges: Sequence[Range]) -> Asked:
    """The question as the columns know it."""
    return Asked(
        (filters.first - EPOCH).days,
        (filters.last - EPOCH).days,
        _classes(connection, filters),
        tuple(ranges),
    )


def kind_of_class(connection: Connection) -> Ints:
    """For each class the number of its kind in ``KINDS``."""
    found = np.zeros((CLASSES // _SEVERITIES // _STATES, _SEVERITIES * _STATES), np.int64)
    for number, kind in connection.execute(text("SELECT number, kind FROM category")):
        found[number] = KINDS.index(kind)
    return found.ravel()


def _classes(connection: Connection, filters: Filters) -> Wanted:
    if not (filters.kinds or filters.categories or filters.severities):
        return ALL_CLASSES
    wanted = np.ones((CLASSES // _SEVERITIES // _STATES, _SEVERITIES, _STATES), bool)
    if filters.kinds:
        numbers = connection.scalars(text(_CATEGORIES), {"kinds": list(filters.kinds)})
        wanted &= _only(list(numbers), len(wanted))[:, None, None]
    if filters.categories:
        wanted &= _only(filters.categories, len(wanted))[:, None, None]
    if filters.severities:
        wanted &= _only([n - 1 for n in filters.severities], _SEVERITIES)[None, :, None]
    return wanted.reshape(-1)


def _only(numbers: list[int] | tuple[int, ...], length: int) -> Wanted:
    kept = np.zeros(length, bool)
    kept[[n for n in numbers if 0 <= n < length]] = True
    return kept
