"""``gridmap up`` as people meet it: starts, stops, starts again, and says why where it cannot."""

import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridmap import children, cluster_folder, embedded
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect
from gridmap.operations import setup
from tests import world
from tests.conftest import ZONE
from tests.integration.runs import (
    STOP_WITHIN_S,
    Home,
    free_port,
    run,
    up,
    wait_for_line,
    wait_for_page,
)
from tests.integration.test_setup import query


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """An installation that has been used before: a small world, and nothing running."""
    folder = Path(tempfile.mkdtemp(prefix="gmh-"))
    folder.chmod(0o755)
    made = Home(folder, free_port())
    with embedded.running(made.cluster) as url:
        setup.migrate(url, made.kept, zone=ZONE)
        database = connect(url, made.kept)
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            world.build(connection)
        database.dispose()
    yield made
    embedded.stop(made.cluster)
    shutil.rmtree(folder)


def refused(home: Home, said: str, *, patch: str = "", **more: str) -> None:
    """Fails unless ``gridmap up`` ends with exactly one sentence that says so."""
    code, lines = run(home, "up", patch=patch, **more)
    told = [line for line in lines if line.startswith("gridmap: ")]
    assert (code, len(told)) == (1, 1), lines
    assert said in told[0], lines
    assert not any("Traceback" in line for line in lines)
    assert home.left() == []


def test_a_port_in_use_is_named(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", home.port))
        taken.listen()
        patch = "from gridmap import supervisor; supervisor._PORT_WAIT_S = 0.1"
        refused(home, f"端口 {home.port} 已被占用", patch=patch)


def test_an_address_of_another_machine_is_named(home: Home) -> None:
    refused(home, "不能在 192.0.2.1", GRIDMAP_HOST="192.0.2.1")


def test_a_full_disk_is_named(bare: Home) -> None:
    refused(
        bare,
        "腾出空间",
        patch="from gridmap import cluster_folder; cluster_folder.LEAST_FREE_MB = 10**9",
    )


def test_a_missing_postgis_is_named(bare: Home, tmp_path: Path) -> None:
    (tmp_path / "lib" / "15" / "bin").mkdir(parents=True)
    found = f"from pathlib import Path; embedded._INSTALLED = Path({str(tmp_path / 'lib')!r});"
    refused(bare, "postgresql-15-postgis-3", patch=f"{found} embedded._SHARED = Path('/nowhere')")


def test_a_missing_postgresql_is_named(bare: Home) -> None:
    patch = "from pathlib import Path; embedded._INSTALLED = Path('/nowhere')"
    refused(bare, "没有找到 PostgreSQL", patch=patch)


def test_a_schema_newer_than_the_program_is_named(home: Home) -> None:
    with embedded.running(home.cluster) as url:
        query(url, "UPDATE alembic_version SET version_num = '9999'")
    refused(home, "比程序新")
    with embedded.running(home.cluster) as url:
        _, newest = _versions(url)
        query(url, f"UPDATE alembic_version SET version_num = '{newest}'")


def _versions(url: str) -> tuple[str | None, str | None]:
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with engine.connect() as connection:
        versions = setup.schema_versions(connection)
    engine.dispose()
    return versions


def test_a_database_that_does_not_answer_is_named(bare: Home) -> None:
    refused(bare, "没有应答", DATABASE_URL=f"postgresql://x:y@127.0.0.1:{free_port()}/x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root another user runs the cluster")
def test_a_folder_that_the_cluster_cannot_enter_is_named(bare: Home) -> None:
    bare.folder.chmod(0o700)
    refused(bare, f"进不了 {bare.folder}")


def test_ctrl_c_while_the_sample_loads_leaves_nothing_behind(bare: Home) -> None:
    with up(bare) as process:
        wait_for_line(process, "正在载入示例县")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_WITHIN_S) == 0
    assert bare.left() == []
    with embedded.running(bare.cluster) as url:
        assert query(url, "SELECT count(*) FROM level") == [(0,)]


def test_it_starts_stops_survives_its_parent_and_dumps_before_it_migrates(home: Home) -> None:
    with up(home) as process:
        wait_for_page(home, process)
        code, lines = run(home, "up", GRIDMAP_PORT=str(free_port()))
        assert (code, "已有一个 gridmap up" in lines[-1]) == (1, True), lines
        process.kill()
        process.wait()
    assert any("postgres" in one for one in home.left())
    with up(home) as process:
        wait_for_page(home, process)
        code, lines = run(home, "status")
        assert code == 0, lines
        told = "\n".join(lines)
        assert f"web       运行中，127.0.0.1:{home.port}" in told
        assert "jobs      运行中" in told
        assert str(home.instance / "secrets") in told
        assert [line.split()[1] for line in lines if line.startswith("  grid ")] == ["3"]
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_WITHIN_S) == 0
    assert home.left() == []
    with embedded.running(home.cluster) as url:
        setup.downgrade(url, "0004")
    with up(home) as process:
        wait_for_page(home, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_WITHIN_S) == 0
    assert home.left() == []
    dumps = list(home.instance.glob("before-*.tar"))
    assert len(dumps) == 1
    with tarfile.open(dumps[0]) as archive:
        assert archive.getnames() == ["database.dump", "secrets"]


def test_status_says_that_nothing_runs(home: Home) -> None:
    code, lines = run(home, "status")
    assert (code, lines[-1].startswith("gridmap: PostGIS 没有运行")) == (1, True), lines


def test_backup_and_restore_work_without_anything_running(home: Home, bare: Home) -> None:
    file = bare.folder / "all.tar"
    code, lines = run(home, "backup", str(file))
    assert (code, "机密" in lines[-1]) == (0, True), lines
    code, lines = run(bare, "restore", str(file))
    assert (code, "已恢复" in lines[-1]) == (0, True), lines
    with embedded.running(bare.cluster) as url:
        assert query(url, "SELECT count(*) FROM grid_version") == [(3,)]
    assert home.left() == bare.left() == []


def test_children_end_with_a_parent_that_is_killed() -> None:
    assert children.ending_with_parent(), "needs setpriv, which every Debian has"


def test_a_stale_pid_file_does_not_stand_in_the_way(home: Home) -> None:
    file = home.cluster.data / "postmaster.pid"
    user = cluster_folder.SYSTEM_USER if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "600"], user=user, cwd="/") as stranger:
        for pid in (stranger.pid, 2**22 + 1):
            lines = (pid, home.cluster.data, 1_700_000_000, 5432, "", "", "1234  5678", "ready")
            file.write_text("".join(f"{line}\n" for line in lines))
            file.chmod(0o600)
            shutil.chown(file, user) if user else None
            assert not embedded.is_running(home.cluster)
            with embedded.running(home.cluster) as url:
                assert query(url, "SELECT count(*) FROM grid_version") == [(3,)]
            assert stranger.poll() is None
        stranger.kill()
