"""The web: parses a request into a typed object, calls one operation or query, renders."""

import mimetypes
from pathlib import Path

from flask import Flask

from gridmap import database, embedded, sealing, secrets
from gridmap.clock import Clock, system_clock
from gridmap.settings import Settings, from_environment
from gridmap.web import (
    absence,
    account,
    admin,
    admin_audit,  # noqa: F401  (its routes)
    admin_catalog,  # noqa: F401  (its routes)
    admin_keys,  # noqa: F401  (its routes)
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
    tiles,
    visits,
)
from gridmap.web.api import api
from gridmap.web.context import Services

ROOT = Path(__file__).parents[2]
LARGEST_REQUEST_BYTES = 200_000_000


def build(settings: Settings | None, clock: Clock | None) -> Flask:
    """The web application as the settings describe it."""
    return assemble(_services(settings or from_environment(), clock or system_clock))


def assemble(made: Services) -> Flask:
    """The web application with all its blueprints, on collaborators that are there."""
    mimetypes.add_type("text/javascript", ".mjs")
    app = Flask(
        "gridmap",
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
        instance_path=str(made.settings.instance.absolute()),
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["gridmap"] = made
    for part in (errors, language, gate, headers, frame):
        part.install(app)
    for blueprint in (
        pages.pages,
        auth.auth,
        account.account,
        admin.admin,
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
    ):
        app.register_blueprint(blueprint)
    gate.check_table(app)
    return app


def _services(settings: Settings, clock: Clock) -> Services:
    kept = secrets.load_or_make(settings.instance)
    url = settings.database_url or embedded.administrative_url(
        embedded.cluster_of(settings, kept.admin_password)
    )
    ring = sealing.sealer(kept, settings.instance / "secrets")
    return Services(settings, database.connect(url, kept), clock, ring)
