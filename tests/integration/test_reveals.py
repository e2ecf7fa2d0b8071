"""What is masked opens for a reason, and never without its row of the trail."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridmap import sealing
from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database, psycopg2_url
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.operations import intake, reveals
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.intake import NewReport
from gridmap.operations.reveals import Revealed
from gridmap.queries import households
from gridmap.queries.locate import Spot
from gridmap.rules import masking
from tests import world
from tests.conftest import NOW, Server
from tests.integration.homes import IDENTITY, NAME, NOTES, PHONE, Home, settle
from tests.integration.offices import Office, acting, open_office

ASK = "SELECT guard.reveal_ask(:now, 'person', 1, :id, '核对身份', '203.0.113.7')"
GET = "SELECT name FROM guard.reveal_get(:ticket)"


@pytest.fixture
def administrator(database_url: str) -> Iterator[Connection]:
    engine = create_engine(
        psycopg2_url(database_url), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def given(server: Server) -> Circumstances:
    return server.circumstances()


@pytest.fixture
def home(database: Database, database_url: str, given: Circumstances) -> Home:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return settle(database_url, given.sealer, world.A1)


@pytest.fixture
def office(home: Home, database_url: str) -> Office:
    return open_office(database_url)


def opened(
    database: Database, given: Circumstances, viewer: Viewer, id: UUID, why: str = "核对身份"
) -> Revealed:
    """What a reveal of a person shows to a viewer."""
    return reveals.reveal(
        database,
        kind="person",
        county=1,
        id=id,
        why=why,
        source="203.0.113.7",
        given=acting(given, viewer),
    )


def audited(administrator: Connection, what: str = "reveal") -> list[tuple[str, UUID, str]]:
    rows = administrator.execute(
        text("SELECT who, subject_id, why FROM audit WHERE what = :what ORDER BY id"),
        {"what": what},
    )
    return [(row.who, row.subject_id, row.why) for row in rows]


def test_a_reveal_opens_everything_and_leaves_its_row(
    database: Database, given: Circumstances, office: Office, home: Home, administrator: Connection
) -> None:
    shown = opened(database, given, office["officer"], home.person)
    assert shown == Revealed(NAME, PHONE, IDENTITY, NOTES)
    assert audited(administrator) == [(str(office["officer"]), home.person, "核对身份")]


@pytest.mark.parametrize("why", ["", " ", "查", "x" * 201])
def test_without_a_reason_nothing_opens(
    database: Database,
    given: Circumstances,
    office: Office,
    home: Home,
    administrator: Connection,
    why: str,
) -> None:
    with pytest.raises(InvalidInput):
        opened(database, given, office["officer"], home.person, why)
    no_reason = ASK.replace("'核对身份'", "CAST(:why AS text)")
    for empty in (None, "", " "):
        with (
            pytest.raises(DBAPIError, match="a reason is needed"),
            database.transaction(office["officer"]) as connection,
        ):
            connection.execute(text(no_reason), {"now": NOW, "id": home.person, "why": empty})
    assert audited(administrator) == []


@pytest.mark.parametrize("login", ["worker", "commander", "planner", "auditor", "fire", "nobody"])
def test_who_has_no_right_to_reveal_gets_nothing(
    database: Database, given: Circumstances, office: Office, home: Home, login: str
) -> None:
    with pytest.raises(NotAllowed):
        opened(database, given, office[login], home.person)


def test_outside_the_area_a_person_is_as_one_that_does_not_exist(
    database: Database, database_url: str, given: Circumstances, office: Office
) -> None:
    beyond = settle(database_url, given.sealer, world.B1, code="B-1")
    for id in (beyond.person, uuid7(NOW)):
        with pytest.raises(NotAllowed) as refused:
            opened(database, given, office["officer"], id)
        assert str(beyond.person) not in str(refused.value)
    assert opened(database, given, office["county"], beyond.person).name == NAME


def test_a_ticket_of_the_same_or_a_rolled_back_transaction_opens_nothing(
    database: Database, office: Office, home: Home, administrator: Connection
) -> None:
    asked = {"now": NOW, "id": home.person}
    with database.transaction(office["officer"]) as connection:
        ticket = connection.scalar(text(ASK), asked)
        with pytest.raises(DBAPIError, match="no such ticket"):
            connection.execute(text(GET), {"ticket": ticket})
        connection.rollback()
    with database.transaction(office["officer"]) as connection:
        ticket = connection.scalar(text(ASK), asked)
        connection.rollback()
    assert audited(administrator) == []
    with (
        pytest.raises(DBAPIError, match="no such ticket"),
        database.transaction(office["officer"]) as connection,
    ):
        connection.execute(text(GET), {"ticket": ticket})


def test_a_savepoint_taken_back_takes_its_ticket_back(
    database: Database, office: Office, home: Home
) -> None:
    with database.transaction(office["officer"]) as connection:
        inner = connection.begin_nested()
        ticket = connection.scalar(text(ASK), {"now": NOW, "id": home.person})
        inner.rollback()
    with (
        pytest.raises(DBAPIError, match="no such ticket"),
        database.transaction(office["officer"]) as connection,
    ):
        connection.execute(text(GET), {"ticket": ticket})


def test_a_ticket_is_its_viewers_and_ends_after_a_minute(
    database: Database, office: Office, home: Home, administrator: Connection
) -> None:
    with database.transaction(office["officer"]) as connection:
        ticket = connection.scalar(text(ASK), {"now": NOW, "id": home.person})
    with (
        pytest.raises(DBAPIError, match="no such ticket"),
        database.transaction(office["county"]) as connection,
    ):
        connection.execute(text(GET), {"ticket": ticket})
    with database.transaction(office["officer"]) as connection:
        assert connection.scalar(text(GET), {"ticket": ticket}) == NAME
    # only a superuser who sets the triggers aside can make the row older
    administrator.execute(text("SET session_replication_role = replica"))
    administrator.execute(text("UPDATE audit SET stamped_at = stamped_at - interval '61 s'"))
    with (
        pytest.raises(DBAPIError, match="no such ticket"),
        database.transaction(office["officer"]) as connection,
    ):
        connection.execute(text(GET), {"ticket": ticket})


def test_a_number_that_is_no_ticket_opens_nothing(database: Database, office: Office) -> None:
    """Rows of the trail of other acts are no tickets."""
    with database.transaction(office["officer"]) as connection:
        other = connection.scalar(
            text(
                "SELECT guard.audit(:now, 'household_read', 'household', 1, NULL, '', '', '', '{}')"
            ),
            {"now": NOW},
        )
    for ticket in (other, other + 1000, -1):
        for get in (GET, "SELECT * FROM guard.number_get(:ticket)"):
            with (
                pytest.raises(DBAPIError, match="no such ticket"),
                database.transaction(office["officer"]) as connection,
            ):
                connection.execute(text(get), {"ticket": ticket})


def test_a_reporters_phone_opens_too(
    database: Database, given: Circumstances, office: Office, administrator: Connection
) -> None:
    lon, lat = world.middle(0.5)
    id = uuid7(NOW)
    new = NewReport(
        id=id,
        category=1,
        severity=2,
        place=Spot(lon, lat),
        words="井盖松动",
        reporter_name="示例人",
        reporter_phone=PHONE,
    )
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        intake.report(connection, new, given)
    shown = reveals.reveal(
        database,
        kind="report",
        county=1,
        id=id,
        why="回电核实",
        source="",
        given=acting(given, office["officer"]),
    )
    assert shown == Revealed("示例人", PHONE, None, None)
    found = reveals.find_number(
        database, PHONE, why="重复来电", source="", given=acting(given, office["officer"])
    )
    assert [one["kind"] for one in found] == ["household", "incident"]


def test_a_number_is_found_whole_or_by_its_last_four_digits(
    database: Database,
    database_url: str,
    given: Circumstances,
    office: Office,
    home: Home,
    administrator: Connection,
) -> None:
    settle(database_url, given.sealer, world.B1, code="B-1")
    officer = acting(given, office["officer"])
    for digits in (PHONE, f" {PHONE[:3]} {PHONE[3:]}", PHONE[-4:]):
        (found,) = reveals.find_number(database, digits, why="来电", source="", given=officer)
        assert (found["id"], found["name"]) == (str(home.household), f"{NAME[0]}*")
        assert PHONE not in str(found)
    assert reveals.find_number(database, "19900009999", why="来电", source="", given=officer) == []
    assert len(audited(administrator, "number_searched")) == 4
    trail = administrator.scalars(text("SELECT data::text FROM audit")).all()
    assert not [one for one in trail if PHONE in one or PHONE[-4:] == one]
    for refused, digits in (("worker", PHONE), ("commander", PHONE)):
        with pytest.raises(NotAllowed):
            reveals.find_number(
                database, digits, why="来电", source="", given=acting(given, office[refused])
            )
    with pytest.raises(InvalidInput):
        reveals.find_number(database, "123", why="来电", source="", given=officer)


def seen(database: Database, given: Circumstances, viewer: Viewer, id: UUID) -> dict[str, object]:
    with database.transaction(viewer) as connection:
        known = households.household(
            connection, 1, id, now=NOW, ring=given.sealer, hide=masking.words
        )
    (person,) = known["people"]
    return {"in_full": known["in_full"], "name": person["name"], "phone": person["phone"]}


def test_names_are_full_for_the_grids_worker_and_masked_for_all_others(
    database: Database, given: Circumstances, office: Office, home: Home
) -> None:
    masked = {"in_full": False, "name": f"{NAME[0]}*", "phone": f"{PHONE[:3]}****{PHONE[-4:]}"}
    for login in ("officer", "county", "commander", "planner", "admin"):
        assert seen(database, given, office[login], home.household) == masked, login
    full = {"in_full": True, "name": NAME, "phone": PHONE}
    assert seen(database, given, office["worker"], home.household) == full
    for login in ("neighbor", "stone", "auditor", "fire", "nobody"):
        with pytest.raises(NotFound):
            seen(database, given, office[login], home.household)


def test_names_are_searched_only_where_they_are_read(
    database: Database, office: Office, home: Home
) -> None:
    for login in ("worker", "neighbor", "officer", "commander", "admin"):
        with database.transaction(office[login]) as connection:
            found = households.named(connection, NAME[:2], now=NOW)
        assert [one["name"] for one in found] == ([NAME] if login == "worker" else []), login
    with database.transaction(office["worker"]) as connection:
        assert households.named(connection, "%", now=NOW) == []


def test_the_tail_of_a_number_is_that_of_its_digits(given: Circumstances) -> None:
    ring = given.sealer
    tail = sealing.tail_hash(ring, "199 0000 1111")
    assert tail == sealing.tail_hash(ring, "１１１１") == sealing.tail_hash(ring, "1111")
    assert tail != sealing.tail_hash(ring, "1112")
    assert tail != sealing.keyed_hash(ring, "1111")
    assert sealing.tail_hash(ring, "11-1") is None
