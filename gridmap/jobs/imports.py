"""Imports: reading an uploaded file, and loading what was read. When: as soon as asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from gridmap.errors import FileRefused, GridmapError
from gridmap.jobs.crew import Crew
from gridmap.operations.imports import paged, run, state, working
from gridmap.operations.imports.request import Importing
from gridmap.outside import uploads

_BROKEN = "程序出错了，已记入日志；请稍后再试。"


def stage(crew: Crew, id: UUID) -> None:
    """Reads the file of an import; a second try begins anew."""
    importing, _ = _resumed(crew, id, "staging")
    read = 0

    def progress(rows: int) -> None:
        nonlocal read
        read += rows
        working.tell_progress(importing, read)

    with _failing(crew, importing):
        # what an interrupted try left behind
        state.clear(importing)
        run.stage(
            replace(importing, progress=progress),
            rejects=uploads.rejects_of(crew.settings.instance, id),
        )
        if working.is_thrown_away(importing):
            state.clear(importing)


def load(crew: Crew, id: UUID) -> None:
    """Loads what was read; the uploaded file is then no longer needed."""
    importing, options = _resumed(crew, id, "loading")
    with _failing(crew, importing):
        if not working.has_rows(importing):
            raise FileRefused("没有可以载入的行；请再读一次文件。")
        run.load(importing, remove_sample=options["remove_sample"])
        uploads.discard_file(crew.settings.instance, id)


def give_up(crew: Crew, id: UUID) -> None:
    """Marks an import whose job never came to its end as failed."""
    given = crew.circumstances(working.owner_of(crew.database, id))
    working.give_up(crew.database, given, id)


TASKS: dict[str, Callable[[Crew, UUID], None]] = {paged.STAGE: stage, paged.LOAD: load}


def _resumed(crew: Crew, id: UUID, expected: str) -> tuple[Importing, dict[str, Any]]:
    given = crew.circumstances(working.owner_of(crew.database, id))
    file = uploads.file_of(crew.settings.instance, id)
    return working.resume(crew.database, given, id, file=file, expected=expected)


@contextmanager
def _failing(crew: Crew, importing: Importing) -> Iterator[None]:
    """What goes wrong is told on the import; what gridmap did not foresee goes to the log, too."""
    try:
        yield
    except GridmapError as refused:
        state.clear(importing)
        state.fail(importing, refused)
    except Exception:
        state.clear(importing)
        state.fail(importing, GridmapError(_BROKEN))
        raise
