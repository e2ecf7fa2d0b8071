"""Giving up imports that nobody has gone on with, so that their files need not be kept."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from gridmap.access import IMPORTER
from gridmap.database import Database

_CLEAR = """
WITH old AS (
    UPDATE import AS i
       SET state = CASE WHEN state IN ('uploaded', 'staged', 'failed') THEN 'thrown_away'
                        ELSE state END,
           finished_at = COALESCE(finished_at, :now),
           summary = summary || jsonb_build_object('cleared', true)
     WHERE id = ANY(CAST(:ids AS uuid[])) AND state NOT IN ('staging', 'loading')
       AND COALESCE(finished_at, created_at) < :before
    RETURNING id),
rows AS (DELETE FROM import_row AS r USING old WHERE r.import = old.id)
SELECT id FROM old
"""
_KNOWN = "SELECT id FROM import WHERE id = ANY(CAST(:ids AS uuid[]))"


def clear_old(
    database: Database, ids: Collection[UUID], *, before: datetime, now: datetime
) -> tuple[set[UUID], set[UUID]]:
    """Which of these imports are done with, and which never became one.

    The first rested since ``before``: their rows say from now on that the files are cleared, and
    what still waited for a person is thrown away. One that is being read or loaded stays.
    """
    given = {"ids": [str(id) for id in ids], "before": before, "now": now}
    with database.transaction(IMPORTER) as connection:
        cleared = set(connection.scalars(text(_CLEAR), given))
        known = set(connection.scalars(text(_KNOWN), given))
    return cleared, set(ids) - known
