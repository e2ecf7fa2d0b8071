"""Time limits: telling at shares of them, climbing, late whistles. When: every minute."""

from gridmap.jobs.crew import Crew
from gridmap.operations import limits, policies
from gridmap.operations.casework import late, left

CRON = "* * * * *"


def watch(crew: Crew) -> None:
    """Tells what is due to be told now: limits, whistles; what nobody has goes to its center."""
    given = crew.circumstances(limits.CLOCK)
    policies.follow_hours(crew.database, given)
    limits.watch(crew.database, given)
    late.tell_late(crew.database, given)
    left.pass_to_centers(crew.database, given)
