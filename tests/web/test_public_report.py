"""Residents report without an account: once, however often they send, and lose nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from flask import Flask
from sqlalchemy import text

from gridmap import create_app
from gridmap.access import INTAKE, LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.database import Database
from gridmap.rules import follow_code, work
from gridmap.settings import Settings
from tests import world
from tests.conftest import NOW, Server, served
from tests.web.requests import ELSEWHERE, PROGRAM

SECRET = "a" * 32
LON, LAT = world.middle(0.5)


def body(**changes: Any) -> dict[str, Any]:
    """A report as the page sends it."""
    made = {
        "id": str(uuid4()),
        "secret": SECRET,
        "kind": "hazard",
        "words": "后坡的墙裂了，打 13800001111 找我",
        "lon": LON,
        "lat": LAT,
        "accuracy_m": 12,
        "wants_no_name": True,
        "phone": "19900001234",
    }
    return made | changes


@pytest.fixture
def settings(server: Server, database_url: str) -> Settings:
    """The settings of the application under test."""
    return Settings(database_url=database_url, instance=server.instance)


def started(settings: Settings, moment: datetime = NOW) -> Flask:
    """The application, its clock standing still."""
    return create_app("web", settings=settings, clock=fixed_clock(moment))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on the tiny world."""
    made = started(settings)
    database = database_of(made)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield made
    database.dispose()


def database_of(app: Flask) -> Database:
    """The application's database."""
    made: Database = app.extensions["gridmap"].database
    return made


def send(app: Flask, sent: dict[str, Any], path: str = "/api/report") -> Any:
    """Sends as a stranger from elsewhere."""
    return app.test_client().post(path, json=sent, headers=PROGRAM, environ_overrides=ELSEWHERE)


def rows(app: Flask, sql: str) -> list[Any]:
    """What the administrator sees."""
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        return list(connection.execute(text(sql)))


def test_a_stranger_learns_number_code_and_whose_grid_it_is(app: Flask) -> None:
    answer = send(app, body())
    assert answer.status_code == 201
    receipt = answer.get_json()
    assert receipt["number"] == "20260611-0001"
    assert receipt["whose"]["village"] == "松岭村"
    assert (receipt["whose"]["grid"], receipt["whose"]["worker"]) == ("001", "示例甲")
    assert follow_code.read(receipt["code"]) == receipt["code"]
    assert receipt["link"] == f"http://localhost/follow#{receipt['code']}"
    assert receipt["qr"]["path"].startswith("M2 2.5h7")
    (stored,) = rows(app, "SELECT channel, wants_no_name, received_at FROM report")
    assert tuple(stored) == ("resident", True, NOW)
    (incident,) = rows(app, "SELECT category, path, state FROM incident")
    assert tuple(incident) == (41, world.A1, "taken_in")


def test_the_code_leads_back_by_tls_where_a_proxy_speaks_it(app: Flask) -> None:
    answer = app.test_client().post(
        "/api/report",
        json=body(),
        headers=PROGRAM | {"X-Forwarded-Proto": "https", "Host": "report.example"},
        environ_overrides={"REMOTE_ADDR": "127.0.0.1"},
    )
    assert answer.get_json()["link"].startswith("https://report.example/follow#")


def test_five_sends_at_once_are_one_incident_with_one_code(app: Flask) -> None:
    sent = body()
    with served(app) as address, ThreadPoolExecutor(5) as pool:

        def once(_: int) -> requests.Response:
            return requests.post(f"{address}/api/report", json=sent, headers=PROGRAM, timeout=30)

        answers = list(pool.map(once, range(5)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    assert len({(one.json()["number"], one.json()["code"]) for one in answers}) == 1
    assert len(rows(app, "SELECT FROM incident")) == 1
    assert len(rows(app, "SELECT FROM event WHERE kind = 'IncidentReported'")) == 1


def test_a_corrected_pin_far_away_is_still_one_and_the_sender_is_told(app: Flask) -> None:
    first = body()
    told = send(app, first).get_json()
    lon, lat = world.middle(2.5)
    answer = send(app, first | {"lon": lon, "lat": lat})
    assert answer.status_code == 409
    assert told["number"] in answer.get_json()["error"]["message"]
    assert answer.get_json()["receipt"]["code"] == told["code"]
    assert [row.path for row in rows(app, "SELECT path FROM incident")] == [world.A1]


def test_somebody_else_with_the_same_id_learns_nothing(app: Flask) -> None:
    first = body()
    told = send(app, first).get_json()
    answer = send(app, first | {"secret": "b" * 32})
    assert answer.status_code == 409
    assert told["code"] not in answer.get_data(as_text=True)
    assert told["number"] not in answer.get_data(as_text=True)


def test_the_code_is_kept_as_a_keyed_hash_alone(app: Flask) -> None:
    code = send(app, body()).get_json()["code"]
    with database_of(app).transaction(INTAKE) as connection:
        (kept,) = connection.execute(text("SELECT * FROM report")).mappings().all()
    assert len(bytes(kept["follow_code_hash"])) == 32
    assert all(code not in str(value) for value in kept.values())


def test_a_report_without_place_kind_by_its_category_or_words_by_photo(app: Flask) -> None:
    without = {"lon": None, "lat": None, "accuracy_m": None}
    answer = send(app, body(category=36, **without))
    assert answer.status_code == 201
    assert answer.get_json()["whose"]["grid"] is None
    photo = {"id": str(uuid4()), "name": "墙.jpg"}
    assert send(app, body(words="", photos=[photo])).status_code == 201
    announced = rows(app, "SELECT name, complete FROM attachment")
    assert [tuple(row) for row in announced] == [("墙.jpg", False)]
    assert {row.category for row in rows(app, "SELECT category FROM incident")} == {36, 41}


def test_a_named_grid_needs_no_point(app: Flask) -> None:
    answer = send(app, body(lon=None, lat=None, accuracy_m=None, grid="990101102201001"))
    assert answer.get_json()["whose"]["worker"] == "示例丙"


AGAINST_THE_RULES: list[dict[str, Any]] = [
    {"words": ""},
    {"kind": "other"},
    {"category": 99},
    {"secret": "short"},
    {"id": None},
    {"lon": 200},
    {"words": "长" * 4001},
    {"wants_no_name": "yes"},
    {"photos": [{"id": str(uuid4()), "name": "x"}] * 21},
]


def test_what_breaks_a_rule_changes_nothing_and_says_why(app: Flask) -> None:
    for changes in AGAINST_THE_RULES:
        answer = send(app, body(**changes))
        assert answer.status_code == 422, changes
        assert answer.get_json()["error"]["message"]
    assert not rows(app, "SELECT FROM incident")


def test_without_the_database_it_says_try_again(app: Flask, server: Server) -> None:
    name = database_of(app).engines["app"].url.database
    server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    sent = body()
    answers = [send(app, sent) for _ in range(3)]
    server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert [one.status_code for one in answers] == [503] * 3
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers)
    assert send(app, sent).status_code == 201


def test_new_reports_are_limited_by_address_and_resends_are_not(settings: Settings) -> None:
    app = started(replace(settings, reports_per_hour=2))
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    known = body()
    assert send(app, known).status_code == 201
    assert send(app, body()).status_code == 201
    refused = send(app, body())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert send(app, known).status_code == 200
    other = app.test_client().post(
        "/api/report",
        json=body(),
        headers=PROGRAM | {"X-Real-IP": "203.0.113.9"},
        environ_overrides={"REMOTE_ADDR": "127.0.0.1"},
    )
    assert other.status_code == 201
    database_of(app).dispose()
    later = started(replace(settings, reports_per_hour=2), NOW + timedelta(hours=1))
    assert send(later, body()).status_code == 201
    database_of(later).dispose()


def test_a_proof_of_work_is_asked_for_where_it_is_set(settings: Settings, app: Flask) -> None:
    strict = started(replace(settings, report_work_bits=8))
    sent = body()
    assert send(strict, sent).status_code == 422
    id = UUID(sent["id"])
    answer = next(str(n) for n in range(100_000) if work.is_done(id, str(n), 8))
    wrong = next(str(n) for n in range(100_000) if not work.is_done(id, str(n), 8))
    assert send(strict, sent | {"work": wrong}).status_code == 422
    assert send(strict, sent | {"work": answer}).status_code == 201
    database_of(strict).dispose()


def test_a_stranger_finds_villages_and_grids_and_no_household(app: Flask) -> None:
    def titles(words: str) -> list[tuple[str, bool]]:
        found = send(app, {"q": words}, "/api/report/places").get_json()["results"]
        return [(one["title"], one["grid"] is not None) for one in found]

    assert titles("松岭") == [("松岭村", False)]
    assert titles("柳川镇松岭村三组") == [("松岭村", False)]
    assert titles("松岭村 2") == [("松岭村 002", True), ("松岭村", False)]
    assert titles("柳川") == []
    assert titles("") == titles("%") == []


def test_options_hold_nothing_that_a_stranger_may_not_see(app: Flask) -> None:
    answer = app.test_client().get("/api/report/options", environ_overrides=ELSEWHERE)
    offered = answer.get_json()
    assert {one["kind"] for one in offered["categories"]} == {"dispute", "hazard", "service"}
    assert {one["id"] for one in offered["layers"]} == {
        "regions",
        "region-labels",
        "grids",
        "grid-labels",
        "rivers",
        "roads",
    }
