"""Visits: planned in series, made once, and a next date that follows."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.operations import visits
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.visits import NewPlan, NewVisit, Whom
from gridmap.queries import case
from gridmap.queries import visits as asked
from gridmap.rules.rounds import after
from tests import world
from tests.conftest import Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

TODAY = date(2026, 6, 11)


class Round(Desk):
    """A worker's round in A1: a household, an incident, and visits to them."""

    home: UUID

    def plan(self, who: str = "worker", **changes: Any) -> UUID:
        new: dict[str, Any] = {
            "whom": Whom(1, self.home),
            "every": "weekly",
            "first_on": TODAY,
            "why": "独居老人",
        }
        viewer = self.office[who]
        with self.database.transaction(viewer) as connection:
            return visits.plan(
                connection, NewPlan(**(new | changes)), acting(self.given, viewer, self.now)
            )

    def visit(self, who: str = "worker", **changes: Any) -> dict[str, Any]:
        new: dict[str, Any] = {"id": uuid4(), "whom": Whom(1, self.home), "seen": "都好"}
        viewer = self.office[who]
        with self.database.transaction(viewer) as connection:
            return visits.make(
                connection, NewVisit(**(new | changes)), acting(self.given, viewer, self.now)
            )

    def due(self, who: str = "worker", day: date = TODAY) -> list[dict[str, Any]]:
        with self.database.transaction(self.office[who]) as connection:
            return asked.due(connection, today=day, until=day, now=self.now)


@pytest.fixture
def rounds(server: Server, database: Database, database_url: str) -> Round:
    """The tiny world with a household in A1."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        home = uuid4()
        connection.execute(
            text(
                "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
                " VALUES (1, :id, '0001', :path, '松岭村1号', 'test', :now)"
            ),
            {"id": home, "path": world.A1, "now": world.BEGIN},
        )
    made = Round(database, open_office(database_url), server.circumstances())
    made.home = home
    return made


@pytest.mark.parametrize(
    ("planned", "every", "made", "until", "expected"),
    [
        (date(2026, 6, 11), "once", date(2026, 6, 11), None, None),
        (date(2026, 6, 11), "weekly", date(2026, 6, 12), None, date(2026, 6, 18)),
        (date(2026, 6, 11), "weekly", date(2026, 6, 25), None, date(2026, 7, 2)),
        (date(2026, 6, 11), "weekly", date(2026, 6, 9), None, date(2026, 6, 18)),
        (date(2026, 1, 31), "monthly", date(2026, 1, 31), None, date(2026, 2, 28)),
        (date(2026, 1, 31), "monthly", date(2026, 3, 1), None, date(2026, 3, 31)),
        (date(2026, 11, 30), "quarterly", date(2026, 11, 30), None, date(2027, 2, 28)),
        (date(2026, 6, 11), "weekly", date(2026, 6, 11), date(2026, 6, 17), None),
        (date(2026, 6, 11), "weekly", date(2026, 6, 11), date(2026, 6, 18), date(2026, 6, 18)),
    ],
)
def test_the_next_date_follows(
    planned: date, every: str, made: date, until: date | None, expected: date | None
) -> None:
    assert after(planned, every, made, until) == expected


def test_what_is_planned_turns_up_until_it_is_done(rounds: Round) -> None:
    plan = rounds.plan()
    assert rounds.due(day=TODAY - timedelta(days=1)) == []
    (one,) = rounds.due(day=TODAY + timedelta(days=3))
    assert (one["address"], one["late_days"], one["why"]["zh"]) == ("松岭村1号", 3, "独居老人")
    assert rounds.visit(plan=plan)["next_on"] == "2026-06-18"
    assert rounds.due() == []
    assert [each["id"] for each in rounds.due(day=date(2026, 6, 18))] == [str(plan)]


def test_only_the_own_grid_is_on_a_workers_round(rounds: Round) -> None:
    rounds.plan()
    assert rounds.due("neighbor") == []
    assert len(rounds.due("officer")) == 1
    with pytest.raises(NotFound):
        rounds.visit("neighbor")
    with pytest.raises(NotAllowed):
        rounds.visit("commander")


def test_the_same_visit_five_times_is_one(rounds: Round) -> None:
    plan, id = rounds.plan(), uuid4()
    answers = [rounds.visit(id=id, plan=plan) for _ in range(5)]
    assert answers == [answers[0]] * 5
    with pytest.raises(Conflict):
        rounds.visit(id=id, plan=plan, seen="另一回事")
    with rounds.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.scalar(text("SELECT count(*) FROM visit")) == 1
        kinds = connection.scalars(text("SELECT kind FROM event WHERE subject_kind = 'household'"))
        assert list(kinds) == ["HouseholdVisited"]


def test_what_was_seen_at_home_is_in_no_event(rounds: Round) -> None:
    rounds.visit(seen="老人在哭")
    with rounds.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        found = connection.scalars(text("SELECT data::text FROM event"))
        assert not any("老人" in one for one in found)
    with rounds.database.transaction(rounds.office["worker"]) as connection:
        (one,) = asked.made(connection, 1, household=rounds.home, incident=None)
    assert (one["seen"], one["who"]) == ("老人在哭", "示例甲")


def test_a_visit_for_an_incident_is_in_its_timeline(rounds: Round) -> None:
    rounds.visit(whom=Whom(1, None, rounds.id), seen="线已换")
    assert rounds.kinds() == ["IncidentReported", "VisitMade"]


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": " "},
        {"seen": "长" * 4001},
        {"at": world.BEGIN.replace(year=2027)},
    ],
)
def test_what_is_no_visit_is_refused(rounds: Round, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        rounds.visit(**changes)


def test_a_plan_of_something_else_or_one_that_is_done_takes_no_visit(rounds: Round) -> None:
    plan = rounds.plan(every="once")
    with pytest.raises(NotFound):
        rounds.visit(plan=plan, whom=Whom(1, None, rounds.id))
    rounds.visit(plan=plan)
    with pytest.raises(Conflict):
        rounds.visit(plan=plan)


def test_a_call_back_is_due_after_it_was_resolved_and_done_when_made(rounds: Round) -> None:
    rounds.take("worker", "begin")
    rounds.take("worker", "resolve", outcome="resolved", words="好了")
    with rounds.database.transaction(CASEWORK) as connection:
        row = case.found(connection, 1, rounds.id)
        for _ in range(2):
            visits.plan_call_back(connection, row, acting(rounds.given, CASEWORK))
    assert rounds.due(day=TODAY + timedelta(days=6)) == []
    (one,) = rounds.due(day=TODAY + timedelta(days=7))
    assert (one["incident"], one["why"]["en"]) == (str(rounds.id), "Call-back")
    rounds.take("worker", "call_back", satisfied=True, words="满意")
    assert rounds.due(day=TODAY + timedelta(days=7)) == []


def test_a_plan_can_be_ended(rounds: Round) -> None:
    plan = rounds.plan()
    with rounds.database.transaction(rounds.office["officer"]) as connection:
        visits.drop(connection, 1, plan, acting(rounds.given, rounds.office["officer"]))
    assert rounds.due() == []
