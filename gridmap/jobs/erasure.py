"""Erasing persons and reporters whose time has come. When: nightly."""

from gridmap.jobs.crew import Crew
from gridmap.operations import erasure

CRON = "11 2 * * *"


def erase(crew: Crew) -> None:
    """Erases by the policy in force."""
    erasure.erase(crew.database, crew.circumstances(erasure.ERASER))
