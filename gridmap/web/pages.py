"""Pages of the map and of imports."""

from pathlib import Path

from flask import Blueprint, Response, g, render_template, send_file

from gridmap import __version__

pages = Blueprint("pages", __name__)

_RELIEF = Path(__file__).parents[2] / "sample_data" / "relief.pmtiles"


@pages.get("/")
def map_page() -> str:
    """The map."""
    return render_template("map/index.html", lang=g.lang, version=__version__)


@pages.get("/basemap/relief.pmtiles")
def relief() -> Response:
    """Shaded relief of the sample county, in ranges; never compressed."""
    return send_file(_RELIEF, mimetype="application/octet-stream", conditional=True)
