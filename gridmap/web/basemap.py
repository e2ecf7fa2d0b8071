"""The base map that the installation has set: what pages are told of it, and a PMTiles file."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, send_file

from gridmap.errors import NotFound
from gridmap.settings import Settings
from gridmap.web.context import services

basemap: Blueprint = Blueprint("basemap", __name__)

_FILE = "/basemap/base.pmtiles"


def described(settings: Settings) -> dict[str, Any]:
    """Kind, address and coordinate system; a file of this machine has the address of its route."""
    url = _FILE if file_of(settings) else settings.basemap_url
    return {"kind": settings.basemap_kind, "url": url, "crs": settings.basemap_crs}


def file_of(settings: Settings) -> Path | None:
    """The PMTiles file on this machine that is the base map; None where it is something else."""
    address = settings.basemap_url
    if settings.basemap_kind != "pmtiles" or not address or urlsplit(address).netloc:
        return None
    return Path(address).absolute()


@basemap.get(_FILE)
def file() -> Response:
    """The base map's file, in ranges; never compressed."""
    found = file_of(services().settings)
    if found is None or not found.exists():
        raise NotFound("没有底图文件。")
    return send_file(found, mimetype="application/octet-stream", conditional=True)
