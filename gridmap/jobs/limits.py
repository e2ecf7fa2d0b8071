"""Time limits: telling at shares of them, and climbing. When: every minute."""

from gridmap.jobs.crew import Crew
from gridmap.operations import limits

CRON = "* * * * *"


def watch(crew: Crew) -> None:
    """Tells what is due to be told now."""
    limits.watch(crew.database, crew.circumstances(limits.CLOCK))
