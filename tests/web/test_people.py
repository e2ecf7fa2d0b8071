"""Households, reveals and exports in front of the web: who is shown what, and what is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.clock import fixed_clock
from gridmap.database import Database, psycopg2_url
from gridmap.jobs import exports as jobs
from gridmap.jobs.crew import Crew
from gridmap.settings import Settings
from tests import world
from tests.conftest import NOW, Server
from tests.integration.homes import IDENTITY, NAME, NOTES, PHONE, Home, settle
from tests.integration.offices import Office, open_office
from tests.web.offices import database_of, signed_in

HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Town:
    """The tiny world behind a web application, with one household in A1."""

    app: Flask
    url: str
    office: Office
    home: Home
    crew: Crew

    def as_(self, login: str) -> FlaskClient:
        """A browser of somebody who is signed in."""
        return signed_in(self.app, self.office[login])

    @property
    def address(self) -> str:
        """The household's."""
        return f"/api/households/1/{self.home.household}"

    def trail(self, what: str) -> list[tuple[str, str, str]]:
        """Who did that, on what, and why."""
        engine = create_engine(psycopg2_url(self.url), poolclass=NullPool)
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT who, subject_id, why FROM audit WHERE what = :what ORDER BY id"),
                {"what": what},
            )
            rows = [(row.who, str(row.subject_id), row.why) for row in found]
        engine.dispose()
        return rows


@pytest.fixture
def town(server: Server, database: Database, database_url: str, tmp_path: Path) -> Iterator[Town]:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    given = server.circumstances()
    home = settle(database_url, given.sealer, world.A1)
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "secrets").write_bytes((server.instance / "secrets").read_bytes())
    settings = Settings(database_url=database_url, instance=instance)
    app = create_app("web", settings=settings, clock=fixed_clock(NOW))
    crew = Crew(settings, database_of(app), fixed_clock(NOW), given.sealer)
    yield Town(app, database_url, open_office(database_url), home, crew)
    database_of(app).dispose()


def test_a_household_is_masked_for_an_officer_and_each_read_is_kept(town: Town) -> None:
    answer = town.as_("officer").get(town.address)
    known = answer.get_json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert known["people"][0]["name"] == f"{NAME[0]}*"
    assert known["people"][0]["phone"] == "199****1111"
    assert (known["in_full"], known["may_reveal"], known["may_change"]) == (False, True, True)
    for hidden in (NAME, PHONE, IDENTITY, NOTES):
        assert hidden not in answer.text
    town.as_("worker").get(town.address)
    assert [row[:2] for row in town.trail("household_read")] == [
        (str(town.office[login]), str(town.home.household)) for login in ("officer", "worker")
    ]


def test_the_grids_worker_reads_names_and_phones_but_no_identity_number(town: Town) -> None:
    answer = town.as_("worker").get(town.address)
    known = answer.get_json()
    assert (known["people"][0]["name"], known["people"][0]["phone"]) == (NAME, PHONE)
    assert known["may_reveal"] is False
    assert IDENTITY not in answer.text


@pytest.mark.parametrize("login", ["neighbor", "stone", "auditor", "fire", "nobody"])
def test_outside_the_area_there_is_no_such_household_and_no_row_of_a_read(
    town: Town, login: str
) -> None:
    assert town.as_(login).get(town.address).status_code == 404
    assert town.trail("household_read") == []


def test_a_stranger_must_sign_in(town: Town) -> None:
    stranger = town.app.test_client()
    town.as_("officer").get(town.address)
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    assert stranger.get(town.address, headers=proxied).status_code == 401
    page = stranger.get("/exports", headers=proxied | {"Accept": "text/html"})
    assert (page.status_code, page.headers["Location"]) == (302, "/sign-in?next=/exports")


def asked(town: Town, **changes: object) -> dict[str, object]:
    """A reveal of the one person."""
    return {"kind": "person", "county": 1, "id": str(town.home.person), "why": "核对身份"} | changes


def test_a_reveal_shows_everything_once_and_is_kept(town: Town) -> None:
    answer = town.as_("officer").post("/api/reveals", json=asked(town), headers=HERE)
    assert answer.get_json() == {
        "name": NAME,
        "phone": PHONE,
        "identity": IDENTITY,
        "notes": NOTES,
    }
    assert answer.headers["Cache-Control"] == "private, no-store"
    person = str(town.home.person)
    assert town.trail("reveal") == [(str(town.office["officer"]), person, "核对身份")]


@pytest.mark.parametrize(
    ("login", "changes", "status"),
    [
        ("officer", {"why": ""}, 422),
        ("officer", {"why": None}, 422),
        ("officer", {"kind": "household"}, 422),
        ("officer", {"id": None}, 422),
        ("officer", {"county": 2}, 403),
        ("worker", {}, 403),
        ("commander", {}, 403),
        ("nobody", {}, 403),
    ],
)
def test_a_reveal_that_is_refused_shows_and_keeps_nothing(
    town: Town, login: str, changes: dict[str, object], status: int
) -> None:
    answer = town.as_(login).post("/api/reveals", json=asked(town, **changes), headers=HERE)
    assert answer.status_code == status
    assert NAME not in answer.text
    assert town.trail("reveal") == []


def test_a_reveal_from_another_site_is_refused(town: Town) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = town.as_("officer").post("/api/reveals", json=asked(town), headers=foreign)
    assert answer.status_code == 403


def test_people_are_found_by_name_or_number_without_either_in_an_address(town: Town) -> None:
    named = {"name": NAME[:2]}
    for login, found in (("worker", [NAME]), ("officer", []), ("admin", [])):
        answer = town.as_(login).post("/api/people/named", json=named, headers=HERE)
        assert [one["name"] for one in answer.get_json()["found"]] == found, login
    number = {"number": PHONE[-4:], "why": "来电"}
    answer = town.as_("officer").post("/api/people/numbered", json=number, headers=HERE)
    assert [one["id"] for one in answer.get_json()["found"]] == [str(town.home.household)]
    assert PHONE not in answer.text
    assert len(town.trail("number_searched")) == 1


def test_who_moved_away_is_marked_and_the_mark_taken_back(town: Town) -> None:
    worker = town.as_("worker")
    address = f"/api/households/1/people/{town.home.person}/moved-away"
    for on in ("2026-06-01", None):
        assert worker.post(address, json={"on": on}, headers=HERE).status_code == 200
        assert worker.get(town.address).get_json()["people"][0]["moved_away_on"] == on
    for wrong in ("2026-06-12", "gestern", 7):
        assert worker.post(address, json={"on": wrong}, headers=HERE).status_code == 422
    other = town.as_("neighbor").post(address, json={"on": "2026-06-01"}, headers=HERE)
    assert other.status_code == 404
    assert len(town.trail("moved_away")) == 1


WANTED = {
    "what": "households",
    "format": "csv",
    "as_of": "2026-06-11",
    "within": world.COUNTY,
    "why": "核对门牌",
}


def test_an_export_is_asked_for_made_and_fetched(town: Town) -> None:
    officer = town.as_("officer")
    made = officer.post("/api/exports", json=WANTED, headers=HERE)
    assert made.status_code == 201
    id = made.get_json()["id"]
    assert officer.get(f"/api/exports/{id}/file").status_code == 404
    jobs.make(town.crew, UUID(id))
    fetched = officer.get(f"/api/exports/{id}/file")
    assert fetched.status_code == 200
    assert "households-2026-06-11.csv" in fetched.headers["Content-Disposition"]
    assert "核对门牌" in fetched.data.decode("utf-8-sig")
    fetched.close()
    (mine,) = officer.get("/api/exports").get_json()["exports"]
    assert (mine["state"], mine["rows"], mine["downloads"]) == ("ready", 1, 1)
    other = town.as_("county")
    assert other.get(f"/api/exports/{id}/file").status_code == 404
    assert other.get("/api/exports").get_json()["exports"] == []
    assert [row[0] for row in town.trail("export_fetched")] == [str(town.office["officer"])]


def test_who_may_not_export_is_told_so(town: Town) -> None:
    worker = town.as_("worker")
    assert worker.get("/api/exports").get_json()["may_export"] is False
    assert worker.post("/api/exports", json=WANTED, headers=HERE).status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_exports(town: Town, lang: str) -> None:
    page = town.as_("officer").get(f"/exports?lang={lang}")
    assert page.status_code == 200
    assert "<export-desk>" in page.text


def test_a_viewer_without_an_account_is_no_person(town: Town) -> None:
    """The tiny world's rows for a viewer that the gate never lets in: the database agrees."""
    with database_of(town.app).transaction(Viewer("token", "x")) as connection:
        assert connection.scalar(text("SELECT count(*) FROM household")) == 0
