"""Two periods on a wall, as a difference and side by side; its picture and its sheet of paper."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import ARTIFACTS
from tests.e2e.test_wall import COUNTY, DRAWN, opened, screen, until, well_laid_out
from tests.e2e.wall_sheets import picture, printed

SAME_CAMERA = """() => {
  const [a, b] = [gridmap.map, gridmap.beside().map];
  const [p, q] = [a.getCenter(), b.getCenter()];
  return a.getZoom() === b.getZoom() && p.lng === q.lng && p.lat === q.lat;
}"""
COLORS = "(map) => map.getPaintProperty(`choropleth-${gridmap.painting().level}`, 'fill-color')"


@pytest.fixture(scope="module")
def wall(browser: Browser, sample_site: str) -> Iterator[Page]:
    """One wall for all looks of this file: thirty days, not compared yet."""
    with screen(browser) as page:
        yield opened(page, f"{sample_site}/wall?time=30&heat=off")


def painting(page: Page, part: str) -> Any:
    """A part of what colors the map."""
    return page.evaluate(f"gridmap.painting().{part}")


def test_a_wall_prints_light_with_scale_legend_sources_and_time(wall: Page) -> None:
    sheet = printed(wall)
    assert sheet["theme"] == "light"
    assert sheet["legend"] == 5
    assert sheet["width"] > 0
    for part in ("青崖县", "受理", "事件密度", "网格界线 2023-06-11 版", "示例数据"):
        assert part in sheet["text"]
    assert "数据时间 2026年6月11日 周四 14:32" in sheet["text"]
    assert sheet["mark"] == ""
    until(wall, "document.documentElement.dataset.theme === 'dark'")


def test_the_map_is_saved_as_a_picture(wall: Page) -> None:
    name, image = picture(wall)
    width, height = wall.evaluate("[gridmap.map.getCanvas().width, gridmap.map.getCanvas().height]")
    assert "青崖县 2026年6月11日" in name
    assert image.format == "PNG"
    assert image.width == width
    # below the map stand the words and the scale
    assert image.height > height
    below = image.convert("L").crop((0, height, width, image.height))
    assert int(np.ptp(np.asarray(below, np.int64))) > 100


def test_the_difference_of_two_periods_colors_the_map(wall: Page, client: FlaskClient) -> None:
    wall.keyboard.press("v")
    until(wall, "gridmap.painting()?.legend?.measure.id === 'change'")
    assert painting(wall, "against") == {"from": "2026-04-13", "to": "2026-05-12"}
    level = painting(wall, "level")
    asked = {"within": COUNTY, "level": level, "from": "2026-05-13", "to": "2026-06-11"}
    answer = client.get("/figures/change", query_string=asked).get_json()["values"]
    assert painting(wall, "values") == answer
    assert len(answer) >= 13
    wall.click("wall-versus [data-key=year]")
    until(wall, "gridmap.painting().against?.to === '2025-06-11'")
    asked |= {"against_from": "2025-05-13", "against_to": "2025-06-11"}
    answer = client.get("/figures/change", query_string=asked).get_json()["values"]
    assert painting(wall, "values") == answer
    assert "versus=difference:year" in wall.url
    legend = wall.inner_text("wall-legend")
    assert "5月13日–6月11日 与 2025年5月13日–6月11日" in legend
    assert "少于 5 起" in legend
    well_laid_out(wall)


def test_two_periods_stand_side_by_side_on_one_camera_and_one_scale(wall: Page) -> None:
    wall.keyboard.press("v")
    until(wall, "gridmap.beside()?.values && gridmap.painting().legend?.measure.id === 'density'")
    wall.evaluate(DRAWN)
    assert wall.evaluate(SAME_CAMERA) is True
    assert wall.inner_text("#map-days") == "5月13日–6月11日"
    assert wall.inner_text("#beside-days") == "2025年5月13日–6月11日"
    assert wall.evaluate(f"({COLORS})(gridmap.map)") == wall.evaluate(
        f"({COLORS})(gridmap.beside().map)"
    )
    counts = [
        wall.evaluate(f"Object.values({each}.values).reduce((sum, {{ count }}) => sum + count, 0)")
        for each in ("gridmap.painting()", "gridmap.beside()")
    ]
    assert counts[0] != counts[1]
    wall.screenshot(path=ARTIFACTS / "wall-side-by-side.png", timeout=120_000)
    well_laid_out(wall)
    _, image = picture(wall)
    assert image.width == 2 * wall.evaluate("gridmap.map.getCanvas().width")


LATE_TILE = """async () => {
    other.fire('sourcedata', { sourceId: 'warnings', tile: {} });
    const end = performance.now() + 500;
    while (performance.now() < end) await new Promise(requestAnimationFrame);
}"""


def test_a_comparison_ends_and_is_brought_back_by_its_address(wall: Page) -> None:
    address = wall.url
    wall.evaluate("() => { globalThis.other = gridmap.beside().map; }")
    wall.keyboard.press("Escape")
    until(wall, "gridmap.beside() === null && gridmap.shown().versus === null")
    # a tile that comes late: the marks on it are drawn a moment after, and complain of nothing
    wall.evaluate(LATE_TILE)
    assert "versus" not in wall.url
    assert wall.is_hidden("wall-versus")
    assert "versus=side:year" in address
    wall.goto(address.replace("side:year", "side:2026-01-01..2026-01-31"))
    until(wall, "globalThis.gridmap?.ready && gridmap.beside()?.values")
    assert wall.inner_text("#beside-days") == "1月1日–1月31日"
