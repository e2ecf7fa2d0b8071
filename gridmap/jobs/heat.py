"""The heat's columns: looked after every minute, merged at night whatever has changed."""

from gridmap.jobs.crew import Crew
from gridmap.operations import heat_atoms, heat_columns

OFTEN = "* * * * *"
NIGHTLY = "40 2 * * *"


def tend(crew: Crew) -> None:
    """Merges where enough has changed."""
    heat_columns.tend(crew.database, heat_columns.folder_of(crew.settings), now=crew.clock())


def merge(crew: Crew) -> None:
    """Merges what there is, so that a day's changes are not carried into the next; closes atoms."""
    folder = heat_columns.folder_of(crew.settings)
    heat_columns.tend(crew.database, folder, now=crew.clock(), at_least=1)
    heat_atoms.close(crew.database, now=crew.clock(), zone=crew.settings.zone)
