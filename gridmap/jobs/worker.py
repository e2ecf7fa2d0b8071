"""The process that does the jobs: procrastinate on the job's own login."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from sqlalchemy import URL

from gridmap.errors import GridmapError
from gridmap.jobs import clear_imports, erasure, exports, heat, imports, limits, sweep, telling
from gridmap.jobs.crew import Crew

logger = logging.getLogger(__name__)

_ABANDONED_AFTER_S = 30
_MOST_TRIES = 3
AT_ONCE = 4
"""A long import must not keep people from being told; imports themselves wait for each other."""
_STOP_WAIT_S = 5


DUTIES: tuple[tuple[str, str, Callable[[Crew], None]], ...] = (
    ("jobs.limits", limits.CRON, limits.watch),
    ("jobs.tell", telling.OFTEN, telling.tell),
    ("jobs.send", telling.OFTEN, telling.send),
    ("jobs.digest", telling.EVERY_MINUTE, telling.digest),
    ("jobs.clear_exports", exports.CRON, exports.clear),
    ("jobs.erase", erasure.CRON, erasure.erase),
    ("jobs.tend_heat", heat.OFTEN, heat.tend),
    ("jobs.merge_heat", heat.NIGHTLY, heat.merge),
)
"""What recurs: its name, when, and what is done; never twice at a time, never two waiting."""


def build(crew: Crew, login: URL) -> App:
    """The tasks of all jobs, on the database that ``login`` names."""
    address = login.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=address))
    for name, work in (imports.TASKS | exports.TASKS).items():
        app.task(name=name)(_task(crew, work))
    app.periodic(cron="* * * * *")(app.task(name="jobs.revive")(_reviver(app, crew)))
    for name, cron, duty in DUTIES:
        task = app.task(name=name, lock=name, queueing_lock=name)(_duty(crew, duty))
        app.periodic(cron=cron)(task)
    app.periodic(cron=sweep.CRON)(app.task(name="jobs.sweep")(sweep.sweeper(crew)))
    clear = app.task(name="jobs.clear_imports")(clear_imports.clearer(crew))
    app.periodic(cron=clear_imports.CRON)(clear)
    return app


def run(app: App, *, wait: bool = True) -> None:
    """Works until the process is told to stop, or with ``wait`` off until nothing is left."""
    app.run_worker(
        wait=wait,
        listen_notify=wait,
        install_signal_handlers=wait,
        concurrency=AT_ONCE if wait else 1,
        delete_jobs="successful",
        shutdown_graceful_timeout=_STOP_WAIT_S,
    )


def _task(crew: Crew, work: Callable[[Crew, UUID], None]) -> Callable[[str], None]:
    def perform(id: str) -> None:
        try:
            work(crew, UUID(id))
        except GridmapError as refused:
            # overtaken by what a person did meanwhile: nothing is left to do
            logger.info("%s %s: %s", work.__name__, id, refused)

    return perform


def _duty(crew: Crew, work: Callable[[Crew], None]) -> Callable[[int], Any]:
    async def perform(timestamp: int) -> None:
        await asyncio.to_thread(work, crew)

    return perform


def _reviver(app: App, crew: Crew) -> Callable[[int], Any]:
    """Jobs whose worker died are tried again, a few times, and then given up."""

    async def revive(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=_ABANDONED_AFTER_S
        ):
            if job.attempts < _MOST_TRIES:
                await app.job_manager.retry_job(job)
                continue
            if job.task_name in imports.TASKS:
                id = UUID(str(job.task_kwargs["id"]))
                await asyncio.to_thread(imports.give_up, crew, id)
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)

    return revive
