"""Footprints of buildings."""

from gridmap.layers.base import Words
from gridmap.layers.guide import guide_layer

LAYER = guide_layer(
    id="buildings",
    kind="building",
    title=Words("房屋", "Buildings"),
    order=8,
    min_zoom=13,
    style=[
        {
            "id": "buildings",
            "type": "fill",
            "source-layer": "buildings",
            "metadata": {"slot": "guide"},
            "paint": {
                "fill-color": "--m-bld",
                "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.55, 14, 0.9],
            },
        }
    ],
)
