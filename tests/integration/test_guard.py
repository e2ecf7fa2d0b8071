"""The database guards itself: nobody without a genuine viewer sees a row."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from gridmap import access
from gridmap.access import INTAKE, LOCAL_ADMINISTRATOR, STRANGER, Viewer
from gridmap.database import Database, sign
from gridmap.hardening import assert_guarded


def test_administrator_may_read_everything(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert access.areas(connection, "household") == [("", None)]


def test_stranger_reads_boundaries_and_no_household(database: Database) -> None:
    with database.transaction(STRANGER) as connection:
        assert access.areas(connection, "boundary") == [("", None)]
        assert access.areas(connection, "household") == []


def test_job_uses_its_own_login(database: Database) -> None:
    with database.transaction(INTAKE) as connection:
        assert connection.scalar(text("SELECT current_user")) == "gridmap_job"


@pytest.mark.parametrize(
    "change", [lambda s: "x" + s, lambda s: s[:-1] + ("0" if s[-1] != "0" else "1")]
)
def test_tampered_viewer_is_nobody(database: Database, change) -> None:  # type: ignore[no-untyped-def]
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        genuine = connection.scalar(text("SELECT current_setting('gridmap.viewer')"))
        connection.execute(
            text("SELECT set_config('gridmap.viewer', :v, true)"), {"v": change(genuine)}
        )
        assert access.areas(connection, "boundary") == []


def test_viewer_of_another_session_is_nobody(database: Database) -> None:
    with database.transaction(STRANGER) as connection:
        foreign = sign(database.viewer_key, LOCAL_ADMINISTRATOR, 999_999)
        connection.execute(text("SELECT set_config('gridmap.viewer', :v, true)"), {"v": foreign})
        assert access.areas(connection, "boundary") == []


def test_application_cannot_read_the_key_or_change_rights(database: Database) -> None:
    for statement in (
        "SELECT * FROM guard.viewer_key",
        "INSERT INTO guard.appointment VALUES ('stranger:stranger', 'administrator', '')",
        "ALTER TABLE household DISABLE ROW LEVEL SECURITY",
        "CREATE TEMP TABLE t (x int)",
    ):
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            database.transaction(LOCAL_ADMINISTRATOR) as connection,
        ):
            connection.execute(text(statement))


def test_unknown_viewer_has_only_what_everyone_has(database: Database) -> None:
    with database.transaction(Viewer("account", "nobody")) as connection:
        assert access.areas(connection, "incident") == []
        assert access.areas(connection, "boundary") == [("", None)]


def test_start_refuses_a_table_without_row_security(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert_guarded(connection)
        connection.execute(text("ALTER TABLE household NO FORCE ROW LEVEL SECURITY"))
        with pytest.raises(Exception, match="household"):
            assert_guarded(connection)
    engine.dispose()
