"""Exports: making a file for its owner. When: as soon as asked for; expired ones go hourly."""

from collections.abc import Callable
from uuid import UUID

from gridmap.errors import GridmapError
from gridmap.jobs.crew import Crew
from gridmap.operations import export_jobs

CRON = "17 * * * *"
_BROKEN = "程序出错了，已记入日志；请稍后再试。"


def make(crew: Crew, id: UUID) -> None:
    """Makes the file; what goes wrong is told on the export."""
    given = crew.circumstances(export_jobs.owner_of(crew.database, id))
    try:
        export_jobs.make(crew.database, crew.settings.instance, id, given)
    except GridmapError as refused:
        export_jobs.fail(crew.database, id, str(refused), given)
    except Exception:
        export_jobs.fail(crew.database, id, _BROKEN, given)
        raise


def clear(crew: Crew) -> None:
    """Deletes what has expired."""
    export_jobs.clear_expired(crew.database, crew.settings.instance, crew.clock())


TASKS: dict[str, Callable[[Crew, UUID], None]] = {export_jobs.MAKE: make}
