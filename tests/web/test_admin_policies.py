"""The form of a policy: a change is a new version from a day on; what is wrong changes nothing."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests.integration.offices import Office
from tests.web.offices import database_of, signed_in
from tests.web.requests import ELSEWHERE, post

PAGE = "/admin/policies"
TODAY, LATER = "2026-06-11", "2026-06-20"


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    """The administrator of everything."""
    return signed_in(app, office["admin"])


def shown(client: FlaskClient, name: str) -> str:
    """What the page says of a policy."""
    return section(client.get(PAGE).get_data(as_text=True), name)


def section(page: str, name: str) -> str:
    """A policy's part of the page."""
    found = re.search(f'<section class="policy" id="{name}".*?</section>', page, re.S)
    assert found, name
    return found[0]


def versions(app: Flask) -> int:
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        return int(connection.scalar(text("SELECT count(*) FROM policy")) or 0)


def test_a_change_holds_from_its_day_and_the_former_value_stays_to_be_read(
    app: Flask, admin: FlaskClient
) -> None:
    address = f"{PAGE}/working_hours"
    status, to = post(admin, address, value="8:00-12:00，14:00～18:00", **{"from": TODAY})
    # a time without its zero is no time of the clock
    assert (status, "8:00" in section(to, "working_hours")) == (422, True)
    status, to = post(admin, address, value="08:00-12:00，14:00～18:00", **{"from": TODAY})
    assert (status, to) == (302, f"{PAGE}?done=policy#working_hours")
    told = shown(admin, "working_hours")
    assert "08:00-12:00、14:00-18:00" in told
    assert "第 2 版" in told
    assert "以前的 1 版" in told
    assert "示例管理" in told


def test_what_holds_later_is_said_beside_what_holds_now(app: Flask, admin: FlaskClient) -> None:
    fields = {"moved_away": "7", "reporters": "2", "from": LATER}
    assert post(admin, f"{PAGE}/erase_after_years", **fields)[0] == 302
    told = shown(admin, "erase_after_years")
    assert f"{LATER} 起改为" in told
    assert "第 1 版" in told
    assert 'name="moved_away" type="number" value="7"' not in told


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("escalate_every_min", {"value": "9"}, "应是 10 到 100000 的整数，收到“9”"),
        ("told_shares", {"value": "80、50"}, "百分数要从小到大"),
        ("digest_at", {"value": "25:00"}, "时刻“25:00”不对"),
        ("duplicate_near", {"meters": "50"}, "应是 1 到 8760 的整数，收到“”"),
        ("digest_at", {"value": "08:00", "from": "2026-06-10"}, "只能从今天或以后的日子起"),
        ("digest_at", {"value": "08:00", "from": "昨天"}, "日期“昨天”不对"),
        ("weather", {"value": "1"}, "没有这项规则：weather"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_typed_and_changes_nothing(
    app: Flask, admin: FlaskClient, name: str, fields: dict[str, str], said: str
) -> None:
    before = versions(app)
    status, page = post(admin, f"{PAGE}/{name}", **{"from": TODAY} | fields)
    assert (status, said in page, versions(app)) == (422, True, before)
    if name != "weather":
        form = section(page, name)
        assert '<details class="make" open>' in form
        assert all(f'value="{typed}"' in form for typed in fields.values())
    assert page.count('<details class="make" open>') == (name != "weather")


@pytest.mark.parametrize("login", ["worker", "officer", "commander", "planner", "auditor"])
def test_who_keeps_no_catalog_neither_sees_nor_decides(
    app: Flask, office: Office, login: str
) -> None:
    client, before = signed_in(app, office[login]), versions(app)
    answer = client.get(PAGE)
    assert answer.status_code == 403
    assert "示例管理" in answer.get_data(as_text=True)
    asked = {"value": "08:00", "from": TODAY}
    assert post(client, f"{PAGE}/digest_at", **asked)[0] == 403
    assert versions(app) == before


def test_a_stranger_is_led_to_the_sign_in(app: Flask) -> None:
    answer = app.test_client().get(
        PAGE, headers={"Accept": "text/html"}, environ_overrides=ELSEWHERE
    )
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
