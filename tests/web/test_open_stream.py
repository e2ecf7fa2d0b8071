"""What is sent to an open page: in order and whole, however slowly it reads."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gridmap.area import bounds
from gridmap.queries.live import Key
from gridmap.web import open_stream
from gridmap.web.open_stream import Stream, message
from tests.web.streams import parsed


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection that takes what it can without waiting."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        yield ours, theirs


def opened(ours: socket.socket | None = None, *, framed: bool = True) -> Stream:
    return Stream(Key("session", ""), (bounds(""),), ours, framed=framed)


def test_a_reader_that_is_too_slow_is_cut_off_and_holds_nobody_up(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    slow = opened(ours)
    for n in range(open_stream.MOST_QUEUED):
        slow.put(message("happened", {"n": n}))
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)
    slow.put(message("happened", {"n": -1}))
    assert theirs.recv(1) == b""
    assert len(list(parsed((slow.take(0) or b"").decode()))) == open_stream.MOST_QUEUED
    assert slow.take(0) is None


def test_what_waits_is_sent_together_and_the_end_comes_last() -> None:
    page = opened()
    for chunk in (b"a", b"b", None, b"never"):
        page.put(chunk)
    assert (page.take(0), page.take(0)) == (b"ab", None)
    assert opened().take(0) == b""


@pytest.mark.parametrize(("framed", "sent"), [(True, b"3\r\nabc\r\n"), (False, b"abc")])
def test_a_page_that_rests_is_told_at_once(
    ends: tuple[socket.socket, socket.socket], framed: bool, sent: bytes
) -> None:
    ours, theirs = ends
    page = opened(ours, framed=framed)
    page.rests = page.sends_at_once
    page.put(b"abc")
    assert theirs.recv(100) == sent
    assert page.waiting.empty()


def test_a_server_with_threads_leaves_sending_to_the_thread() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not opened(ours).sends_at_once
    assert not opened().sends_at_once


def test_what_a_connection_does_not_take_at_once_follows_whole_and_in_order(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    page = opened(ours, framed=False)
    page.rests = True
    sent = b"".join(bytes([n]) * 300_000 for n in range(3))
    for start in range(0, len(sent), 300_000):
        page.put(sent[start : start + 300_000])
    assert page.rest
    # what the reader has taken so far, then the rest, then what was queued behind it
    theirs.setblocking(False)
    got = _all(theirs)
    with ours.dup() as patient:
        patient.setblocking(True)
        while page.rest:
            page.connection = patient
            chunk, left = page.rest[:60_000], page.rest[60_000:]
            page.rest = chunk
            page.flush()
            page.rest = left
            got += _all(theirs)
    page.sends_at_once = False
    assert got + (page.take(0) or b"") == sent


def _all(connection: socket.socket) -> bytes:
    """What can be read now."""
    got = b""
    with suppress(BlockingIOError):
        while chunk := connection.recv(65_536):
            got += chunk
    return got
