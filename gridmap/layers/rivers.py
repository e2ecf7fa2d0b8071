"""Rivers."""

from gridmap.layers.base import Words
from gridmap.layers.guide import guide_layer

LAYER = guide_layer(
    id="rivers",
    kind="river",
    title=Words("河流", "Rivers"),
    order=4,
    min_zoom=7,
    style=[
        {
            "id": "rivers",
            "type": "line",
            "source-layer": "rivers",
            "layout": {"line-join": "round", "line-cap": "round"},
            "paint": {"line-color": "--m-water", "line-width": ["*", 1.6, ["get", "rank"]]},
        }
    ],
)
