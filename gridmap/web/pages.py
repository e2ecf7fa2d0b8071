"""Pages of the map and of imports."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, g, render_template, request

from gridmap import __version__
from gridmap.layers import base

pages = Blueprint("pages", __name__)

_RELIEF = Path(__file__).parents[2] / "sample_data" / "relief.pmtiles"


@pages.get("/")
def map_page() -> str:
    """The map."""
    return render_template("map/index.html", lang=g.lang, version=__version__)


@pages.get("/basemap/relief.pmtiles")
def relief() -> Response:
    """Shaded relief of the sample county, in ranges; never compressed."""
    content = _relief()
    response = Response(content, mimetype="application/octet-stream")
    response.set_etag(base.etag(content))
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


@cache
def _relief() -> bytes:
    """Less than a megabyte: kept, so that no file stays open for a browser that went away."""
    return _RELIEF.read_bytes()
