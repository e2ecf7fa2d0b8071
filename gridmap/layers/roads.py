"""Roads."""

from gridmap.layers.base import Words
from gridmap.layers.guide import guide_layer

_WIDTHS_PX = ((9, 1.0, 0.4), (12, 3.0, 1.4), (15, 8, 5))
"""Zoom, width of a national road, width of the others."""


def _road(id: str, national: str, other: str, wider_px: float) -> dict[str, object]:
    is_national = ["==", ["get", "rank"], 1]
    stops: list[object] = []
    for zoom, wide, narrow in _WIDTHS_PX:
        stops += [zoom, ["case", is_national, wide + wider_px, narrow + wider_px]]
    return {
        "id": id,
        "type": "line",
        "source-layer": "roads",
        "metadata": {"slot": "guide"},
        # lanes only where they do not hide the map
        "filter": ["<=", ["get", "rank"], ["step", ["zoom"], 1, 10, 2, 12, 3]],
        "layout": {"line-join": "round", "line-cap": "round"},
        "paint": {
            "line-color": ["case", is_national, national, other],
            "line-width": ["interpolate", ["linear"], ["zoom"], *stops],
        },
    }


LAYER = guide_layer(
    id="roads",
    kind="road",
    title=Words("道路", "Roads"),
    order=6,
    min_zoom=8,
    style=[
        _road("roads-casing", "--m-nroad-c", "--m-road-c", 1.2),
        _road("roads-line", "--m-nroad", "--m-road", 0),
    ],
)
