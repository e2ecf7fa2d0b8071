"""An open page as the server sees it: what it may see, and what waits to be sent to it."""

import json
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from gridmap import area
from gridmap.area import Range
from gridmap.queries.live import Happened, Key

MOST_QUEUED = 50
MOST_AT_ONCE = 200
"""Where more happened at once, whoever follows asks anew instead of being told one by one."""

_LONGEST_ID = 1_500
"""A longer one would not fit into an address; an older one serves as well."""

Ranges = tuple[Range, ...]


def message(name: str, data: Any, id: str = "") -> bytes:
    """A message of a stream, in the format of server-sent events."""
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    last = f"id: {id}\n" if 0 < len(id) <= _LONGEST_ID else ""
    return f"event: {name}\ndata: {told}\n{last}\n".encode()


RESET = "reset"
GONE = message("gone", {})


def told_of(events: Sequence[Happened], ranges: Ranges, id: str, *, too_many: bool) -> bytes:
    """What a viewer of these ranges is told of a batch; nothing where none of it is there.

    Only the last message carries the id: who loses the connection in between gets all again.
    """
    mine = [one for one in events if area.covers(ranges, one.path)]
    if too_many or len(mine) > MOST_AT_ONCE:
        return message(RESET, {}, id)
    last = len(mine) - 1
    return b"".join(
        message("happened", one.message, id if n == last else "") for n, one in enumerate(mine)
    )


@dataclass(eq=False, slots=True)
class Stream:
    """An open page: what it may see, by which key it was opened, and what waits to be sent."""

    key: Key
    ranges: Ranges
    connection: socket.socket | None = None
    stands_for: str = ""
    framed: bool = True
    waiting: SimpleQueue[bytes | None] = field(default_factory=SimpleQueue)
    sends_at_once: bool = field(init=False)
    rests: bool = False
    rest: bytes = b""
    ended: bool = False

    def __post_init__(self) -> None:
        # only under gevent does a connection take what it can without waiting
        one = self.connection
        self.sends_at_once = one is not None and not os.get_blocking(one.fileno())

    def put(self, chunk: bytes | None) -> None:
        """Leaves something to be sent; a reader too slow for it is cut off, never waited for."""
        if chunk and self.rests and not self.rest and self.waiting.empty():
            self._send(chunk)
        elif self.waiting.qsize() < MOST_QUEUED:
            self.waiting.put(chunk)
        else:
            self.cut()

    def cut(self) -> None:
        """Closes the connection, even if its reader holds it up."""
        self.waiting.put(None)
        if self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, chunk: bytes) -> None:
        """Sends at once, while the one who would send it rests: waking thousands takes too long.

        What the connection does not take is left to that one.
        """
        assert self.connection is not None
        sent = b"%x\r\n%b\r\n" % (len(chunk), chunk) if self.framed else chunk
        try:
            self.rest = sent[os.write(self.connection.fileno(), sent) :]
        except BlockingIOError:
            self.rest = sent
        except OSError:
            self.cut()
        if self.rest:
            self.waiting.put(b"")

    def flush(self) -> None:
        """Sends what the connection did not take before."""
        if self.rest and self.connection is not None:
            self.connection.sendall(self.rest)
            self.rest = b""

    def take(self, seconds: float) -> bytes | None:
        """What waits, all at once; empty when nothing came in that time, None at the end."""
        chunks: list[bytes] = []
        with suppress(Empty):
            chunk = self._wait(seconds) if not self.ended else None
            while chunk is not None:
                chunks.append(chunk)
                chunk = self.waiting.get_nowait()
            self.ended = True
        # what was said before the end still goes out
        return b"".join(chunks) if chunks or not self.ended else None

    def _wait(self, seconds: float) -> bytes | None:
        self.rests = self.sends_at_once
        try:
            return self.waiting.get(timeout=seconds)
        finally:
            self.rests = False
