"""Rivers."""

from gridmap.layers.base import Words
from gridmap.layers.guide import guide_layer

_WIDTHS_PX = ((7, 0.6, 0.3), (10, 2.2, 0.8), (12, 6, 1.6), (15, 16, 4))
"""Zoom, width of the main river, width of the least brook."""


def _river(id: str, color: str, wider_px: float, **paint: object) -> dict[str, object]:
    stops: list[object] = []
    for zoom, main, brook in _WIDTHS_PX:
        middle = (main + brook) / 2.4 + wider_px
        widths = ["match", ["get", "rank"], 1, main + wider_px, 2, middle, brook + wider_px]
        stops += [zoom, widths]
    return {
        "id": id,
        "type": "line",
        "source-layer": "rivers",
        "metadata": {"slot": "guide"},
        "layout": {"line-join": "round", "line-cap": "round"},
        "paint": {
            "line-color": color,
            "line-width": ["interpolate", ["linear"], ["zoom"], *stops],
            **paint,
        },
    }


LAYER = guide_layer(
    id="rivers",
    kind="river",
    title=Words("河流", "Rivers"),
    order=4,
    min_zoom=7,
    style=[
        _river("rivers-casing", "--m-water-c", 1.6, **{"line-opacity": 0.55}),
        _river("rivers-line", "--m-water", 0),
        {
            "id": "rivers-name",
            "type": "symbol",
            "source-layer": "rivers",
            "minzoom": 10,
            "metadata": {"slot": "name"},
            "layout": {
                "symbol-placement": "line",
                "symbol-spacing": 600,
                "text-field": ["get", "name"],
                "text-font": ["Noto Sans Italic"],
                "text-size": 13,
                "text-letter-spacing": 0.6,
                "text-offset": [0, -0.9],
                "text-max-angle": 40,
            },
            "paint": {
                "text-color": "--m-water-t",
                "text-halo-color": "--m-halo",
                "text-halo-width": 1.8,
            },
        },
    ],
)
