"""Signing in: passwords, one-time codes and links, sessions that end, and who asks without one."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import InvalidInput
from gridmap.ids import uuid7
from gridmap.operations import accounts, passwords, rates, second_factor, sessions
from gridmap.operations.accounts import NewAccount
from gridmap.operations.sessions import DOOR
from gridmap.rules import totp
from tests.conftest import NOW, Server
from tests.web.offices import Watch
from tests.web.requests import PROGRAM

PASSWORD = "示例密码 1234567"


@pytest.fixture
def door(app: Flask) -> Database:
    """The application's database."""
    made: Database = app.extensions["gridmap"].database
    return made


@pytest.fixture
def account(server: Server, door: Database) -> UUID:
    """A commander of everything, with a password."""
    with door.transaction(LOCAL_ADMINISTRATOR) as connection:
        given = server.circumstances()
        id = accounts.create(connection, NewAccount("wang", "示例王", ""), given)
        accounts.appoint(
            connection,
            id,
            role="commander",
            path="",
            body=None,
            since=None,
            until=None,
            given=given,
        )
    with door.transaction(DOOR) as connection:
        passwords.set_password(connection, id, PASSWORD)
    return id


def sign_in(client: FlaskClient, password: str = PASSWORD, code: str = "", next: str = "/") -> int:
    """Sends the form; returns the status."""
    return client.post(
        "/sign-in",
        data={"login": "Wang", "password": password, "code": code, "next": next},
        headers=PROGRAM,
    ).status_code


def test_signing_in_opens_pages_and_signing_out_closes_them(app: Flask, account: UUID) -> None:
    client = app.test_client()
    assert sign_in(client) == 302
    assert client.get("/api/catalog").status_code == 200
    assert client.post("/sign-out", headers=PROGRAM).status_code == 302
    assert client.get("/api/catalog").status_code == 401


def test_after_the_first_sign_in_being_here_is_no_longer_enough(app: Flask, account: UUID) -> None:
    other = app.test_client()
    assert other.get("/api/catalog").status_code == 200
    sign_in(app.test_client())
    assert other.get("/api/catalog").status_code == 401


def test_a_page_leads_to_the_sign_in_and_back(app: Flask, account: UUID) -> None:
    client = app.test_client()
    sign_in(app.test_client())
    answer = client.get("/?days=7", headers={"Accept": "text/html"})
    assert answer.location == "/sign-in?next=/%3Fdays%3D7"
    back = client.post(
        "/sign-in",
        data={"login": "wang", "password": PASSWORD, "next": "/?days=7"},
        headers=PROGRAM,
    )
    assert back.location == "/?days=7"


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(app: Flask, account: UUID, next: str) -> None:
    client = app.test_client()
    back = client.post(
        "/sign-in", data={"login": "wang", "password": PASSWORD, "next": next}, headers=PROGRAM
    )
    assert back.location == "/"


def test_who_keeps_accounts_is_led_to_the_second_factor(
    server: Server, app: Flask, account: UUID, door: Database
) -> None:
    with door.transaction(LOCAL_ADMINISTRATOR) as connection:
        accounts.appoint(
            connection,
            account,
            role="administrator",
            path="",
            body=None,
            since=None,
            until=None,
            given=server.circumstances(),
        )
    with door.transaction(DOOR) as connection:
        link = sessions.make_link(connection, account, now=NOW)
    assert app.test_client().get(f"/sign-in/{link}").location == "/"
    client = app.test_client()
    led = client.post("/sign-in", data={"login": "wang", "password": PASSWORD}, headers=PROGRAM)
    assert led.location == "/account?need=codes"


def test_signing_in_is_slowed_down_for_one_source_and_for_one_login(
    app: Flask, account: UUID, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "SIGN_IN_BY_SOURCE", replace(rates.SIGN_IN_BY_SOURCE, most=4))
    monkeypatch.setattr(rates, "SIGN_IN_BY_LOGIN", replace(rates.SIGN_IN_BY_LOGIN, most=2))

    def try_in(login: str, source: str) -> int:
        return (
            app.test_client()
            .post(
                "/sign-in",
                data={"login": login, "password": "falsch falsch"},
                headers=PROGRAM,
                environ_overrides={"REMOTE_ADDR": source},
            )
            .status_code
        )

    assert [try_in("wang", "203.0.113.1") for _ in range(3)] == [422, 422, 429]
    assert try_in("wang", "203.0.113.2") == 429
    assert [try_in(f"x{n}", "203.0.113.1") for n in range(2)] == [422, 429]
    watch.now += rates.SIGN_IN_BY_LOGIN.window
    assert try_in("wang", "203.0.113.2") == 422


def test_behind_a_proxy_on_this_machine_the_browser_counts_and_not_the_proxy(
    app: Flask, account: UUID, door: Database
) -> None:
    client = app.test_client()
    headers = PROGRAM | {"X-Real-IP": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = client.post("/sign-in", data={"login": "wang", "password": PASSWORD}, headers=headers)
    assert "Secure" in answer.headers["Set-Cookie"]
    with door.transaction(DOOR) as connection:
        source = connection.scalar(text("SELECT source FROM web_session"))
    assert source == "203.0.113.9"


def test_too_many_wrong_passwords_lock_the_account_for_a_while(
    app: Flask, account: UUID, watch: Watch
) -> None:
    client = app.test_client()
    for _ in range(passwords.MOST_FAILURES):
        assert sign_in(client, "falsch falsch") == 422
    assert sign_in(client) == 422
    watch.now += passwords.LOCKED_FOR + timedelta(seconds=1)
    assert sign_in(client) == 302


def test_sessions_end_when_idle_and_at_last(app: Flask, account: UUID, watch: Watch) -> None:
    client = app.test_client()
    sign_in(client)
    watch.now += sessions.IDLE - timedelta(minutes=1)
    assert client.get("/api/catalog").status_code == 200
    watch.now += sessions.IDLE + timedelta(minutes=1)
    assert client.get("/api/catalog").status_code == 401
    client = app.test_client()
    sign_in(client)
    for _ in range(7):
        watch.now += sessions.IDLE - timedelta(minutes=10)
        last = client.get("/api/catalog").status_code
    assert last == 401


def test_a_new_password_ends_all_sessions(app: Flask, account: UUID, door: Database) -> None:
    client = app.test_client()
    sign_in(client)
    with door.transaction(DOOR) as connection:
        passwords.set_password(connection, account, "ein anderes Wort")
        with pytest.raises(InvalidInput):
            passwords.set_password(connection, account, "kurz")
    assert client.get("/api/catalog").status_code == 401


def test_a_link_signs_in_once(app: Flask, account: UUID, door: Database, watch: Watch) -> None:
    with door.transaction(DOOR) as connection:
        link = sessions.make_link(connection, account, now=watch.now)
        late = sessions.make_link(connection, account, now=watch.now)
    assert app.test_client().get(f"/sign-in/{link}").status_code == 302
    assert app.test_client().get(f"/sign-in/{link}").status_code == 404
    watch.now += sessions.LINK_LIFE
    assert app.test_client().get(f"/sign-in/{late}").status_code == 404


def test_a_second_factor_is_asked_for_and_no_code_opens_twice(
    server: Server, app: Flask, account: UUID, door: Database
) -> None:
    with door.transaction(DOOR) as connection:
        secret = second_factor.begin(connection, account, server.circumstances().sealer)
        second_factor.require(connection, account)
    code = totp.code(secret, totp.step_of(NOW))
    assert sign_in(app.test_client()) == 422
    assert sign_in(app.test_client(), code="000000") == 422
    assert sign_in(app.test_client(), code=code) == 302
    assert sign_in(app.test_client(), code=code) == 422


def test_an_unknown_cookie_makes_a_stranger_and_never_the_administrator(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("gridmap_session", str(uuid7(NOW)))
    assert client.get("/api/catalog").status_code == 401
