"""A server of the user's own, where gridmap is no superuser: what works, and what is said."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from gridmap import embedded
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect
from gridmap.embedded import Cluster
from gridmap.errors import SetupFailed
from gridmap.operations import backup, setup
from gridmap.operations.intake import report
from gridmap.operations.server_checks import check_server
from tests import world
from tests.integration.runs import Home, free_port, run
from tests.integration.test_intake import GIVEN, new_report
from tests.integration.test_setup import query


@pytest.fixture(scope="module")
def managed() -> Iterator[Cluster]:
    """A cluster that belongs to somebody else, with an owner for gridmap who may make roles."""
    folder = Path(tempfile.mkdtemp(prefix="gmo-"))
    folder.chmod(0o755)
    programs = embedded.find_programs()
    cluster = Cluster(folder / "c", folder / "c" / "run", programs, "secret", ("fsync=off",))
    embedded.start(cluster)
    for statement in (
        "CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'secret'",
        "CREATE ROLE nobody LOGIN PASSWORD 'secret'",
    ):
        embedded._run_sql(cluster, statement)
    for name in ("ready", "without"):
        embedded._run_sql(cluster, f"CREATE DATABASE {name} OWNER owner")
    query(embedded.administrative_url(cluster, "ready"), "CREATE EXTENSION postgis")
    yield cluster
    embedded.stop(cluster)
    shutil.rmtree(folder)


def url_of(cluster: Cluster, user: str, database: str) -> str:
    """The address of a database for a login."""
    sockets = quote(str(cluster.sockets), safe="")
    return f"postgresql://{user}:secret@/{database}?host={sockets}"


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [
        ("owner", "without", "CREATE EXTENSION postgis"),
        ("nobody", "ready", "CREATEROLE"),
        ("owner", "nowhere", "没有应答"),
    ],
)
def test_what_the_server_lacks_is_said(
    managed: Cluster, user: str, database: str, said: str
) -> None:
    with pytest.raises(SetupFailed, match=said):
        check_server(url_of(managed, user, database))


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(SetupFailed, match="不是数据库地址"):
        check_server("nonsense")


def test_an_owner_who_is_no_superuser_gets_a_working_installation(
    managed: Cluster, tmp_path: Path
) -> None:
    url = url_of(managed, "owner", "ready")
    home = Home(tmp_path, free_port())
    code, lines = run(home, "migrate", DATABASE_URL=url)
    assert code == 0, "\n".join(lines)
    told = [line for line in lines if line.startswith("没有超级用户权限，未做到")]
    assert len(told) >= 3, lines
    database = connect(url, home.kept)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        taken = report(connection, new_report(), GIVEN)
    database.dispose()
    assert taken.number == "20260611-0001"
    # what is already there is found by migrations, though policies bind the owner as well
    setup.downgrade(url, "0009")
    setup.migrate(url, home.kept, zone="Asia/Shanghai")
    ready = embedded.administrative_url(managed, "ready")
    assert query(ready, "SELECT sum(n) FROM heat_change") == [(1,)]
    with pytest.raises(SetupFailed, match="BYPASSRLS"):
        backup.backup(url, home.instance, tmp_path / "all.tar")
