"""What a request works with: settings, database, clock, viewer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import current_app, g
from sqlalchemy import Connection

from gridmap.access import Viewer
from gridmap.clock import Clock, local_day
from gridmap.database import Database
from gridmap.heat import Heat
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import filters
from gridmap.queries.filters import Filters
from gridmap.sealing import Sealer
from gridmap.settings import Settings


@dataclass(frozen=True)
class Services:
    """The application's collaborators, made once."""

    settings: Settings
    database: Database
    clock: Clock
    sealer: Sealer
    heat: Heat | None = None


def services() -> Services:
    """The collaborators of the current application."""
    made: Services = current_app.extensions["gridmap"]
    return made


def viewer() -> Viewer:
    """Who asks: decided once per request by the gate."""
    decided: Viewer = g.viewer
    return decided


@contextmanager
def reading() -> Iterator[Connection]:
    """A transaction of the request's viewer."""
    with services().database.transaction(viewer()) as connection:
        yield connection


def circumstances(actor: Viewer | None = None) -> Circumstances:
    """Who acts in this request, when, and under which settings."""
    made = services()
    settings = made.settings
    return Circumstances(
        actor or viewer(), made.clock(), settings.zone, settings.nearest_limit_m, made.sealer
    )


def today() -> date:
    """The local day of the clock."""
    return local_day(services().clock(), services().settings.zone)


def filters_of(arguments: dict[str, str], *, default_days: int = 30) -> Filters:
    """The filters of a request's parameters."""
    return filters.parse(arguments, last_day=today(), default_days=default_days)
