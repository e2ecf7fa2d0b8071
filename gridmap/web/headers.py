"""Security headers: a strict Content-Security-Policy with the import map's hash."""

import base64
from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response

from gridmap.settings import Settings
from gridmap.web.context import services


def install(app: Flask) -> None:
    """Adds the headers to every answer."""
    policy = content_security_policy(_import_map(app), services_settings(app))

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response


def services_settings(app: Flask) -> Settings:
    """The settings, before any request."""
    with app.app_context():
        return services().settings


def content_security_policy(import_map: str, settings: Settings) -> str:
    """Own scripts and data only; a base map's host enters by its setting alone."""
    digest = base64.b64encode(sha256(import_map.encode()).digest()).decode()
    host = _basemap_host(settings)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{host}",
            f"connect-src 'self'{host}",
            "worker-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _basemap_host(settings: Settings) -> str:
    address = urlsplit(settings.basemap_url)
    if settings.basemap_kind != "xyz" or not address.netloc:
        return ""
    # {s} stands for one of several hosts
    return f" {address.scheme}://{address.netloc.replace('{s}', '*')}"


@cache
def _import_map(app: Flask) -> str:
    source, _, _ = app.jinja_env.loader.get_source(  # type: ignore[union-attr]
        app.jinja_env, "map/importmap.json"
    )
    return source.rstrip("\n")
