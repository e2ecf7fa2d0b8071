"""Following events by snapshot: each once, whatever order transactions commit in."""

import random
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import PSYCOPG, Database, connect
from gridmap.events import IncidentNoted
from gridmap.operations import backup
from gridmap.operations.record import record, record_all
from gridmap.operations.telling import TELLER
from gridmap.outside import doorbell
from gridmap.queries import live
from tests import world
from tests.conftest import NOW, ZONE, Server
from tests.integration.offices import open_office
from tests.integration.test_casework import Desk
from tests.integration.test_telling_after_restore import _instance


def note(connection: Connection, path: str = "") -> str:
    """An event that needs no rows beside it; the id of its subject."""
    event = IncidentNoted(1 if path else 0, path, uuid4(), "", "")
    record(connection, event, actor=LOCAL_ADMINISTRATOR, at=NOW)
    return str(event.subject)


class Follower:
    """Who keeps a snapshot, and what it was told."""

    def __init__(self, database: Database, viewer: Viewer = TELLER) -> None:
        self.database, self.viewer = database, viewer
        self.told: list[str] = []
        with database.transaction(viewer) as connection:
            self.seen = live.snapshot_now(connection)

    def ask(self) -> None:
        """What is new."""
        with self.database.transaction(self.viewer) as connection:
            news = live.news(connection, self.seen)
        self.seen = news.snapshot
        self.told += [str(one.subject) for one in news.events]


@pytest.mark.parametrize("seed", range(6))
def test_every_event_comes_once_in_whatever_order_transactions_commit(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    steady, rare = Follower(database), Follower(database)
    committed: list[str] = []
    open_ones: list[tuple[ExitStack, Connection, list[str]]] = []
    for _ in range(60):
        if len(open_ones) < 4 and chance.random() < 0.5:
            stack = ExitStack()
            connection = stack.enter_context(database.transaction(LOCAL_ADMINISTRATOR))
            open_ones.append((stack, connection, []))
        if open_ones and chance.random() < 0.6:
            _, connection, ids = chance.choice(open_ones)
            ids.append(note(connection))
        if open_ones and chance.random() < 0.4:
            stack, connection, ids = open_ones.pop(chance.randrange(len(open_ones)))
            if chance.random() < 0.2:
                connection.rollback()
            else:
                committed += ids
            stack.close()
        steady.ask()
        if chance.random() < 0.1:
            rare.ask()
    for stack, _, ids in open_ones:
        stack.close()
        committed += ids
    steady.ask()
    rare.ask()
    assert len(committed) > 5
    assert sorted(steady.told) == sorted(rare.told) == sorted(committed)


def test_what_is_caught_up_and_what_comes_live_meet_without_a_gap(database: Database) -> None:
    with ExitStack() as stack:
        slow = stack.enter_context(database.transaction(LOCAL_ADMINISTRATOR))
        late = note(slow)
        with database.transaction(TELLER) as connection:
            left_at = live.snapshot_now(connection)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            early = note(connection)
        hub = Follower(database)
        joined_at = hub.seen
    with database.transaction(TELLER) as connection:
        caught_up = live.news(connection, left_at, until=joined_at)
    hub.ask()
    assert [str(one.subject) for one in caught_up.events] == [early]
    assert hub.told == [late]


def test_the_wall_s_own_login_may_ask(server: Server, database_url: str) -> None:
    for driver in ("postgresql+psycopg2", PSYCOPG):
        database = connect(database_url, server.secrets, driver=driver)
        follower = Follower(database, Viewer("kiosk", str(uuid4())))
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            note(connection)
        follower.ask()
        assert follower.told == []
        database.dispose()


def test_the_doorbell_rings_after_the_commit_and_only_for_events(database: Database) -> None:
    address = database.engines["job"].url.set(drivername="postgresql")
    with doorbell.listening(address.render_as_string(hide_password=False)) as bell:
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            note(connection)
            assert not bell.wait(0.2)
        assert bell.wait(5)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            connection.execute(text("SELECT 1"))
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            note(connection)
            connection.rollback()
        assert not bell.wait(0.2)


def test_a_process_rings_no_oftener_than_is_good(database: Database) -> None:
    address = database.engines["job"].url.set(drivername="postgresql")
    with doorbell.listening(address.render_as_string(hide_password=False)) as bell:
        for _ in range(5):
            doorbell.ring(database.engines["app"])
        assert bell.wait(5)
        assert not bell.wait(0.2)


def test_a_bell_that_cannot_be_rung_does_not_undo_what_was_committed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "CHANNEL", "not a name")
    follower = Follower(database)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = note(connection)
    follower.ask()
    assert follower.told == [told]


def test_nothing_restored_is_told_again_and_nothing_new_is_lost(
    server: Server, database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    follower = Follower(database)
    desk = Desk(database, open_office(database_url), server.circumstances())
    backup.backup(database_url, server.instance, tmp_path / "gridmap.tar")
    server.execute("CREATE DATABASE live_again")
    url = server.url("live_again")
    backup.restore(url, _instance(server, tmp_path), tmp_path / "gridmap.tar", zone=ZONE)
    restored = connect(url, server.secrets)
    follower.database = desk.database = restored
    follower.ask()
    assert follower.told == []
    new = desk.reported()
    follower.ask()
    assert follower.told == [str(new)]
    restored.dispose()
    server.execute("DROP DATABASE live_again WITH (FORCE)")


_PLAN = """
SELECT kind FROM event WHERE xid >= CAST(:next AS xid8)
UNION ALL SELECT kind FROM event WHERE xid = ANY (CAST(:open AS xid8[]))
"""


def test_asking_what_is_new_reads_by_an_index_under_row_security(
    server: Server, database: Database, database_url: str
) -> None:
    many = [IncidentNoted(0, "", uuid4(), "", "") for _ in range(3_000)]
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        record_all(connection, many, actor=LOCAL_ADMINISTRATOR, at=NOW)
    server.execute("ANALYZE event", database=database_url.rpartition("/")[2].partition("?")[0])
    with database.transaction(TELLER) as connection:
        _, next, _ = live.snapshot_now(connection).split(":")
        plan = "\n".join(
            connection.scalars(text(f"EXPLAIN {_PLAN}"), {"next": next, "open": ["5"]})
        )
    assert plan.count("event_xid_idx") == 2
