"""Who may use which route: every route has a line, and strangers get no row."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gridmap.web.gate import check_table
from gridmap.web.who import FORWARDED
from gridmap.web.who_may import KNOWN, LOOPBACK_ONLY, OPEN, PERSON, WHO_MAY
from tests.web.requests import ELSEWHERE, PROGRAM, addresses

AS_STRANGER = [
    ({}, ELSEWHERE),
    *(({name: "for=198.51.100.1"}, {}) for name in FORWARDED),
]


def test_every_route_has_its_line_and_no_line_is_stale(sample_app: Flask) -> None:
    assert set(sample_app.view_functions) == set(WHO_MAY)


def test_a_route_without_a_line_stops_the_start(sample_app: Flask) -> None:
    other = Flask("other")
    other.add_url_rule("/new", "new", lambda: "")
    with pytest.raises(LookupError, match="new"):
        check_table(other)


def as_stranger(client: FlaskClient, method: str, path: str, how: int) -> TestResponse:
    headers, environment = AS_STRANGER[how]
    return client.open(
        path,
        method=method,
        headers=headers | PROGRAM,
        environ_overrides=environment,
        json={},
        buffered=True,
    )


@pytest.mark.parametrize("how", range(len(AS_STRANGER)))
def test_strangers_get_401_and_why_everywhere_but_on_open_routes(
    sample_app: Flask, how: int
) -> None:
    client = sample_app.test_client()
    asked = 0
    for endpoint, method, path in addresses(sample_app):
        response = as_stranger(client, method, path, how)
        if WHO_MAY[endpoint] in {KNOWN, PERSON}:
            asked += 1
            assert response.status_code == 401, path
            assert response.get_json()["error"]["code"] == "sign_in_needed"
        elif WHO_MAY[endpoint] == LOOPBACK_ONLY:
            assert response.status_code == 403, path
        else:
            assert WHO_MAY[endpoint] == OPEN
            assert response.status_code not in {401, 403, 500}, path
    assert asked > 8


@pytest.mark.parametrize("layer", ["incidents", "heat", "households", "warnings"])
def test_strangers_get_no_tile_of_what_they_may_not_see(client: FlaskClient, layer: str) -> None:
    for how in range(len(AS_STRANGER)):
        response = as_stranger(client, "GET", f"/tiles/{layer}/9/404/202.mvt", how)
        assert response.status_code == 401
        assert response.get_json()["error"]["code"] == "sign_in_needed"


@pytest.mark.parametrize("layer", ["regions", "region-labels", "grids", "grid-labels", "rivers"])
def test_strangers_see_outlines(client: FlaskClient, layer: str) -> None:
    path = f"/tiles/{layer}/9/404/202.mvt"
    response = as_stranger(client, "GET", path, 0)
    assert response.status_code in {200, 204}
    assert response.data == client.get(path).data


def test_a_stranger_learns_whose_a_place_is_but_no_phone_of_a_person(client: FlaskClient) -> None:
    response = as_stranger(client, "GET", "/api/locate?lon=104.6&lat=35.4", 0)
    answer = response.get_json()
    assert answer["grid"]["code"]
    assert set(answer["worker"]) == {"name", "post", "duty"}
    assert "1990000" not in response.get_data(as_text=True)


CROSS_SITE: list[tuple[dict[str, str], bool]] = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "X-Requested-With": "gridmap"}, False),
    ({"Origin": "http://localhost"}, True),
    ({"Origin": "http://localhost:81"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://["}, False),
    ({"Origin": "https://evil.example", "X-Requested-With": "gridmap"}, False),
    ({"X-Requested-With": "gridmap"}, True),
    ({"X-Requested-With": "XMLHttpRequest"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("headers", "allowed"), CROSS_SITE)
def test_pages_of_other_sites_cannot_act_here(
    client: FlaskClient, headers: dict[str, str], allowed: bool
) -> None:
    # an unknown category: whoever comes through is refused for it, and nothing is stored
    response = client.post("/api/incidents", json={"category": 0}, headers=headers)
    assert response.status_code == (422 if allowed else 403)
    code = response.get_json()["error"]["code"]
    assert code == ("invalid_input" if allowed else "not_allowed")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://e.example"}]
)
def test_reading_needs_no_such_sign(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/api/catalog", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::1", ""])
def test_a_name_that_points_here_does_not_make_a_page_the_administrator(
    client: FlaskClient, host: str
) -> None:
    """Rebinding: a foreign page whose name resolves to 127.0.0.1 is same-origin to the browser."""
    response = client.get("/api/catalog", headers={"Host": host})
    assert response.status_code in {400, 401, 403, 421}
