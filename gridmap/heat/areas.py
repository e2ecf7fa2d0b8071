"""Counting by area and by day: how many, in which period and how lately."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmap import area
from gridmap.heat.cells import ALL_CLASSES, CLASSES, Ints
from gridmap.heat.columns import Columns, Span
from gridmap.heat.count import Asked, Moment, of_days
from gridmap.heat.delta import Delta
from gridmap.heat.sums import Sums


def by_area(moment: Moment, asked: Asked, depth: int) -> dict[str, int]:
    """Incidents in each area of a level that has any."""
    found = by_periods(moment, asked, depth, [(asked.first, asked.last)])
    return {path: int(counts[0]) for path, counts in found.items() if counts[0]}


def by_periods(
    moment: Moment, asked: Asked, depth: int, periods: Sequence[tuple[int, int]]
) -> dict[str, Ints]:
    """Incidents in each area of a level, period by period; all zero where changes cancel out.

    Periods follow each other: first and last day of each, since 2020-01-01.
    """
    edges = np.array([first for first, _ in periods] + [periods[-1][1] + 1])
    read = list(_read(moment, asked))
    if (all_of_them := _together(moment, read)) and all_of_them.answers(edges, depth):
        found = dict(zip(*all_of_them.counts(edges, asked.classes, depth), strict=True))
    else:
        found = _by_county(read, asked, edges, depth)
    changed = _changed(moment, asked)
    for path, period, n in _changes(changed, edges, depth):
        found.setdefault(path, np.zeros(len(periods), np.int64))[period] += n
    return found


def _by_county(
    read: Iterable[tuple[Columns, list[Span]]], asked: Asked, edges: Ints, depth: int
) -> dict[str, Ints]:
    found: dict[str, Ints] = {}
    for columns, spans in read:
        names, counts = _of_county(columns, spans, asked, edges, depth)
        for path, n in zip(names, counts, strict=True):
            # a prefecture has many counties
            found[path] = found[path] + n if path in found else n
    return found


def last_days(moment: Moment, asked: Asked, depth: int) -> dict[str, int]:
    """The last day with an incident, since 2020-01-01, of each area of a level that has any."""
    found: dict[str, int] = {}
    read = list(_read(moment, asked))
    all_of_them = _together(moment, read)
    if all_of_them and all_of_them.answers((), depth):
        told = [all_of_them.last_days(asked.first, asked.last, asked.classes, depth)]
    else:
        told = [_last_of_county(*one, asked, depth) for one in read]
    for names, last in told:
        for path, day in zip(names, last.tolist(), strict=True):
            if day >= 0:
                found[path] = max(day, found.get(path, day))
    days = np.arange(asked.first, asked.last + 2)
    net: Counter[tuple[str, int]] = Counter()
    for path, period, n in _changes(_changed(moment, asked), days, depth):
        net[path, int(days[period])] += n
    # what came and went again is in no order
    for (path, day), n in net.items():
        if n > 0:
            found[path] = max(day, found.get(path, day))
    emptied = {path for (path, day), n in net.items() if n < 0 and found.get(path) == day}
    for path in emptied:
        found.pop(path)
        found |= _last_by_days(moment, asked, path, depth)
    return found


def by_day(moment: Moment, asked: Asked, group: Ints, groups: int) -> Ints:
    """Incidents of each day (row) in groups of classes; ``group`` numbers that of each class."""
    days = np.arange(asked.first, asked.last + 2)
    found = np.zeros((len(days) - 1, groups), np.int64)
    slots = [np.zeros(0, np.int64)]
    for columns, spans in _read(moment, asked):
        at = columns.positions(days)
        classes = _gathered(columns.record, at) & CLASSES - 1
        day = _period_of_each(at)
        kept = np.take(asked.classes, classes)
        if not columns.is_whole(spans):
            kept &= columns.in_spans(_gathered(columns.area, at), spans)
        slots.append((day * groups + np.take(group, classes))[kept])
    found += np.bincount(np.concatenate(slots), minlength=found.size).reshape(found.shape)
    changed = _changed(moment, asked)
    slot = changed.column("day") - asked.first, group[changed.column("class")]
    np.add.at(found, slot, changed.column("n"))
    return found


def _last_by_days(moment: Moment, asked: Asked, path: str, depth: int) -> dict[str, int]:
    """The last day of one area, from what each of its days comes to with all changes."""
    inside = replace(asked, ranges=tuple(area.narrowed(asked.ranges, path)))
    days = [(day, day) for day in range(asked.first, asked.last + 1)]
    counts = by_periods(moment, inside, depth, days).get(path, np.zeros(0, np.int64))
    held = np.flatnonzero(counts)
    return {path: asked.first + int(held[-1])} if len(held) else {}


def _read(moment: Moment, asked: Asked) -> Iterator[tuple[Columns, list[Span]]]:
    """The counties that a viewer sees anything of, and which of their areas."""
    for columns in moment.counties.values():
        if spans := columns.spans(asked.ranges):
            yield columns, spans


def _together(moment: Moment, read: Sequence[tuple[Columns, list[Span]]]) -> Sums | None:
    """The sums of all that is read, where each county is seen whole."""
    if not all(columns.is_whole(spans) for columns, spans in read):
        return None
    return moment.together(tuple(columns for columns, _ in read))


def _of_county(
    columns: Columns, spans: list[Span], asked: Asked, edges: Ints, depth: int
) -> tuple[Sequence[str], Ints]:
    """The areas of a level, and the incidents of each by period."""
    if columns.is_whole(spans) and columns.townships.answers(edges, depth):
        return columns.townships.counts(edges, asked.classes, depth)
    periods = len(edges) - 1
    at = columns.positions(edges)
    number = _gathered(columns.area, at)
    if periods > 1:
        number = number * np.int64(periods) + _period_of_each(at)
    if asked.classes is not ALL_CLASSES:
        number = number[_of_classes(columns, at, asked)]
    counts = np.bincount(number, minlength=len(columns.paths) * periods).reshape(-1, periods)
    names, first, kept = _grouped(columns, spans, depth)
    return names, np.add.reduceat(counts[kept], first) if len(first) else counts[:0]


def _last_of_county(
    columns: Columns, spans: list[Span], asked: Asked, depth: int
) -> tuple[Sequence[str], Ints]:
    """The areas of a level, and the last day of each; −1 where there is none."""
    days = np.arange(asked.first, asked.last + 2)
    at = columns.positions(days)
    day = asked.first + _period_of_each(at)
    number = _gathered(columns.area, at)
    if asked.classes is not ALL_CLASSES:
        wanted = _of_classes(columns, at, asked)
        day, number = day[wanted], number[wanted]
    last = np.full(len(columns.paths), -1)
    np.maximum.at(last, number, day)
    names, first, kept = _grouped(columns, spans, depth)
    return names, np.maximum.reduceat(last[kept], first) if len(first) else last[:0]


def _gathered(column: NDArray[Any], at: Ints) -> NDArray[Any]:
    """What a column holds from the first to the last position of each tile."""
    parts = [column[low:high] for low, high in at[:, [0, -1]].tolist() if low < high]
    return np.concatenate(parts) if parts else column[:0]


def _period_of_each(at: Ints) -> Ints:
    """The number of the period of each record gathered."""
    period = np.tile(np.arange(at.shape[1] - 1), len(at))
    return np.repeat(period, np.diff(at).ravel())


def _of_classes(columns: Columns, at: Ints, asked: Asked) -> Ints:
    """Which of the records gathered are of the classes asked for."""
    # by their places: a mask of so many is applied at half the speed
    return np.flatnonzero(np.take(asked.classes, _gathered(columns.record, at) & CLASSES - 1))


def _grouped(
    columns: Columns, spans: list[Span], depth: int
) -> tuple[list[str], Ints, NDArray[np.bool_]]:
    """The areas of a level, where each begins among the paths that count, and which those are.

    The paths are in order, and so what lies in one area is one run of them.
    """
    names, group = columns.ancestors(depth)
    kept = group >= 0
    if not columns.is_whole(spans):
        kept = kept & columns.in_spans(np.arange(len(group)), spans)
    group = group[kept]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    return [names[n] for n in group[first].tolist()], first, kept


def _changed(moment: Moment, asked: Asked) -> Delta:
    """What has changed since the columns, of all that is asked for."""
    return moment.delta.only(of_days(moment.delta, asked)).within(asked.ranges)


def _changes(changed: Delta, edges: Ints, depth: int) -> Iterator[tuple[str, int, int]]:
    """Each change since the columns: the area of a level, the period, and how many more."""
    ancestors = [area.at_level(path, depth) for path in changed.paths]
    period = np.searchsorted(edges, changed.column("day"), side="right") - 1
    for number, at, n in zip(
        changed.path.tolist(), period.tolist(), changed.column("n").tolist(), strict=True
    ):
        if (path := ancestors[number]) is not None:
            yield path, at, n
