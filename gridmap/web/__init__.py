"""The web: parses a request into a typed object, calls one operation or query, renders."""

import mimetypes
import resource
from pathlib import Path

from flask import Flask

from gridmap import database, embedded, sealing, secrets
from gridmap.clock import Clock, system_clock
from gridmap.heat import Heat
from gridmap.operations import heat_columns
from gridmap.settings import Settings, from_environment
from gridmap.web import (
    absence,
    account,
    admin,  # noqa: F401  (its routes)
    admin_audit,  # noqa: F401  (its routes)
    admin_catalog,  # noqa: F401  (its routes)
    admin_frame,
    admin_keys,  # noqa: F401  (its routes)
    admin_policies,  # noqa: F401  (its routes)
    auth,
    basemap,
    cases,
    desks,
    errands,
    errors,
    export_jobs,
    exports,
    following,
    frame,
    gate,
    headers,
    health,
    households,
    imports,
    kiosk,
    language,
    notices,
    pages,
    papers,
    public,
    safety_index,
    stream,
    tiles,
    visits,
    wall,
)
from gridmap.web.api import api
from gridmap.web.context import Services
from gridmap.web.fanout import MOST_STREAMS, MOST_STREAMS_OF_WEB, Hub

ROOT = Path(__file__).parents[2]
LARGEST_REQUEST_BYTES = 200_000_000


def build(settings: Settings | None, clock: Clock | None) -> Flask:
    """The web application as the settings describe it."""
    return assemble(_services(settings or from_environment(), clock or system_clock))


def build_stream(settings: Settings | None, clock: Clock | None) -> Flask:
    """The application that follows events, and nothing else, for thousands of open pages."""
    made = _services(settings or from_environment(), clock or system_clock, driver=database.PSYCOPG)
    _allow_files(2 * MOST_STREAMS)
    app = _application(made, MOST_STREAMS)
    for blueprint in (health.health, stream.stream):
        app.register_blueprint(blueprint)
    gate.check_table(app)
    return app


def _allow_files(wanted: int) -> None:
    """A stream is an open file, of which a process is seldom given many by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def assemble(made: Services) -> Flask:
    """The web application with all its blueprints, on collaborators that are there."""
    mimetypes.add_type("text/javascript", ".mjs")
    app = _application(made, MOST_STREAMS_OF_WEB)
    frame.install(app)
    for blueprint in (
        pages.pages,
        auth.auth,
        account.account,
        admin_frame.admin,
        kiosk.kiosk,
        cases.cases,
        api,
        tiles.tiles,
        exports.exports,
        export_jobs.export_jobs,
        households.households,
        health.health,
        imports.imports,
        following.following,
        papers.papers,
        public.public,
        basemap.basemap,
        notices.notices,
        visits.visits,
        absence.absence,
        desks.desks,
        errands.errands,
        safety_index.safety_index,
        stream.stream,
        wall.wall,
    ):
        app.register_blueprint(blueprint)
    gate.check_table(app)
    return app


def _application(made: Services, most_streams: int) -> Flask:
    app = Flask(
        "gridmap",
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
        instance_path=str(made.settings.instance.absolute()),
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["gridmap"] = made
    app.extensions["gridmap_hub"] = Hub(made.database, made.clock, most=most_streams)
    for part in (errors, language, gate, headers):
        part.install(app)
    return app


def _services(settings: Settings, clock: Clock, *, driver: str = database.PSYCOPG2) -> Services:
    kept = secrets.load_or_make(settings.instance)
    url = settings.database_url or embedded.administrative_url(
        embedded.cluster_of(settings, kept.admin_password)
    )
    ring = sealing.sealer(kept, settings.instance / "secrets")
    logins = database.connect(url, kept, driver=driver)
    columns = Heat(logins.engines["job"], heat_columns.folder_of(settings))
    return Services(settings, logins, clock, ring, columns)
