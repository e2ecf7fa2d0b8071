"""Set-up: migrations up and down on data, twice without harm, and a schema that is too new."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect, psycopg2_url
from gridmap.errors import SetupFailed
from gridmap.operations import setup
from gridmap.operations.intake import report
from tests import world
from tests.conftest import Server
from tests.integration.test_intake import GIVEN, new_report


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Runs a statement as the administrator and commits."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def fill(server: Server, url: str) -> None:
    """A small world with a report in it."""
    database = connect(url, server.secrets)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        report(connection, new_report(reporter_phone="19900001234"), GIVEN)
    database.dispose()


def test_migrating_again_changes_nothing(server: Server, database_url: str) -> None:
    fill(server, database_url)
    done = setup.migrate(database_url, server.secrets, zone="Asia/Shanghai")
    assert done.missing == ()
    assert query(database_url, "SELECT count(*) FROM incident") == [(1,)]


def test_migrations_go_down_and_up_on_a_database_with_data(
    server: Server, database_url: str
) -> None:
    fill(server, database_url)
    setup.downgrade(database_url, "0003")
    assert query(database_url, "SELECT count(*) FROM grid_version") == [(3,)]
    setup.migrate(database_url, server.secrets, zone="Asia/Shanghai")
    assert query(database_url, "SELECT count(*) FROM category") == [(26,)]
    setup.downgrade(database_url, "base")
    left = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert query(database_url, left + " AND tablename NOT IN ('spatial_ref_sys')") == [(1,)]
    setup.migrate(database_url, server.secrets, zone="Asia/Shanghai")
    fill(server, database_url)


def test_a_schema_newer_than_the_program_is_refused(server: Server, database_url: str) -> None:
    query(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupFailed, match="9999"):
        setup.migrate(database_url, server.secrets, zone="Asia/Shanghai")


def test_dated_versions_of_one_boundary_cannot_overlap(server: Server, database_url: str) -> None:
    fill(server, database_url)
    with pytest.raises(Exception, match="grid_version_grid_during_excl"):
        query(
            database_url,
            "INSERT INTO grid_version"
            " (id, grid, county, during, path, number, shape, label, area_m2)"
            " SELECT gen_random_uuid(), grid, county, during, path || 'x/', number, shape, label,"
            " area_m2 FROM grid_version LIMIT 1",
        )


def test_boundaries_off_the_lattice_are_refused(server: Server, database_url: str) -> None:
    fill(server, database_url)
    with pytest.raises(Exception, match="grid_version_shape_check"):
        query(database_url, "UPDATE grid_version SET shape = ST_Translate(shape, 1e-9, 0)")


def test_events_cannot_be_changed_by_the_application(server: Server, database_url: str) -> None:
    fill(server, database_url)
    database = connect(database_url, server.secrets)
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event"):
        with (
            pytest.raises(Exception, match="permission denied"),
            database.transaction(LOCAL_ADMINISTRATOR) as connection,
        ):
            connection.execute(text(statement))
    database.dispose()


def test_the_wall_reads_places_and_no_words(server: Server, database_url: str) -> None:
    fill(server, database_url)
    rights = query(
        database_url,
        "SELECT has_column_privilege('gridmap_wall', 'incident', 'point', 'SELECT'),"
        " has_column_privilege('gridmap_wall', 'incident', 'title', 'SELECT'),"
        " has_column_privilege('gridmap_wall', 'event', 'data', 'SELECT'),"
        " has_any_column_privilege('gridmap_wall', 'person_private', 'SELECT'),"
        " has_any_column_privilege('gridmap_wall', 'report', 'SELECT'),"
        " has_any_column_privilege('gridmap_wall', 'household', 'SELECT')",
    )
    assert rights == [(True, False, False, False, False, False)]
