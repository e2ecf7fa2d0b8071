"""Driving the real command in a process of its own, with its own folders and port."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gridmap import embedded, secrets
from gridmap.embedded import Cluster
from gridmap.secrets import Secrets
from gridmap.settings import Settings

ANSWER_WITHIN_S = 60
STOP_WITHIN_S = 15
_PAUSE_S = 0.05


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Home:
    """The folders and the port of an installation of its own."""

    folder: Path
    port: int

    @property
    def instance(self) -> Path:
        """Where its secrets lie."""
        return self.folder / "instance"

    @property
    def kept(self) -> Secrets:
        """Its secrets, made where there are none."""
        return secrets.load_or_make(self.instance)

    @property
    def cluster(self) -> Cluster:
        """Its private cluster."""
        settings = Settings(instance=self.instance, cluster=self.folder / "cluster")
        return embedded.cluster_of(settings, self.kept.admin_password)

    def environment(self, **more: str) -> dict[str, str]:
        """What tells a process where this installation is."""
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        own = {
            "GRIDMAP_CLUSTER": str(self.folder / "cluster"),
            "GRIDMAP_INSTANCE": str(self.instance),
            "GRIDMAP_PORT": str(self.port),
            "GRIDMAP_WEB_WORKERS": "1",
        }
        return kept | own | more

    def left(self) -> list[str]:
        """The processes that still run for this installation."""
        mark = str(self.folder).encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if mark in said:
                found.append(f"{process.name} {(process / 'comm').read_text().strip()}")
        return found


def run(home: Home, *arguments: str, patch: str = "", **more: str) -> tuple[int, list[str]]:
    """Runs a command to its end; its exit code and what it said, line by line.

    ``patch`` is Python that runs before, with ``embedded`` at hand.
    """
    code = f"from gridmap import embedded\n{patch}\nfrom gridmap.cli import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=home.environment(**more),
        capture_output=True,
        text=True,
        timeout=ANSWER_WITHIN_S,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()


@contextmanager
def up(home: Home, **more: str) -> Iterator[subprocess.Popen[str]]:
    """``gridmap up`` in a process group of its own; ended at last, whatever the test did."""
    code = "from gridmap.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code, "up"],
        env=home.environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(STOP_WITHIN_S)


def wait_for_page(home: Home, process: subprocess.Popen[str]) -> None:
    """Until the installation is ready; fails with what was said where the process ended."""
    for _ in range(int(ANSWER_WITHIN_S / _PAUSE_S)):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{home.port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        try:
            process.wait(_PAUSE_S)
        except subprocess.TimeoutExpired:
            continue
        assert process.stdout
        raise AssertionError(process.stdout.read())
    raise AssertionError("no page")


def wait_for_line(process: subprocess.Popen[str], part: str) -> list[str]:
    """The lines that a process said, up to the one that has ``part`` in it."""
    lines: list[str] = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line.strip())
        if part in line:
            return lines
    raise AssertionError(lines)
