"""What every operation is told besides its input."""

from dataclasses import dataclass
from datetime import datetime

from gridmap.access import Viewer
from gridmap.sealing import Sealer


@dataclass(frozen=True)
class Circumstances:
    """What every operation is told: who acts, when, and the installation's settings."""

    actor: Viewer
    now: datetime
    zone: str
    nearest_limit_m: float
    sealer: Sealer
