"""The exported page: nothing in it refers to a network, and it opens without one."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from gridmap.errors import InvalidInput
from gridmap.files.folium_page import ASSETS, Legend, map_page
from tests.unit.coverages import mesh

COLORS = ["#F3EEF4", "#DCC9E1", "#BC9AC7", "#91609F", "#562A67"]
LEGEND = Legend(
    "事件密度（每千户 30 天）",
    list(zip(COLORS, ["0–1", "1–2", "2–4", "4–8", "8 以上"], strict=True)),
    note="2026-10-25 至 2026-11-23",
    thin_label="不足 5 件",
)


def collection() -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": cell.__geo_interface__,
            "properties": {
                "name": f"网格 {code}",
                "value": f"{i} 件",
                "color": COLORS[i % 5],
                "thin": i == 3,
            },
        }
        for i, (code, cell) in enumerate(mesh().items())
    ]
    return {"type": "FeatureCollection", "features": features}


def page(**changes: Any) -> str:
    heat = [(103.701 + i * 1e-4, 35.302, 1.0 + i) for i in range(30)]
    facts: dict[str, Any] = {
        "shapes": collection(),
        "heat": heat,
        "legend": LEGEND,
        "title": "康乐县附城镇",
        "attribution": "边界 © 示例 · 审图号 甘S(2026)001号",
    }
    facts |= changes
    return map_page(facts.pop("shapes"), facts.pop("heat"), facts.pop("legend"), **facts)


class References(HTMLParser):
    """What a page would fetch: addresses in attributes and in style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.style = tag == "style"
        self.found += [
            v for k, v in attrs if k in ("src", "href", "srcset", "data", "action") and v
        ]
        self.found += [url for k, v in attrs if k == "style" and v for url in addresses(v)]

    def handle_data(self, data: str) -> None:
        if self.style:
            self.found += addresses(data)


def addresses(style: str) -> list[str]:
    found = re.findall(r"url\(\s*['\"]?([^)'\"]+)|@import\s+['\"]?([^'\";]+)", style)
    return [one or other for one, other in found]


def references(html: str) -> list[str]:
    parser = References()
    parser.feed(html)
    return [
        reference
        for reference in parser.found
        if not reference.startswith(("data:", "#")) or reference == "#default#VML"
    ]


def test_the_page_refers_to_nothing_outside_itself() -> None:
    html = page()
    assert set(references(html)) <= {"#default#VML"}
    assert "sourceMappingURL" not in html
    assert "cdn." not in html
    assert references('<link href="https://x/y.css"><style>a{background:url(b.png)}</style>') == [
        "https://x/y.css",
        "b.png",
    ]


def test_names_are_text_and_never_markup() -> None:
    evil = (
        '</script><script>alert(1)</script><img src="x" onerror="alert(1)">{{ 661*887 }}{% raw %}'
    )
    shapes = collection()
    shapes["features"][0]["properties"] |= {"name": evil, "value": evil}
    html = page(shapes=shapes, title=evil, attribution=evil)
    assert "<script>alert" not in html
    assert '<img src="x"' not in html
    assert "&#123;&#123; 661*887 }}" in html
    # a product that no random name of an element holds
    assert str(661 * 887) not in html
    assert set(references(html)) <= {"#default#VML"}


@pytest.mark.parametrize("color", ["red", "#12345", "#FFFFFF;x", "url(x)"])
def test_a_color_is_a_color(color: str) -> None:
    shapes = collection()
    shapes["features"][0]["properties"]["color"] = color
    with pytest.raises(InvalidInput, match="不是颜色"):
        page(shapes=shapes)


def test_nothing_to_show_is_said() -> None:
    with pytest.raises(InvalidInput, match="没有可以画"):
        page(shapes={"type": "FeatureCollection", "features": []}, heat=[])


def test_the_licences_of_what_is_inlined_lie_beside_it() -> None:
    listed = (ASSETS / "LICENSES.md").read_text("utf-8")
    for file in ASSETS.iterdir():
        assert file.name in listed or file.name == "LICENSES.md"


@pytest.mark.parametrize("what", ["both", "areas", "heat"])
def test_it_opens_offline_and_draws(browser: Browser, tmp_path: Path, what: str) -> None:
    without: dict[str, dict[str, Any]] = {"areas": {"heat": []}, "heat": {"shapes": {}}}
    file = tmp_path / "map.html"
    file.write_text(page(**without.get(what, {})), "utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 800})
    tab = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    tab.goto(file.as_uri())
    tab.wait_for_selector(".legend li")
    drawn = tab.locator("path.leaflet-interactive")
    assert drawn.count() == (0 if what == "heat" else 24)
    assert tab.locator(".legend li").count() == 6
    assert "审图号" in tab.locator(".leaflet-control-attribution").inner_text()
    if what != "heat":
        fills = [drawn.nth(i).get_attribute("fill") for i in range(12)]
        expected = [COLORS[i % 5] if i != 3 else "url(#thin)" for i in range(12)]
        assert fills == expected
    if what == "both":
        tab.get_by_label("热力").check()
        assert drawn.count() == 12
    if what != "areas":
        tab.wait_for_selector("canvas.leaflet-heatmap-layer")
        assert tab.evaluate(_INKED) > 100
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


_INKED = """() => {
  const canvas = document.querySelector('canvas.leaflet-heatmap-layer');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let i = 3; i < data.length; i += 4) inked += data[i] > 40;
  return inked;
}"""
