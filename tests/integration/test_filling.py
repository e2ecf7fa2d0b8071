"""Copying while the next rows are made: what a statement may count on, and what goes wrong."""

import pytest
from psycopg2.errors import NotNullViolation
from sqlalchemy import text

from gridmap.operations.columns import ROWS_AT_ONCE, Columns
from gridmap.operations.filling import copying, unguarded

COUNT = 2 * ROWS_AT_ONCE + 1


def numbers(first: int, count: int) -> Columns:
    return {"n": ("integer", list(range(first, first + count)))}


def test_a_statement_finds_all_that_was_stored_before_it(database_url: str) -> None:
    with unguarded(database_url) as connection:
        connection.execute(text("CREATE TEMPORARY TABLE copied (n int PRIMARY KEY)"))
        with copying(connection) as store:
            store(connection, "copied", numbers(0, COUNT))
            found = connection.scalar(text("SELECT count(*) FROM copied"))
            store(connection, "copied", numbers(COUNT, 1))
        assert found == COUNT
        assert connection.scalar(text("SELECT count(*) FROM copied")) == COUNT + 1


def test_what_cannot_be_copied_is_raised_at_the_latest_at_the_end(database_url: str) -> None:
    def store_a_county_without_a_path() -> None:
        with unguarded(database_url) as connection, copying(connection) as store:
            store(connection, "county", {"no": ("integer", [99]), "path": ("text", [None])})

    with pytest.raises(NotNullViolation):
        store_a_county_without_a_path()
