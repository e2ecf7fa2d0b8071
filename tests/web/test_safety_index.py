"""The safety index over HTTP: who sees and publishes it, files that stay the same, the map."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.layers import measures
from gridmap.rules.safety_index import unsure
from tests import world
from tests.conftest import NOW
from tests.integration.index_world import OTHER, TOWN, fill
from tests.integration.offices import Office
from tests.web.offices import Watch, database_of, signed_in
from tests.web.requests import PROGRAM

MAY = {"within": world.COUNTY, "month": "2026-05"}


@pytest.fixture
def commander(app: Flask, office: Office) -> FlaskClient:
    """The commander of the tiny county, where much has happened."""
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        fill(connection)
    return signed_in(app, office["commander"])


def publish(client: FlaskClient, **other: str) -> Any:
    return client.post("/api/index/publish", json=MAY | other, headers=PROGRAM)


def change_everything(app: Flask) -> None:
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("UPDATE incident SET category = 1, rating = 1"))
        connection.execute(text("DELETE FROM visit"))
        connection.execute(text("UPDATE region_version SET name = name || '（改）'"))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_file_of_a_published_month_is_always_the_same(
    app: Flask, commander: FlaskClient, watch: Watch, office: Office, suffix: str
) -> None:
    address = f"/api/index/file.{suffix}?within={world.COUNTY}&level=4&month=2026-05"
    draft = commander.get(address).data
    assert publish(commander).get_json() == {"regions": 5}
    first = commander.get(address)
    assert first.status_code == 200
    assert f"gridmap-index-2026-05.{suffix}" in first.headers["Content-Disposition"]
    assert first.data != draft
    change_everything(app)
    watch.now = NOW + timedelta(hours=1)
    assert commander.get(address).data == first.data
    # and whoever else asks gets the same file
    assert signed_in(app, office["county"]).get(address).data == first.data


def test_the_file_says_how_every_number_came_about(commander: FlaskClient) -> None:
    publish(commander)
    answer = commander.get(f"/api/index/file.csv?within={world.COUNTY}&level=4&month=2026-05")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    found = commander.get(f"/api/index?within={world.COUNTY}&level=4&month=2026-05").get_json()
    by_path = {row["区域路径"]: row for row in rows if row["区域路径"]}
    assert set(by_path) == {world.COUNTY, TOWN, OTHER}
    for one in (found["area"], *found["rows"]):
        row = by_path[one["path"]]
        assert row["平安指数"] == str(one["index"])
        assert (row["状态"], row["发布人"], row["公式版本"]) == ("已发布", "示例指挥", "1")
        assert float(row["满意 计数"]) == one["dimensions"]["satisfaction"]["n"]
        assert float(row["满意 基数"]) == one["dimensions"]["satisfaction"]["of"]
    notes = [row["月份"] for row in rows if not row["区域路径"]]
    assert notes[0] == "公式第 1 版"
    assert len(notes) == 1 + 9
    assert any("15; 16 → 1 件／千户·30日" in note for note in notes)


def test_the_page_says_what_has_no_data(app: Flask, commander: FlaskClient) -> None:
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("UPDATE incident SET rating = NULL"))
    found = commander.get("/api/index").get_json()
    area = found["area"]
    assert area["present"] == 8
    assert area["dimensions"]["satisfaction"]["points"] is None
    assert area["index"] is not None
    (described,) = (d for d in found["formula"]["dimensions"] if d["id"] == "satisfaction")
    assert described["missing"]["zh"]
    assert isinstance(area["index"], int)
    assert found["month"] == "2026-05"
    assert found["whole"] is True


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("month=2026-13", "2026-13"),
        ("month=May", "May"),
        ("month=2027-01", "2027-01"),
        ("within=99", "within"),
        ("within=&level=9", "level"),
        ("within=&level=x", "level"),
    ],
)
def test_what_is_asked_wrongly_is_named(commander: FlaskClient, query: str, name: str) -> None:
    for address in ("/api/index", "/api/index/file.csv"):
        answer = commander.get(f"{address}?{query}")
        assert answer.status_code == 422
        assert name in answer.get_json()["error"]["message"]


def test_bad_input_publishes_nothing(app: Flask, commander: FlaskClient) -> None:
    bodies: list[Any] = [[], {}, {"within": world.COUNTY}, MAY | {"month": "2026-5"}]
    bodies += [MAY | {"within": "99"}, MAY | {"month": "2026-06"}]
    for body in bodies:
        answer = commander.post("/api/index/publish", json=body, headers=PROGRAM)
        assert answer.status_code == 422, body
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.scalar(text("SELECT count(*) FROM index_month")) == 0
    assert publish(commander).status_code == 201
    assert publish(commander).status_code == 409


def test_the_trend_shows_what_is_published(commander: FlaskClient) -> None:
    publish(commander)
    told = commander.get(f"/api/index/trend?within={TOWN}&month=2026-05").get_json()["months"]
    assert len(told) == 12
    assert [bool(one["published"]) for one in told] == [False] * 11 + [True]
    assert commander.get("/api/index/trend?within=&month=2026-05").status_code == 422
    assert commander.get(f"/api/index/trend?within={TOWN}").status_code == 422


def of_map(row: dict[str, Any]) -> tuple[int | None, bool, int]:
    """Class, hatching and number of dimensions of a region on the page, as a map has them."""
    thin = unsure(row["index"], row["low"], row["high"])
    return None if thin else row["grade"], thin, row["present"]


def test_the_map_is_colored_by_the_month_that_is_over(app: Flask, commander: FlaskClient) -> None:
    found = commander.get(f"/api/index?within={world.COUNTY}&level=4&month=2026-05").get_json()
    truth = {row["path"]: of_map(row) for row in found["rows"]}
    ask = "/figures/safety_index?within=&level=4&from=2026-05-13&to=2026-06-10"
    answer = commander.get(ask).get_json()
    assert (answer["from"], answer["to"], answer["days"]) == ("2026-05-01", "2026-05-31", 31)
    shown = {
        path: (one["class"], one["thin"], one["count"]) for path, one in answer["values"].items()
    }
    assert shown == truth
    ends = commander.get("/figures/safety_index?level=4&from=2026-05-31&to=2026-05-31").get_json()
    assert ends["values"] == answer["values"]
    grids = commander.get("/figures/safety_index?level=6&to=2026-06-10").get_json()["values"]
    assert set(grids) == {world.A1, world.A2, world.B1}
    # what was published is what is colored, for a wall as well, which cannot compute anything
    measure = measures()["safety_index"]
    assert len(measure.named) == 5
    assert {one.token for one in measure.named} == {f"--ix-{n}" for n in range(1, 6)}
    assert commander.get(f"/wall{ask}").get_json()["values"] == {}
    publish(commander)
    change_everything(app)
    assert commander.get(ask).get_json()["values"] == answer["values"]
    assert commander.get(f"/wall{ask}").get_json()["values"] == answer["values"]


def offered(client: FlaskClient) -> list[str]:
    """The measures that the map offers somebody."""
    return [one["id"] for one in client.get("/api/catalog").get_json()["measures"]]


def test_who_may_see_no_index_gets_none(app: Flask, office: Office, commander: FlaskClient) -> None:
    publish(commander)
    for login in ("worker", "fire", "nobody"):
        client = signed_in(app, office[login])
        assert client.get("/api/index").status_code == 403
        assert client.get("/figures/safety_index?level=4").status_code == 403
        assert "safety_index" not in offered(client)
        told = client.get(f"/api/index/trend?within={TOWN}&month=2026-05").get_json()
        assert told["months"] == []
    assert offered(signed_in(app, office["nobody"])) == []
    assert "safety_index" in offered(commander)
    rows = signed_in(app, office["officer"]).get("/api/index?within=&level=4").get_json()["rows"]
    assert [row["path"] for row in rows] == [TOWN]


def test_the_local_administrator_is_told_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    found = client.get("/api/index").get_json()
    assert found["publish"] in {"account", "empty"}
    answer = publish(client)
    assert answer.status_code == 403
    assert "账号" in answer.get_json()["error"]["message"]
