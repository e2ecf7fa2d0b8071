"""What the guide layers share: lines and footprints of the ground, which hide nothing."""

from typing import Any

from gridmap.layers.base import Layer, Ranges, Select, Tile, Words


def guide_layer(
    *, id: str, kind: str, title: Words, order: int, min_zoom: int, style: list[dict[str, Any]]
) -> Layer:
    """A layer of one kind of guide."""
    sql = f"SELECT shape, rank, name FROM guide WHERE kind = '{kind}' AND shape && {{box}}"

    def rows(_asked: Tile, _ranges: Ranges) -> Select:
        return Select(sql)

    return Layer(
        id=id,
        order=order,
        title=title,
        about=Words(f"底图参照：{title.zh}", f"For orientation: {title.en.lower()}"),
        group="guide",
        what=None,
        rows=rows,
        min_zoom=min_zoom,
        fields={"rank": "Number", "name": "String"},
        style=style,
    )
