"""The life of a report on a real database: steps, holders, clock, hand-overs, merges."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridmap import sealing
from gridmap.access import INTAKE, LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.errors import Conflict, GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations import catalog
from gridmap.operations.casework import clock
from gridmap.operations.casework.steps import Taken, take
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.intake import report
from gridmap.queries import cards, case, case_page, policies, queues
from gridmap.queries.locate import Spot
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import Office, acting, open_office
from tests.integration.test_intake import new_report


class Desk:
    """One incident in grid A1 of the tiny world, and the people around it."""

    def __init__(self, database: Database, office: Office, given: Circumstances) -> None:
        self.database, self.office, self.given = database, office, given
        self.now = NOW
        self.id = self.reported()

    def reported(self, **changes: Any) -> UUID:
        """A new incident in the middle of A1."""
        lon, lat = world.middle(0.5)
        new = new_report(id=uuid4(), place=Spot(lon, lat), **changes)
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            return report(connection, new, acting(self.given, LOCAL_ADMINISTRATOR, self.now)).id

    def take(self, who: str | Viewer, step: str, **given: Any) -> Taken:
        """Takes a step in somebody's name."""
        viewer = self.office[who] if isinstance(who, str) else who
        return take(
            self.database,
            county=1,
            id=self.id,
            step=step,
            given=given,
            circumstances=acting(self.given, viewer, self.now),
        )

    def row(self) -> Any:
        """The incident as it stands."""
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            return connection.execute(
                text("SELECT * FROM incident WHERE id = :id"), {"id": self.id}
            ).one()

    def kinds(self) -> list[str]:
        """The kinds of its events, in order."""
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            return list(
                connection.scalars(
                    text("SELECT kind FROM event WHERE subject_id = :id ORDER BY at, xid, id"),
                    {"id": self.id},
                )
            )


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """The tiny world with its officers and one report."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return Desk(database, open_office(database_url), server.circumstances())


def test_a_report_goes_all_the_way(desk: Desk) -> None:
    desk.take("worker", "accept")
    assert desk.take("worker", "verify", words="看过了").state == "verified"
    assert desk.take("worker", "begin").state == "under_way"
    assert desk.take("worker", "resolve", outcome="resolved", words="好了").state == "resolved"
    with pytest.raises(Conflict, match="7"):
        desk.take("officer", "file")
    desk.now += timedelta(days=7)
    assert desk.take("officer", "file").state == "filed"
    assert desk.kinds() == [
        "IncidentReported",
        "IncidentAccepted",
        "IncidentVerified",
        "IncidentBegun",
        "IncidentResolved",
        "IncidentFiled",
    ]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("neighbor", NotFound),
        ("stone", NotFound),
        ("fire", NotFound),
        ("auditor", NotFound),
        ("nobody", NotFound),
        ("planner", NotAllowed),
        ("commander", NotAllowed),
    ],
)
def test_who_may_not_take_a_step_changes_nothing(
    desk: Desk, who: str, error: type[GridmapError]
) -> None:
    before = desk.row()
    with pytest.raises(error):
        desk.take(who, "resolve", outcome="resolved", words="好了")
    assert desk.row() == before


def test_two_take_the_same_step_and_one_is_told(desk: Desk) -> None:
    desk.take("worker", "verify", words="看过了")
    with pytest.raises(Conflict, match="核实"):
        desk.take("officer", "verify", words="看过了")


def test_what_is_missing_is_named(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="说明"):
        desk.take("worker", "verify")
    desk.take("worker", "begin")
    with pytest.raises(InvalidInput, match="归谁管"):
        desk.take("worker", "resolve", outcome="not_ours", words="不归我们")


def test_not_my_grid_reaches_the_neighbor_at_once(desk: Desk) -> None:
    code = world.A2.replace("/", "")
    taken = desk.take("worker", "hand_over", grid=code, words="在隔壁")
    assert taken.path == world.A2
    with pytest.raises(NotFound):
        desk.take("worker", "accept")
    desk.take("neighbor", "accept")
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        line = connection.execute(
            text("SELECT path, to_path, ST_NPoints(line) AS n FROM handover_line")
        ).one()
    assert (line.path, line.to_path, line.n) == (world.A1, world.A2, 2)
    # both places hear of it
    assert desk.kinds().count("IncidentHandedOver") == 2


def test_a_hand_over_to_the_own_grid_is_refused(desk: Desk) -> None:
    with pytest.raises(Conflict, match="本来"):
        desk.take("worker", "hand_over", grid=world.A1.replace("/", ""), words="错了")


def test_a_whistle_lets_the_department_in_until_it_is_filed(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.take("fire", "note", words="到了")
    desk.take("officer", "whistle", departments=[str(desk.office.fire)], words="请来看")
    with desk.database.transaction(desk.office["fire"]) as connection:
        seen = connection.execute(text("SELECT count(*) FROM incident")).scalar_one()
        errands = connection.execute(text("SELECT kind FROM errand")).scalars().all()
    assert (seen, errands) == (1, ["whistle"])
    desk.take("worker", "begin")
    desk.take("worker", "resolve", outcome="resolved", words="好了")
    desk.now += timedelta(days=8)
    desk.take("officer", "file")
    with desk.database.transaction(desk.office["fire"]) as connection:
        # access goes by the database's own clock, and the tests take place before it
        assert connection.execute(text("SELECT count(*) FROM incident")).scalar_one() == 0


def test_reopening_comes_back_to_who_held_it_or_to_the_center(desk: Desk) -> None:
    desk.take("worker", "begin")
    desk.take("worker", "resolve", outcome="resolved", words="好了")
    assert desk.take("officer", "reopen", words="没好").state == "under_way"
    assert desk.row().holder_duty is not None
    desk.take("worker", "resolve", outcome="resolved", words="好了")
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text("UPDATE duty SET during = tstzrange(lower(during), :now)"), {"now": NOW}
        )
    assert desk.take("officer", "reopen", words="没好").state == "verified"
    row = desk.row()
    assert row.holder_duty is None
    assert row.holder_center is not None


def test_a_merge_moves_the_reports_and_counts_once(desk: Desk) -> None:
    first, second = desk.id, desk.reported()
    desk.id = second
    desk.take("officer", "merge", into=str(first))
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        where = connection.scalars(text("SELECT DISTINCT incident FROM report")).all()
        open_ones = connection.scalar(
            text("SELECT count(*) FROM incident WHERE merged_into IS NULL")
        )
    assert (list(where), open_ones) == ([first], 1)
    assert desk.row().outcome == "duplicate"
    with pytest.raises(Conflict):
        desk.take("officer", "reopen", words="再看")


def test_changing_the_category_keeps_the_time_used(desk: Desk) -> None:
    desk.now = NOW + timedelta(hours=2)
    desk.take("officer", "recategorize", category=64)
    row = desk.row()
    assert (row.used_min, row.limit_min) == (120, 5 * 450)


def test_a_new_rule_leaves_the_clocks_that_run(desk: Desk) -> None:
    """What a desk shows goes by the rule of the day on which the incident was received."""
    desk.now = NOW + timedelta(days=2)
    given = acting(desk.given, LOCAL_ADMINISTRATOR, desk.now)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = case.found(connection, 1, desk.id)
        before = policies.rule_of(connection, row.category, at=row.received_at).limit
        catalog.set_rule(
            connection,
            row.category,
            limit_min=before.minutes,
            around_the_clock=not before.around_the_clock,
            departments=[],
            given=given,
        )
        told = clock.read(connection, row, given)
        shown = case_page.page(
            connection, 1, desk.id, LOCAL_ADMINISTRATOR, now=desk.now, zone=given.zone
        )["clock"]
        (listed,) = queues.queue(
            connection,
            queues.Asked("center"),
            LOCAL_ADMINISTRATOR,
            now=desk.now,
            zone=given.zone,
        )["rows"]
    for face in (shown, listed["clock"]):
        assert face["around_the_clock"] == before.around_the_clock
        assert face["used_min"] == pytest.approx(told.used_min, abs=1)


def test_the_map_tells_the_steps_in_words(desk: Desk) -> None:
    desk.take("worker", "hand_over", grid=world.A2.replace("/", ""), words="在隔壁")
    desk.take("neighbor", "accept")
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        card = cards.incident(connection, 1, desk.id, now=desk.now)
    # told at two places, and one act
    assert [entry["zh"] for entry in card["timeline"]] == ["上报", "交接", "签收"]


def test_a_paused_clock_does_not_tick(desk: Desk) -> None:
    desk.take("officer", "pause", pause="weather", words="大雪封路")
    assert desk.row().due_at is None
    desk.now = NOW + timedelta(hours=3)
    desk.take("officer", "resume")
    row = desk.row()
    assert (row.used_min, row.clock) == (0, "running")


def test_a_phone_is_sealed_and_opens_only_for_its_row(desk: Desk) -> None:
    desk.reported(reporter_phone="19900001234")
    with desk.database.transaction(INTAKE) as connection:
        row = connection.execute(
            text("SELECT * FROM report WHERE reporter_phone_sealed IS NOT NULL")
        ).one()
    sealed, ring = bytes(row.reporter_phone_sealed), desk.given.sealer
    assert b"19900001234" not in sealed
    opened = sealing.unseal(ring, sealed, field="report.reporter_phone", row=row.id)
    assert opened == "19900001234"
    with pytest.raises(InvalidInput):
        sealing.unseal(ring, sealed, field="report.reporter_phone", row=UUID(int=2))


def test_what_the_family_asks_is_kept_and_nothing_else(desk: Desk) -> None:
    desk.take("worker", "verify", words="看过了", fields={"people_at_risk": 2})
    desk.take("officer", "note", words="补记", fields={"measures": "拉了警戒线"})
    assert desk.row().fields == {"people_at_risk": 2, "measures": "拉了警戒线"}
    with pytest.raises(InvalidInput, match="parties"):
        desk.take("officer", "note", words="补记", fields={"parties": 1})
