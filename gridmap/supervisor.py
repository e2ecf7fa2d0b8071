"""The parent of everything that ``gridmap up`` runs: starts, watches and ends it."""

import errno
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from sqlalchemy import text

from gridmap import children, embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.database import Database, connect
from gridmap.errors import SetupFailed
from gridmap.operations import (
    backup,
    first_start,
    sample,
    sample_people,
    sample_work,
    setup,
)
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.server_checks import check_server
from gridmap.secrets import Secrets
from gridmap.settings import Settings
from gridmap.synth import Batch, unpack

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
_LARGE = {"household", "person", "incident"}
_PIECE_ROWS = 10_000
"""Loaded between two looks at whether somebody wants to stop: less than two seconds."""

_PORT_WAIT_S = 3
"""How long the processes of a parent that was killed may take to leave the port."""
Say = Callable[[str], None]


def run(settings: Settings, say: Say) -> None:
    """Runs the product until it is stopped (Ctrl-C, SIGTERM) or one of its processes ends.

    Raises SetupFailed with one sentence for a port in use, a full disk, missing PostGIS, a
    schema newer than the program, or a process that ended by itself.
    """
    stopping = threading.Event()
    with _signals(stopping):
        _check_port(settings)
        kept = secrets.load_or_make(settings.instance)
        with _database(settings, kept, say) as url, suppress(_Stopped):
            running = {"网页": children.web(settings)}
            try:
                link = _prepare(settings, kept, url, say, stopping)
                children.open_port(running["网页"])
                running["后台"] = children.jobs(settings)
                if settings.stream_port:
                    running["实时"] = children.stream(settings)
                say(f"网格地图在 http://{settings.host}:{settings.port}/ ，Ctrl-C 停止。")
                if link:
                    say(f"管理员 {first_start.LOGIN} 的登录链接（一天内用一次）：{link}")
                _load_rest(settings, kept, url, stopping)
                children.watch(running, stopping)
            finally:
                children.end(running)
    say("已停止。")


class _Stopped(Exception):
    """Somebody asked to stop while something long was under way."""


def _until(stopping: threading.Event, batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches, large ones in pieces; a stop ends the loading, which is rolled back."""
    for batch in batches:
        step = _PIECE_ROWS if batch.table in _LARGE else max(1, len(batch))
        for start in range(0, len(batch), step):
            if stopping.is_set():
                raise _Stopped
            part = slice(start, start + step)
            yield Batch(batch.table, {name: c[part] for name, c in batch.columns.items()})


@contextmanager
def _signals(stopping: threading.Event) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_port(settings: Settings) -> None:
    deadline = time.monotonic() + _PORT_WAIT_S
    while (error := _bound(settings)) and error.errno == errno.EADDRINUSE:
        if time.monotonic() > deadline:
            raise SetupFailed(
                "端口 {port} 已被占用；请停掉占用它的程序，或设 GRIDMAP_PORT 换一个。",
                port=settings.port,
            ) from error
        time.sleep(0.1)
    if error:
        raise SetupFailed(
            "不能在 {host}:{port} 服务：{why}；请核对 GRIDMAP_HOST 和 GRIDMAP_PORT。",
            host=settings.host,
            port=settings.port,
            why=error.strerror,
        ) from error


def _bound(settings: Settings) -> OSError | None:
    """Why the address cannot be served at; None where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return error
    return None


@contextmanager
def _database(settings: Settings, kept: Secrets, say: Say) -> Iterator[str]:
    """The administrative address; a private cluster is started before and stopped after."""
    if settings.database_url:
        check_server(settings.database_url)
        yield settings.database_url
        return
    cluster = embedded.cluster_of(settings, kept.admin_password)
    with embedded.held(cluster):
        say("正在启动自带的 PostGIS …")
        try:
            # a server that a killed parent left running is taken over
            yield embedded.start(cluster)
        finally:
            embedded.stop(cluster)


def _prepare(
    settings: Settings, kept: Secrets, url: str, say: Say, stopping: threading.Event
) -> str | None:
    """Brings the database up to date; a sign-in link, if this is the first start."""
    backup.before_migration(url, settings.instance, say)
    done = setup.migrate(url, kept, zone=settings.zone)
    for what in done.missing:
        say(f"没有超级用户权限，未做到：{what}")
    database = connect(url, kept)
    given = _circumstances(settings, kept)
    try:
        secret = first_start.first_link(database, given)
        _load_sample(database, given, say, stopping)
    finally:
        database.dispose()
    return f"{settings.address}/sign-in/{secret}" if secret else None


def _circumstances(settings: Settings, kept: Secrets) -> Circumstances:
    return Circumstances(
        LOCAL_ADMINISTRATOR,
        system_clock(),
        settings.zone,
        settings.nearest_limit_m,
        sealing.sealer(kept, settings.instance / "secrets"),
    )


def _load_sample(
    database: Database, given: Circumstances, say: Say, stopping: threading.Event
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if connection.scalar(text("SELECT EXISTS (SELECT FROM level)")):
            return
        say("数据库是空的，正在载入示例县 …")
        sample.load(connection, _until(stopping, sample.lately(unpack(SAMPLE))), given)


def _load_rest(settings: Settings, kept: Secrets, url: str, stopping: threading.Event) -> None:
    """The sample's persons and earlier incidents: the opening view waits for neither."""
    database = connect(url, kept)
    try:
        given = _circumstances(settings, kept)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            if sample_work.wanted(connection):
                sample_work.load(connection, given)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            if sample_people.wanted(connection):
                sample.load_earlier(connection, _until(stopping, unpack(SAMPLE)), given)
                sample_people.load(connection, _until(stopping, unpack(SAMPLE)), given)
    finally:
        database.dispose()
