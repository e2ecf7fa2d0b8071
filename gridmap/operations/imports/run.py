"""An import from file to rows: stage, look, then load, throw away, or take back."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from psycopg2.errors import UniqueViolation
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from gridmap import access, area
from gridmap.database import Database
from gridmap.errors import Conflict, GridmapError, NotFound
from gridmap.events import BoundaryPublished, Event, ImportLoaded, ImportTakenBack
from gridmap.files.rejects import write_rejects
from gridmap.ids import uuid7
from gridmap.operations import boundaries, sample
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports import (
    centers,
    grids,
    households,
    incidents,
    regions,
    staging,
    state,
    workers,
)
from gridmap.operations.imports.kind import Kind
from gridmap.operations.imports.request import Counts, Importing, ImportRequest, Loading
from gridmap.operations.imports.staging import Staged
from gridmap.operations.record import record_all

KINDS: dict[str, Kind] = {
    module.KIND.id: module.KIND
    for module in (regions, centers, grids, workers, households, incidents)
}
_BOUNDARIES = ("regions", "grids")


def start(
    database: Database,
    request: ImportRequest,
    given: Circumstances,
    progress: Callable[[int], None] = lambda rows: None,
) -> Importing:
    """Opens an import of a file; nothing is read yet."""
    importing = Importing(uuid7(given.now), request, given, database, progress)
    values = {
        "id": importing.id,
        "owner": str(given.actor),
        "kind": request.kind,
        "file_name": request.file.name,
        "file_hash": state.hash_of(request.file),
        "crs": request.crs,
        "options": json.dumps(asdict(request) | {"file": str(request.file)}, default=str),
        "now": given.now,
    }
    with database.transaction(given.actor) as connection:
        connection.execute(
            text(
                "INSERT INTO import"
                " (id, owner, kind, file_name, file_hash, crs, options, state, created_at) VALUES"
                " (:id, :owner, :kind, :file_name, :file_hash, :crs, CAST(:options AS jsonb),"
                " 'staging', :now)"
            ),
            values,
        )
    return importing


def stage(
    importing: Importing,
    *,
    rejects: Path | None = None,
    there: Callable[[range], None] = lambda rows: None,
) -> Staged:
    """Reads and diagnoses the file; the import then waits to be loaded or thrown away.

    The rows that cannot be loaded are written to the file ``rejects``, where one is named;
    ``there`` is told the row numbers of each part once it is staged.
    """
    kind = KINDS[importing.request.kind]
    with ExitStack() as failed, importing.database.transaction(importing.given.actor) as connection:
        failed.callback(state.clear, importing)
        try:
            staged = staging.stage(connection, kind, importing, there)
        except GridmapError as refused:
            state.fail(importing, refused)
            raise
        summary = state.summary_of(staged) | {"bounds": state.bounds(connection, importing)}
        failed.pop_all()
    if rejects is not None and staged.rejects:
        write_rejects(rejects, staged.info.columns, staged.rejects)
    state.set_state(importing, "staged", summary)
    return staged


def blocked(staged: Staged, request: ImportRequest) -> str | None:
    """Why what was staged may not be loaded as it was asked; None where it may."""
    return refusal(len(staged.rejects), len(staged.problems), request)


def refusal(rejects: int, problems: int, request: ImportRequest) -> str | None:
    """The same, by how many rows and places are wrong."""
    if rejects and not request.keep_good:
        return "有 {n} 行不能用；改好后再导入，或用 --keep-good 只载入其余的行。"
    if problems and not request.as_is:
        return (
            "网格没有铺满或互相重叠（{n} 处）；请改好、用 --snap 合上细缝，或用 --as-is 照样载入。"
        )
    return None


def load(importing: Importing, *, remove_sample: bool = False) -> Counts:
    """Loads what was staged, in one transaction of the importer's viewer.

    With ``remove_sample`` the made-up county goes first, in the same transaction. Raises Conflict
    where a row is in the way that the importer cannot see.
    """
    with loading(importing) as connection:
        if remove_sample:
            sample.remove(connection, importing.given)
        counts = KINDS[importing.request.kind].load(Loading(connection, importing))
        keep(connection, importing, counts)
    state.clear(importing)
    return counts


@contextmanager
def loading(importing: Importing) -> Iterator[Connection]:
    """The transaction of the importer's viewer; a code that is not free becomes a Conflict."""
    try:
        with importing.database.transaction(importing.given.actor) as connection:
            yield connection
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise Conflict(
            "有的编号已属于你看不到的行，或刚被别人写入；没有载入任何一行，请再试一次。"
        ) from error


def keep(connection: Connection, importing: Importing, counts: Counts) -> None:
    """Tells of what was loaded, in the transaction that loaded it."""
    kind, given = importing.request.kind, importing.given
    told: list[Event] = []
    for county, path in _areas_of(connection):
        told.append(ImportLoaded(county, path, importing.id, kind, counts.added, counts.changed))
        if kind in _BOUNDARIES and counts.added + counts.changed:
            told.append(BoundaryPublished(county, path, importing.id, kind, counts.added))
    record_all(connection, told, actor=given.actor, at=given.now)
    state.write_state(connection, importing, "loaded", asdict(counts))


def _areas_of(connection: Connection) -> list[tuple[int, str]]:
    """County and path of each area of the importer: its files reach no further."""
    paths = [low for low, _ in access.areas(connection, "event", "w")] or [area.EVERYTHING]
    rows = connection.execute(text("SELECT path, no FROM county WHERE path <> ''"))
    numbers = {row.path: row.no for row in rows}
    return [
        (next((no for county, no in numbers.items() if path.startswith(county)), 0), path)
        for path in paths
    ]


def dry_run(importing: Importing) -> Counts:
    """What loading would do; nothing is changed."""
    kind = KINDS[importing.request.kind]
    with importing.database.transaction(importing.given.actor) as connection:
        counts = kind.load(Loading(connection, importing))
        connection.rollback()
    throw_away(importing)
    return counts


def throw_away(importing: Importing) -> None:
    """Drops what was staged; nothing was changed by it."""
    state.set_state(importing, "thrown_away", {})
    state.clear(importing)


_ORIGIN = {
    "regions": (
        "region_version",
        "DELETE FROM region AS o WHERE NOT EXISTS (SELECT FROM region_version WHERE region = o.id)",
    ),
    "grids": (
        "grid_version",
        "DELETE FROM grid AS o WHERE NOT EXISTS (SELECT FROM grid_version WHERE grid = o.id)",
    ),
    "centers": ("center", None),
    "workers": ("duty", "DELETE FROM staff AS s WHERE origin = :import"),
    "households": ("household", None),
    "incidents": ("incident", None),
}


def take_back(database: Database, id: UUID, given: Circumstances) -> int:
    """Takes an import's new rows out again, while nothing refers to them; returns how many.

    Raises NotFound for an unknown import, Conflict where it changed rows that were there
    before, or where something refers to its rows.
    """
    try:
        with database.transaction(given.actor) as connection:
            kind = _loaded(connection, id)
            table, orphans = _ORIGIN[kind]
            counties = _touched(connection, table, id) if kind in _BOUNDARIES else []
            removed = connection.execute(
                text(f"DELETE FROM {table} WHERE origin = :import"), {"import": id}
            ).rowcount
            if orphans:
                connection.execute(text(orphans), {"import": id})
            for county in counties:
                boundaries.refresh(connection, kind, county)
            taken = [ImportTakenBack(*one, id, kind, removed) for one in _areas_of(connection)]
            record_all(connection, taken, actor=given.actor, at=given.now)
            connection.execute(
                text("UPDATE import SET state = 'taken_back', finished_at = :now WHERE id = :id"),
                {"id": id, "now": given.now},
            )
    except IntegrityError as error:
        raise Conflict("已有别的数据用到了这次导入的行，不能收回。") from error
    return removed


def _loaded(connection: Connection, id: UUID) -> str:
    row = connection.execute(
        text("SELECT kind, state, summary FROM import WHERE id = :id"), {"id": id}
    ).first()
    if row is None or row.state != "loaded":
        raise NotFound("没有编号为 {id} 的已载入的导入。", id=id)
    if row.summary.get("changed"):
        raise Conflict("这次导入改动了 {n} 行已有的数据，不能整体收回。", n=row.summary["changed"])
    return str(row.kind)


def _touched(connection: Connection, table: str, id: UUID) -> list[int]:
    rows = connection.scalars(
        text(f"SELECT DISTINCT county FROM {table} WHERE origin = :import"), {"import": id}
    )
    return list(rows)
