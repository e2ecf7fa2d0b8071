"""One self-contained HTML page with a map: it opens from a stick, with no network.

folium builds the map; its libraries, which it would fetch from elsewhere, are put into the page.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, MacroElement
from folium.plugins import HeatMap
from folium.template import Template

from gridmap.errors import InvalidInput
from gridmap.files.folium_parts import FURNITURE, PAGE_STYLE

ASSETS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "folium"
HEAT_RADIUS_PX = 18
HEAT_RAMP = {0.25: "#DCC9E1", 0.5: "#BC9AC7", 0.75: "#91609F", 1.0: "#562A67"}
LAND = "#F4F1EA"
THIN = "url(#thin)"
_LEGEND_TEXTS = ("heading", "note", "thin_label")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class Legend:
    """What the colors mean: a heading with its unit, (color, label) from low to high, a note."""

    heading: str
    classes: Sequence[tuple[str, str]]
    note: str = ""
    thin_label: str = ""


@dataclass(frozen=True)
class Words:
    """What the page says of itself, in its language."""

    lang: str = "zh"
    areas: str = "分级着色"
    heat: str = "热力"
    heat_note: str = "热力只表示疏密的相对高低，随缩放而变"
    table: str = "数据表"
    place: str = "名称"
    value: str = "数值"


@dataclass(frozen=True)
class _Row:
    name: str
    value: str
    color: str = field(default=LAND)


def map_page(
    shapes: Mapping[str, Any],
    heat: Sequence[tuple[float, float, float]],
    legend: Legend,
    *,
    title: str,
    attribution: str,
    words: Words | None = None,
) -> str:
    """The page as HTML text.

    ``shapes`` is a GeoJSON FeatureCollection in WGS 84; each feature has the properties ``name``,
    ``value`` (text as it is to be read) and ``color`` ("#rrggbb", None without data), and ``thin``
    where there are too few cases for a class (hatched). ``heat`` are (longitude, latitude,
    weight). Colors and heat are alternatives, never one over the other; outlines stay. All text is
    escaped. Raises InvalidInput for a color that is none, or for nothing to show.
    """
    words = words or Words()
    features = [_feature(i, feature) for i, feature in enumerate(shapes.get("features", ()))]
    if not features and not heat:
        raise InvalidInput("这一范围里没有可以画在地图上的内容")
    for color, _ in legend.classes:
        _check_color(color)
    collection = {"type": "FeatureCollection", "features": features}
    page = _empty_map()
    if features:
        _add_areas(page, collection, words)
    if heat:
        places = [[lat, lon, weight] for lon, lat, weight in heat]
        layer: Any = HeatMap(  # type: ignore[no-untyped-call]
            places,
            name=_text(words.heat),
            radius=HEAT_RADIUS_PX,
            blur=HEAT_RADIUS_PX,
            gradient=HEAT_RAMP,
            overlay=not features,
            show=not features,
        )
        layer.default_js = []
        layer.add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    page.fit_bounds(page.get_bounds(), padding=(12, 12))
    rows = [_Row(**feature["properties"]["row"]) for feature in features]
    _furnish(page, legend, words, rows, title, attribution, bool(heat))
    return _rendered(page, title, words.lang)


def _empty_map() -> Any:
    page: Any = folium.Map(tiles=None, zoom_control=True, zoom_snap=0.25)
    page.default_js, page.default_css = [], []
    root: Any = page.get_root()
    header = root.header
    for name in ("leaflet.js", "leaflet-heat.js"):
        header.add_child(_raw(f"<script>{_script(name)}</script>"))
    header.add_child(_raw(f"<style>{_style()}{PAGE_STYLE}</style>"))
    return page


def _add_areas(page: Any, collection: dict[str, Any], words: Words) -> None:
    def fill(feature: dict[str, Any]) -> dict[str, Any]:
        facts = feature["properties"]
        return {"fillColor": facts["fill"], "fillOpacity": 1, "weight": 0}

    def line(_: dict[str, Any]) -> dict[str, Any]:
        return {"fill": True, "fillOpacity": 0, "color": "#4A4450", "weight": 1}

    tooltip = folium.GeoJsonTooltip(
        fields=["name", "value"], aliases=[_text(words.place), _text(words.value)]
    )
    colors = folium.GeoJson(collection, name=_text(words.areas), style_function=fill, overlay=False)
    colors.add_to(page)
    folium.GeoJson(
        collection,
        control=False,
        style_function=line,
        highlight_function=lambda _: {"color": "#0A6A56", "weight": 3},
        tooltip=tooltip,
    ).add_to(page)


def _feature(number: int, feature: Mapping[str, Any]) -> dict[str, Any]:
    """A feature with only what the page shows; its text escaped, since folium does not."""
    given = feature.get("properties") or {}
    color = given.get("color") or LAND
    _check_color(color)
    name, value = _text(given.get("name")), _text(given.get("value"))
    fill = THIN if given.get("thin") else color
    row = {"name": name, "value": value, "color": color}
    properties = {"name": name, "value": value, "fill": fill, "row": row}
    return {
        "type": "Feature",
        "id": str(number),
        "properties": properties,
        "geometry": feature["geometry"],
    }


def _check_color(color: str) -> None:
    if not _COLOR.fullmatch(color):
        raise InvalidInput("不是颜色：{color}", color=color[:40])


def _furnish(
    page: Any,
    legend: Legend,
    words: Words,
    rows: list[_Row],
    title: str,
    attribution: str,
    heat: bool,
) -> None:
    """Heading, legend, table and attribution around the map."""
    furniture: Any = MacroElement()  # type: ignore[no-untyped-call]
    furniture._template = Template(FURNITURE)
    furniture.rows, furniture.heat = rows, heat
    furniture.legend = {name: _text(getattr(legend, name)) for name in _LEGEND_TEXTS}
    furniture.classes = [(color, _text(label)) for color, label in legend.classes]
    furniture.words = {name: _text(word) for name, word in vars(words).items()}
    furniture.title, furniture.attribution = _text(title), _text(attribution)
    page.add_child(furniture)


def _text(given: object) -> str:
    """Text that is neither markup nor, since branca renders twice, a template."""
    return escape("" if given is None else str(given)).replace("{", "&#123;")


def _rendered(page: Any, title: str, lang: str) -> str:
    root = page.get_root()
    root.title = _text(title)
    html = str(root.render())
    # The map's own options block would otherwise forbid zooming on a phone.
    html = html.replace(", maximum-scale=1.0, user-scalable=no", "")
    return html.replace("<html>", f'<html lang="{_text(lang)}">', 1)


def _raw(html: str) -> Any:
    return Element("{% raw %}" + html + "{% endraw %}")


@lru_cache(maxsize=4)
def _script(name: str) -> str:
    text = (ASSETS / name).read_text("utf-8")
    text = re.sub(r"//# sourceMappingURL=\S+", "", text)
    return text.replace("</script", "<\\/script")


@lru_cache(maxsize=1)
def _style() -> str:
    """Leaflet's style sheet with its pictures inside; the marker that is not used has none."""

    def inlined(match: re.Match[str]) -> str:
        picture = ASSETS / "images" / match[1]
        data = base64.b64encode(picture.read_bytes()).decode() if picture.exists() else ""
        return f"url(data:image/png;base64,{data})"

    text = (ASSETS / "leaflet.css").read_text("utf-8")
    return re.sub(r"url\(images/([\w.-]+)\)", inlined, text)
