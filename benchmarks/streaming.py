"""Thousands of open walls on one stream process: how soon each has an event, and at what cost."""

import os
import re
import resource
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from benchmarks.serving import client_of, middle_tile
from benchmarks.world import World, quantiles, timed_ms
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.events import IncidentNoted
from gridmap.operations import keys
from gridmap.operations.keys import NewKey
from gridmap.operations.record import record

WALLS = 3_000
EVENTS = 30
_AT_ONCE = 50
_WAIT_S = 120
_ALIVE = b"event: alive"
_HAPPENED = re.compile(rb'"subject":"([0-9a-f-]{36})"')


def walls(world: World) -> None:
    """An event a second to all walls, which share two cores with the process that tells them."""
    _allow_files()
    before = _tile_times(world)
    with _stream(world) as (process, port):
        idle_kb = _resident_kb(process.pid)
        open_walls = _open(port, _kiosk(world))
        per_stream_kb = (_resident_kb(process.pid) - idle_kb) / WALLS
        before_s = _processor_s(process.pid)
        delays = _tell(world, open_walls, EVENTS)
        used_ms = (_processor_s(process.pid) - before_s) * 1000 / EVENTS
        beside = _tile_times_beside(world, open_walls)
        open_walls.close()
    print(f"  {WALLS:,} walls on one process, {EVENTS} events")
    p50, p99, most = np.quantile(delays, [0.5, 0.99, 1.0])
    print(f"  commit to wall{'':<30} p50 {p50:8.0f} ms   p99 {p99:8.0f} ms   max {most:8.0f} ms")
    print(f"  events that a wall did not get: {EVENTS * WALLS - len(delays)}")
    print(f"  memory: {per_stream_kb:.0f} kB a wall, {idle_kb / 1024:.0f} MB without any")
    print(f"  processor of the stream, an event a second and signs of life: {used_ms:.0f} ms/s")
    quantiles("a tile without walls", before)
    quantiles("a tile beside them, an event a second", beside)


@dataclass
class _Walls:
    """Open connections, read by one loop."""

    sockets: list[socket.socket] = field(default_factory=list)
    begun: dict[socket.socket, bytes] = field(default_factory=dict)
    poll: select.epoll = field(default_factory=select.epoll)
    of: dict[int, socket.socket] = field(default_factory=dict)

    def add(self, one: socket.socket) -> None:
        one.setblocking(False)
        self.sockets.append(one)
        self.of[one.fileno()] = one
        self.poll.register(one, select.EPOLLIN)

    def read(self, seconds: float) -> Iterator[tuple[socket.socket, bytes]]:
        """What came, within a time."""
        for number, _ in self.poll.poll(seconds):
            one = self.of[number]
            came = self.begun.pop(one, b"") + one.recv(65_536)
            whole, _, rest = came.rpartition(b"\n\n")
            if rest:
                self.begun[one] = rest
            yield one, whole

    def close(self) -> None:
        for one in self.sockets:
            one.close()
        self.poll.close()


def _allow_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def _stream(world: World) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The stream process as it is run for nginx; yields its worker's parent and its port."""
    instance = world.instance
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "gridmap:create_app('stream')"),
            *("--worker-class", "gevent", "--worker-connections", "5000", "--workers", "1"),
            *("--no-control-socket", "--log-level", "warning", "--bind", f"127.0.0.1:{port}"),
            *("--backlog", "4096", "--graceful-timeout", "1"),
        ],
        env=os.environ | {"DATABASE_URL": world.url, "GRIDMAP_INSTANCE": str(instance)},
    )
    try:
        _until_it_answers(port)
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def _until_it_answers(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def _kiosk(world: World) -> str:
    """The cookie of a wall that may see everything."""
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return keys.make_kiosk(connection, NewKey("大屏", ""), world.given, source="")


def _open(port: int, cookie: str) -> _Walls:
    """All walls, each once it has heard that the server lives."""
    asked = f"GET /events HTTP/1.1\r\nHost: wall\r\nCookie: gridmap_kiosk={cookie}\r\n\r\n"
    opened = _Walls()
    begin = time.perf_counter()
    for start in range(0, WALLS, _AT_ONCE):
        waiting = set()
        for _ in range(min(_AT_ONCE, WALLS - start)):
            one = socket.create_connection(("127.0.0.1", port), 10)
            one.sendall(asked.encode())
            opened.add(one)
            waiting.add(one)
        end = time.monotonic() + _WAIT_S
        while waiting and time.monotonic() < end:
            waiting -= {one for one, came in opened.read(1) if _ALIVE in came}
        if waiting:
            raise TimeoutError(f"{len(waiting)} walls heard nothing")
    print(f"  {WALLS:,} walls opened in {time.perf_counter() - begin:.1f} s")
    return opened


def _happen(world: World) -> tuple[str, float]:
    """An event without any rows beside it, and when it was committed."""
    event = IncidentNoted(0, "", uuid4(), "", "")
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        record(connection, event, actor=LOCAL_ADMINISTRATOR, at=world.given.now)
    return str(event.subject), time.perf_counter()


def _tell(world: World, opened: _Walls, events: int) -> NDArray[np.float64]:
    """Milliseconds from each commit until each wall has it."""
    delays: list[float] = []
    for _ in range(events):
        subject, at = _happen(world)
        told, second = 0, at + 1
        # until all have it, however late, and a second at least
        while (now := time.perf_counter()) < second or (told < WALLS and now < second + 5):
            for _, came in opened.read(max(0.01, second - now)):
                if subject.encode() in _HAPPENED.findall(came):
                    delays.append((time.perf_counter() - at) * 1000)
                    told += 1
    return np.array(delays)


def _tile_times(world: World) -> NDArray[np.float64]:
    ask = _tile(world)
    ask()
    return timed_ms(ask, 60)


def _tile_times_beside(world: World, opened: _Walls) -> NDArray[np.float64]:
    """Tiles while events go out, the walls reading in between as walls do."""
    ask, next_at = _tile(world), 0.0
    found: list[float] = []
    while len(found) < 60:
        if time.perf_counter() >= next_at:
            _happen(world)
            next_at = time.perf_counter() + 1
        found.append(timed_ms(ask, 1)[0])
        for _ in opened.read(0.02):
            pass
    return np.array(found)


def _tile(world: World) -> Callable[[], object]:
    x, y = middle_tile(world, 9)
    return partial(client_of(world).get, f"/tiles/grids/9/{x}/{y}.mvt")


def _resident_kb(pid: int) -> int:
    """Resident memory of a process and its children."""
    return sum(map(int, _of_family(pid, "rss")))


def _of_family(pid: int, what: str) -> list[str]:
    """What ps says of a process and its children."""
    found = subprocess.run(
        ["ps", "-o", f"{what}=", "--pid", str(pid), "--ppid", str(pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split()


def _processor_s(pid: int) -> float:
    """Processor time of a process and its children so far."""
    fields = [Path(f"/proc/{one}/stat").read_text().split() for one in _of_family(pid, "pid")]
    return sum(int(one[13]) + int(one[14]) for one in fields) / os.sysconf("SC_CLK_TCK")
