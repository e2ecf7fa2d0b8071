"""A tour walks through the views of a wall; a new red warning interrupts it, aloud where wished."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests.conftest import NOW, Server
from tests.e2e.conftest import ARTIFACTS
from tests.e2e.test_live import Site
from tests.e2e.test_wall import COUNTY, TOWNSHIP, opened, screen, until, well_laid_out

_RAISE = """
WITH place AS (
    SELECT county, path, label FROM grid_version
     WHERE upper_inf(during) AND starts_with(path, :township) ORDER BY path LIMIT 1),
raised AS (
    INSERT INTO warning (county, id, path, point, subject_kind, subject_id, color, since, why)
    SELECT county, gen_random_uuid(), path, label, 'grid', gen_random_uuid(), 4, :now, ''
      FROM place RETURNING county, id, path)
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor)
SELECT county, gen_random_uuid(), path, 'WarningRaised', 'warning', id, :now, 'test' FROM raised
RETURNING subject_id
"""
_ANSWER = """
WITH answered AS (
    UPDATE warning SET answered_at = :now, answered_by = 'test' WHERE id = :id
    RETURNING county, id, path)
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor)
SELECT county, gen_random_uuid(), path, 'WarningAnswered', 'warning', id, :now, 'test'
  FROM answered RETURNING subject_id
"""
_COUNT_TONES = """() => {
  window.tones = 0;
  OscillatorNode.prototype.start = () => { window.tones += 1; };
  OscillatorNode.prototype.stop = () => undefined;
}"""
NAMES = ".w-tour li input:not([type=number])"


@pytest.fixture(scope="module")
def site(server: Server, sample_template: str) -> Iterator[Site]:
    """A site on a copy of the made-up county, for all tests of this file."""
    with server.clone(sample_template) as url:
        made = Site(server, url)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def wall(browser: Browser, site: Site) -> Iterator[Page]:
    """One wall for all tests of this file, in their order."""
    with screen(browser, moving=True) as page:
        yield opened(page, f"http://127.0.0.1:{site.port}/wall?heat=off&time=30")


def happens(site: Site, statement: str, **given: Any) -> str:
    """What a statement does, committed; the warning that it concerns."""
    with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return str(connection.scalar(text(statement), {"now": NOW} | given))


def order(page: Page) -> list[str]:
    """The names of the views, in the list and as the tour takes them."""
    listed = [each.input_value() for each in page.locator(NAMES).all()]
    assert page.evaluate("gridmap.tour().views.map((view) => view.name)") == listed
    return listed


def test_views_are_added_named_and_put_in_order(wall: Page) -> None:
    wall.keyboard.press("t")
    wall.click(".w-tour .add")
    wall.keyboard.press("Escape")
    wall.keyboard.press("4")
    until(wall, "gridmap.shown().range.preset === '365'")
    wall.keyboard.press("l")
    wall.click(".w-tour .add")
    wall.click(".w-tour .add")
    wall.locator(NAMES).nth(2).fill("第三幅")
    wall.locator(NAMES).nth(2).press("Tab")
    month, year, third = order(wall)
    assert (month, year, third) == ("青崖县 近 30 日", "青崖县 近 365 日", "第三幅")
    handle, first = wall.locator(".handle").nth(2), wall.locator(".w-tour li").first
    from_, to = handle.bounding_box(), first.bounding_box()
    assert from_
    assert to
    wall.mouse.move(from_["x"] + 5, from_["y"] + from_["height"] / 2)
    wall.mouse.down()
    wall.mouse.move(from_["x"] + 5, to["y"] + to["height"], steps=4)
    wall.mouse.move(from_["x"] + 5, to["y"] + 2, steps=2)
    wall.mouse.up()
    assert order(wall) == [third, month, year]
    wall.locator(".handle").first.press("ArrowDown")
    assert order(wall) == [month, third, year]
    wall.click(".w-tour li:nth-child(2) .remove")
    for i in range(2):
        seconds = wall.locator(".w-tour input[type=number]").nth(i)
        seconds.fill("1")
        seconds.press("Tab")
    assert wall.evaluate("gridmap.tour().views.map((view) => view.seconds)") == [5, 5]
    wall.screenshot(path=ARTIFACTS / "wall-tour-list.png", timeout=120_000)


def test_a_tour_walks_and_stops_when_somebody_does_something(wall: Page) -> None:
    wall.click(".w-tour .go")
    until(wall, "gridmap.tour().phase === 'walking' && gridmap.shown().range.preset === '30'")
    until(wall, "gridmap.tour().at === 1 && gridmap.shown().range.preset === '365'")
    until(wall, "gridmap.tour().at === 0 && gridmap.shown().range.preset === '30'")
    wall.keyboard.press("m")
    assert wall.evaluate("gridmap.tour().phase") == "paused"
    assert "有人操作" in wall.inner_text("wall-tour")
    well_laid_out(wall)
    wall.keyboard.press("t")
    assert wall.evaluate("gridmap.tour().phase") == "walking"


def test_a_new_red_interrupts_a_tour_until_it_is_answered(wall: Page, site: Site) -> None:
    wall.evaluate(_COUNT_TONES)
    red = happens(site, _RAISE, township=TOWNSHIP)
    until(wall, f"gridmap.tour().red === '{red}'")
    until(wall, f"gridmap.shown().within === '{TOWNSHIP}'")
    assert "新的红色预警" in wall.inner_text("wall-tour")
    wall.wait_for_selector(".callout:has-text('红 未签收')")
    wall.screenshot(path=ARTIFACTS / "wall-tour-red.png", timeout=120_000)
    # nobody switched the tone on
    assert wall.evaluate("window.tones") == 0
    happens(site, _ANSWER, id=red)
    until(wall, "gridmap.tour().phase === 'walking'")
    until(wall, f"gridmap.shown().within === '{COUNTY}'")


def test_the_tone_sounds_for_a_red_once_it_is_switched_on(wall: Page, site: Site) -> None:
    assert wall.is_hidden("#sound")
    wall.keyboard.press("s")
    assert wall.inner_text("#sound") == "红色有声"
    heard = wall.evaluate("window.tones")
    assert heard > 0
    red = happens(site, _RAISE, township=TOWNSHIP)
    until(wall, f"window.tones === {2 * heard}")
    happens(site, _ANSWER, id=red)
    until(wall, "gridmap.tour().phase === 'walking'")


def test_a_tour_goes_on_after_the_browser_was_closed_and_ends_by_its_key(wall: Page) -> None:
    wall.reload()
    until(wall, "globalThis.gridmap?.ready && gridmap.tour().phase === 'walking'")
    assert wall.is_visible("#sound")
    wall.keyboard.press("t")
    assert wall.evaluate("gridmap.tour().phase") == "off"
    assert wall.is_hidden("wall-tour")


def test_what_is_new_since_the_last_look_is_shown_by_a_key_and_then_seen(
    wall: Page, site: Site
) -> None:
    # somebody looked a minute before, by the clock of the tests, which stands still
    wall.evaluate("localStorage.setItem('gridmap.wall.looked', '2026-06-11T06:31:00Z')")
    wall.keyboard.press("n")
    wall.wait_for_selector("#news:has-text('新上报 0')")
    site.reported("路灯不亮")
    wall.wait_for_selector("#news:has-text('新上报 1')")
    wall.wait_for_selector(".news:text-is('1')")
    wall.keyboard.press("n")
    assert wall.is_hidden("#news")
    assert wall.locator(".news").count() == 0
