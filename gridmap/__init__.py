"""gridmap: a web map for grid-based community governance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from gridmap.clock import Clock
    from gridmap.settings import Settings

__version__ = "0.1.0"


def create_app(
    part: str = "web", *, settings: Settings | None = None, clock: Clock | None = None
) -> Flask:
    """The Flask application of a part of the product; wiring only.

    Raises SetupFailed where the database cannot be reached or has another schema, Unsafe
    where it could show a row to someone who may not see it.
    """
    from gridmap.web import build, build_stream

    return {"web": build, "stream": build_stream}[part](settings, clock)
