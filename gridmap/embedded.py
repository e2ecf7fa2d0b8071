"""The private PostGIS cluster: gridmap's own, on a unix socket only, never the system's.

Started as root, it runs as the distribution's unprivileged user ``postgres``.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from gridmap.cluster_folder import (
    SYSTEM_USER,
    check_disk,
    check_reach,
    own,
    sockets_for,
    system_user,
)
from gridmap.errors import SetupFailed
from gridmap.settings import Settings

LOCALE = "C.UTF-8"
ADMINISTRATOR = "gridmap_admin"
DATABASE = "gridmap"
_INSTALLED = Path("/usr/lib/postgresql")
_SHARED = Path("/usr/share/postgresql")
_OLDEST_VERSION = 15
_TUNED = (
    "shared_buffers=512MB",
    # a large import is written to its files once, not at every gigabyte of its log
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "wal_compression=on",
)
"""What differs from PostgreSQL's defaults, which are those of a far smaller machine."""
_NO_PROCESS = 2**22 + 1
"""One more than the highest id that Linux gives to a process."""


@dataclass(frozen=True)
class Cluster:
    """Where a private cluster lies, and whose programs run it."""

    folder: Path
    sockets: Path
    programs: Path
    password: str
    options: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        """The data directory, absolute."""
        return self.folder / "data"


def cluster_of(settings: Settings, password: str) -> Cluster:
    """The private cluster that the settings describe."""
    folder = settings.cluster
    if folder == Path():
        as_root = os.geteuid() == 0
        folder = Path("/var/lib/gridmap") if as_root else settings.instance / "cluster"
    folder = folder.absolute()
    return Cluster(folder, sockets_for(folder), find_programs(), password)


def find_programs() -> Path:
    """The folder of the newest installed PostgreSQL that has PostGIS; SetupFailed without."""
    versions = sorted(
        (int(one.name) for one in _INSTALLED.glob("*") if one.name.isdigit()), reverse=True
    )
    for version in versions:
        control = _SHARED / str(version) / "extension" / "postgis.control"
        if version >= _OLDEST_VERSION and control.exists():
            return _INSTALLED / str(version) / "bin"
    if versions:
        raise SetupFailed(
            "装了 PostgreSQL {version}，但没有 PostGIS；请安装 postgresql-{version}-postgis-3。",
            version=versions[0],
        )
    raise SetupFailed("没有找到 PostgreSQL；请安装 postgresql-15 和 postgresql-15-postgis-3。")


@contextmanager
def held(cluster: Cluster) -> Iterator[None]:
    """Keeps a second parent away from the cluster; the lock ends with the process, even killed.

    Raises SetupFailed where another parent holds it.
    """
    own(cluster.folder)
    descriptor = os.open(cluster.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise SetupFailed(
            "已有一个 gridmap up 在用 {folder}；请先停掉它，或设 GRIDMAP_CLUSTER 换一个文件夹。",
            folder=cluster.folder,
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def running(cluster: Cluster) -> Iterator[str]:
    """The administrative address; the cluster is stopped after, unless it ran before."""
    ran_before = is_running(cluster)
    url = start(cluster)
    try:
        yield url
    finally:
        if not ran_before:
            stop(cluster)


def start(cluster: Cluster) -> str:
    """Starts the cluster, made first where there is none; returns its administrative address.

    Raises SetupFailed with one sentence where the disk is full or the cluster does not start.
    """
    check_disk(cluster.folder)
    check_reach(cluster.folder)
    if not (cluster.data / "PG_VERSION").exists():
        _make(cluster)
    own(cluster.sockets)
    if not is_running(cluster):
        _disown_foreign_process(cluster)
        options = " ".join(
            ["-c listen_addresses=", f"-c unix_socket_directories={cluster.sockets}"]
            + [f"-c {option}" for option in (*_TUNED, *cluster.options)]
        )
        log = cluster.folder / "postgres.log"
        _run(cluster, "pg_ctl", "start", "-w", "-D", cluster.data, "-l", log, "-o", options)
    _make_database(cluster)
    return administrative_url(cluster)


def stop(cluster: Cluster) -> None:
    """Stops the cluster at once but cleanly; nothing happens where it does not run."""
    if is_running(cluster):
        _run(cluster, "pg_ctl", "stop", "-m", "fast", "-w", "-D", cluster.data)


def is_running(cluster: Cluster) -> bool:
    """Whether a server runs on this data directory (a stale pid file does not count)."""
    if _names_foreign_process(cluster):
        return False
    return _call(cluster, "pg_ctl", "status", "-D", cluster.data).returncode == 0


def administrative_url(cluster: Cluster, database: str = DATABASE) -> str:
    """The superuser's address of a database of the cluster."""
    return _address(cluster, database, f"{ADMINISTRATOR}:{cluster.password}")


def _address(cluster: Cluster, database: str, user: str) -> str:
    sockets = quote(str(cluster.sockets), safe="")
    return f"postgresql://{user}@/{database}?host={sockets}"


def _names_foreign_process(cluster: Cluster) -> bool:
    """Whether the pid file names a living process that is no server of this data directory.

    After a crash the number may have gone to any other program.
    """
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return str(cluster.data).encode() not in command


def _disown_foreign_process(cluster: Cluster) -> None:
    """Puts a number that no process has in the place of a stranger's.

    The rest of the file stays: by it the server finds what a crashed one left in memory.
    """
    file = cluster.data / "postmaster.pid"
    if _names_foreign_process(cluster):
        _, rest = file.read_text().split("\n", 1)
        file.write_text(f"{_NO_PROCESS}\n{rest}")


def _make(cluster: Cluster) -> None:
    own(cluster.folder)
    # made beside and moved: one that was interrupted never looks like a cluster
    new = cluster.folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=cluster.folder) as password:
        password.write(cluster.password)
        password.flush()
        if os.geteuid() == 0:
            os.chown(password.name, system_user().pw_uid, -1)
        _run(
            cluster,
            *("initdb", "--no-sync", "-D", new, "-U", ADMINISTRATOR, "--pwfile", password.name),
            *("--encoding=UTF8", f"--locale={LOCALE}", "--auth=scram-sha-256", "--no-instructions"),
        )
    new.rename(cluster.data)


def _make_database(cluster: Cluster) -> None:
    if DATABASE not in _run_sql(cluster, "SELECT datname FROM pg_database").split():
        _run_sql(cluster, f"CREATE DATABASE {DATABASE}")


def _run_sql(cluster: Cluster, statement: str) -> str:
    address = _address(cluster, "postgres", ADMINISTRATOR)
    return _run(cluster, "psql", address, "-Atq", "-v", "ON_ERROR_STOP=1", "-c", statement)


def _call(cluster: Cluster, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    as_root = os.geteuid() == 0
    # pg_ctl's server inherits the pipes, so output goes to a file and not to a pipe that never ends
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(cluster.programs / program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={
                **{"HOME": str(cluster.folder), "PATH": "/usr/bin:/bin", "LC_ALL": LOCALE},
                # not in the arguments, which every user of the machine can read
                "PGPASSWORD": cluster.password,
            },
            user=SYSTEM_USER if as_root else None,
            group=SYSTEM_USER if as_root else None,
            extra_groups=[] if as_root else None,
            # a Ctrl-C on the terminal is for the parent, which then stops the server itself
            start_new_session=True,
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _run(cluster: Cluster, program: str, *arguments: object) -> str:
    done = _call(cluster, program, *arguments)
    if done.returncode:
        said = done.stdout.strip().splitlines() or ["?"]
        raise SetupFailed(
            "{program} 没有成功：{said}（日志在 {folder}）",
            program=program,
            said=said[-1],
            folder=cluster.folder,
        )
    return done.stdout
