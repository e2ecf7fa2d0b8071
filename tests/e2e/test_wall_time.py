"""A wall plays a period back: whole frames only, on one scale, and it says at what pace."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import ARTIFACTS
from tests.e2e.test_wall import opened, screen, until, well_laid_out

SEEN = """() => ['play-0', 'play-1'].filter((id) => gridmap.map.getLayer(id)
  && gridmap.map.getPaintProperty(id, 'heatmap-opacity') > 0).map((id) => ({
    loaded: gridmap.map.isSourceLoaded(id), tiles: gridmap.map.getSource(id).tiles[0],
    color: gridmap.map.getPaintProperty(id, 'heatmap-color'),
    weight: gridmap.map.getPaintProperty(id, 'heatmap-weight'),
    intensity: gridmap.map.getPaintProperty(id, 'heatmap-intensity') }))"""
"""The heat that is seen: where its tiles come from, and all that its scale hangs on."""


@pytest.fixture(scope="module")
def wall(browser: Browser, sample_site: str) -> Iterator[Page]:
    """One wall for all looks of this file, at a frame of May, standing still."""
    with screen(browser, moving=True) as page:
        yield opened(page, f"{sample_site}/wall?time=30&play=2026-05-25&fps=4")


def going(page: Page, part: str = "days") -> Any:
    """A part of how the playback goes."""
    return page.evaluate(f"gridmap.playback().{part}")


def settled(page: Page) -> dict[str, Any]:
    """The one heat that is seen, once its frame is there."""
    until(page, "gridmap.playback().settled")
    (seen,) = page.evaluate(SEEN)
    found: dict[str, Any] = seen
    return found


def test_a_period_plays_in_whole_frames_on_one_scale(wall: Page) -> None:
    wall.keyboard.press("Space")
    until(wall, "gridmap.playback().shown >= 3")
    wall.keyboard.press("Space")
    first = settled(wall)
    assert going(wall, "running") is False
    days = going(wall)
    assert first["loaded"] is True
    assert f"from={days['from']}&to={days['to']}" in first["tiles"]
    assert wall.evaluate("gridmap.map.getPaintProperty('heat', 'heatmap-color')") == first["color"]
    scale = wall.inner_text("wall-legend .scale")
    wall.keyboard.press(".")
    until(wall, f"gridmap.playback().days.from !== '{days['from']}'")
    second = settled(wall)
    assert {**second, "tiles": ""} == {**first, "tiles": ""}
    assert second["tiles"] != first["tiles"]
    assert wall.inner_text("wall-legend .scale") == scale


def test_the_dates_of_a_frame_stand_above_the_map_and_in_the_legend(wall: Page) -> None:
    wall.keyboard.press("Space")
    until(wall, "gridmap.playback().shown >= 1")
    wall.keyboard.press("Space")
    settled(wall)
    first, last = (f"{int(day[5:7])}月{int(day[8:])}日" for day in going(wall).values())
    assert wall.inner_text("wall-playback .dates") == f"{first}–{last}"
    assert f"{first}–{last}" in wall.inner_text("wall-legend")
    wall.screenshot(path=ARTIFACTS / "wall-playback.png", timeout=120_000)
    well_laid_out(wall)


def test_a_playback_reports_its_pace_and_costs_little_script(wall: Page) -> None:
    wall.keyboard.press("Space")
    until(wall, "gridmap.playback().shown >= 4")
    pace = wall.evaluate("gridmap.playback()")
    wall.keyboard.press("Space")
    assert 4 <= pace["shown"] <= pace["due"] + 1
    assert 0 < pace["rate"] <= pace["fps"] * 1.5
    assert pace["script"]["mean"] <= 10
    assert pace["late"] <= pace["shown"]


def test_keys_lead_a_playback_and_the_address_brings_it_back(wall: Page) -> None:
    settled(wall)
    at = going(wall, "at")
    wall.keyboard.press(",")
    until(wall, f"gridmap.playback().at === {at - 1}")
    wall.keyboard.press("-")
    assert going(wall, "fps") == 2
    day = going(wall, "days.to")
    assert f"play={day}&fps=2" in wall.url
    wall.goto(wall.url)
    until(wall, "globalThis.gridmap?.ready && gridmap.playback()")
    settled(wall)
    assert (going(wall, "at"), going(wall, "running")) == (at - 1, False)
    assert wall.evaluate("gridmap.shown().within") == "99/01/01/"
    wall.keyboard.press("Escape")
    until(wall, "gridmap.playback() === null && !gridmap.map.getSource('play-0')")
    assert "play=" not in wall.url
    assert wall.is_hidden("wall-playback")
