"""Imports over HTTP: what comes in, what is told, and what nobody else sees."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations.imports import run
from gridmap.outside import uploads
from gridmap.queries import imports as asked
from gridmap.web import wording
from gridmap.web.language import english
from tests import world
from tests.conftest import Server
from tests.integration.work import crew_of, work
from tests.web.requests import PROGRAM

HOUSEHOLDS = "户编号,地址,lon,lat\n0001,松岭村1号,104.605,35.405\n0002,松岭村2号,104.615,35.405\n"
OPTIONS = {"crs": "EPSG:4326", "mapping": {"code": "户编号", "address": "地址"}}


@pytest.fixture
def app(server: Server, database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = server.app(database_url)
    services = made.extensions["gridmap"]
    settings = replace(services.settings, instance=tmp_path)
    made.extensions["gridmap"] = replace(services, settings=settings)
    yield made
    services.database.dispose()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def jobs(
    server: Server, database: Database, database_url: str, tmp_path: Path
) -> Callable[[], None]:
    return lambda: work(server, crew_of(server, database, database_url, tmp_path))


def send(
    browser: FlaskClient, content: str | bytes = HOUSEHOLDS, name: str = "住户.csv", **more: Any
) -> TestResponse:
    query = {"kind": "households", "name": name} | more
    return browser.post("/api/imports", query_string=query, data=content, headers=PROGRAM)


def step(browser: FlaskClient, id: str, name: str, **body: Any) -> TestResponse:
    return browser.post(f"/api/imports/{id}/{name}", json=body, headers=PROGRAM)


def seen(browser: FlaskClient, id: str, lang: str = "zh") -> Any:
    return browser.get(f"/api/imports/{id}?lang={lang}").get_json()


def test_a_file_is_uploaded_read_confirmed_and_taken_back(
    browser: FlaskClient, jobs: Callable[[], None]
) -> None:
    sent = send(browser)
    assert sent.status_code == 201
    id = sent.get_json()["id"]
    assert seen(browser, id)["found"]["mapping"] == {
        "code": "户编号",
        "address": "地址",
        "lon": "lon",
        "lat": "lat",
    }
    assert step(browser, id, "stage", **OPTIONS).status_code == 200
    listed = browser.get("/api/imports").get_json()["imports"]
    assert [(one["file"], one["state"]) for one in listed] == [("住户.csv", "staging")]
    jobs()
    preview = browser.get(f"/api/imports/{id}/preview").get_json()
    assert (preview["total"], preview["shown"]) == (2, 2)
    assert preview["features"][0]["geometry"]["coordinates"] == [104.605, 35.405]
    assert step(browser, id, "load").status_code == 200
    jobs()
    assert (seen(browser, id)["state"], seen(browser, id)["added"]) == ("loaded", 2)
    assert step(browser, id, "take-back").get_json()["removed"] == 2
    assert step(browser, id, "take-back").status_code == 404


def test_what_is_no_map_file_is_refused_by_its_own_name_and_leaves_nothing(
    browser: FlaskClient, tmp_path: Path
) -> None:
    refused = send(browser, b"\x7fELF", "../../etc/passwd.zip")
    assert refused.status_code == 422
    message = refused.get_json()["error"]["message"]
    assert message.startswith("../../etc/passwd.zip ")
    assert list((tmp_path / "imports").iterdir()) == []
    assert browser.get("/api/imports").get_json()["imports"] == []


@pytest.mark.parametrize("kind", ["", "persons"])
def test_an_unknown_kind_is_refused(browser: FlaskClient, kind: str) -> None:
    assert send(browser, kind=kind).status_code == 422


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD_BYTES", 20)
    refused = send(browser)
    assert refused.status_code == 422
    assert "gridmap import" in refused.get_json()["error"]["message"]


def test_uploaded_files_are_not_served(browser: FlaskClient) -> None:
    id = send(browser).get_json()["id"]
    for path in (f"/imports/{id}/upload.csv", f"/static/../instance/imports/{id}/upload.csv"):
        assert browser.get(path).status_code == 404


def test_candidates_are_told_by_figures_and_the_choice_is_the_persons(
    browser: FlaskClient,
) -> None:
    id = send(browser).get_json()["id"]
    told = browser.get(f"/api/imports/{id}/reading").get_json()
    assert told["found"]["crs_doubtful"]
    assert {fit["crs"]: fit["inside"] for fit in told["fits"]}["EPSG:4326"] == 1.0
    refused = step(browser, id, "stage", **(OPTIONS | {"crs": None}))
    assert refused.status_code == 422
    assert seen(browser, id)["state"] == "uploaded"


def test_bad_rows_are_told_in_the_readers_language_and_may_be_downloaded(
    browser: FlaskClient, jobs: Callable[[], None]
) -> None:
    bad = HOUSEHOLDS + ",没有编号,104.6,35.4\n0001,又一户,104.605,35.405\n"
    id = send(browser, bad).get_json()["id"]
    assert browser.get(f"/api/imports/{id}/rejects.csv").status_code == 404
    step(browser, id, "stage", **OPTIONS)
    jobs()
    assert seen(browser, id)["first_rejects"] == [
        {"row": 4, "reason": "缺少编号"},
        {"row": 5, "reason": "编号 0001 在文件里重复"},
    ]
    assert seen(browser, id, "en")["first_rejects"][1]["reason"] == (
        "Code 0001 appears again in the file"
    )
    with browser.get(f"/api/imports/{id}/rejects.csv") as file:
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert "又一户" in file.get_data().decode("utf-8-sig")
    assert step(browser, id, "load").status_code == 422
    assert step(browser, id, "load", keep_good=True).status_code == 200


def test_a_failure_names_what_the_page_has_and_not_the_command_line(
    browser: FlaskClient, jobs: Callable[[], None]
) -> None:
    id = send(browser, "甲,乙,lon,lat\n1,x,104.605,35.405\n").get_json()["id"]
    step(browser, id, "stage", crs="EPSG:4326")
    jobs()
    found = seen(browser, id)
    assert found["state"] == "failed"
    assert found["error"].startswith("没有找到 编号、地址 的列")
    assert "--" not in found["error"]


def test_a_preview_says_what_it_leaves_out(
    browser: FlaskClient, jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "MOST_SHOWN", 3)
    rows = "".join(f"{n},x,{104.6 + n / 1000},35.405\n" for n in range(8))
    id = send(browser, "户编号,地址,lon,lat\n" + rows).get_json()["id"]
    step(browser, id, "stage", **OPTIONS)
    jobs()
    preview = browser.get(f"/api/imports/{id}/preview").get_json()
    assert (preview["total"], preview["shown"]) == (8, 3)
    assert [feature["properties"]["key"] for feature in preview["features"]] == ["0", "3", "6"]


def test_an_import_given_up_takes_its_file_with_it(browser: FlaskClient, tmp_path: Path) -> None:
    id = send(browser).get_json()["id"]
    assert step(browser, id, "throw-away").status_code == 200
    assert list((tmp_path / "imports").iterdir()) == []
    assert step(browser, id, "stage", **OPTIONS).status_code == 409


def test_an_unknown_import_is_not_there(browser: FlaskClient) -> None:
    id = "01900000-0000-7000-8000-00000000000a"
    for name in ("stage", "load", "throw-away", "take-back"):
        assert step(browser, id, name, **OPTIONS).status_code == 404
    for name in ("", "/reading", "/preview", "/rejects.csv"):
        assert browser.get(f"/api/imports/{id}{name}").status_code == 404


@pytest.mark.parametrize(
    "body", [{"snap_m": 51}, {"snap_m": "x"}, {"since": "2026-13-01"}, {"mapping": []}]
)
def test_options_that_make_no_sense_are_named(browser: FlaskClient, body: dict[str, Any]) -> None:
    id = send(browser).get_json()["id"]
    assert step(browser, id, "stage", **(OPTIONS | body)).status_code == 422


def test_every_field_has_a_name_in_both_languages() -> None:
    for kind in run.KINDS.values():
        assert kind.title in english()
        for id in kind.wanted:
            title, _ = wording.field(kind.id, id)
            assert title != id, id
            assert title in english(), title


def test_the_page_keeps_to_the_policy_and_needs_a_known_viewer(browser: FlaskClient) -> None:
    page = browser.get("/imports")
    assert page.status_code == 200
    assert "style=" not in page.get_data(as_text=True)
    away = {"REMOTE_ADDR": "203.0.113.7"}
    assert browser.get("/imports", environ_overrides=away).status_code == 401
