"""What a benchmark works on, and how it reports."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gridmap.database import Database
from gridmap.operations import heat_columns
from gridmap.operations.circumstances import Circumstances
from gridmap.secrets import Secrets
from gridmap.settings import Settings


@dataclass(frozen=True)
class World:
    """A loaded database, who acts, and a folder for files."""

    database: Database
    given: Circumstances
    folder: Path
    url: str
    secrets: Secrets

    @property
    def instance(self) -> Path:
        """A folder with the secrets, for a process of its own on the same database."""
        return self.folder / "instance"

    @property
    def heat_folder(self) -> Path:
        """Where the packed columns of this database lie."""
        return heat_columns.folder_of(Settings(instance=self.instance))


def timed_ms(call: Callable[[], object], times: int) -> NDArray[np.float64]:
    """Milliseconds of each of some calls."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        found.append((time.perf_counter() - begin) * 1000)
    return np.array(found)


def quantiles(label: str, milliseconds: NDArray[np.float64]) -> None:
    """Prints median and 95th percentile."""
    p50, p95 = np.quantile(milliseconds, [0.5, 0.95])
    print(f"  {label:<44} p50 {p50:8.2f} ms   p95 {p95:8.2f} ms")


def rate(label: str, rows: int, seconds: float) -> float:
    """Prints rows a second; returns it, for ratios."""
    per_second = rows / seconds
    print(f"  {label:<44} {per_second:12,.0f} /s   ({rows:,} in {seconds:.1f} s)")
    return per_second


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
