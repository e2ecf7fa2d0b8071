"""Boundaries as layers: drawn beforehand in Web Mercator, simplified together per band of zooms."""

from gridmap.layers.base import DEEPEST_ZOOM, Select, Tile

BANDS = (5, 7, 9, 11, 13, DEEPEST_ZOOM)
"""Each band is drawn up to its zoom; in the last one boundaries are as they are."""

FIRST_ZOOM_OF_GRIDS = 9
FIRST_ZOOM_OF_LEVEL = {1: 0, 2: 0, 3: 4, 4: 7, 5: 10}
"""Below these zooms an area is a pixel or two: the level above it is shown alone."""

_DRAWN = """
SELECT s.shape, s.path, s.name AS {name}, s.level FROM simplified AS s
 WHERE s.layer = '{layer}' AND s.band = {band} AND s.shape && {{square}} AND s.level <= {deepest}
"""
_ANY_LEVEL = 99


def band_of(zoom: int) -> int:
    """The band in which a zoom is drawn."""
    return next(band for band in BANDS if zoom <= band)


def tolerance_deg(band: int) -> float:
    """Half a pixel (of 512 a tile) at the band's deepest zoom, in degrees of longitude."""
    return float(360 / 512 / 2**band / 2) if band < DEEPEST_ZOOM else 0.0


def first_zoom(layer: str, level: int) -> int:
    """The zoom from which a layer's areas of a level are drawn."""
    if layer == "grids":
        return FIRST_ZOOM_OF_GRIDS
    return FIRST_ZOOM_OF_LEVEL.get(level, max(FIRST_ZOOM_OF_LEVEL.values()))


def select(layer: str, asked: Tile, *, name: str) -> Select:
    """The rows of a layer of boundaries for a tile; ``name`` is how their name is called."""
    shown = [level for level, zoom in FIRST_ZOOM_OF_LEVEL.items() if zoom <= asked.z]
    every = layer == "grids" or len(shown) == len(FIRST_ZOOM_OF_LEVEL)
    deepest = _ANY_LEVEL if every else max(shown)
    sql = _DRAWN.format(layer=layer, band=band_of(asked.z), name=name, deepest=deepest)
    return Select(sql, first="ST_Area(shape) DESC")
