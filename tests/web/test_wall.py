"""Who may look at a wall, with whose rights; and that no word, name or house ever reaches it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.layers import layers
from gridmap.operations import keys
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.keys import NewKey
from gridmap.queries import accounts
from tests import world
from tests.conftest import Server
from tests.web.houses import House
from tests.web.offices import database_of
from tests.web.requests import ELSEWHERE

PANELS = ("numbers", "warnings", "kinds", "attention", "whistles", "latest", "place")
SECRETS = ("绝密标题", "绝密内容", "绝密理由")
HTML = {"Accept": "text/html"}


@pytest.fixture
def told(house: House, server: Server) -> House:
    """One incident and its warning, whose every word is known."""
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        for statement in (
            "UPDATE incident SET title = '绝密标题'",
            "UPDATE report SET words = '绝密内容'",
            "INSERT INTO warning (county, id, path, point, subject_kind, subject_id, color, since,"
            " why) SELECT county, id, path, point, 'incident', id, 4, received_at, '绝密理由'"
            " FROM incident",
        ):
            connection.execute(text(statement))
    return house


def kiosk_of(app: Flask, given: Circumstances, path: str) -> tuple[FlaskClient, Any]:
    """A screen of an area, and its key's id."""
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        secret = keys.make_kiosk(connection, NewKey("screen", path, page="/wall"), given, source="")
        (row,) = [one for one in accounts.keys(connection, "kiosk") if one.path == path]
    client = app.test_client()
    client.environ_base |= ELSEWHERE
    client.set_cookie("gridmap_kiosk", secret)
    return client, row.id


def addresses(app: Flask) -> Iterator[str]:
    """Every wall route for the tiny world: panels, figures, each layer's tile over it."""
    for panel in PANELS:
        yield f"/wall/{panel}?within={world.COUNTY}"
    yield f"/wall/since?within={world.COUNTY}&since=2026-06-11T00:00:00Z"
    yield "/wall/catalog"
    for panel in PANELS[:-1]:
        yield f"/wall/{panel}?within={world.COUNTY}&moment=2026-06-11T06:00:00Z"
    replayed = "since=2026-06-01T00:00:00Z&moment=2026-06-11T06:32:00Z"
    yield f"/wall/replay?within={world.COUNTY}&{replayed}"
    for measure in ("density", "hazard", "warning", "density_area", "change"):
        yield f"/wall/figures/{measure}?within={world.COUNTY}&level=6"
    for id in layers():
        yield f"/wall/tiles/{id}.json"
        for z, x, y in ((9, 404, 202), (14, 12952, 6473)):
            yield f"/wall/tiles/{id}/{z}/{x}/{y}.mvt"


def test_no_word_or_name_comes_through_any_route_of_a_wall(told: House, server: Server) -> None:
    screen, _ = kiosk_of(told.app, server.circumstances(), "")
    for asked in addresses(told.app):
        for answer in (
            screen.get(asked),
            told.ask("commander", "GET", asked),
            told.ask("admin", "GET", asked),
        ):
            assert answer.status_code in {200, 204, 401, 403, 404}, asked
            for secret in SECRETS:
                assert secret.encode() not in answer.get_data(), asked
                assert secret.encode("unicode_escape") not in answer.get_data(), asked
    assert screen.get(f"/wall/latest?within={world.COUNTY}").get_json()["rows"]


@pytest.mark.parametrize("kind", ["kiosk", "wall"])
def test_the_wall_role_is_refused_each_forbidden_thing(told: House, kind: str) -> None:
    name = "local:administrator" if kind == "wall" else "01900000-0000-7000-8000-000000000000"
    for statement in (
        "SELECT point FROM household",
        "SELECT path FROM household",
        "SELECT notes_sealed FROM person_private",
        "SELECT name FROM staff",
        "SELECT login FROM account",
        "SELECT words FROM report",
        "SELECT title FROM incident",
        "SELECT household FROM incident",
        "SELECT why FROM warning",
        "SELECT data FROM event",
        "SELECT actor FROM event",
        "SELECT words FROM errand",
        "SELECT arrived_by FROM errand",
        "SELECT code FROM department",
        "UPDATE department SET name = 'x'",
        "SELECT phone FROM center",
        "UPDATE incident SET state = 'filed'",
    ):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            database_of(told.app).transaction(Viewer(kind, name)) as connection,
        ):
            connection.execute(text(statement))


def test_a_person_before_a_wall_sees_the_own_area_and_no_other(told: House) -> None:
    latest = f"/wall/latest?within={world.COUNTY}"
    assert len(told.ask("commander", "GET", latest).get_json()["rows"]) == 1
    assert len(told.ask("officer", "GET", latest).get_json()["rows"]) == 1
    # the report lies in the officer's township, not in that of this worker
    assert told.ask("stone", "GET", latest).get_json()["rows"] == []
    assert told.ask("nobody", "GET", latest).get_json()["rows"] == []
    assert told.ask(None, "GET", latest).status_code == 401


def test_each_panel_says_for_which_moment_it_answers(told: House) -> None:
    for panel in PANELS:
        answer = told.ask("commander", "GET", f"/wall/{panel}?within={world.COUNTY}")
        assert answer.get_json()["at"].startswith("2026-06-11T06:32"), panel
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_drill_goes_back_and_never_ahead(told: House) -> None:
    for panel in ("numbers", "warnings", "latest", "replay"):
        ahead = f"/wall/{panel}?within={world.COUNTY}&since=2026-06-01T00:00:00Z"
        answer = told.ask("commander", "GET", f"{ahead}&moment=2026-06-11T06:33:00Z")
        assert answer.status_code == 422, panel
    day = f"/wall/replay?within={world.COUNTY}&since=2026-06-01T00:00:00Z"
    rows = told.ask("commander", "GET", f"{day}&moment=2026-06-11T06:32:00Z").get_json()["events"]
    assert {one["kind"] for one in rows} == {"IncidentReported", "WarningRaised"}
    # of another township this worker sees nothing, also of its past
    asked = f"{day}&moment=2026-06-11T06:32:00Z"
    assert told.ask("stone", "GET", asked).get_json()["events"] == []


def test_the_rates_of_a_wall_are_those_of_who_sees_the_households(sample_app: Flask) -> None:
    client = sample_app.test_client()
    asked = "figures/density?within=99/01/01/&level=6"
    assert client.get(f"/wall/{asked}").get_json() == client.get(f"/{asked}").get_json()


def test_a_wall_opens_with_its_area(told: House, server: Server) -> None:
    screen, _ = kiosk_of(told.app, server.circumstances(), f"{world.COUNTY}101/")
    assert screen.get("/wall/catalog").get_json()["home"] == f"{world.COUNTY}101/"
    assert told.ask("commander", "GET", "/wall/catalog").get_json()["home"] == world.COUNTY


def test_a_revoked_screen_is_dark_and_shows_no_sign_in(told: House, server: Server) -> None:
    screen, id = kiosk_of(told.app, server.circumstances(), world.COUNTY)
    assert screen.get("/wall", headers=HTML).status_code == 200
    with database_of(told.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        keys.revoke(connection, "kiosk", id, server.circumstances(), source="")
    dark = screen.get("/wall", headers=HTML)
    assert dark.status_code == 401
    assert "这块屏的链接已停用" in dark.get_data(as_text=True)
    assert screen.get("/wall/numbers").status_code == 401
    assert told.ask(None, "GET", "/wall", headers=HTML).location == "/sign-in?next=/wall"
