"""The own account: password, second factor, open sessions; and what every page says on top."""

import base64
import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap.operations import rates, sessions
from gridmap.operations.sessions import DOOR
from gridmap.rules import totp
from tests.conftest import NOW
from tests.integration.offices import Office
from tests.web.offices import Watch, database_of, signed_in
from tests.web.requests import ELSEWHERE, PROGRAM, post

OLD, NEW = "示例密码 1234567", "示例密码 7654321"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def officer(app: Flask, office: Office) -> FlaskClient:
    """A center officer who signed in by a link."""
    return signed_in(app, office["officer"])


def sign_in(app: Flask, login: str, password: str, code: str = "") -> int:
    fields = {"login": login, "password": password, "code": code}
    return app.test_client().post("/sign-in", data=fields, headers=PROGRAM).status_code


def test_a_first_password_is_set_and_the_next_asks_for_the_old_one(
    app: Flask, office: Office, officer: FlaskClient
) -> None:
    other = signed_in(app, office["officer"])
    assert "还没有密码" in officer.get("/", headers=PAGE).get_data(as_text=True)
    assert post(officer, "/account/password", new=OLD, again=NEW)[0] == 422
    assert post(officer, "/account/password", new="kurz", again="kurz")[0] == 422
    assert post(officer, "/account/password", new=OLD, again=OLD)[1] == "/account?done=password"
    assert officer.get("/account").status_code == 200
    assert other.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 401
    assert "还没有密码" not in officer.get("/", headers=PAGE).get_data(as_text=True)
    assert sign_in(app, "officer", OLD) == 302
    status, page = post(officer, "/account/password", old="falsch", new=NEW, again=NEW)
    assert (status, "现在的密码不对" in page) == (422, True)
    assert post(officer, "/account/password", old=OLD, new=NEW, again=NEW)[0] == 302
    assert (sign_in(app, "officer", OLD), sign_in(app, "officer", NEW)) == (422, 302)


def test_codes_are_asked_for_once_the_first_was_right_and_end_with_one(
    app: Flask, officer: FlaskClient, watch: Watch
) -> None:
    post(officer, "/account/password", new=OLD, again=OLD)
    _, page = post(officer, "/account/codes")
    assert "<svg" in page
    assert "style=" not in page
    (shown,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    secret = base32(shown)
    assert post(officer, "/account/codes/confirm", code="000000")[0] == 422
    assert sign_in(app, "officer", OLD) == 302
    code = totp.code(secret, totp.step_of(watch.now))
    assert post(officer, "/account/codes/confirm", code=code)[1] == "/account?done=codes"
    assert sign_in(app, "officer", OLD) == 422
    assert post(officer, "/account/codes")[0] == 409
    assert post(officer, "/account/codes/off", code=code)[0] == 422
    watch.now += timedelta(seconds=totp.STEP_S)
    code = totp.code(secret, totp.step_of(watch.now))
    assert sign_in(app, "officer", OLD, code) == 302
    watch.now += timedelta(seconds=totp.STEP_S)
    code = totp.code(secret, totp.step_of(watch.now))
    assert post(officer, "/account/codes/off", code=code)[1] == "/account?done=no-codes"
    assert sign_in(app, "officer", OLD) == 302


def base32(shown: str) -> bytes:
    plain = shown.replace(" ", "")
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


def test_guessing_a_code_is_slowed_down(officer: FlaskClient) -> None:
    post(officer, "/account/codes")
    answers = [post(officer, "/account/codes/confirm", code="000000")[0] for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_own_sessions_are_listed_and_ended_and_no_others(
    app: Flask, office: Office, officer: FlaskClient
) -> None:
    second, third = signed_in(app, office["officer"]), signed_in(app, office["officer"])
    foreign = signed_in(app, office["commander"])
    page = officer.get("/account").get_data(as_text=True)
    ends = re.findall(r"/account/sessions/[0-9a-f]{16}/end", page)
    assert len(ends) == 2
    foreign_page = signed_in(app, office["commander"]).get("/account").get_data(as_text=True)
    (foreign_end,) = re.findall(r"/account/sessions/[0-9a-f]{16}/end", foreign_page)
    post(officer, ends[0])
    post(officer, foreign_end)
    alive = [alive_still(one) for one in (second, third, foreign)]
    assert sorted(alive[:2]) == [False, True]
    assert alive[2]
    post(officer, "/account/sessions/end-others")
    assert not any(alive_still(one) for one in (second, third))
    assert alive_still(officer)


def alive_still(client: FlaskClient) -> bool:
    return client.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 200


def test_who_has_no_area_is_told_why_nothing_shows_and_whom_to_ask(
    app: Flask, office: Office, officer: FlaskClient
) -> None:
    newcomer = signed_in(app, office["nobody"])
    for page in ("/", "/imports", "/account"):
        shown = newcomer.get(page, headers=PAGE).get_data(as_text=True)
        assert "你的账号还没有负责的区域" in shown
        assert "示例管理" in shown
        assert "没有负责的区域" not in officer.get(page, headers=PAGE).get_data(as_text=True)
    english = newcomer.get("/?lang=en", headers=PAGE).get_data(as_text=True)
    assert "your account has no area yet" in english


def test_whoever_sits_at_the_machine_is_told_that_they_have_no_account(app: Flask) -> None:
    client = app.test_client()
    assert "还没有登录的账号" in client.get("/account").get_data(as_text=True)
    assert post(client, "/account/password", new=NEW, again=NEW)[0] == 404


def test_ended_sessions_links_and_windows_are_swept_away(app: Flask, office: Office) -> None:
    signed_in(app, office["officer"])
    with database_of(app).transaction(DOOR) as connection:
        sessions.make_link(connection, UUID(office["officer"].name), now=NOW)
        assert rates.allow(connection, "key", 1, timedelta(minutes=1), NOW)
        assert not rates.allow(connection, "key", 1, timedelta(minutes=1), NOW)
        later = NOW + timedelta(days=2)
        assert rates.allow(connection, "key", 1, timedelta(minutes=1), later)
        sessions.clear_ended(connection, now=later)
        rates.clear(connection, now=later)
        left = [
            connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("web_session", "sign_in_link", "rate")
        ]
    assert left == [0, 0, 1]
