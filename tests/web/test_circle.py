"""Free text outside the circle of who may see an incident: no number, and no name known with it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import shielding
from gridmap.operations.telling import TELLER
from gridmap.queries import names_in
from tests import world
from tests.conftest import Server
from tests.integration.homes import NAME, PHONE, Home, settle
from tests.web.houses import House
from tests.web.offices import database_of
from tests.web.test_following import look, step

SAID = f"{NAME}家的墙已加护网，{NAME}的电话 {PHONE}、{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"
HIDDEN = "［姓名已隐去］家的墙已加护网，［姓名已隐去］的电话 ［电话已隐去］、［电话已隐去］"


@pytest.fixture
def home(server: Server, house: House, database_url: str) -> Home:
    """A household that the incident concerns, and what was said of it."""
    found = settle(database_url, server.circumstances().sealer, world.A1)
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text("INSERT INTO incident_household VALUES (1, :id, 1, :home)"),
            {"id": house.id, "home": found.household},
        )
    return found


def resolved(house: House) -> None:
    step(house, "worker", house.id, "verify", words="看过")
    step(house, "worker", house.id, "begin")
    step(house, "worker", house.id, "resolve", outcome="resolved", words=SAID)


def shown(house: House, who: str) -> Any:
    """What the desk's own page says of the last step."""
    return house.ask(who, "GET", f"/api/cases/1/{house.id}").get_json()["timeline"][0]["words"]


def test_who_follows_reads_no_number_and_no_name_and_the_desk_reads_all(
    house: House, home: Home
) -> None:
    resolved(house)
    assert look(house, house.code).get_json()["steps"][-1]["words"] == HIDDEN
    assert shown(house, "worker") == shown(house, "officer") == SAID


def test_what_was_seen_at_home_names_nobody_to_who_reads_no_names(house: House, home: Home) -> None:
    visit = {"id": str(home.person), "county": 1, "household": str(home.household), "seen": SAID}
    assert house.ask("worker", "POST", "/api/visits", json=visit).status_code == 201
    address = f"/api/households/1/{home.household}"
    said = {
        who: house.ask(who, "GET", address).get_json()["visits"][0]["seen"]
        for who in ("worker", "officer", "commander")
    }
    assert said == {"worker": SAID, "officer": HIDDEN, "commander": HIDDEN}


def test_a_department_that_sees_the_incident_no_more_reads_neither(
    house: House, home: Home
) -> None:
    whistle = {"departments": [str(house.office.fire)], "words": SAID}
    step(house, "officer", house.id, "whistle", **whistle)
    (errand,) = house.ask("fire", "GET", "/api/errands").get_json()["errands"]
    assert errand["words"] == SAID
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("DELETE FROM incident_access"))
    (errand,) = house.ask("fire", "GET", "/api/errands").get_json()["errands"]
    assert (errand["number"], errand["words"]) == (None, HIDDEN)


def test_a_reason_in_the_trail_names_nobody_known_with_what_it_is_of(
    house: House, home: Home
) -> None:
    why = {"why": f"{NAME}来电，{NAME}要改电话 {PHONE}"}
    for kind, id in (("person", str(home.person)), ("report", house.sent["id"])):
        asked = why | {"kind": kind, "county": 1, "id": id}
        assert house.ask("officer", "POST", "/api/reveals", json=asked).status_code == 200, kind
    page = house.ask("auditor", "GET", "/admin/audit").get_data(as_text=True)
    table = house.ask("auditor", "GET", "/admin/audit.csv").get_data(as_text=True)
    for told in (page, table):
        assert told.count("［姓名已隐去］来电，［姓名已隐去］要改电话 ［电话已隐去］") == 2
        assert NAME not in told


def test_only_the_shield_reads_which_names_stand_in_a_text(
    server: Server, house: House, home: Home
) -> None:
    database: Database = database_of(house.app)
    ring = server.circumstances().sealer
    assert shielding.names_of(database, 1, house.id, SAID, ring) == [NAME]
    assert shielding.names_of(database, 1, house.id, "别人家的墙", ring) == []
    with database.transaction(TELLER) as connection:
        assert names_in.of_incident(connection, 1, house.id, SAID, ring) == []
    for who in ("officer", "commander"):
        with (
            pytest.raises(DBAPIError, match="permission denied for table report"),
            database.transaction(house.office[who]) as connection,
        ):
            names_in.of_incident(connection, 1, house.id, SAID, ring)
