"""Shaded relief as PNG tiles in one PMTiles file.

Light falls from the north-west. Slopes away from it are black, slopes toward it white, flat
land is clear: the tiles can lie over any color, by day and by night. They fade out toward the
edge of the made-up ground.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pmtiles import writer as pmtiles_writer
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from scipy import ndimage

from gridmap.synth.arrays import Floats
from gridmap.synth.plane import METERS_PER_DEGREE, Plane
from gridmap.synth.terrain import HEIGHT_M, WIDTH_M, Terrain

ZOOMS = range(7, 12)
_TILE = 256
_LEVELS = 14
"""Steps of shade, and as many of light."""
_SHADE_ALPHA, _LIGHT_ALPHA = 150, 120
_FADE_M = 24_000.0
_FORMS_M = {190.0: 0.5, 420.0: 0.35, 1_100.0: 0.5}
"""Sizes of land forms, and what each adds to the shade."""
_SUN = np.array([-1.0, 1.0, 1.25]) / np.sqrt(2 + 1.25**2)
"""Toward the light: west, north, up."""
_EXAGGERATION = {7: 4.0, 8: 3.4, 9: 2.9, 10: 2.5, 11: 2.3}


def write_relief(terrain: Terrain, plane: Plane, file: Path) -> None:
    """The shaded relief of a terrain around its plane's middle, in Web Mercator tiles."""
    detail = ndimage.spline_filter(_softened(terrain))
    west, south, east, north = _bounds(plane)
    with file.open("wb") as out:
        writer: Any = pmtiles_writer.Writer(out)  # type: ignore[no-untyped-call]
        for number, data in sorted(_tiles(terrain, plane, detail)):
            writer.write_tile(number, data)
        header = {
            "tile_type": TileType.PNG,
            "tile_compression": Compression.NONE,
            "min_lon_e7": round(west * 1e7),
            "min_lat_e7": round(south * 1e7),
            "max_lon_e7": round(east * 1e7),
            "max_lat_e7": round(north * 1e7),
            "center_zoom": ZOOMS[0],
            "center_lon_e7": round(plane.longitude * 1e7),
            "center_lat_e7": round(plane.latitude * 1e7),
        }
        writer.finalize(header, {"name": "relief", "attribution": "", "type": "overlay"})


def _softened(terrain: Terrain) -> Floats:
    """Heights with broad forms stressed over the raster's own grooves."""
    soft = np.zeros(terrain.height.shape)
    for size, share in _FORMS_M.items():
        soft += share * ndimage.gaussian_filter(terrain.height, size / terrain.step)
    return soft


def _bounds(plane: Plane) -> tuple[float, float, float, float]:
    """West, south, east, north of the made-up ground."""
    half = np.array([WIDTH_M, HEIGHT_M]) / 2
    (west, south), (east, north) = plane.degrees(np.array([-half, half]))
    return float(west), float(south), float(east), float(north)


def _tiles(terrain: Terrain, plane: Plane, detail: Floats) -> Iterator[tuple[int, bytes]]:
    """Number and PNG of each tile that shows anything."""
    west, south, east, north = _bounds(plane)
    for zoom in ZOOMS:
        left, top = _tile_at(west, north, zoom)
        right, bottom = _tile_at(east, south, zoom)
        for x in range(left, right + 1):
            for y in range(top, bottom + 1):
                levels = _levels(terrain, detail, _pixels(plane, zoom, x, y), zoom)
                if (levels != _LEVELS).any():
                    yield zxy_to_tileid(zoom, x, y), _png(levels)


def _tile_at(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    x = (longitude + 180) / 360
    y = 0.5 - np.arcsinh(np.tan(np.radians(latitude))) / (2 * np.pi)
    return int(x * 2**zoom), int(y * 2**zoom)


def _pixels(plane: Plane, zoom: int, x: int, y: int) -> Floats:
    """Plane coordinates (2, 258, 258) of a tile's pixels and one around."""
    at = (np.arange(-1, _TILE + 1) + 0.5) / _TILE
    longitude = (x + at) / 2**zoom * 360 - 180
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + at) / 2**zoom))))
    columns = (longitude - plane.longitude) / plane.scale[0]
    rows = (latitude - plane.latitude) * METERS_PER_DEGREE
    return np.array(np.meshgrid(columns, rows))


def _levels(terrain: Terrain, detail: Floats, places: Floats, zoom: int) -> Floats:
    """Shade of each pixel: 0 darkest, _LEVELS clear, twice that brightest."""
    (x0, y0), (east, north) = terrain.origin, places
    at = np.array([(north - y0) / terrain.step, (east - x0) / terrain.step])
    height = ndimage.map_coordinates(detail, at, order=3, mode="nearest", prefilter=False)
    height = height * _EXAGGERATION[zoom]
    pixel_m = float(east[0, 1] - east[0, 0])
    rise_north, rise_east = np.gradient(height, pixel_m)
    rise_north = -rise_north
    inner = np.s_[1:-1, 1:-1]
    length = np.sqrt(rise_east**2 + rise_north**2 + 1)
    light = (_SUN[2] - _SUN[0] * rise_east - _SUN[1] * rise_north) / length - _SUN[2]
    light = np.where(light < 0, light / _SUN[2], light / (1 - _SUN[2]))
    inward = np.clip((WIDTH_M / 2 - np.abs(east)) / _FADE_M, 0, 1)
    fade = inward * np.clip((HEIGHT_M / 2 - np.abs(north)) / _FADE_M, 0, 1)
    shade = (light * fade * fade * (3 - 2 * fade))[inner].clip(-1, 1)
    return np.asarray(np.rint(shade * _LEVELS) + _LEVELS)


def _png(levels: Floats) -> bytes:
    """A palette of black and white in growing opacity."""
    steps = np.arange(2 * _LEVELS + 1) - _LEVELS
    image = Image.fromarray(levels.astype(np.uint8), "P")
    image.putpalette([255 * int(step > 0) for step in steps for _ in range(3)])
    strength = np.abs(steps) / _LEVELS
    alpha = np.rint(strength * np.where(steps > 0, _LIGHT_ALPHA, _SHADE_ALPHA))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, transparency=bytes(alpha.astype(np.uint8).tolist()))
    return out.getvalue()
