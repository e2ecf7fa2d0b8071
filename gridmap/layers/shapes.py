"""Boundaries as layers: simplified together per band of zooms, whole from the last band on."""

from gridmap.layers.base import Select, Tile

BANDS = (5, 7, 9, 11)
"""Each band is drawn up to its zoom; beyond the last one boundaries are drawn as they are."""

_SIMPLIFIED = """
SELECT s.shape, {columns}
  FROM simplified AS s JOIN {table} AS v ON v.id = s.version_id
 WHERE s.layer = '{layer}' AND s.band = :band AND s.shape && {{box}} AND upper_inf(v.during)
"""
_WHOLE = (
    "SELECT v.shape, {columns} FROM {table} AS v WHERE v.shape && {{box}} AND upper_inf(v.during)"
)


def band_of(zoom: int) -> int | None:
    """The band in which a zoom is drawn; None where boundaries are drawn as they are."""
    return next((band for band in BANDS if zoom <= band), None)


def tolerance_deg(band: int) -> float:
    """Half a pixel (of 512 a tile) at the band's deepest zoom, in degrees of longitude."""
    return float(360 / 512 / 2**band / 2)


def select(layer: str, table: str, columns: str, asked: Tile) -> Select:
    """The rows of a layer of boundaries for a tile."""
    band = band_of(asked.z)
    if band is None:
        return Select(_WHOLE.format(columns=columns, table=table))
    return Select(_SIMPLIFIED.format(columns=columns, table=table, layer=layer), {"band": band})
