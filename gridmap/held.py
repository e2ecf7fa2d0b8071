"""Gunicorn's configuration under ``gridmap up``: the web loads early and opens when told.

Loading its libraries takes a second or two, which pass while the database is made ready.
"""

import sys


def on_starting(_server: object) -> None:
    """Waits for a line from the parent before the port is bound."""
    sys.stdin.readline()
