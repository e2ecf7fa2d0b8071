"""Notices, visits, desks, errands and absence over HTTP, each by somebody whose work it is."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.clock import fixed_clock
from gridmap.database import Database
from gridmap.operations import passwords
from gridmap.operations.sessions import DOOR
from gridmap.operations.telling import TELLER, tell
from gridmap.settings import Settings
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import TOWNSHIP, acting, open_office
from tests.integration.test_casework import Desk
from tests.web.requests import ELSEWHERE, PROGRAM

PASSWORD = "示例密码 1234567"


@pytest.fixture
def app(server: Server, database_url: str) -> Iterator[Flask]:
    """The application on the tiny world."""
    settings = Settings(database_url=database_url, instance=server.instance)
    made = create_app("web", settings=settings, clock=fixed_clock(NOW))
    with made.extensions["gridmap"].database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield made
    made.extensions["gridmap"].database.dispose()


@pytest.fixture
def desk(server: Server, app: Flask, database_url: str) -> Desk:
    """The tiny world's officers and one report, told of."""
    database: Database = app.extensions["gridmap"].database
    made = Desk(database, open_office(database_url), server.circumstances())
    tell(database, acting(made.given, TELLER))
    made.take("officer", "whistle", departments=[str(made.office.fire)])
    tell(database, acting(made.given, TELLER))
    return made


def signed_in(app: Flask, desk: Desk, login: str) -> FlaskClient:
    """A browser in which somebody of the office has signed in."""
    viewer: Viewer = desk.office[login]
    with desk.database.transaction(DOOR) as connection:
        passwords.set_password(connection, viewer.name, PASSWORD)  # type: ignore[arg-type]
    client = app.test_client()
    sent = client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=PROGRAM)
    assert sent.status_code == 302
    return client


def post(client: FlaskClient, address: str, body: Any) -> Any:
    return client.post(address, json=body, headers=PROGRAM)


def test_the_bell_counts_and_reading_empties_it(app: Flask, desk: Desk) -> None:
    client = signed_in(app, desk, "fire")
    assert client.get("/api/notices/count").json == {"unseen": 1, "waiting": 0}
    (one,) = client.get("/api/notices").json["notices"]  # type: ignore[index]
    assert (one["kind"], one["why"]["zh"], one["number"]) == (
        "DepartmentsWhistled",
        "吹哨叫了你们部门",
        "20260611-0001",
    )
    seen = post(client, "/api/notices/seen", {"ids": [one["id"]]})
    assert seen.json == {"unseen": 0, "waiting": 0}
    assert post(client, "/api/notices/seen", {"ids": ["x"]}).status_code == 422
    assert "<notice-list" in client.get("/notices").get_data(as_text=True)


def test_visits_are_planned_due_and_made(app: Flask, desk: Desk) -> None:
    client = signed_in(app, desk, "worker")
    whom = {"county": 1, "incident": str(desk.id)}
    plan = post(
        client,
        "/api/visits/plans",
        whom | {"every": "weekly", "first_on": "2026-06-12", "why": "复查"},
    )
    assert plan.status_code == 201
    due = client.get("/api/visits").json
    assert [one["id"] for one in due["visits"]] == [plan.json["id"]]  # type: ignore[index]
    visit = {"id": str(uuid4()), "seen": "线已换", "plan": plan.json["id"]} | whom
    for _ in range(2):
        made = post(client, "/api/visits", visit)
        assert (made.status_code, made.json["next_on"]) == (201, "2026-06-19")
    listed = client.get(f"/api/visits/made/1?incident={desk.id}").json
    assert [one["seen"] for one in listed["visits"]] == ["线已换"]  # type: ignore[index]
    assert post(client, "/api/visits", {"county": 1}).status_code == 422
    ended = post(client, f"/api/visits/plans/1/{plan.json['id']}/end", {})
    assert ended.status_code == 200


def test_a_department_sees_its_errand_checks_in_and_answers(app: Flask, desk: Desk) -> None:
    client = signed_in(app, desk, "fire")
    (errand,) = client.get("/api/errands").json["errands"]  # type: ignore[index]
    lon, lat = world.middle(0.5)
    address = f"/api/errands/1/{errand['id']}"
    arrived = post(client, f"{address}/arrival", {"lon": lon, "lat": lat})
    assert (arrived.json["late"], arrived.json["meters"]) == (False, 0)
    assert post(client, f"{address}/arrival", {}).status_code == 409
    assert post(client, f"{address}/answer", {"words": "好", "outcome": "done"}).status_code == 200
    assert client.get("/api/errands").json["errands"] == []  # type: ignore[index]


def test_a_center_keeps_its_desks_and_finds_who_is_near(app: Flask, desk: Desk) -> None:
    client = signed_in(app, desk, "officer")
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        center = connection.scalar(
            text("SELECT id FROM center WHERE path = :path"), {"path": TOWNSHIP}
        )
    new = {"department": str(desk.office.fire), "center": str(center), "kind": "rotating"}
    made = post(client, "/api/desks", new).json["id"]
    shift = {"name": "示例午班", "since": "2026-06-11T08:00:00+08:00"}
    assert post(client, f"/api/desks/{made}/shifts", shift).status_code == 422
    shift["until"] = "2026-06-11T18:00:00+08:00"
    assert post(client, f"/api/desks/{made}/shifts", shift).status_code == 201
    (one,) = client.get("/api/desks").json["desks"]  # type: ignore[index]
    assert (one["department"], one["call"]["name"]) == ("消防救援大队", "示例午班")
    near = client.get(f"/api/departments/near/1/{desk.id}").json
    assert near["departments"][0]["call"]["name"] == "示例午班"  # type: ignore[index]
    lon, lat = world.middle(0.5)
    ring = [[lon, lat], [lon + 0.001, lat], [lon, lat + 0.001]]
    drawn = post(client, "/api/departments/near", {"ring": ring}).json
    assert drawn["path"] == f"{TOWNSHIP}201/"
    assert post(client, "/api/departments/near", {"ring": [[0, 0]]}).status_code == 422
    headers = PROGRAM
    assert client.delete(f"/api/desks/{made}", headers=headers).status_code == 200


def test_a_center_names_a_stand_in_and_hands_on(app: Flask, desk: Desk) -> None:
    client = signed_in(app, desk, "officer")
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        staff = {row.name: row.id for row in connection.execute(text("SELECT * FROM staff"))}
    one, other = staff["示例甲"], staff["示例乙"]
    away = {"by": str(other), "back_on": "2026-06-20", "why": "休假"}
    named = post(client, f"/api/staff/{one}/stand-in", away)
    assert named.status_code == 201
    (listed,) = client.get("/api/stand-ins").json["stand_ins"]  # type: ignore[index]
    assert (listed["by"]["name"], listed["until"]) == ("示例乙", "2026-06-19T16:00:00+00:00")
    held = client.get(f"/api/staff/{one}/holdings").json
    assert len(held["incidents"]) == 1  # type: ignore[index]
    moved = post(client, f"/api/staff/{one}/hand-on", {"to": str(other)})
    assert moved.json == {"grids": 1, "incidents": 1, "account": "closed", "elsewhere": 0}


def test_strangers_get_none_of_it(app: Flask, desk: Desk) -> None:
    client = app.test_client()
    for address in ("/api/notices", "/api/visits", "/api/errands", "/api/desks"):
        assert client.get(address, environ_base=ELSEWHERE).status_code == 401
