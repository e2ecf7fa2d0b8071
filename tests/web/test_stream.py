"""The stream of events: everyone's own and nothing else, nothing lost, nothing twice."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.events import IncidentNoted, IncidentReported
from gridmap.operations import keys, sessions
from gridmap.operations.keys import NewKey
from gridmap.operations.record import record, record_all
from gridmap.operations.sessions import DOOR
from gridmap.web import fanout, open_stream, stream
from gridmap.web.fanout import Hub
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import TOWNSHIP, Office
from tests.web.offices import Watch, database_of, signed_in
from tests.web.streams import Message, opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[None]:
    """Signs of life come soon, so that a test that waits for nothing is short."""
    monkeypatch.setattr(stream, "ALIVE_EVERY_S", 0.8)
    monkeypatch.setattr(fanout, "CHECK_KEYS_EVERY_S", 0.2)
    yield
    hub_of(app).close()


def hub_of(app: Flask) -> Hub:
    hub: Hub = app.extensions["gridmap_hub"]
    return hub


def reported(path: str, subject: UUID | None = None) -> IncidentReported:
    county = 1 if path else 0
    return IncidentReported(county, path, subject or uuid4(), "inside", True, 1, 2)


def happen(app: Flask, *paths: str) -> None:
    """Reports in some grids, each a transaction of its own."""
    for path in paths:
        with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
            record(connection, reported(path), actor=LOCAL_ADMINISTRATOR, at=NOW)


def test_a_stream_begins_with_a_sign_of_life_and_tells_what_happens(
    app: Flask, office: Office
) -> None:
    with opened(signed_in(app, office["county"])) as page:
        first = page.next()
        assert first
        assert first.name == "alive"
        assert first.data == {"at": NOW.isoformat()}
        happen(app, world.A1, world.B1)
        assert page.happened() == [("IncidentReported", world.A1), ("IncidentReported", world.B1)]


def test_a_message_says_where_and_what_but_not_who_or_in_which_words(
    app: Flask, office: Office
) -> None:
    event = IncidentNoted(1, world.A1, uuid4(), "verified", "verified", "电话 13800138000")
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
            record(connection, event, actor=office["worker"], at=NOW)
        told = page.next()
    assert told
    assert told.data == {
        "kind": "IncidentNoted",
        "subject_kind": "incident",
        "subject": str(event.subject),
        "county": 1,
        "path": world.A1,
        "at": told.data["at"],
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("worker", [world.A1]),
        ("neighbor", [world.A2]),
        ("officer", [world.A1, world.A2]),
        ("county", [world.A1, world.A2, world.B1]),
        ("admin", [world.A1, world.A2, world.B1, ""]),
        ("fire", []),
        ("nobody", []),
    ],
)
def test_every_viewer_gets_the_events_of_the_own_area_alone(
    app: Flask, office: Office, who: str, sees: list[str]
) -> None:
    client = signed_in(app, office[who])
    with opened(client) as page:
        page.next()
        start = page.last
        happen(app, world.A1, world.A2, world.B1, "")
        live = [path for _, path in page.happened()]
    with opened(client, **{"Last-Event-ID": start}) as page:
        caught_up = [path for _, path in page.happened()]
    assert (live, caught_up) == (sees, sees)


def test_within_narrows_and_never_widens(app: Flask, office: Office) -> None:
    with (
        opened(signed_in(app, office["county"]), f"within={world.A1}") as narrow,
        opened(signed_in(app, office["worker"]), "within=99/") as wide,
    ):
        assert narrow.next()
        assert wide.next()
        happen(app, world.A2, world.A1, world.B1)
        assert narrow.happened() == wide.happened() == [("IncidentReported", world.A1)]


def test_what_was_missed_is_told_once_and_in_the_order_of_events(
    app: Flask, office: Office
) -> None:
    client = signed_in(app, office["county"])
    with opened(client) as page:
        page.next()
        happen(app, world.A1)
        page.happened()
        last = page.last
    happen(app, world.A2, world.B1)
    with opened(client, f"last={last}") as page:
        assert [path for _, path in page.happened()] == [world.A2, world.B1]
        happen(app, world.A1)
        assert [path for _, path in page.happened()] == [world.A1]
        last = page.last
    with opened(client, **{"Last-Event-ID": last}) as page:
        assert page.happened() == []


def test_a_long_transaction_loses_nothing_though_younger_ones_overtake_it(
    app: Flask, office: Office
) -> None:
    database, client = database_of(app), signed_in(app, office["county"])
    with opened(client) as page:
        page.next()
        with database.transaction(LOCAL_ADMINISTRATOR) as slow:
            record(slow, reported(world.B1), actor=LOCAL_ADMINISTRATOR, at=NOW)
            happen(app, world.A1)
            assert [path for _, path in page.happened()] == [world.A1]
            last = page.last
            happen(app, world.A2)
            assert [path for _, path in page.happened()] == [world.A2]
        assert [path for _, path in page.happened()] == [world.B1]
    # who left while it was open is told as well, in the order of the events
    with opened(client, f"last={last}") as page:
        assert sorted(path for _, path in page.happened()) == [world.A2, world.B1]


def test_what_is_rolled_back_is_never_told(app: Flask, office: Office) -> None:
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
            record(connection, reported(world.A1), actor=LOCAL_ADMINISTRATOR, at=NOW)
            connection.rollback()
        happen(app, world.A2)
        assert page.happened() == [("IncidentReported", world.A2)]


@pytest.mark.parametrize(
    "change",
    [
        lambda system, seen: f"1{system}:{seen}",
        lambda system, seen: f"{system}:9{seen.replace(':', ':9')}",
        lambda system, seen: f"{system}:{seen}x",
        lambda system, seen: "nonsense",
        lambda system, seen: f"{system}:5:4:",
    ],
    ids=["another server", "the future", "no snapshot", "nothing known", "upside down"],
)
def test_a_place_that_cannot_be_found_again_has_the_page_begin_anew(
    app: Flask, office: Office, change: object
) -> None:
    client = signed_in(app, office["county"])
    with opened(client) as page:
        page.next()
        system, _, seen = page.last.partition(":")
    assert callable(change)
    with opened(client, f"last={change(system, seen)}") as page:
        names = [one.name for one in (page.next(), page.next()) if one]
        assert names == ["reset", "alive"]
        assert page.last.startswith(f"{system}:")


def test_more_than_can_be_told_one_by_one_has_the_page_begin_anew(
    app: Flask, office: Office
) -> None:
    client = signed_in(app, office["county"])
    many = [reported(world.A1) for _ in range(open_stream.MOST_AT_ONCE + 1)]
    with opened(client) as page:
        page.next()
        start = page.last
        with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
            record_all(connection, many, actor=LOCAL_ADMINISTRATOR, at=NOW)
        told = page.next()
        assert told
        assert told.name == "reset"
        assert told.id
    with opened(client, f"last={start}") as page:
        told = page.next()
        assert told
        assert told.name == "reset"


def test_only_the_last_message_of_a_batch_carries_its_id(app: Flask, office: Office) -> None:
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
            record_all(
                connection,
                [reported(world.A1), reported(world.A2), reported("")],
                actor=LOCAL_ADMINISTRATOR,
                at=NOW,
            )
        first, second = page.next(), page.next()
        assert first
        assert second
        assert (first.id, bool(second.id)) == ("", True)


def test_a_stranger_is_told_that_the_session_has_ended(app: Flask) -> None:
    with opened(app.test_client()) as page:
        assert page.next() == Message("gone", {})
        assert page.next() is None


def test_a_session_that_ends_closes_its_stream(app: Flask, office: Office) -> None:
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        with database_of(app).transaction(DOOR) as connection:
            sessions.end_sessions(connection, UUID(office["county"].name))
        assert ends_gone(page.next(), page.next())


def test_an_open_page_does_not_keep_an_idle_session(
    app: Flask, office: Office, watch: Watch
) -> None:
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        watch.now += sessions.IDLE + timedelta(minutes=1)
        assert ends_gone(page.next(), page.next())


def ends_gone(*told: Message | None) -> bool:
    """Whether the session's end is told; a sign of life may come before."""
    return "gone" in [one.name for one in told if one]


@pytest.mark.parametrize("kind", ["kiosk", "token"])
def test_a_key_that_is_revoked_closes_its_stream(
    app: Flask, server: Server, office: Office, kind: str
) -> None:
    database, given = database_of(app), server.circumstances()
    new = NewKey("大屏", TOWNSHIP, verbs=("read",))
    make = keys.make_kiosk if kind == "kiosk" else keys.make_token
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        secret = make(connection, new, given, source="")
    client, headers = app.test_client(), {}
    if kind == "kiosk":
        client.set_cookie("gridmap_kiosk", secret)
    else:
        headers = {"Authorization": f"Bearer {secret}"}
    with opened(client, **headers) as page:
        page.next()
        happen(app, world.B1, world.A1)
        assert page.happened() == [("IncidentReported", world.A1)]
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            id = UUID(str(connection.scalar(text(_ID_OF[kind]))))
            keys.revoke(connection, kind, id, given, source="")
        assert ends_gone(page.next(), page.next())


_ID_OF = {"kiosk": "SELECT id FROM kiosk", "token": "SELECT id FROM api_token"}


def test_rights_that_change_count_while_the_page_is_open(
    app: Flask, server: Server, database_url: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "RIGHTS_EVERY_S", 0.0)
    new = NewKey("大屏", TOWNSHIP)
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        secret = keys.make_kiosk(connection, new, server.circumstances(), source="")
    client = app.test_client()
    client.set_cookie("gridmap_kiosk", secret)
    with opened(client) as page:
        page.next()
        happen(app, world.A1)
        assert page.happened() == [("IncidentReported", world.A1)]
        server.execute(
            f"UPDATE guard.appointment SET path = '{world.A2}' WHERE role = 'wall'",
            database=database_url.rpartition("/")[2].partition("?")[0],
        )
        page.next()
        happen(app, world.A1, world.A2)
        assert page.happened() == [("IncidentReported", world.A2)]


def test_the_web_follows_for_few_and_says_when_to_come_again(app: Flask, office: Office) -> None:
    client, answers = signed_in(app, office["county"]), []
    for _ in range(20):
        answers.append(client.get("/events"))
    refused = client.get("/events")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    answers.pop().close()
    again = client.get("/events")
    assert again.status_code == 200
    for one in (*answers, again):
        one.close()


def test_the_listener_ends_with_its_last_stream(app: Flask, office: Office) -> None:
    hub = hub_of(app)
    with opened(signed_in(app, office["county"])) as page:
        page.next()
        assert hub.is_listening
    assert hub.ended(5)


def test_who_comes_while_all_is_closing_keeps_nothing_open(app: Flask, office: Office) -> None:
    hub = hub_of(app)
    with opened(signed_in(app, office["county"])) as page:
        assert page.next()
        hub.close()
        late = signed_in(app, office["county"]).get("/events")
        assert late.status_code == 503
        assert "停止" in late.get_json()["error"]["message"]
    assert hub.ended(10)


def test_a_stream_that_leaves_twice_holds_nothing_up(app: Flask) -> None:
    hub = hub_of(app)
    stream = open_stream.Stream(fanout.LOCAL, ())
    hub.join(stream)
    hub.leave(stream)
    hub.leave(stream)
    assert hub.ended(10)
