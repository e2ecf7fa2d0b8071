"""What a job works with: settings, database, clock, sealer; in the name of whoever asked."""

from dataclasses import dataclass

from gridmap.access import Viewer
from gridmap.clock import Clock
from gridmap.database import Database
from gridmap.operations.circumstances import Circumstances
from gridmap.sealing import Sealer
from gridmap.settings import Settings


@dataclass(frozen=True)
class Crew:
    """The collaborators of all jobs of a process, made once."""

    settings: Settings
    database: Database
    clock: Clock
    sealer: Sealer

    def circumstances(self, actor: Viewer) -> Circumstances:
        """Who acts, when, and under which settings."""
        settings = self.settings
        return Circumstances(
            actor, self.clock(), settings.zone, settings.nearest_limit_m, self.sealer
        )
