"""Single sign-on against a real issuer that runs beside the test."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.operations.sessions import DOOR
from gridmap.settings import Settings
from tests import world
from tests.conftest import Server
from tests.integration.offices import Office, open_office
from tests.web.offices import database_of, signed_in
from tests.web.requests import ELSEWHERE

# the issuer of the tests still uses what its own library will drop
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PEOPLE = {"subject-1": "officer", "subject-2": "nobody-here"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of an issuer that knows two people."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [User(sub=sub, claims={"preferred_username": one}) for sub, one in PEOPLE.items()]
    with run_server_in_thread(user_claims=people) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def app(server: Server, database_url: str, issuer: str) -> Iterator[Flask]:
    """The application with single sign-on on the tiny world, by the machine's clock."""
    settings = Settings(
        database_url=database_url,
        instance=server.instance,
        oidc_issuer=issuer,
        oidc_client_id="gridmap",
        oidc_client_secret="a secret of the test",
    )
    made = create_app("web", settings=settings, clock=system_clock)
    with database_of(made).transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield made
    database_of(made).dispose()


@pytest.fixture
def office(app: Flask, database_url: str) -> Office:
    """Its people."""
    return open_office(database_url)


def back_from_issuer(client: FlaskClient, subject: str, *, query: str = "") -> str:
    """Goes to the issuer, signs in there, and returns the address that it sends back to."""
    sent = client.get(f"/sign-in/oidc{query}")
    assert sent.status_code == 302
    told = parse_qs(urlsplit(sent.location).query)
    assert told["code_challenge_method"] == ["S256"]
    answer = requests.post(sent.location, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_an_account_that_was_never_used_is_linked_by_its_login(app: Flask, office: Office) -> None:
    client = app.test_client()
    assert "统一登录" in client.get("/sign-in").get_data(as_text=True)
    back = back_from_issuer(client, "subject-1")
    assert client.get(back).location == "/"
    assert client.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 200
    with database_of(app).transaction(DOOR) as connection:
        subjects = connection.execute(
            text("SELECT login, oidc_subject FROM account WHERE oidc_subject IS NOT NULL")
        ).all()
    assert [(row.login, row.oidc_subject.split()[1]) for row in subjects] == [
        ("officer", "subject-1")
    ]
    again = app.test_client()
    assert again.get(back_from_issuer(again, "subject-1")).location == "/"


def test_who_has_no_account_gets_none(app: Flask, office: Office) -> None:
    client = app.test_client()
    answer = client.get(back_from_issuer(client, "subject-2"))
    assert answer.status_code == 422
    assert "没有关联账号" in answer.get_data(as_text=True)


def test_an_account_in_use_is_not_taken_over_by_its_login(app: Flask, office: Office) -> None:
    with database_of(app).transaction(DOOR) as connection:
        connection.execute(text("UPDATE account SET looked_at = created_at"))
    client = app.test_client()
    assert client.get(back_from_issuer(client, "subject-1")).status_code == 422


def test_an_answer_without_its_cookie_or_with_another_state_opens_nothing(
    app: Flask, office: Office
) -> None:
    client = app.test_client()
    back = back_from_issuer(client, "subject-1")
    assert app.test_client().get(back).status_code == 422
    assert client.get(back.replace("state=", "state=x")).status_code == 422
    assert client.get("/sign-in/oidc/back").status_code == 422
    other = app.test_client()
    mixed = back_from_issuer(other, "subject-1")
    code = parse_qs(urlsplit(mixed).query)["code"][0]
    state = parse_qs(urlsplit(back).query)["state"][0]
    # a code that was given to another browser does not fit this one's verifier
    assert client.get(f"/sign-in/oidc/back?state={state}&code={code}").status_code == 422
    assert client.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 401


def test_the_signed_in_link_their_account_themselves(app: Flask, office: Office) -> None:
    client = signed_in(app, office["commander"], now=system_clock())
    back = back_from_issuer(client, "subject-2", query="?link=1")
    assert client.get(back).location == "/account?done=linked"
    fresh = app.test_client()
    assert fresh.get(back_from_issuer(fresh, "subject-2")).location == "/"
    page = fresh.get("/account", environ_overrides=ELSEWHERE).get_data(as_text=True)
    assert "示例指挥" in page


def test_an_issuer_that_does_not_answer_is_said(server: Server, database_url: str) -> None:
    settings = Settings(
        database_url=database_url,
        instance=server.instance,
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id="gridmap",
    )
    app = create_app("web", settings=settings, clock=system_clock)
    answer = app.test_client().get("/sign-in/oidc")
    database_of(app).dispose()
    assert answer.status_code == 503
    assert "没有应答" in answer.get_json()["error"]["message"]
