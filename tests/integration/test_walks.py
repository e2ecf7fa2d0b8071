"""Random walks through the life of a report: no step without a right, no dead end, true clocks."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.errors import Conflict, GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations.casework import clock
from gridmap.queries import case, case_page, policies
from gridmap.rules import life
from tests import world
from tests.conftest import ZONE, Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

WALKS, LENGTH = 30, 14
WHO = ("worker", "neighbor", "officer", "county", "commander", "fire", "planner", "reporter")


@pytest.fixture(scope="module")
def office(server: Server, template: str) -> Any:
    """The tiny world, its officers, for all walks."""
    from gridmap.database import connect

    with server.clone(template) as url:
        database = connect(url, server.secrets)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            world.build(connection)
        yield database, open_office(url)
        database.dispose()


class Walk(Desk):
    """A desk that can be asked by anybody, the reporter among them."""

    def viewer(self, who: str) -> Viewer:
        """Somebody's viewer; the reporter's follows the report."""
        if who != "reporter":
            return self.office[who]
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            report: UUID = connection.execute(
                text("SELECT id FROM report WHERE incident = :id LIMIT 1"), {"id": self.id}
            ).scalar_one()
        return Viewer("follow", str(report))

    def offered(self, who: str) -> set[str]:
        """What the page offers somebody now; nothing where it is not seen."""
        viewer = self.viewer(who)
        with self.database.transaction(viewer) as connection:
            try:
                row = case.found(connection, 1, self.id)
            except NotFound:
                return set()
            related = case.relations(connection, row, viewer)
            steps = case_page.steps(connection, row, related, now=self.now)
        return {step["id"] for step in steps}


def given(step: str, walk: Walk, dice: random.Random) -> dict[str, Any]:
    """What a step needs, drawn at random."""
    fire = str(walk.office.fire)
    grids = [path.replace("/", "") for path in (world.A1, world.A2, world.B1)]
    return {
        "words": "示例",
        "outcome": dice.choice(["resolved", "no_remedy"]),
        "departments": [fire],
        "grid": dice.choice(grids),
        "pause": dice.choice(list(life.PAUSES)),
        "category": dice.choice([1, 33, 64]),
        "rating": dice.randint(1, 5),
        "satisfied": dice.random() < 0.5,
        "reopen": dice.random() < 0.5,
        "holder": {"kind": "department", "id": fire},
        "into": str(walk.id),
    }


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_random_walk(server: Server, office: Any, seed: int) -> None:
    database, people = office
    walk = Walk(database, people, server.circumstances())
    dice = random.Random(seed)
    for _ in range(LENGTH):
        walk.now += timedelta(minutes=dice.randint(1, 4_000))
        who = dice.choice(WHO)
        offered = walk.offered(who)
        step = dice.choice(sorted(life.STEPS))
        before, events = walk.row(), walk.kinds()
        try:
            walk.take(walk.viewer(who), step, **given(step, walk, dice))
            taken = True
        except (NotAllowed, NotFound):
            taken = False
            assert step not in offered
        except (Conflict, InvalidInput):
            taken = False
        if taken:
            assert step in offered, "a step was taken that the page did not offer"
            assert len(walk.kinds()) > len(events)
        else:
            assert (walk.row(), walk.kinds()) == (before, events), "a refusal changed something"
        _the_clock_is_what_the_events_say(walk)
    _nobody_is_stuck(walk)


def _the_clock_is_what_the_events_say(walk: Walk) -> None:
    with walk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = case.found(connection, 1, walk.id)
        now = acting(walk.given, LOCAL_ADMINISTRATOR, walk.now)
        told = clock.read(connection, row, now)
        shown = case_page.page(connection, 1, walk.id, LOCAL_ADMINISTRATOR, now=walk.now, zone=ZONE)
        calendar = policies.calendar(connection, ZONE, at=walk.now)
    assert shown["clock"]["state"] == told.state == row.clock
    assert shown["clock"]["used_min"] == pytest.approx(told.used_min, abs=1)
    assert calendar.zone == ZONE


def _nobody_is_stuck(walk: Walk) -> None:
    """From wherever the walk ended, the people of the place bring it to the file."""
    walk.now += timedelta(days=1)
    for who, step in (
        ("county", "verify"),
        ("county", "resolve"),
        ("county", "file"),
    ):
        if step == "file":
            walk.now += timedelta(days=8)
        try:
            walk.take(who, step, words="示例", outcome="resolved")
        except GridmapError:
            continue
    assert walk.row().state == "filed"
