"""What is kept of an import beside its rows: its state, what was found, why it failed."""

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.access import IMPORTER
from gridmap.errors import Conflict, FileRefused, GridmapError, NotFound
from gridmap.operations.imports.request import Importing
from gridmap.operations.imports.staging import Staged, first_reasons

SHOWN_PROBLEMS = 200


def fail(importing: Importing, error: GridmapError) -> None:
    """Marks an import as failed, with the sentence that says why."""
    facts = {key: str(value) for key, value in error.facts.items()}
    set_state(importing, "failed", {"error": {"message": error.message, "facts": facts}})


def bounds(connection: Connection, importing: Importing) -> list[float] | None:
    """West, south, east, north of what was staged; None where nothing has a place."""
    box = connection.execute(
        text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)"
            " FROM (SELECT ST_Extent(shape) AS b FROM own_import_row WHERE import = :import) AS e"
            " WHERE b IS NOT NULL"
        ),
        {"import": importing.id},
    ).first()
    return list(box) if box else None


def summary_of(staged: Staged) -> dict[str, Any]:
    """What a person is shown of a diagnosed file: counts, first rejects, first problems."""
    problems = [asdict(problem) for problem in staged.problems[:SHOWN_PROBLEMS]]
    return {
        "rows": staged.rows,
        "rejects": len(staged.rejects),
        "problem_count": len(staged.problems),
        "first_rejects": first_reasons(
            sorted(staged.rejects, key=lambda one: one.row), SHOWN_PROBLEMS
        ),
        "problems": problems,
        "mapping": staged.mapping,
        "encoding": staged.info.encoding,
        "format": staged.info.format,
        "crs": staged.info.crs,
    }


def set_state(importing: Importing, state: str, summary: dict[str, Any]) -> None:
    """Moves an import on, in a transaction of its own."""
    with importing.database.transaction(importing.given.actor) as connection:
        write_state(connection, importing, state, summary)


def write_state(
    connection: Connection, importing: Importing, state: str, summary: dict[str, Any]
) -> None:
    """Moves an import on; one that was thrown away in the meantime stays thrown away."""
    connection.execute(
        text(
            "UPDATE import SET state = :state, summary = summary || CAST(:summary AS jsonb),"
            " finished_at = :now WHERE id = :id AND state <> 'thrown_away'"
        ),
        {
            "id": importing.id,
            "state": state,
            "summary": json.dumps(summary, ensure_ascii=False, default=_plain),
            "now": importing.given.now,
        },
    )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def clear(importing: Importing) -> None:
    """Removes the staged rows of an import."""
    with importing.database.transaction(IMPORTER) as connection:
        connection.execute(
            text("DELETE FROM import_row WHERE import = :import"), {"import": importing.id}
        )


def hash_of(file: Path) -> bytes:
    """The SHA-256 of a file; FileRefused where it cannot be opened."""
    digest = sha256()
    try:
        with file.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise FileRefused("打不开文件 {file}：{why}", file=file.name, why=error.strerror) from error
    return digest.digest()


def held(connection: Connection, id: UUID, states: tuple[str, ...]) -> Any:
    """The import's row, locked; Conflict where it is in none of the states."""
    row = connection.execute(
        text(
            "SELECT id, kind, file_name, state, options, summary FROM import"
            " WHERE id = :id FOR UPDATE"
        ),
        {"id": id},
    ).first()
    if row is None:
        raise unknown(id)
    if row.state not in states:
        raise Conflict("这次导入已经往前走了，请看它现在的状态。")
    return row


def unknown(id: UUID) -> NotFound:
    """What to raise for an import that is not there, or is somebody else's."""
    return NotFound("没有编号为 {id} 的导入。", id=id)
