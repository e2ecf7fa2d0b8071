"""The safety index from rows: counts as a slow program has them, and months that stay frozen."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.area import at_level
from gridmap.clock import day_bounds
from gridmap.database import Database, psycopg2_url
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.operations import policies, safety_index
from gridmap.queries import index_page
from gridmap.queries import safety_index as asked
from gridmap.queries.index_counts import Asked, last_day_of, tallies
from gridmap.queries.index_page import Wanted
from gridmap.rules.policies import written
from gridmap.rules.safety_index import Tally, score
from tests import world
from tests.conftest import NOW, ZONE, Server
from tests.integration.index_world import (
    BEGIN,
    DISPUTE,
    END,
    GRIDS,
    HAZARD,
    JUNE,
    MAY,
    OTHER,
    SERVICE,
    TOWN,
    Case,
    drawn,
    fill,
    homes,
    put,
    warn,
)
from tests.integration.offices import Office, acting, open_office


def slow(cases: list[Case], depth: int) -> dict[str, dict[str, Tally]]:
    """The tallies of incidents as they are declared, one case after the other."""
    found: dict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    kept = [one for one in cases if not one.merged]
    for one in kept:
        here = found[at_level(one.path, depth) or ""]
        in_may = BEGIN <= one.occurred < END
        done = one.resolved is not None and BEGIN <= one.resolved < END
        here["disputes"] += in_may and one.category in DISPUTE
        here["hazards"] += in_may and one.category in HAZARD
        here["open"] += one.occurred < END and (one.resolved is None or one.resolved >= BEGIN)
        here["resolved"] += done and one.occurred < END
        here["rated"] += done and one.rating is not None
        here["satisfied"] += done and (one.rating or 0) >= 4
        in_time = done and one.limit is not None and one.used <= one.limit
        over = one.due is not None and BEGIN <= one.due < END
        here["in_time"] += in_time
        here["late"] += over and (one.resolved is None or one.used > (one.limit or 0))
        if in_may and one.place and one.category not in SERVICE:
            here["placed"] += 1
            here["again"] += any(
                (other.path, other.category, other.place) == (one.path, one.category, one.place)
                and other.resolved is not None
                and BEGIN - timedelta(days=90) <= other.resolved < min(END, one.occurred)
                for other in kept
            )
    return {path: shares(counts) for path, counts in found.items()}


def shares(counts: dict[str, int]) -> dict[str, Tally]:
    return {
        "disputes": Tally(counts["disputes"], 0),
        "hazards": Tally(counts["hazards"], 0),
        "timeliness": Tally(counts["in_time"], counts["in_time"] + counts["late"]),
        "resolution": Tally(counts["resolved"], counts["open"]),
        "recurrence": Tally(counts["again"], counts["placed"]),
        "satisfaction": Tally(counts["satisfied"], counts["rated"]),
    }


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_a_slow_program(connection: Connection, seed: int) -> None:
    world.build(connection)
    draw = random.Random(seed)
    cases = [drawn(draw, path) for path in GRIDS for _ in range(150)]
    for number, case in enumerate(cases):
        put(connection, case, number)
    for path, count in zip(GRIDS, (40, 60, 100), strict=True):
        homes(connection, path, count, 5)
    again = 0
    for depth in (3, 4, 6):
        found = tallies(connection, Asked("", depth, MAY), now=NOW, zone=ZONE)
        truth = slow(cases, depth)
        assert set(truth) <= set(found)
        for path, expected in truth.items():
            for id, tally in expected.items():
                assert found[path][id].n == tally.n, (path, id)
                if tally.of:
                    assert found[path][id].of == tally.of, (path, id)
            again += int(found[path]["recurrence"].n)
        # several levels in one breath are as each by itself
        together = tallies(connection, Asked("", 2, MAY, also=(depth,)), now=NOW, zone=ZONE)
        assert {path: together[path] for path in found} == found
        assert set(together) == {"99/01/", *found}
    assert again > 10, "nothing came back: nothing was tested"


@pytest.fixture
def town(connection: Connection) -> Connection:
    """The tiny world with households: 40 and 60 in A1 and A2, 100 in B1."""
    world.build(connection)
    for path, count in zip(GRIDS, (40, 60, 100), strict=True):
        homes(connection, path, count, 5)
    return connection


def at(connection: Connection, depth: int = 4, month: date = MAY, **given: Any) -> Any:
    found = tallies(connection, Asked("", depth, month), now=given.get("now", NOW), zone=ZONE)
    return found


def one_case(path: str = world.A1, occurred: datetime = BEGIN, **other: Any) -> Case:
    """A dispute at the beginning of May, still open."""
    case = Case(path, 1, None, occurred, None, None, 0, None, None, False)
    return replace(case, **other)


def test_what_is_divided_by(town: Connection) -> None:
    put(town, one_case(), 1)
    found = at(town)
    # 100 households in a month of 31 days are 103⅓ for 30 days
    assert found[TOWN]["disputes"] == Tally(1, pytest.approx(100 * 31 / 30))  # type: ignore[arg-type]
    assert found[TOWN]["visiting"] == Tally(10, 100)
    assert found[TOWN]["staffing"] == Tally(2, 2)
    assert at(town, 3)[world.COUNTY]["visiting"] == Tally(15, 200)
    # nobody has reported from the other township for a year: it is not safe, it is unheard
    assert found[OTHER]["disputes"].of == 0
    assert found[OTHER]["warnings"] == Tally(0, 1)


def test_a_month_that_is_not_over_counts_its_days(town: Connection) -> None:
    june, _ = day_bounds(JUNE, JUNE, ZONE)
    put(town, one_case(occurred=june), 1)
    tally = at(town, month=JUNE)[TOWN]["disputes"]
    days = (NOW - june) / timedelta(days=1)
    assert tally == Tally(1, pytest.approx(100 * days / 30))  # type: ignore[arg-type]
    # what needs the whole month has no data yet
    assert at(town, month=JUNE)[TOWN]["resolution"].of == 0
    assert at(town, month=JUNE)[TOWN]["visiting"].of == 0
    assert at(town, month=date(2026, 7, 1)) == {}


def test_warnings_count_while_they_are_in_force(town: Connection) -> None:
    hour = timedelta(hours=1)
    warn(town, world.A1, BEGIN - hour, BEGIN)  # closed in the month
    warn(town, world.A1, BEGIN - hour, None)
    warn(town, world.A1, END - hour, END)
    warn(town, world.A1, BEGIN - hour, BEGIN - timedelta(minutes=1))  # closed before
    warn(town, world.A1, END, None)  # raised after
    assert at(town)[TOWN]["warnings"] == Tally(3, 2)


def test_a_worker_of_two_grids_is_one_and_who_has_left_is_none(town: Connection) -> None:
    town.execute(
        text("UPDATE duty SET staff = (SELECT staff FROM duty WHERE path = :a) WHERE path = :b"),
        {"a": world.A1, "b": world.A2},
    )
    assert at(town)[TOWN]["staffing"] == Tally(1, 2)
    town.execute(
        text("UPDATE duty SET during = tstzrange(lower(during), :end)"),
        {"end": END - timedelta(minutes=1)},
    )
    assert at(town)[TOWN]["staffing"] == Tally(0, 2)


def test_where_no_visit_is_kept_coverage_has_no_data(town: Connection) -> None:
    town.execute(text("DELETE FROM visit WHERE path = :path"), {"path": world.B1})
    assert at(town)[OTHER]["visiting"].of == 0
    # a month without any, where visits are otherwise kept, is 0 of 100
    town.execute(text("DELETE FROM visit WHERE at >= :begin"), {"begin": BEGIN})
    assert at(town)[TOWN]["visiting"] == Tally(0, 100)


@dataclass
class Desk:
    """The tiny world with its officers, and half a year of cases in it."""

    database: Database
    office: Office
    given: Any
    url: str

    def publish(self, who: str, within: str = world.COUNTY, month: date = MAY) -> int:
        viewer = self.office[who]
        with self.database.transaction(viewer, one_snapshot=True) as connection:
            return safety_index.publish(connection, within, month, acting(self.given, viewer))

    def rows(self, who: str, depth: int = 4, month: date = MAY) -> dict[str, asked.Region]:
        with self.database.transaction(self.office[who]) as connection:
            found = asked.regions(connection, Asked("", depth, month), now=NOW, zone=ZONE)
        return {one.path: one for one in found}

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """The superuser, whom no policy binds."""
        engine = create_engine(psycopg2_url(self.url), poolclass=NullPool)
        with engine.begin() as connection:
            yield connection
        engine.dispose()


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        fill(connection)
    return Desk(database, open_office(database_url), server.circumstances(), database_url)


def test_a_published_month_is_frozen_with_what_it_was_computed_from(desk: Desk) -> None:
    before = desk.rows("commander")
    assert desk.publish("commander") == 1 + 2 + 2  # the county, its townships, their villages
    with desk.database.transaction(desk.office["admin"]) as connection:
        connection.execute(text("UPDATE incident SET rating = 1, category = 1"))
        fields = {"value": ""} | written(
            "safety_index",
            connection.scalar(text("SELECT value FROM policy WHERE name = 'safety_index'")),
        )
        given = acting(desk.given, desk.office["admin"])
        policies.decide(
            connection,
            "safety_index",
            fields | {"disputes": "90；9 → 1"},
            from_day=None,
            given=given,
        )
    after = desk.rows("commander")
    assert {path: one.score for path, one in after.items()} == {
        path: one.score for path, one in before.items()
    }
    with desk.database.transaction(desk.office["commander"]) as connection:
        for one in after.values():
            assert one.published
            assert (one.published.by, one.published.at) == ("示例指挥", NOW)
            # whoever has the row can compute it again
            formula = asked.formula_of_version(connection, one.published.formula_version)
            assert score(one.tallies, formula) == one.score
        told = connection.execute(
            text("SELECT path, actor, data FROM event WHERE kind = 'IndexPublished'")
        ).one()
        noted = connection.scalar(text("SELECT count(*) FROM audit WHERE what = 'index_published'"))
    assert noted == 0, "a commander does not read the trail"
    with desk.owner() as connection:
        who = connection.scalars(text("SELECT who FROM audit WHERE what = 'index_published'")).all()
    assert list(who) == [str(desk.office["commander"])]
    assert (told.path, told.actor) == (world.COUNTY, str(desk.office["commander"]))
    assert told.data == {"month": "2026-05", "regions": 5, "formula_version": 1}
    # months that were not published follow what changed
    assert desk.rows("commander", month=date(2026, 4, 1))[TOWN].published is None
    with pytest.raises(Conflict):
        desk.publish("admin")


def test_who_publishes_more_adds_what_is_missing_and_changes_nothing(desk: Desk) -> None:
    with desk.owner() as connection:
        connection.execute(
            text("INSERT INTO guard.appointment (viewer, role, path) VALUES (:v, 'commander', :p)"),
            {"v": str(desk.office["officer"]), "p": TOWN},
        )
    assert desk.publish("officer", TOWN) == 2
    assert desk.publish("admin", "") == 1 + 1 + 1 + 1 + 1  # two levels above, county, the others
    rows = desk.rows("admin")
    assert {path: one.published.by for path, one in rows.items() if one.published} == {
        TOWN: "示例中心",
        OTHER: "示例管理",
    }


REFUSALS: list[tuple[str, str, date, type[Exception]]] = [
    ("officer", TOWN, MAY, NotAllowed),
    ("planner", world.COUNTY, MAY, NotAllowed),
    ("worker", world.A1, MAY, NotAllowed),
    ("commander", "", MAY, NotAllowed),
    ("commander", "99/01/02/", MAY, NotAllowed),
    ("commander", f"{world.COUNTY}109/", MAY, NotFound),
    ("commander", world.COUNTY, JUNE, InvalidInput),
]


@pytest.mark.parametrize(("who", "within", "month", "refusal"), REFUSALS)
def test_who_may_not_publish_changes_nothing(
    desk: Desk, who: str, within: str, month: date, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        desk.publish(who, within, month)
    with desk.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM index_month")) == 0


def test_only_an_account_publishes(desk: Desk) -> None:
    with (
        pytest.raises(NotAllowed),
        desk.database.transaction(LOCAL_ADMINISTRATOR, one_snapshot=True) as connection,
    ):
        safety_index.publish(connection, world.COUNTY, MAY, desk.given)


_FORGED = """
INSERT INTO index_month SELECT county, path, DATE '2026-04-01', level, name, 100, 100, 100, present,
       dimensions, formula_version, :by, publisher, published_at FROM index_month LIMIT 1
"""


@pytest.mark.parametrize("who", ["commander", "admin", "county", "planner", "nobody"])
def test_no_role_changes_a_frozen_row(desk: Desk, who: str) -> None:
    desk.publish("commander")
    for statement in (
        "UPDATE index_month SET score = 100",
        "UPDATE index_month SET publisher = 'x' WHERE false",
        "DELETE FROM index_month",
        "TRUNCATE index_month",
    ):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            desk.database.transaction(desk.office[who]) as connection,
        ):
            connection.execute(text(statement))


def test_nor_does_a_job_the_owner_or_somebody_in_another_name(desk: Desk) -> None:
    desk.publish("commander")
    for statement in ("UPDATE index_month SET score = 1", "DELETE FROM index_month"):
        with pytest.raises(DBAPIError, match="append-only"), desk.owner() as connection:
            connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="append-only"), desk.owner() as connection:
        connection.execute(text("TRUNCATE index_month"))
    for who, by in (("commander", "admin"), ("officer", "officer")):
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            desk.database.transaction(desk.office[who]) as connection,
        ):
            connection.execute(text(_FORGED), {"by": str(desk.office[by])})


def test_rows_of_another_area_are_not_seen(desk: Desk) -> None:
    desk.publish("commander")
    seen = {}
    for who in ("officer", "county", "commander", "planner", "worker", "nobody", "fire"):
        with desk.database.transaction(desk.office[who]) as connection:
            paths = connection.scalars(text("SELECT path FROM index_month ORDER BY path")).all()
        seen[who] = set(paths)
    assert seen["officer"] == {TOWN, f"{TOWN}201/"}
    assert len(seen["county"]) == len(seen["commander"]) == len(seen["planner"]) == 5
    assert not seen["worker"] | seen["nobody"] | seen["fire"]
    # a planner reads what is published, and cannot compute what is not
    assert set(desk.rows("planner")) == {TOWN, OTHER}
    assert desk.rows("planner", month=date(2026, 4, 1)) == {}
    assert set(desk.rows("officer", month=date(2026, 4, 1))) == {TOWN}


def test_everybody_computes_the_same(desk: Desk) -> None:
    whole = desk.rows("admin")[TOWN]
    for who in ("commander", "county", "officer"):
        assert desk.rows(who)[TOWN] == whole


Look = Callable[[Connection], dict[str, Any]]


def looked(desk: Desk, who: str, wanted: Wanted) -> dict[str, Any]:
    viewer = desk.office[who]
    with desk.database.transaction(viewer) as connection:
        settled = index_page.settled(connection, wanted, now=NOW, zone=ZONE)
        return index_page.page(connection, settled, viewer, now=NOW, zone=ZONE)


def test_the_page_opens_where_there_is_a_choice(desk: Desk) -> None:
    opened = looked(desk, "commander", Wanted(None, None, None))
    assert (opened["within"], opened["level"], opened["month"]) == (world.COUNTY, 4, "2026-05")
    assert opened["area"]["path"] == world.COUNTY
    assert {row["path"] for row in opened["rows"]} == {TOWN, OTHER}
    indexes = [row["index"] for row in opened["rows"]]
    assert indexes == sorted(indexes, reverse=True)
    assert opened["publish"] == "yes"
    assert looked(desk, "officer", Wanted(None, None, None))["within"] == TOWN
    assert looked(desk, "officer", Wanted(None, None, None))["publish"] == "right"
    assert looked(desk, "commander", Wanted(None, None, JUNE))["publish"] == "whole"
    desk.publish("commander")
    again = looked(desk, "commander", Wanted(None, None, None))
    assert again["publish"] == "published"
    assert again["published_months"] == ["2026-05"]
    with pytest.raises(NotAllowed):
        looked(desk, "worker", Wanted(None, None, None))
    with pytest.raises(InvalidInput):
        looked(desk, "commander", Wanted(world.COUNTY, 6, None))
    with pytest.raises(InvalidInput):
        looked(desk, "commander", Wanted(None, None, date(2026, 7, 1)))


def test_the_trend_has_twelve_months(desk: Desk) -> None:
    with desk.database.transaction(desk.office["commander"]) as connection:
        told = index_page.trend(connection, TOWN, MAY, now=NOW, zone=ZONE)
    assert [one["month"] for one in told] == [f"2025-{n:02}" for n in range(6, 13)] + [
        f"2026-{n:02}" for n in range(1, 6)
    ]
    assert (
        told[-1]["index"]
        == looked(desk, "commander", Wanted(None, None, None))["rows"][
            [
                row["path"] for row in looked(desk, "commander", Wanted(None, None, None))["rows"]
            ].index(TOWN)
        ]["index"]
    )


def test_scales_are_fitted_by_who_decides_policies(desk: Desk) -> None:
    with (
        pytest.raises(NotAllowed),
        desk.database.transaction(desk.office["commander"]) as connection,
    ):
        safety_index.fit(connection, acting(desk.given, desk.office["commander"]))
    admin = desk.office["admin"]
    with desk.database.transaction(admin) as connection:
        changed = safety_index.fit(connection, acting(desk.given, admin))
        version, formula = asked.formula_at(connection, NOW)
        assert (changed > 0, version) == (True, 2)
        first = asked.formula_of_version(connection, 1)
        assert [one.weight for one in formula.values()] == [one.weight for one in first.values()]
        assert safety_index.fit(connection, acting(desk.given, admin)) == 0


def test_the_last_day_of_a_month() -> None:
    assert last_day_of(date(2024, 2, 1)) == date(2024, 2, 29)
    assert last_day_of(date(2026, 12, 1)) == date(2026, 12, 31)
    assert index_page.month_before(date(2026, 3, 31), 14) == date(2025, 1, 1)
    assert datetime(2026, 4, 30, 16, tzinfo=UTC) == BEGIN
