"""Clearing files of imports that rest, and uploads that never became one. When: nightly."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from gridmap.jobs.crew import Crew
from gridmap.operations.imports.clearing import clear_old
from gridmap.outside import uploads

CRON = "41 3 * * *"
UPLOADING = timedelta(days=1)
"""Longer than any upload takes: a folder without an import that is older was left behind."""


def clear(crew: Crew) -> None:
    """Removes the folders; zero days in the setting keep those of imports for good."""
    instance, now = crew.settings.instance, crew.clock()
    folders = uploads.folders(instance)
    days = crew.settings.import_files_days
    before = now - timedelta(days=days) if days else uploads.EPOCH
    done_with, orphans = clear_old(crew.database, folders.keys(), before=before, now=now)
    left_behind = {id for id in orphans if folders[id] < now - UPLOADING}
    for id in done_with | left_behind:
        uploads.discard(instance, id)


def clearer(crew: Crew) -> Callable[[int], Awaitable[None]]:
    """The periodic task."""

    async def work(timestamp: int) -> None:
        await asyncio.to_thread(clear, crew)

    return work
