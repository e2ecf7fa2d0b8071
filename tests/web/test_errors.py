"""One shape for every error, in both languages, and nothing of a person in any of them."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.errors import HTTP_STATUS, GridmapError, http_status
from gridmap.web.errors import without_values
from tests.conftest import Server
from tests.web.requests import ELSEWHERE, PROGRAM


def assert_shape(response: TestResponse, status: int, code: str) -> dict[str, str]:
    """The facts of an error that has the one shape."""
    assert response.status_code == status
    assert response.content_type == "application/json"
    answer = response.get_json()
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message", "facts"}
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert "{" not in answer["error"]["message"]
    facts: dict[str, str] = answer["error"]["facts"]
    assert all(isinstance(value, str) for value in facts.values())
    return facts


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/static/nothing.js", 404, "not_found"),
        ("GET", "/static/../gridmap/settings.py", 404, "not_found"),
        ("GET", "/api/grids/99/", 404, "not_found"),
        ("GET", "/api/incidents/1/01900000-0000-7000-8000-00000000000a", 404, "not_found"),
        ("GET", "/api/incidents/1/not-an-id", 404, "not_found"),
        ("GET", "/api/lists/heat", 404, "not_found"),
        ("GET", "/api/lists/incidents?sort=joy", 422, "invalid_input"),
        ("GET", "/api/lists/incidents?bbox=1,2,3", 422, "invalid_input"),
        ("GET", "/api/lists/incidents?bbox=1,2,3,nan", 422, "invalid_input"),
        ("GET", "/api/lists/incidents?page=x", 422, "invalid_input"),
        ("GET", "/api/locate?lon=1", 422, "invalid_input"),
        ("GET", "/api/locate?lon=inf&lat=1", 422, "invalid_input"),
        ("GET", "/api/locate?lon=35&lat=104", 422, "invalid_input"),
        ("GET", "/api/locate?lon=104&lat=35&accuracy_m=-1", 422, "invalid_input"),
        ("GET", "/api/summary?from=2026-06-10&to=1999-01-01", 422, "invalid_input"),
        ("GET", "/api/summary?from=0001-01-01&to=0001-01-02", 422, "invalid_input"),
        ("GET", "/api/summary?from=9999-12-31&to=9999-12-31", 422, "invalid_input"),
        ("GET", "/api/summary?category=99999", 422, "invalid_input"),
        ("GET", "/api/summary?category=²", 422, "invalid_input"),
        ("GET", "/api/summary?within=%00/", 422, "invalid_input"),
        ("GET", "/figures/density?level=4&within=99", 422, "invalid_input"),
        ("PUT", "/api/incidents", 405, "error"),
        ("POST", "/api/catalog", 405, "error"),
    ],
)
def test_errors_have_one_shape(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.open(path, method=method, headers=PROGRAM, buffered=True)
    assert_shape(response, status, code)


@pytest.mark.parametrize(
    "q", ["%00", "%", "_", "\\", "'; DROP TABLE household; --", ":now", "a" * 5000]
)
def test_words_to_search_for_are_only_words(client: FlaskClient, q: str) -> None:
    words = q.replace("%00", "\x00")
    response = client.post("/api/search", json={"q": words}, headers=PROGRAM)
    assert response.status_code == (422 if q == "%00" else 200)
    if response.status_code == 200:
        assert response.get_json()["results"] == []


def test_messages_come_in_the_language_asked_for(client: FlaskClient) -> None:
    chinese = client.get("/api/locate?lon=x&lat=1").get_json()["error"]
    english = client.get("/api/locate?lon=x&lat=1&lang=en").get_json()["error"]
    assert chinese["facts"] == english["facts"] == {"name": "lon", "given": "x"}
    assert chinese["message"] != english["message"]
    assert english["message"].isascii() or "“" in english["message"]
    assert "number" in english["message"]


def test_what_breaks_shows_nothing_of_its_inside(
    server: Server, own_app: Flask, own_sample: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The database fails in the middle of storing a report with a name and a phone."""
    database = own_sample.rpartition("/")[2].partition("?")[0]
    server.execute("ALTER TABLE report RENAME TO hidden", database=database)
    body = {
        "category": 32,
        "words": "不要外传的话",
        "reporter_name": "张某某",
        "reporter_phone": "19900004321",
    }
    with caplog.at_level(logging.DEBUG):
        response = own_app.test_client().post("/api/incidents", json=body, headers=PROGRAM)
    assert_shape(response, 500, "error")
    logged = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert "ProgrammingError" in caplog.text
    for secret in (body["words"], body["reporter_name"], body["reporter_phone"]):
        assert str(secret) not in response.get_data(as_text=True)
        assert str(secret) not in logged
    assert "INSERT" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"reporter_phone": "19900004321", "category": "x"},
        {"reporter_name": "张某某", "lon": "张某某", "lat": 1},
        {"reporter_phone": "19900004321", "severity": 9},
    ],
)
def test_a_refused_report_is_not_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, changes: dict[str, object]
) -> None:
    body = {"category": 32, "words": "不要外传的话"} | changes
    with caplog.at_level(logging.DEBUG):
        response = client.post("/api/incidents", json=body, headers=PROGRAM)
    assert response.status_code == 422
    assert "不要外传的话" not in caplog.text + response.get_data(as_text=True)
    assert "19900004321" not in caplog.text + response.get_data(as_text=True)


def test_a_viewer_without_a_right_reads_it_as_absent(
    own_app: Flask, server: Server, own_sample: str
) -> None:
    """A stranger's question for a card is refused before anything is looked for."""
    made = own_app.extensions["gridmap"]
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(text("SELECT county, id FROM incident LIMIT 1")).one()
    client = own_app.test_client()
    for path in (f"/api/incidents/{row.county}/{row.id}", f"/api/incidents/{row.county}/{row.id}x"):
        response = client.get(path, environ_overrides=ELSEWHERE)
        assert response.status_code in {401, 404}
        assert str(row.id) not in response.get_data(as_text=True).replace(path, "")


def test_every_error_has_a_status() -> None:
    kinds = {GridmapError}
    while new := {sub for kind in kinds for sub in kind.__subclasses__()} - kinds:
        kinds |= new
    for kind in kinds:
        assert http_status(kind("x")) == HTTP_STATUS.get(kind, http_status(kind("x")))
        assert kind in HTTP_STATUS, f"{kind.__name__} has no line in the table"
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_what_the_database_complains_of_is_not_repeated(own_app: Flask) -> None:
    made, phone = own_app.extensions["gridmap"], "19900004321"
    with (
        pytest.raises(ProgrammingError) as caught,
        made.database.transaction(LOCAL_ADMINISTRATOR) as connection,
    ):
        connection.execute(text("SELECT * FROM nothing WHERE x = :x"), {"x": phone})
    # the driver writes parameters into the statement, and the server quotes its line
    assert phone in str(caught.value)
    told = without_values(caught.value)
    assert phone not in told
    assert told.startswith("ProgrammingError 42P01")
    assert "test_errors.py" in told
