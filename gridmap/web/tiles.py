"""Vector tiles and their TileJSON."""

import gzip
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy import Connection

from gridmap import __version__
from gridmap.errors import SignInNeeded
from gridmap.layers import base, layer
from gridmap.layers.base import Layer, Tile
from gridmap.queries import installation
from gridmap.web.context import filters_of, reading, services

tiles = Blueprint("tiles", __name__, url_prefix="/tiles")

MVT = "application/vnd.mapbox-vector-tile"
_COMPRESSION = 1  # half the time of 4 for 5 % more bytes
_SMALLEST_COMPRESSED_BYTES = 200


@tiles.get("/<id>.json")
def tile_json(id: str) -> Response:
    """TileJSON 3.0; the template's ``v`` changes with the boundaries and makes tiles immutable."""
    shown = layer(id)
    with reading() as connection:
        version = _version(connection, shown)
    template = url_for("tiles.tile", id=id, z=0, x=0, y=0, _external=True)
    template = template.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    return _uncached(
        jsonify(
            tilejson="3.0.0",
            name=shown.title.zh,
            description=shown.about.zh,
            tiles=[f"{template}?v={version}" if version else template],
            minzoom=shown.min_zoom,
            maxzoom=min(shown.max_zoom, 16),
            attribution=services().settings.attribution,
            vector_layers=[{"id": shown.source_layer, "fields": shown.fields}],
        )
    )


@tiles.get("/<id>/<int:z>/<int:x>/<int:y>.mvt")
def tile(id: str, z: int, x: int, y: int) -> Response:
    """One tile: 200 with gzip and ETag, 204 for an empty one, 304, or 404 with a reason."""
    shown = layer(id)
    base.check_address(shown, z, x, y)
    made = services()
    asked = Tile(z, x, y, filters_of(request.args.to_dict()), made.settings.zone, made.heat)
    with reading() as connection:
        version = _version(connection, shown)
        content = base.tile(connection, shown, asked)
    if content is None:
        raise SignInNeeded("请先登录，才能查看图层“{id}”。", id=id)
    current = bool(version) and request.args.get("v") == version
    return _answer(content, immutable=current)


def _version(connection: Connection, shown: Layer) -> str:
    """A hash of the layer's county versions and of the program's; empty for points."""
    if shown.shapes is None:
        return ""
    versions = installation.boundary_versions(connection, shown.shapes)
    return blake2b(f"{__version__} {versions}".encode(), digest_size=6).hexdigest()


def _answer(content: bytes, *, immutable: bool) -> Response:
    response = Response(content, content_type=MVT) if content else Response(status=204)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if immutable else "private, no-cache"
    )
    response.headers["Vary"] = "Accept-Encoding"
    if not content:
        return response
    response.set_etag(base.etag(content))
    if len(content) >= _SMALLEST_COMPRESSED_BYTES and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(content, _COMPRESSION, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    answer: Any = response.make_conditional(request)
    return answer  # type: ignore[no-any-return]


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response
