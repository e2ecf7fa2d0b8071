"""Who moved away and who reported is forgotten in time; keys are rotated and nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, psycopg2_url
from gridmap.errors import Conflict, InvalidInput, NotFound
from gridmap.ids import uuid7
from gridmap.operations import erasure, intake, rotation
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.erasure import ERASER, years_before
from gridmap.operations.intake import NewReport
from gridmap.queries.locate import Spot
from tests import world
from tests.conftest import NOW, Server
from tests.integration.homes import IDENTITY, NOTES, PHONE, Home, settle
from tests.integration.offices import acting, open_office


@pytest.fixture
def administrator(database_url: str) -> Iterator[Connection]:
    engine = create_engine(
        psycopg2_url(database_url), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def given(server: Server, database: Database) -> Circumstances:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return server.circumstances()


@pytest.fixture
def home(database_url: str, given: Circumstances) -> Home:
    return settle(database_url, given.sealer, world.A1)


def report(database: Database, given: Circumstances, received: datetime) -> UUID:
    id = uuid7(received)
    lon, lat = world.middle(0.5)
    new = NewReport(
        id=id,
        category=1,
        severity=2,
        place=Spot(lon, lat),
        words=f"请回电 {PHONE} 或 {PHONE}，我叫示例人",
        reporter_name="示例人",
        reporter_phone=PHONE,
    )
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        intake.report(connection, new, replace(given, now=received))
    return id


def mark(database: Database, given: Circumstances, person: UUID, day: date | None) -> None:
    with database.transaction(given.actor) as connection:
        erasure.mark_moved_away(connection, 1, person, day, source="", given=given)


def test_who_moved_away_is_forgotten_after_the_years_of_the_policy(
    database: Database,
    database_url: str,
    given: Circumstances,
    home: Home,
    administrator: Connection,
) -> None:
    office = open_office(database_url)
    worker = acting(given, office["worker"])
    others = [settle(database_url, given.sealer, world.A1, code=f"A-{n}") for n in (2, 3)]
    mark(database, worker, home.person, date(2023, 6, 10))
    mark(database, worker, others[0].person, date(2023, 6, 11))
    eraser = acting(given, ERASER)
    assert erasure.erase(database, eraser) == {"persons": 1, "reporters": 0}
    left = administrator.scalars(text("SELECT id FROM person_private ORDER BY id")).all()
    assert left == sorted(one.person for one in others)
    assert administrator.scalar(text("SELECT count(*) FROM person")) == 3
    assert erasure.erase(database, eraser) == {"persons": 0, "reporters": 0}
    told = administrator.execute(
        text("SELECT what, who, data->>'n' AS n FROM audit WHERE what LIKE '%erased'")
    ).all()
    assert told == [("persons_erased", "job:eraser", "1")]


def test_who_came_back_is_kept(
    database: Database, database_url: str, given: Circumstances, home: Home
) -> None:
    office = open_office(database_url)
    worker = acting(given, office["worker"])
    mark(database, worker, home.person, date(2020, 1, 1))
    mark(database, worker, home.person, None)
    assert erasure.erase(database, acting(given, ERASER))["persons"] == 0


@pytest.mark.parametrize("login", ["neighbor", "commander", "planner", "auditor", "fire"])
def test_only_who_keeps_the_household_says_who_moved_away(
    database: Database, database_url: str, given: Circumstances, home: Home, login: str
) -> None:
    """Seeing a household is not enough for writing in it."""
    office = open_office(database_url)
    with pytest.raises(NotFound):
        mark(database, acting(given, office[login]), home.person, date(2020, 1, 1))
    gone = text("DELETE FROM person")
    with database.transaction(office[login]) as connection:
        assert connection.execute(gone).rowcount == 0


def test_reporters_are_forgotten_once_their_incident_is_done(
    database: Database, given: Circumstances, administrator: Connection
) -> None:
    old = datetime(2023, 6, 1, tzinfo=UTC)
    done, still_open = (report(database, given, old) for _ in range(2))
    fresh = report(database, given, NOW)
    administrator.execute(
        text(
            "UPDATE incident SET resolved_at = received_at, state = 'resolved' WHERE id <>"
            " (SELECT incident FROM report WHERE id = :id)"
        ),
        {"id": still_open},
    )
    assert erasure.erase(database, acting(given, ERASER)) == {"persons": 0, "reporters": 1}
    kept = "SELECT id FROM report WHERE reporter_phone_sealed IS NOT NULL ORDER BY id"
    assert administrator.scalars(text(kept)).all() == sorted([still_open, fresh])
    words = administrator.scalar(text("SELECT words FROM report WHERE id = :id"), {"id": done})
    assert PHONE not in words
    assert "示例人" not in words
    assert words.startswith("请回电")
    assert administrator.scalar(text("SELECT count(*) FROM incident")) == 3


def test_more_than_a_batch_is_forgotten_in_one_go(
    database: Database,
    database_url: str,
    given: Circumstances,
    home: Home,
    administrator: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasure, "AT_ONCE", 2)
    for n in range(4):
        settle(database_url, given.sealer, world.A1, code=f"A-{n + 2}")
    administrator.execute(text("UPDATE person SET moved_away_on = '2020-01-01'"))
    assert erasure.erase(database, acting(given, ERASER))["persons"] == 5


def test_the_leap_day_some_years_ago_is_the_day_before() -> None:
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)
    assert years_before(date(2026, 6, 11), 3) == date(2023, 6, 11)


def kept_at(folder: Path, server: Server) -> Path:
    """A copy of the run's secrets that a test may change."""
    file = folder / "secrets"
    secrets.write(file, server.secrets)
    return file


def sealed_with(administrator: Connection) -> set[int]:
    """The numbers of the keys that anything is sealed with."""
    parts = [
        f"SELECT get_byte({one.column}, 1) FROM {one.table} WHERE {one.column} IS NOT NULL"
        for one in rotation.SEALED
    ]
    return set(administrator.scalars(text(" UNION ".join(parts))))


def test_every_sealed_column_is_rotated(administrator: Connection, given: Circumstances) -> None:
    found = administrator.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'"
        )
    )
    assert {tuple(row) for row in found} == {(one.table, one.column) for one in rotation.SEALED}


def test_rotated_keys_open_everything_and_old_ones_go(
    server: Server,
    database: Database,
    given: Circumstances,
    home: Home,
    administrator: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = kept_at(tmp_path, server)
    before = sealing.sealer(secrets.read(file), file)
    id = report(database, given, NOW)
    monkeypatch.setattr(rotation, "AT_ONCE", 1)
    done = rotation.rotate(database, file, given)
    assert done["person_private.phone_sealed"] == 1
    assert done["report.reporter_name_sealed"] == 1
    assert sealed_with(administrator) == {2}
    assert file.stat().st_mode & 0o777 == 0o600
    # a process that was started before follows the file, opening and sealing
    row = administrator.execute(text("SELECT * FROM person_private")).one()
    opened = [
        sealing.unseal(before, bytes(value), field=f"person.{field}", row=home.person)
        for field, value in (
            ("phone", row.phone_sealed),
            ("identity", row.identity_sealed),
            ("notes", row.notes_sealed),
        )
    ]
    assert opened == [PHONE, IDENTITY, NOTES]
    name = administrator.scalar(
        text("SELECT reporter_name_sealed FROM report WHERE id = :id"), {"id": id}
    )
    assert sealing.unseal(before, bytes(name), field="report.reporter_name", row=id) == "示例人"
    assert sealing.seal(before, "x", field="f", row=id)[1] == 2
    assert rotation.forget(database, file, given) == [1]
    assert set(secrets.read(file).sealing_keys) == {"2"}
    assert rotation.rotate(database, file, given)["report.reporter_name_sealed"] == 1
    assert set(secrets.read(file).sealing_keys) == {"2", "3"}


def test_an_interrupted_rotation_goes_on_and_forgets_nothing(
    server: Server,
    database: Database,
    database_url: str,
    given: Circumstances,
    home: Home,
    administrator: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settle(database_url, given.sealer, world.A2, code="A-2")
    file = kept_at(tmp_path, server)
    monkeypatch.setattr(rotation, "AT_ONCE", 1)
    write, calls = rotation._write, []

    def dies(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(database, file, given)
    monkeypatch.setattr(rotation, "_write", write)
    assert sealed_with(administrator) == {1, 2}
    with pytest.raises(Conflict):
        rotation.forget(database, file, given)
    assert set(secrets.read(file).sealing_keys) == {"1", "2"}
    rotation.rotate(database, file, given)
    assert set(secrets.read(file).sealing_keys) == {"1", "2"}
    assert sealed_with(administrator) == {2}


def test_a_ring_without_the_key_opens_nothing_and_shows_no_key(given: Circumstances) -> None:
    other = sealing.Sealer({7: bytes(32)}, bytes(32))
    value = sealing.seal(other, "x", field="f", row=uuid7(NOW))
    with pytest.raises(InvalidInput):
        sealing.unseal(given.sealer, value, field="f", row=uuid7(NOW))
    assert "x00" not in repr(other)
