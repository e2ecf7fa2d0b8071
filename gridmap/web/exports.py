"""Downloads: the map as one page that opens with no network."""

from flask import Blueprint, Response, g, request

from gridmap.layers import measures
from gridmap.web import parse
from gridmap.web.context import filters_of, reading, services

exports = Blueprint("exports", __name__, url_prefix="/exports")

_DAYS = 365


@exports.get("/map")
def map_file() -> Response:
    """The map of an area as a file: ``within``, ``bbox``, ``measure``, and the usual filters."""
    # folium is large, and most processes never draw a page
    from gridmap.operations import map_export

    arguments = request.args.to_dict()
    made = services()
    wanted = map_export.Wanted(
        parse.path(arguments, "within"),
        _measure(arguments.get("measure", "")),
        filters_of(arguments, default_days=_DAYS),
        g.lang,
        parse.box(arguments),
    )
    settings = made.settings
    setting = map_export.Setting(
        made.clock(), settings.zone, settings.attribution, settings.approval_number
    )
    with reading() as connection:
        page = map_export.page(connection, wanted, setting)
    response = Response(page, mimetype="text/html")
    name = f"gridmap-{wanted.measure}-{wanted.filters.last}.html"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _measure(asked: str) -> str:
    """The measure of the page that the link stands on; a page without one gets the first."""
    return next(iter(measures())) if asked in {"", "none"} else asked
