"""Forgetting what has ended: sessions, links, rate windows, old notices, photos that broke off.

When: hourly.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from gridmap.jobs.crew import Crew
from gridmap.operations import keeping, rates, sessions
from gridmap.operations.sessions import DOOR
from gridmap.operations.telling import TELLER
from gridmap.outside import pieces

CRON = "23 * * * *"
ARRIVING = timedelta(days=1)
"""So long a phone may take to go on with a photo that broke off."""


def sweep(crew: Crew) -> None:
    """Deletes the rows that nobody can use any more."""
    now = crew.clock()
    with crew.database.transaction(DOOR) as connection:
        sessions.clear_ended(connection, now=now)
        rates.clear(connection, now=now)
    pieces.clear(crew.settings.instance, before=now - ARRIVING)
    keeping.merge_sums(crew.database)
    keeping.clear_told(crew.database, crew.circumstances(TELLER))


def sweeper(crew: Crew) -> Callable[[int], Awaitable[None]]:
    """The periodic task."""

    async def work(timestamp: int) -> None:
        await asyncio.to_thread(sweep, crew)

    return work
