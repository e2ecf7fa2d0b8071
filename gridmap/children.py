"""The processes that ``gridmap up`` runs beside the database: web, stream and jobs."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gridmap.errors import SetupFailed
from gridmap.settings import Settings
from gridmap.web.fanout import MOST_STREAMS, MOST_STREAMS_OF_WEB

ROOT = Path(__file__).parents[1]
_STOP_WAIT_S = 10
_THREADS = 6 + MOST_STREAMS_OF_WEB
"""Each open stream keeps one of them."""


def web(settings: Settings) -> subprocess.Popen[bytes]:
    """The web, which loads its libraries at once and opens the port when it is told to."""
    arguments = (
        *("-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--config", "python:gridmap.held"),
        *("--worker-class", "gthread", "--threads", str(_THREADS)),
        # the libraries are loaded once, before the workers part
        *("--workers", str(settings.web_workers), "--preload", "--no-control-socket"),
        *("--bind", f"{settings.host}:{settings.port}", "--log-level", "warning"),
        *("--graceful-timeout", "3"),
    )
    return _child(settings, arguments)


def stream(settings: Settings) -> subprocess.Popen[bytes]:
    """The stream of events for thousands of pages, on this machine alone: nginx is before it."""
    arguments = (
        *("-m", "gunicorn", "gridmap:create_app('stream')", "--chdir", str(ROOT)),
        *("--worker-class", "gevent", "--worker-connections", str(MOST_STREAMS)),
        *("--workers", "1", "--no-control-socket", "--graceful-timeout", "3"),
        *("--backlog", "4096"),
        *("--bind", f"127.0.0.1:{settings.stream_port}", "--log-level", "warning"),
    )
    return _child(settings, arguments)


def open_port(web: subprocess.Popen[bytes]) -> None:
    """Lets the web serve."""
    assert web.stdin is not None
    with suppress(BrokenPipeError):
        # where it has ended already, the watch says so
        web.stdin.write(b"open\n")
        web.stdin.flush()


def jobs(settings: Settings) -> subprocess.Popen[bytes]:
    """The worker of background jobs."""
    return _child(settings, ("-c", "from gridmap.cli import main; main()", "jobs"))


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
        [*ending_with_parent(), sys.executable, *arguments],
        env=os.environ | given,
        stdin=subprocess.PIPE,
        # a Ctrl-C on the terminal is for the parent, which then ends this process itself
        start_new_session=True,
    )


def ending_with_parent() -> list[str]:
    """What makes the kernel end a child when its parent is gone, even by a kill -9."""
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM"] if program else []


def watch(children: Mapping[str, subprocess.Popen[bytes]], stopping: threading.Event) -> None:
    """Waits until ``stopping`` is set; SetupFailed where a process ends by itself before."""
    while not stopping.wait(0.5):
        for name, child in children.items():
            if child.poll() is not None:
                raise SetupFailed(
                    "{name}进程自己结束了（代码 {code}），请看上面的输出。",
                    name=name,
                    code=child.returncode,
                )


def end(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ends all of them, by force where one does not end in time."""
    running = [child for child in children.values() if child.poll() is None]
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
