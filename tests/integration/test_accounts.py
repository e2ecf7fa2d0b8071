"""Keeping accounts: the first one, who may keep whose, what a change ends, tokens and kiosks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer, areas
from gridmap.cli import commands
from gridmap.database import Database, connect, psycopg2_url
from gridmap.errors import GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations import accounts, first_start, keys, sample, sessions
from gridmap.operations.accounts import ROLES, NewAccount
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.keys import NewKey
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts as asked
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import TOWNSHIP, Office, acting, open_office
from tests.world import COUNTY

LATER = timedelta(days=20_000)
"""The database lets appointments end by the machine's clock."""


@pytest.fixture
def office(database: Database, database_url: str) -> Office:
    """The tiny world with its people."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return open_office(database_url)


@pytest.fixture
def given(server: Server) -> Circumstances:
    """The local administrator, now."""
    return server.circumstances()


@pytest.fixture
def keeper(database: Database, office: Office, given: Circumstances) -> Viewer:
    """An administrator of one township."""
    return Viewer("account", str(make(database, given, "keeper", TOWNSHIP, "administrator")))


def make(
    database: Database,
    given: Circumstances,
    login: str,
    path: str,
    role: str | None = None,
    over: str | None = None,
) -> UUID:
    """An account kept at ``path``, perhaps with a role, over the same area if no other."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        account = accounts.create(connection, NewAccount(login, "示例某", path), given)
        if role:
            accounts.appoint(
                connection,
                account,
                role=role,
                path=path if over is None else over,
                body=None,
                since=None,
                until=None,
                given=given,
            )
    return account


def session_of(database: Database, account: UUID) -> str:
    with database.transaction(DOOR) as connection:
        return sessions.open_session(connection, account, now=NOW, source="test")


def is_open(database: Database, value: str) -> bool:
    with database.transaction(DOOR) as connection:
        return sessions.session_of(connection, value, now=NOW) is not None


def test_the_first_start_makes_one_administrator_and_the_second_none(
    database: Database, given: Circumstances
) -> None:
    link = first_start.first_link(database, given)
    assert link is not None
    assert first_start.first_link(database, given) is None
    with database.transaction(DOOR) as connection:
        opened = sessions.use_link(connection, link, now=NOW, source="test")
        session = sessions.session_of(connection, opened, now=NOW)
    assert session is not None
    assert (session.login, session.how, session.has_password) == ("admin", "link", False)
    with database.transaction(session.viewer) as connection:
        assert areas(connection, "account", "w") == [("", None)]


def test_a_keeper_appoints_inside_the_own_area_alone(
    database: Database, keeper: Viewer, given: Circumstances, office: Office
) -> None:
    nobody = make(database, given, "newcomer", TOWNSHIP)
    told = acting(given, keeper)
    with database.transaction(keeper) as connection:
        appoint(connection, nobody, "commander", TOWNSHIP, None, told)
        for path, role, body in (
            (COUNTY, "commander", None),
            ("", "administrator", None),
            # the county's department is called in to incidents of other townships
            (TOWNSHIP, "department_officer", office.fire),
        ):
            with pytest.raises(NotAllowed):
                appoint(connection, nobody, role, path, body, told)
        with pytest.raises(NotFound):
            appoint(connection, UUID(office["nobody"].name), "planner", TOWNSHIP, None, told)
    with database.transaction(Viewer("account", str(nobody))) as connection:
        assert areas(connection, "incident") == [(TOWNSHIP, f"{TOWNSHIP[:-1]}0")]


def appoint(
    connection: object,
    account: UUID,
    role: str,
    path: str,
    body: UUID | None,
    given: Circumstances,
) -> None:
    accounts.appoint(
        connection,  # type: ignore[arg-type]
        account,
        role=role,
        path=path,
        body=body,
        since=None,
        until=None,
        given=given,
    )


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("everyone", "administrator"),
        ("local:administrator", "administrator"),
        ("job:intake", "administrator"),
        ("account:01900000-0000-7000-8000-00000000000a", "door"),
        ("token:01900000-0000-7000-8000-00000000000a", "administrator"),
        ("kiosk:01900000-0000-7000-8000-00000000000a", "commander"),
    ],
)
def test_no_role_is_given_to_viewers_that_it_is_not_for(
    database: Database, keeper: Viewer, who: str, role: str
) -> None:
    with (
        pytest.raises(Exception, match="not allowed to appoint"),
        database.transaction(keeper) as connection,
    ):
        connection.execute(
            text("SELECT guard.appoint(:who, :role, :path, NULL, NULL, NULL)"),
            {"who": who, "role": role, "path": TOWNSHIP},
        )


def test_who_sees_more_than_a_keeper_is_not_the_keepers_to_sign_in(
    database: Database, keeper: Viewer, given: Circumstances
) -> None:
    """Else an administrator of a township would look at the county by a link of their own."""
    wide = make(database, given, "wide", TOWNSHIP, "commander", COUNTY)
    near = make(database, given, "near", TOWNSHIP, "commander")
    away = make(database, given, "away", COUNTY)
    with database.transaction(keeper) as connection:
        accounts.check_manages(connection, near)
        for account in (wide, away):
            with pytest.raises(NotAllowed):
                accounts.check_manages(connection, account)


def test_a_keeper_gives_nobody_the_grids_of_another_township(
    database: Database, keeper: Viewer, given: Circumstances
) -> None:
    told = acting(given, keeper)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        own, foreign = (
            connection.scalar(text("SELECT id FROM staff WHERE name = :n"), {"n": name})
            for name in ("示例甲", "示例丙")
        )
    with database.transaction(keeper) as connection:
        accounts.create(connection, NewAccount("mine", "示例甲", TOWNSHIP, own), told)
        with pytest.raises(NotAllowed):
            accounts.create(connection, NewAccount("theirs", "示例丙", TOWNSHIP, foreign), told)


def test_who_stands_in_has_the_grids_of_the_stand_in_alone(
    database: Database, database_url: str, office: Office
) -> None:
    engine = create_engine(psycopg2_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO stand_in (id, staff, by_staff, county, path, during, why)"
                " SELECT gen_random_uuid(), a.id, b.id, 1, :path, '(,)', '请假'"
                "   FROM staff AS a, staff AS b WHERE a.name = '示例丙' AND b.name = '示例甲'"
            ),
            {"path": TOWNSHIP},
        )
    engine.dispose()
    with database.transaction(office["worker"]) as connection:
        assert areas(connection, "incident") == [(world.A1, f"{world.A1[:-1]}0")]


@pytest.mark.parametrize("change", ["appoint", "dismiss", "close", "staff"])
def test_a_change_of_rights_ends_the_sessions_in_the_same_breath(
    database: Database, given: Circumstances, office: Office, change: str
) -> None:
    account = make(database, given, "busy", TOWNSHIP, "commander")
    other = make(database, given, "other", TOWNSHIP, "commander")
    own, kept = session_of(database, account), session_of(database, other)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if change == "appoint":
            appoint(connection, account, "planner", TOWNSHIP, None, given)
        elif change == "dismiss":
            accounts.dismiss(connection, account, role="commander", path=TOWNSHIP, given=given)
        elif change == "close":
            accounts.change(connection, account, "closed", given)
        else:
            connection.execute(
                text(
                    "UPDATE account SET staff = (SELECT id FROM staff WHERE name = '示例乙')"
                    " WHERE id = :id"
                ),
                {"id": account},
            )
    if change == "close":
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            accounts.change(connection, account, "opened", given)
    assert not is_open(database, own)
    assert is_open(database, kept)


def test_a_person_is_told_who_keeps_the_account(
    database: Database, keeper: Viewer, given: Circumstances, office: Office
) -> None:
    newcomer = make(database, given, "newcomer", TOWNSHIP)
    with database.transaction(Viewer("account", str(newcomer))) as connection:
        assert asked.holds_no_role(connection, newcomer)
        assert asked.keepers(connection) == ["示例某", "示例管理"]


def test_a_token_sees_its_area_until_it_is_revoked_or_ends(
    database: Database, office: Office, given: Circumstances
) -> None:
    told = acting(given, office["admin"])
    new = NewKey("示例系统", TOWNSHIP, verbs=("read",), expires_at=NOW + LATER)
    with database.transaction(office["admin"]) as connection:
        secret = keys.make_token(connection, new, told, source="test")
        with pytest.raises(InvalidInput):
            keys.make_token(connection, replace(new, verbs=()), told, source="test")
    with database.transaction(DOOR) as connection:
        id = keys.holder_of(connection, "token", secret, now=NOW)
        assert keys.holder_of(connection, "token", secret, now=NOW + 2 * LATER) is None
    assert id is not None
    token = Viewer("token", str(id))
    with database.transaction(token) as connection:
        assert areas(connection, "incident") == [(TOWNSHIP, f"{TOWNSHIP[:-1]}0")]
        assert areas(connection, "incident", "w") == areas(connection, "household") == []
    with database.transaction(office["admin"]) as connection:
        keys.revoke(connection, "token", id, told, source="test")
    with database.transaction(token) as connection:
        assert areas(connection, "incident") == []
    with database.transaction(DOOR) as connection:
        assert keys.holder_of(connection, "token", secret, now=NOW) is None


def test_a_kiosk_is_made_and_revoked_by_who_keeps_its_area(
    database: Database, keeper: Viewer, given: Circumstances
) -> None:
    told = acting(given, keeper)
    with database.transaction(keeper) as connection:
        keys.make_kiosk(connection, NewKey("大屏", TOWNSHIP), told, source="test")
        with pytest.raises(NotAllowed):
            keys.make_kiosk(connection, NewKey("大屏", COUNTY), told, source="test")
        with pytest.raises(InvalidInput):
            keys.make_kiosk(
                connection, NewKey("大屏", TOWNSHIP, page="//x.example"), told, source="test"
            )
        (row,) = asked.keys(connection, "kiosk")
        keys.revoke(connection, "kiosk", row.id, told, source="test")
        with pytest.raises(NotFound):
            keys.revoke(connection, "kiosk", row.id, told, source="test")
        assert row.by == "示例某"


@pytest.fixture
def own_database(server: Server, own_sample: str) -> Iterator[Database]:
    """A copy of the made-up county."""
    connected = connect(own_sample, server.secrets)
    yield connected
    connected.dispose()


def test_the_sample_brings_an_account_for_each_role_and_takes_them_away(
    own_database: Database, given: Circumstances
) -> None:
    with own_database.transaction(LOCAL_ADMINISTRATOR) as connection:
        _, found = asked.listing(connection, "", page=1)
        assert {one.row.login for one in found} == set(ROLES)
        for one in found:
            assert "示例" in one.row.name
            given_roles = {a.role for a in one.appointments}
            held = given_roles or {"worker"} & ({"worker"} if one.row.staff else set())
            assert held == {one.row.login}
            accounts.check_manages(connection, one.row.id)
        sample.remove(connection, given)
    with own_database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert not asked.any_account(connection)
        left = connection.scalar(text("SELECT count(*) FROM guard.appointments('account:x')"))
        assert left == 0


def test_accounts_are_kept_on_the_command_line(
    server: Server, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDMAP_INSTANCE", str(server.instance))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(commands, ["account", *arguments])
        if isinstance(done.exception, GridmapError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    assert "/sign-in/" in run("create", "wang", "示例王", "--area", TOWNSHIP)
    run("appoint", "wang", "commander", "--over", TOWNSHIP, "--to", "2099-12-31")
    assert f"指挥长 {TOWNSHIP}" in run("list")
    run("dismiss", "wang", "commander", "--over", TOWNSHIP)
    assert "没有角色" in run("list", "--match", "wan")
    run("close", "wang")
    assert "已停用" in run("list")
    run("open", "wang")
    run("unlock", "wang")
    assert "http://127.0.0.1:8000/sign-in/" in run("link", "wang")
    with pytest.raises(NotFound):
        run("link", "nobody")
    with pytest.raises(InvalidInput):
        run("appoint", "wang", "planner", "--over", TOWNSHIP, "--from", "morgen")
    with pytest.raises(InvalidInput):
        run("create", "x1", "示例", "--area", "98/")
