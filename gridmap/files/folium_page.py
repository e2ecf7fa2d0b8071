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
    header.add_child(_raw(f"<style>{_style()}{_PAGE_STYLE}</style>"))
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
    furniture._template = Template(_FURNITURE)
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


_PAGE_STYLE = """
:root{--ink:#16181A;--ink-2:#474C50;--line:#E2E2DC;--land:#F4F1EA;--page:#F5F5F2}
html,body{margin:0;height:100%;background:var(--page);color:var(--ink);
 font:13px/1.4 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif}
body{display:grid;grid-template-rows:auto minmax(20rem,1fr) auto}
.page-head{grid-row:1;padding:10px 16px;background:#fff;border-bottom:1px solid var(--line)}
.page-head h1{margin:0;font-size:18px;line-height:1.2}
.folium-map{grid-row:2}
.folium-map.leaflet-container{background:var(--page);font:inherit}
.legend,.leaflet-control-layers{background:#fff;border:1px solid #C4C4BC;border-radius:5px;
 box-shadow:none;padding:8px 12px;color:var(--ink)}
.legend h2{margin:0 0 6px;font-size:13px}
.legend ul{margin:0;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:8px;min-height:20px}
.legend svg{flex:none;border:1px solid #C4C4BC}
.legend p{margin:6px 0 0;max-width:16rem;color:var(--ink-2);font-size:12px}
.leaflet-tooltip table{border-collapse:collapse}.leaflet-tooltip th{padding-right:8px;
 color:var(--ink-2);font-weight:400;text-align:left}
.figures{grid-row:3;background:#fff;border-top:1px solid var(--line);padding:8px 16px;
 max-height:40vh;overflow:auto}
.figures table{border-collapse:collapse;margin-top:8px}
.figures th,.figures td{padding:3px 16px 3px 0;border-bottom:1px solid var(--line);text-align:left}
.figures td+td{text-align:right;font-variant-numeric:tabular-nums}
@media print{.leaflet-control-zoom,.leaflet-control-layers{display:none}}
"""

_FURNITURE = """
{% macro html(this, kwargs) %}
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="thin" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#F4F1EA"/><rect width="1.4" height="6" fill="#7A6C80"/>
</pattern></defs></svg>
<header class="page-head"><h1>{{ this.title }}</h1></header>
<template id="legend">
<h2>{{ this.legend.heading }}</h2><ul>
{% for color, label in this.classes %}<li><svg width="18" height="14" aria-hidden="true">
<rect width="18" height="14" fill="{{ color }}"/></svg>{{ label }}</li>{% endfor %}
{% if this.legend.thin_label %}<li><svg width="18" height="14" aria-hidden="true">
<rect width="18" height="14" fill="url(#thin)"/></svg>{{ this.legend.thin_label }}</li>{% endif %}
</ul>
{% if this.legend.note %}<p>{{ this.legend.note }}</p>{% endif %}
{% if this.heat %}<p>{{ this.words.heat_note }}</p>{% endif %}
</template>
{% if this.rows %}<details class="figures"><summary>{{ this.words.table }}</summary><table>
<thead><tr><th scope="col">{{ this.words.place }}</th>
<th scope="col">{{ this.words.value }}</th></tr></thead><tbody>
{% for row in this.rows %}<tr><td>{{ row.name }}</td><td>{{ row.value }}</td></tr>{% endfor %}
</tbody></table></details>{% endif %}
{% endmacro %}
{% macro script(this, kwargs) %}
(function (map) {
  map.attributionControl.setPrefix(false).addAttribution({{ this.attribution|tojson }});
  L.control.scale({imperial: false}).addTo(map);
  var legend = L.control({position: "bottomleft"});
  legend.onAdd = function () {
    var box = L.DomUtil.create("section", "legend");
    box.append(document.getElementById("legend").content.cloneNode(true));
    return box;
  };
  legend.addTo(map);
})({{ this._parent.get_name() }});
{% endmacro %}
"""
