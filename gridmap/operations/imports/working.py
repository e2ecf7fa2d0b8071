"""What a job needs of an import that waits for it: picked up, told of, given up."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gridmap.access import IMPORTER, Viewer
from gridmap.database import Database
from gridmap.errors import Conflict, GridmapError
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports import state
from gridmap.operations.imports.request import Importing, ImportRequest

BY_OPTION = ("crs", "encoding", "layer", "mapping", "parent", "level", "since", "snap_m")
"""What of a request is kept as options when a file is to be read."""


def owner_of(database: Database, id: UUID) -> Viewer:
    """Whose import it is, for the job that works for its owner; NotFound for an unknown one."""
    with database.transaction(IMPORTER) as connection:
        owner = connection.scalar(text("SELECT owner FROM import WHERE id = :id"), {"id": id})
    if owner is None:
        raise state.unknown(id)
    kind, _, name = owner.partition(":")
    return Viewer(kind, name)


def resume(
    database: Database, given: Circumstances, id: UUID, *, file: Path, expected: str
) -> tuple[Importing, dict[str, Any]]:
    """An import that a job goes on with, and its options; Conflict unless it is as expected."""
    with database.transaction(given.actor) as connection:
        row = state.held(connection, id, (expected,))
    return importing_of(row, given, database, file), row.options


def tell_progress(importing: Importing, rows: int) -> None:
    """Shows how many rows have been read; Conflict where the import was thrown away meanwhile."""
    with importing.database.transaction(importing.given.actor) as connection:
        told = connection.execute(
            text(
                "UPDATE import SET summary = summary || jsonb_build_object('progress',"
                " CAST(:rows AS bigint)) WHERE id = :id AND state = 'staging'"
            ),
            {"id": importing.id, "rows": rows},
        )
    if not told.rowcount:
        raise Conflict("这次导入已经放弃。")


def is_thrown_away(importing: Importing) -> bool:
    """Whether its owner has given the import up."""
    with importing.database.transaction(importing.given.actor) as connection:
        found: bool = connection.execute(
            text("SELECT state = 'thrown_away' FROM import WHERE id = :id"), {"id": importing.id}
        ).scalar_one()
    return found


def has_rows(importing: Importing) -> bool:
    """Whether staged rows are there: a crash of the database empties that table."""
    with importing.database.transaction(importing.given.actor) as connection:
        found: bool = connection.execute(
            text("SELECT EXISTS (SELECT FROM own_import_row WHERE import = :id)"),
            {"id": importing.id},
        ).scalar_one()
    return found


def importing_of(row: Any, given: Circumstances, database: Database, file: Path) -> Importing:
    """An import as its row tells it."""
    options = {name: row.options[name] for name in BY_OPTION if name in row.options}
    if options.get("since"):
        options["since"] = datetime.fromisoformat(options["since"])
    options["mapping"] = tuple(options.get("mapping", ()))
    for name in ("keep_good", "as_is"):
        options[name] = row.options.get(name, False)
    return Importing(row.id, ImportRequest(row.kind, file, **options), given, database)


def give_up(database: Database, given: Circumstances, id: UUID) -> None:
    """Marks an import whose job never came to its end as failed; nothing was changed by it."""
    with database.transaction(given.actor) as connection:
        row = state.held(connection, id, ("staging", "loading"))
    importing = importing_of(row, given, database, Path(row.file_name))
    state.clear(importing)
    state.fail(importing, GridmapError("后台进程几次都没有做完，已停下；请把文件分小些再试。"))
