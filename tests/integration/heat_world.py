"""Comparing heat with the table in one snapshot, and writers that make it hard."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import area
from gridmap.area import Range
from gridmap.database import Database, psycopg2_url
from gridmap.heat import Heat, Moment, by_area, by_day, by_periods, in_cells, last_days
from gridmap.heat.cells import ALL_CLASSES, CLASSES, COLUMN, EPOCH, ROW
from gridmap.heat.count import Asked

WRITERS = 3
TILES_AN_AREA = 4
LAST_DAY = (date(2026, 6, 10) - EPOCH).days
"""The sample's last day."""

AREAS = ("", "99/01/01/", "99/01/01/101/", "99/01/01/203/201/", "99/01/01/101/204/003/", "98/")
_ROWS = """
SELECT heat_cx, heat_cy, heat_day, heat_class, path FROM incident
 WHERE merged_into IS NULL
"""


@dataclass(frozen=True)
class World:
    """A database of its own, the columns' folder, and a process that reads them."""

    url: str
    database: Database
    folder: Path
    heat: Heat

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """The owner of the database, whom no policy binds."""
        engine = create_engine(psycopg2_url(self.url), poolclass=NullPool)
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection
        engine.dispose()

    def compare(self, draw: random.Random, tiles: int) -> int:
        """Compares random tiles with the table, in one snapshot; how many held something."""
        # what it has seen before must be older than the snapshot
        self.heat.now()
        with self.owner() as connection:
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            moment = _asked_in(self.heat, str(snapshot))
            rows = connection.execute(text(_ROWS)).all()
        assert moment is not None
        paths, number = np.unique([row.path for row in rows], return_inverse=True)
        truth = Truth(np.array([row[:4] for row in rows], np.int64).T, paths.tolist(), number)
        for _ in range(tiles // TILES_AN_AREA):
            truth.adds_up(moment, draw)
        return sum(truth.agrees(moment, draw) for _ in range(tiles))


@dataclass(frozen=True)
class Truth:
    """The rows of the table, counted in the plainest way."""

    numbers: Any
    paths: list[str]
    area: Any

    def agrees(self, moment: Moment, draw: random.Random) -> bool:
        """Whether a random question has an answer that is not empty; asserts that it is true."""
        cx, cy = self.numbers[:2]
        z = draw.randrange(15)
        at = draw.choice(np.flatnonzero(cx >= 0))
        x, y = int(cx[at]) >> 20 - z, int(cy[at]) >> 20 - z
        asked = _random_question(draw)
        wanted = (cx >> 20 - z == x) & (cy >> 20 - z == y) & self._wanted(asked)
        squares = np.zeros((64, 64), np.int64)
        np.add.at(squares, (cy[wanted] >> 14 - z & 63, cx[wanted] >> 14 - z & 63), 1)
        counted = np.zeros((64, 64), np.int64)
        counted[ROW, COLUMN] = in_cells(moment, z, x, y, asked)
        assert np.array_equal(counted, squares), (z, x, y, asked)
        return bool(wanted.any())

    def adds_up(self, moment: Moment, draw: random.Random) -> None:
        """Asserts how many there are in the areas of a random level, by period, and when last."""
        asked, depth = _random_question(draw), draw.randrange(1, 7)
        periods = _random_periods(draw, asked)
        counts: dict[str, Any] = {}
        last: dict[str, int] = {}
        for at in np.flatnonzero(self._wanted(asked)):
            path, day = area.at_level(self.paths[self.area[at]], depth), int(self.numbers[2][at])
            if path is not None:
                period = next(n for n, (_, end) in enumerate(periods) if day <= end)
                counts.setdefault(path, [0] * len(periods))[period] += 1
                last[path] = max(day, last.get(path, day))
        found = by_periods(moment, asked, depth, periods)
        assert {path: n.tolist() for path, n in found.items() if n.any()} == counts
        assert by_area(moment, asked, depth) == {path: sum(n) for path, n in counts.items()}
        assert last_days(moment, asked, depth) == last
        _, _, day, kind = self.numbers[:, self._wanted(asked)]
        days = np.zeros((asked.last - asked.first + 1, 3), np.int64)
        np.add.at(days, (day - asked.first, kind % 3), 1)
        assert np.array_equal(by_day(moment, asked, np.arange(CLASSES) % 3, 3), days)

    def _wanted(self, asked: Asked) -> Any:
        _, _, day, kind = self.numbers
        low, high = asked.ranges[0]
        inside = np.array([low <= path and (high is None or path < high) for path in self.paths])
        of_days = (day >= asked.first) & (day <= asked.last)
        return of_days & asked.classes[kind] & inside[self.area]


def _random_periods(draw: random.Random, asked: Asked) -> list[tuple[int, int]]:
    """One to ten periods that make up the days asked for."""
    days = range(asked.first + 1, asked.last + 1)
    firsts = sorted({asked.first, *draw.sample(days, min(len(days), draw.choice([0, 2, 9])))})
    return list(zip(firsts, [first - 1 for first in firsts[1:]] + [asked.last], strict=True))


def _random_question(draw: random.Random) -> Asked:
    last = LAST_DAY - draw.randrange(500)
    first = last - draw.choice([0, 6, 29, 364, 2_000])
    classes = ALL_CLASSES
    if draw.random() < 0.5:
        classes = np.array([draw.random() < 0.4 for _ in range(CLASSES)])
    within: Range = area.bounds(draw.choice(AREAS))
    return Asked(first, last, classes, (within,))


def _asked_in(heat: Heat, snapshot: str) -> Moment | None:
    """What the process answers where its statements see an exported snapshot."""
    with heat._session.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        moment = heat.now()
        cursor.execute("COMMIT")
    return moment


_CHANGES = (
    "INSERT INTO incident (county, id, path, number, point, category, severity, occurred_at,"
    " received_at, state) SELECT county, gen_random_uuid(), path, 'T' || gen_random_uuid(),"
    " ST_Translate(point, random() / 50, random() / 50), category, severity,"
    " occurred_at - interval '3 days', received_at, 'taken_in' FROM incident"
    " WHERE point IS NOT NULL ORDER BY id LIMIT {n} OFFSET {at}",
    "UPDATE incident SET state = CASE state WHEN 'filed' THEN 'taken_in' ELSE 'filed' END"
    " WHERE {some}",
    "UPDATE incident SET point = ST_Translate(point, 0.01, -0.01) WHERE {some}",
    "UPDATE incident SET path = '99/01/01/101/' WHERE {some}",
    "UPDATE incident SET point = NULL WHERE {some}",
    "UPDATE incident SET occurred_at = occurred_at - interval '40 days' WHERE {some}",
    "UPDATE incident SET merged_into = CASE WHEN merged_into IS NULL THEN id END WHERE {some}",
    "UPDATE incident SET title = title || '。' WHERE {some}",
    "DELETE FROM incident WHERE {some}",
)


def write(engine: Engine, seed: int, stop: threading.Event) -> None:
    """Transactions of one to five changes, some long, a fifth of them rolled back."""
    draw = random.Random(seed)
    while not stop.is_set():
        with engine.connect() as connection:
            # one writer's rows are never another's: nobody waits for a lock for ever
            for _ in range(draw.randrange(1, 6)):
                some = (
                    f"heat_cx % {WRITERS} = {seed % WRITERS}"
                    f" AND heat_day % 97 = {draw.randrange(97)}"
                    f" AND heat_class % 5 = {draw.randrange(5)}"
                )
                statement = draw.choice(_CHANGES).format(
                    n=draw.randrange(1, 60), at=draw.randrange(30_000), some=some
                )
                with connection.begin_nested() as savepoint:
                    connection.execute(text(statement))
                    if draw.random() < 0.2:
                        savepoint.rollback()
                if draw.random() < 0.2:
                    stop.wait(0.3)
            connection.rollback() if draw.random() < 0.2 else connection.commit()
