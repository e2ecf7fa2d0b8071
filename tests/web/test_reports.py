"""Reports over HTTP: taken in once, refused with a reason, never half stored."""

import json
import threading
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests.conftest import NOW, served
from tests.web.requests import ELSEWHERE, PROGRAM

PLACE = {"lon": 104.6, "lat": 35.4}
TABLES = ("incident", "report", "assignment", "event", "receipt")


@pytest.fixture
def counts(own_app: Flask) -> Any:
    """Counts the rows of the tables that a report writes to."""
    made = own_app.extensions["gridmap"]

    def count() -> dict[str, int]:
        with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            return {
                table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES
            }

    return count


def test_a_report_is_answered_with_who_answers_for_it(own_app: Flask, counts: Any) -> None:
    client = own_app.test_client()
    before = counts()
    response = client.post("/api/incidents", json={"category": 32, **PLACE}, headers=PROGRAM)
    answer = response.get_json()
    assert response.status_code == 201
    located = client.get("/api/locate?lon=104.6&lat=35.4").get_json()
    assert answer["assignment"] == located
    assert located["worker"]
    assert located["center"]
    assert {table: n - before[table] for table, n in counts().items()} == dict.fromkeys(TABLES, 1)
    card = client.get(f"/api/incidents/{answer['county']}/{answer['id']}").get_json()
    assert card["path"] == located["path"]
    assert card["number"] == answer["number"]
    assert card["timeline"][0]["kind"] == "IncidentReported"


def test_the_same_report_twice_is_one(own_app: Flask, counts: Any) -> None:
    client = own_app.test_client()
    body = {"id": str(uuid4()), "category": 1, "words": "吵架", **PLACE}
    first = client.post("/api/incidents", json=body, headers=PROGRAM)
    after_first = counts()
    second = client.post("/api/incidents", json=body, headers=PROGRAM)
    assert (first.status_code, second.status_code) == (201, 201)
    for part in ("id", "county", "number"):
        assert first.get_json()[part] == second.get_json()[part]
    assert counts() == after_first


@pytest.mark.parametrize(
    "change", [{"words": "别的"}, {"category": 2}, {"lon": 104.61}, {"severity": 4}]
)
def test_the_same_id_for_something_else_is_a_conflict(
    own_app: Flask, counts: Any, change: dict[str, Any]
) -> None:
    client = own_app.test_client()
    body = {"id": str(uuid4()), "category": 1, "words": "吵架", **PLACE}
    client.post("/api/incidents", json=body, headers=PROGRAM)
    before = counts()
    response = client.post("/api/incidents", json=body | change, headers=PROGRAM)
    assert response.status_code == 409
    assert response.get_json()["error"]["code"] == "conflict"
    assert counts() == before


def test_five_at_once_are_one(own_app: Flask, counts: Any) -> None:
    body: dict[str, Any] = {"id": str(uuid4()), "category": 33, **PLACE}
    before = counts()
    answers: list[dict[str, Any]] = []
    with served(own_app) as address:
        start = threading.Barrier(5)

        def post() -> None:
            start.wait()
            answer = requests.post(
                f"{address}/api/incidents", json=body, headers=PROGRAM, timeout=30
            )
            answers.append({"status": answer.status_code, **answer.json()})

        threads = [threading.Thread(target=post) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [one["status"] for one in answers] == [201] * 5
    assert len({(one["id"], one["county"], one["number"]) for one in answers}) == 1
    assert {table: n - before[table] for table, n in counts().items()} == dict.fromkeys(TABLES, 1)


def test_many_at_once_have_numbers_of_their_own(own_app: Flask) -> None:
    numbers: list[str] = []
    with served(own_app) as address:

        def post() -> None:
            body: dict[str, Any] = {"category": 33, **PLACE}
            answer = requests.post(
                f"{address}/api/incidents", json=body, headers=PROGRAM, timeout=30
            )
            numbers.append(answer.json()["number"])

        threads = [threading.Thread(target=post) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers) == [f"20260611-{n:04d}" for n in range(1, 11)]


BAD: list[Any] = [
    None,
    [],
    "text",
    7,
    {},
    {"category": "32"},
    {"category": 32.5},
    {"category": True},
    {"category": 10**12},
    {"category": 99},
    {"category": 32, "severity": 0},
    {"category": 32, "severity": None},
    {"category": 32, "lon": 104.6},
    {"category": 32, "lon": "a", "lat": 35.4},
    {"category": 32, "lon": True, "lat": 35.4},
    {"category": 32, "lon": 1e999, "lat": 35.4},
    {"category": 32, "lon": 200, "lat": 35.4},
    {"category": 32, **PLACE, "accuracy_m": -5},
    {"category": 32, "lat": 35.4},
    {"category": 32, "grid": 5},
    {"category": 32, "household": "here"},
    {"category": 32, "household": {"county": 1}},
    {"category": 32, "household": {"county": "1", "id": str(uuid4())}},
    {"category": 32, "id": "7"},
    {"category": 32, "words": ["a"]},
    {"category": 32, "words": "a\x00b"},
    {"category": 32, "words": "\ud800"},
    {"category": 32, "words": "长" * 4001},
    {"category": 32, "channel": "\x00"},
    {"category": 32, "occurred_at": "yesterday"},
    {"category": 32, "occurred_at": "2026-06-11T12:00:00"},
    {"category": 32, "occurred_at": "2099-01-01T00:00:00+08:00"},
    {"category": 32, "occurred_at": 5},
    {"category": 32, "reporter_phone": {"a": 1}},
]


@pytest.mark.parametrize("body", BAD, ids=repr)
def test_what_is_wrong_is_refused_and_changes_nothing(
    sample_app: Flask, sample_connection: Connection, body: Any
) -> None:
    def count() -> list[int]:
        return [
            sample_connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in TABLES
        ]

    before = count()
    response = sample_app.test_client().post(
        "/api/incidents",
        data=json.dumps(body),
        content_type="application/json",
        headers=PROGRAM,
    )
    assert response.status_code == 422
    assert response.get_json()["error"]["code"] == "invalid_input"
    assert count() == before


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"{", "application/json"), (b"category=32", "application/x-www-form-urlencoded"), (b"", "")],
)
def test_what_is_no_json_is_refused(client: Any, data: bytes, kind: str) -> None:
    response = client.post("/api/incidents", data=data, content_type=kind, headers=PROGRAM)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "place", [{"grid": "nothing"}, {"household": {"county": 1, "id": str(uuid4())}}]
)
def test_a_place_that_does_not_exist_is_not_found(client: Any, place: dict[str, Any]) -> None:
    response = client.post("/api/incidents", json={"category": 32, **place}, headers=PROGRAM)
    assert response.status_code == 404


def test_a_report_from_nowhere_is_kept(own_app: Flask) -> None:
    client = own_app.test_client()
    for place in ({}, {"lon": 0, "lat": 0}):
        answer = client.post("/api/incidents", json={"category": 9, **place}, headers=PROGRAM)
        assert answer.status_code == 201
        assert answer.get_json()["assignment"]["how"] == "installation"
        assert answer.get_json()["county"] == 0


def test_a_report_at_a_household_goes_where_it_is_bound(own_app: Flask) -> None:
    made = own_app.extensions["gridmap"]
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        home = connection.execute(
            text("SELECT county, id, path FROM household ORDER BY code LIMIT 1")
        ).one()
    body = {"category": 64, "household": {"county": home.county, "id": str(home.id)}}
    client = own_app.test_client()
    answer = client.post("/api/incidents", json=body, headers=PROGRAM).get_json()
    assert answer["assignment"]["path"] == home.path
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        other = connection.execute(
            text("SELECT grid, path FROM grid_version WHERE path <> :p ORDER BY path LIMIT 1"),
            {"p": home.path},
        ).one()
        connection.execute(
            text("UPDATE household SET bound_grid = :grid WHERE id = :id"),
            {"grid": other.grid, "id": home.id},
        )
    bound = client.post("/api/incidents", json=body, headers=PROGRAM).get_json()["assignment"]
    assert (bound["how"], bound["path"]) == ("bound", other.path)


def test_a_late_report_says_when_it_happened(own_app: Flask) -> None:
    client = own_app.test_client()
    body = {"category": 36, "occurred_at": "2026-06-08T23:30:00+08:00", **PLACE}
    answer = client.post("/api/incidents", json=body, headers=PROGRAM).get_json()
    made = own_app.extensions["gridmap"]
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(
            text("SELECT occurred_at, received_at FROM incident WHERE id = :id"),
            {"id": answer["id"]},
        ).one()
    assert row.received_at == NOW
    assert row.occurred_at == datetime.fromisoformat("2026-06-08T23:30:00+08:00")


def test_a_stranger_cannot_report_here(client: Any) -> None:
    response = client.post(
        "/api/incidents", json={"category": 32}, headers=PROGRAM, environ_overrides=ELSEWHERE
    )
    assert response.status_code == 401
