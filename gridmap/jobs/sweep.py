"""Forgetting what has ended: sessions, sign-in links, windows of rate limits. When: hourly."""

import asyncio
from collections.abc import Awaitable, Callable

from gridmap.jobs.crew import Crew
from gridmap.operations import rates, sessions
from gridmap.operations.sessions import DOOR

CRON = "23 * * * *"


def sweep(crew: Crew) -> None:
    """Deletes the rows that nobody can use any more."""
    now = crew.clock()
    with crew.database.transaction(DOOR) as connection:
        sessions.clear_ended(connection, now=now)
        rates.clear(connection, now=now)


def sweeper(crew: Crew) -> Callable[[int], Awaitable[None]]:
    """The periodic task."""

    async def work(timestamp: int) -> None:
        await asyncio.to_thread(sweep, crew)

    return work
