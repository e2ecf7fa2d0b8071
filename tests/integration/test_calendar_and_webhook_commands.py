"""The commands on the calendar and on webhooks, as an administrator types them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli import commands
from gridmap.database import Database
from tests.conftest import Server


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, server: Server, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDMAP_INSTANCE", str(server.instance))
    monkeypatch.setenv("GRIDMAP_WEBHOOK_PRIVATE_HOSTS", "hook.inside, other.inside")


def gridmap(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


def test_a_calendar_file_is_taken(tmp_path: Path, database: Database) -> None:
    file = tmp_path / "days.csv"
    file.write_text("day,works,name\n2027-01-01,0,元旦\n", encoding="utf-8")
    assert "1 天" in gridmap("calendar", "import", str(file)).output
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        source = connection.scalar(
            text("SELECT source FROM calendar_day WHERE day = '2027-01-01' AND NOT works")
        )
    assert source == "file"


def test_a_webhook_is_added_listed_and_stopped(database: Database) -> None:
    added = gridmap("webhook", "add", "http://hook.inside/x", "--kind", "IncidentReported")
    id, secret = added.output.split()[0], added.output.split("：")[1].strip()
    assert secret.startswith("whsec_")
    listed = gridmap("webhook", "list").output
    assert id in listed
    assert secret not in listed
    assert "已停止" in gridmap("webhook", "stop", id).output
    assert "已停" in gridmap("webhook", "list").output
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        sealed = connection.scalar(text("SELECT secret_sealed FROM webhook"))
    assert secret.encode() not in bytes(sealed)


@pytest.mark.parametrize("url", ["http://elsewhere.inside/", "ftp://hook.inside/"])
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    assert gridmap("webhook", "add", url).exit_code != 0
    assert gridmap("webhook", "list").output == ""


def test_a_kind_that_nobody_knows_is_refused() -> None:
    assert gridmap("webhook", "add", "https://hook.inside/", "--kind", "Nothing").exit_code != 0
