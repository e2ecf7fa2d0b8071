"""The parent of everything that ``gridmap up`` runs: starts, watches and ends it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gridmap import embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.database import Database, connect, psycopg2_url
from gridmap.errors import SetupFailed
from gridmap.operations import backup, sample, sample_people, setup
from gridmap.operations.intake import Circumstances
from gridmap.secrets import Secrets
from gridmap.settings import Settings
from gridmap.synth import unpack

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
_STOP_WAIT_S = 10
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
        with _database(settings, kept, say) as url:
            _prepare(settings, kept, url, say)
            children = _start(settings)
            try:
                say(f"网格地图在 http://{settings.host}:{settings.port}/ ，Ctrl-C 停止。")
                _load_people(settings, kept, url, stopping)
                _watch(children, stopping)
            finally:
                _end(children)
    say("已停止。")


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
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SetupFailed(
                "端口 {port} 已被占用；请停掉占用它的程序，或设 GRIDMAP_PORT 换一个。",
                port=settings.port,
            ) from error


@contextmanager
def _database(settings: Settings, kept: Secrets, say: Say) -> Iterator[str]:
    """The administrative address; a private cluster is started before and stopped after."""
    if settings.database_url:
        _check_answers(settings.database_url)
        yield settings.database_url
        return
    cluster = embedded.cluster_of(settings, kept.admin_password)
    say("正在启动自带的 PostGIS …")
    url = embedded.start(cluster)
    try:
        yield url
    finally:
        embedded.stop(cluster)


def _check_answers(url: str) -> None:
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as error:
        raise SetupFailed("DATABASE_URL 的数据库没有应答；请核对地址和口令。") from error
    finally:
        engine.dispose()


def _prepare(settings: Settings, kept: Secrets, url: str, say: Say) -> None:
    backup.before_migration(url, settings.instance, say)
    done = setup.migrate(url, kept, zone=settings.zone)
    for what in done.missing:
        say(f"没有超级用户权限，未做到：{what}")
    database = connect(url, kept)
    try:
        _load_sample(database, _circumstances(settings, kept), say)
    finally:
        database.dispose()


def _circumstances(settings: Settings, kept: Secrets) -> Circumstances:
    return Circumstances(
        LOCAL_ADMINISTRATOR,
        system_clock(),
        settings.zone,
        settings.nearest_limit_m,
        sealing.sealer(kept),
    )


def _load_sample(database: Database, given: Circumstances, say: Say) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if connection.scalar(text("SELECT EXISTS (SELECT FROM level)")):
            return
        say("数据库是空的，正在载入示例县 …")
        sample.load(connection, unpack(SAMPLE), given)


def _load_people(settings: Settings, kept: Secrets, url: str, stopping: threading.Event) -> None:
    """The sample's persons, once the map is up: nothing on it waits for them."""
    database = connect(url, kept)
    try:
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            if not stopping.is_set() and sample_people.wanted(connection):
                sample_people.load(connection, unpack(SAMPLE), _circumstances(settings, kept))
    finally:
        database.dispose()


def _start(settings: Settings) -> dict[str, subprocess.Popen[bytes]]:
    """The processes that run beside the database, by what people call them."""
    web = (
        *("-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT)),
        *("--worker-class", "gthread", "--threads", "6"),
        *("--workers", str(settings.web_workers), "--no-control-socket"),
        *("--bind", f"{settings.host}:{settings.port}", "--log-level", "warning"),
        *("--graceful-timeout", "3"),
    )
    jobs = ("-c", "from gridmap.cli import main; main()", "jobs")
    return {"网页": _child(settings, web), "后台": _child(settings, jobs)}


def _child(settings: Settings, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    # paths in settings are relative to where gridmap was started
    given = {
        name: str(path.absolute())
        for name, path in (
            ("GRIDMAP_INSTANCE", settings.instance),
            ("GRIDMAP_CLUSTER", settings.cluster),
        )
        if path != Path()
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | given,
        # a Ctrl-C on the terminal is for the parent, which then ends this process itself
        start_new_session=True,
    )


def _watch(children: Mapping[str, subprocess.Popen[bytes]], stopping: threading.Event) -> None:
    while not stopping.wait(0.5):
        for name, child in children.items():
            if child.poll() is not None:
                raise SetupFailed(
                    "{name}进程自己结束了（代码 {code}），请看上面的输出。",
                    name=name,
                    code=child.returncode,
                )


def _end(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    running = [child for child in children.values() if child.poll() is None]
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
