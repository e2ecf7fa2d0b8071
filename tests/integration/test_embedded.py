"""The private cluster: where it lies, who runs it, and that nobody else does."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridmap import cluster_folder, embedded
from gridmap.embedded import Cluster
from gridmap.errors import SetupFailed
from gridmap.settings import Settings
from tests.conftest import Server
from tests.integration.runs import Home, free_port
from tests.integration.test_setup import query


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can enter."""
    made = Path(tempfile.mkdtemp(prefix="gme-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_it_listens_on_a_socket_alone_and_starts_where_an_attempt_was_cut_short(
    folder: Path,
) -> None:
    (folder / "c" / "data.new").mkdir(parents=True)
    (folder / "c" / "data.new" / "PG_VERSION").write_text("15\n")
    cluster = Cluster(folder / "c", folder / "c" / "run", embedded.find_programs(), "secret")
    with embedded.running(cluster) as url:
        told = query(
            url,
            "SELECT current_setting('listen_addresses'), current_setting('lc_collate'),"
            " current_setting('server_encoding')",
        )
        assert told == [("", "C.UTF-8", "UTF8")]
        owner = (cluster.data / "postmaster.pid").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == ("postgres" if os.geteuid() == 0 else _me())
        with embedded.running(cluster):
            pass
        assert embedded.is_running(cluster), "whoever found it running leaves it so"
    assert not embedded.is_running(cluster)


def _me() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def test_a_password_is_in_no_list_of_processes(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    call = embedded._call

    def watched(
        cluster: Cluster, program: str, *arguments: object
    ) -> subprocess.CompletedProcess[str]:
        asked.append(arguments)
        return call(cluster, program, *arguments)

    monkeypatch.setattr(embedded, "_call", watched)
    assert embedded.start(server.cluster)
    assert asked
    assert not any(server.cluster.password in str(one) for one in asked)


def test_a_second_parent_is_kept_away(folder: Path) -> None:
    cluster = Cluster(folder / "c", folder / "c" / "run", embedded.find_programs(), "secret")
    with (
        embedded.held(cluster),
        pytest.raises(SetupFailed, match="已有一个 gridmap up"),
        embedded.held(cluster),
    ):
        pass
    with embedded.held(cluster):
        pass


def test_a_socket_has_a_path_that_fits(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    cluster = embedded.cluster_of(Settings(cluster=deep), "secret")
    assert (
        len(str(cluster.sockets / ".s.PGSQL.5432.lock")) <= cluster_folder.SOCKET_PATH_LIMIT_BYTES
    )
    other = embedded.cluster_of(Settings(cluster=deep / "x"), "secret")
    assert other.sockets != cluster.sockets


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_himself(folder: Path) -> None:
    home = Home(folder, free_port())
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    given = home.environment(HOME=str(folder), PYTHONDONTWRITEBYTECODE="1")
    del given["GRIDMAP_CLUSTER"]
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from gridmap.cli import main; main()", "migrate"],
            env=given,
            user="nobody",
            capture_output=True,
            text=True,
            check=False,
        )
    except PermissionError:
        pytest.skip("this copy of Python cannot be entered by another user")
    assert done.returncode == 0, done.stderr
    data = home.instance / "cluster" / "data"
    assert pwd.getpwuid(data.stat().st_uid).pw_name == "nobody"
    assert home.left() == []
