"""An import through a page: what a person decides between the jobs that read and load.

Every step is one transaction that moves the import on and asks for the job, or refuses.
"""

import json
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.access import areas
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.files import reading
from gridmap.files.mapping import guess_mapping
from gridmap.files.places import PLACE_COLUMNS
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports import run, state, working
from gridmap.operations.imports.request import ImportRequest
from gridmap.operations.sample import SAMPLE_PREFIX
from gridmap.outside.queue import enqueue

STAGE, LOAD = "imports.stage", "imports.load"
QUEUE = "imports"
"""One import after the other: each may take much of the memory."""
_OPEN = ("uploaded", "staged", "failed")
_DROPPABLE = (*_OPEN, "staging")


def may_import(connection: Connection) -> None:
    """Raises NotAllowed for a viewer who may import nowhere; rows elsewhere the policies refuse."""
    if not areas(connection, "import", "w"):
        raise NotAllowed("你没有导入的权限，可找管理员。")


def look(kind: str, file: Path, *, encoding: str | None, layer: str | None) -> dict[str, Any]:
    """How a file reads: format, layers, columns, coordinate system, and the guessed mapping.

    Raises FileRefused for what is no map file and no table, or unsafe.
    """
    info = reading.inspect(file, encoding=encoding, layer=layer)
    guess = guess_mapping(info.columns, run.KINDS[kind].wanted)
    if info.format in ("csv", "xlsx"):
        guess = guess_mapping(info.columns, PLACE_COLUMNS, loose=False) | guess
    return asdict(info) | {"mapping": guess}


def accept(
    database: Database, given: Circumstances, *, id: UUID, kind: str, name: str, file: Path
) -> None:
    """Keeps an uploaded file as an import that waits for its options.

    Raises InvalidInput for an unknown kind, FileRefused for a file that cannot be read.
    """
    if kind not in run.KINDS:
        raise InvalidInput("没有这种导入：{kind}", kind=kind)
    found = look(kind, file, encoding=None, layer=None)
    with database.transaction(given.actor) as connection:
        may_import(connection)
        connection.execute(
            text(
                "INSERT INTO import (id, owner, kind, file_name, file_hash, state, summary,"
                " created_at) VALUES (:id, :owner, :kind, :name, :hash, 'uploaded',"
                " CAST(:summary AS jsonb), :now)"
            ),
            {
                "id": id,
                "owner": str(given.actor),
                "kind": kind,
                "name": name,
                "hash": state.hash_of(file),
                "summary": json.dumps({"found": found}, ensure_ascii=False),
                "now": given.now,
            },
        )


def ask_to_stage(database: Database, given: Circumstances, id: UUID, asked: ImportRequest) -> None:
    """Has the file read with these options; an earlier reading is forgotten.

    Raises InvalidInput where a choice is missing that nothing may make silently, Conflict where
    the import is under way or done.
    """
    with database.transaction(given.actor) as connection:
        may_import(connection)
        row = state.held(connection, id, _OPEN)
        _check(asked, row.summary["found"])
        options = {name: getattr(asked, name) for name in working.BY_OPTION}
        connection.execute(
            text(
                "UPDATE import SET state = 'staging', finished_at = NULL, crs = :crs,"
                " options = CAST(:options AS jsonb),"
                " summary = jsonb_build_object('found', summary->'found') WHERE id = :id"
            ),
            {"id": id, "crs": asked.crs, "options": json.dumps(options, default=_plain)},
        )
        enqueue(connection, STAGE, one_at_a_time=QUEUE, id=id)


def ask_to_load(
    database: Database,
    given: Circumstances,
    id: UUID,
    *,
    keep_good: bool,
    as_is: bool,
    remove_sample: bool,
) -> None:
    """Has what was staged loaded; with ``remove_sample`` the made-up county goes first.

    Raises InvalidInput where something wrong in the file was not accepted by name.
    """
    with database.transaction(given.actor) as connection:
        may_import(connection)
        row = state.held(connection, id, ("staged",))
        accepted = replace(
            ImportRequest(row.kind, Path(row.file_name)), keep_good=keep_good, as_is=as_is
        )
        wrong = row.summary["rejects"], row.summary["problem_count"]
        if reason := run.refusal(*wrong, accepted):
            raise InvalidInput(reason, n=wrong[0] if wrong[0] and not keep_good else wrong[1])
        if remove_sample and lies_in_sample(connection, id):
            raise InvalidInput("文件里的行落在示例县里，移除示例就没有归处；请先导入自己的区划。")
        options = {"keep_good": keep_good, "as_is": as_is, "remove_sample": remove_sample}
        connection.execute(
            text(
                "UPDATE import SET state = 'loading', options = options || CAST(:options AS jsonb)"
                " WHERE id = :id"
            ),
            {"id": id, "options": json.dumps(options)},
        )
        enqueue(connection, LOAD, one_at_a_time=QUEUE, id=id)


def throw_away(database: Database, given: Circumstances, id: UUID) -> None:
    """Drops what was staged; a reading that is under way ends at its next batch."""
    with database.transaction(given.actor) as connection:
        row = state.held(connection, id, _DROPPABLE)
        connection.execute(
            text("UPDATE import SET state = 'thrown_away', finished_at = :now WHERE id = :id"),
            {"id": id, "now": given.now},
        )
    state.clear(working.importing_of(row, given, database, Path(row.file_name)))


def lies_in_sample(connection: Connection, id: UUID) -> bool:
    """Whether a staged row lies in the made-up county."""
    found: bool = connection.execute(
        text(
            "SELECT EXISTS (SELECT FROM own_import_row"
            " WHERE import = :id AND guard.within(path, :sample))"
        ),
        {"id": id, "sample": SAMPLE_PREFIX},
    ).scalar_one()
    return found


def _check(asked: ImportRequest, found: dict[str, Any]) -> None:
    chosen = {field for field, _, column in (one.partition("=") for one in asked.mapping) if column}
    places = chosen & set(PLACE_COLUMNS)
    if asked.crs is None and (found["crs_doubtful"] or places):
        raise InvalidInput("文件没有可靠地说明坐标系，请选择一个。")
    if asked.kind == "regions" and asked.level is None:
        raise InvalidInput("请选择这些区划是第几级。")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
