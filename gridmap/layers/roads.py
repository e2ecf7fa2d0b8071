"""Roads."""

from gridmap.layers.base import Words
from gridmap.layers.guide import guide_layer

LAYER = guide_layer(
    id="roads",
    kind="road",
    title=Words("道路", "Roads"),
    order=6,
    min_zoom=8,
    style=[
        {
            "id": "roads",
            "type": "line",
            "source-layer": "roads",
            "layout": {"line-join": "round", "line-cap": "round"},
            "paint": {"line-color": "--m-road", "line-width": 1.5},
        }
    ],
)
