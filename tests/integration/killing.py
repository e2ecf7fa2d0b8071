"""Killing PostgreSQL, as a machine that loses its power does."""

import os
import signal
import threading

from gridmap.embedded import Cluster


def kill_postgres(cluster: Cluster) -> None:
    """kill -9 of the postmaster; its children follow, and nothing is written any more."""
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while _alive(pid):
        threading.Event().wait(0.01)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
