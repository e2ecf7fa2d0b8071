"""The wall as a commander sees it: at three sizes, drilled into, live, cut off, dark, at night."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.operations import keys
from gridmap.operations.keys import NewKey
from gridmap.queries import accounts
from tests.conftest import NOW, Server
from tests.e2e.conftest import ARTIFACTS
from tests.e2e.test_live import Site

PATIENCE_MS = 60_000
SIZES = [(1920, 1080), (3840, 2160), (5760, 1080)]
COUNTY = "99/01/01/"
TOWNSHIP = "99/01/01/109/"

DRAWN = """async () => {
  const end = performance.now() + 90000;
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  while (!globalThis.gridmap?.ready) {
    if (performance.now() > end) throw new Error('late');
    await pause(100);
  }
  for (let calm = 0; calm < 3 && performance.now() < end;) {
    await pause(300);
    calm = gridmap.map.loaded() && !gridmap.map.isMoving() ? calm + 1 : 0;
  }
}"""
CUT = """() => [...document.querySelectorAll('body *:not(canvas)')]
  .filter((one) => !one.closest('.unseen, .maplibregl-map, svg') && one.clientWidth)
  .filter((one) => one.scrollWidth > one.clientWidth + 1
    || (one.matches('.rows, .w-panel') && one.scrollHeight > one.clientHeight + 1))
  .map((one) => `${one.tagName} ${one.textContent.slice(0, 40)}`)"""
"""What is wider than its place, or a list whose last row is cut."""
PARTS = ".w-top, .w-stale, .w-panel, .w-map, wall-legend, .w-foot, .w-core, .w-red"
OVERLAPS = """(parts) => {
  const seen = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 0;
  const boxes = [...document.querySelectorAll(parts)].filter(seen);
  const within = (a, b) => a.contains(b) || (a.matches('.w-map') && b.matches('.w-core, .w-red'));
  const found = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
    if (within(a, b) || within(b, a)) return;
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (across > 1 && down > 1) found.push([a.className || a.tagName, b.className || b.tagName]);
  }));
  return found;
}"""
EMPTY = """() => [...document.querySelectorAll('.w-panel')]
  .filter((panel) => !panel.querySelector('.rows li[data-path], dl, figure, .none'))
  .map((panel) => panel.tagName)"""
"""Panels that show neither content nor the reason why there is none."""


@pytest.fixture
def site(server: Server, own_sample: str) -> Iterator[Site]:
    """A site of its own on a copy of the made-up county."""
    made = Site(server, own_sample)
    yield made
    made.stop()


@contextmanager
def screen(
    browser: Browser, size: tuple[int, int] = (1280, 720), *, moving: bool = False
) -> Iterator[Page]:
    """A wall of a size, that moves and fades where a test looks at that; it must not complain."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        reduced_motion="no-preference" if moving else "reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert not broken


def opened(page: Page, address: str) -> Page:
    """A wall with everything drawn."""
    page.goto(address)
    page.evaluate(DRAWN)
    return page


def until(page: Page, condition: str) -> None:
    """Waits, frame by frame, until an expression is true in the page."""
    page.evaluate(
        f"async () => {{ const end = performance.now() + {PATIENCE_MS};"
        f" while (!({condition})) {{ if (performance.now() > end) throw new Error('late');"
        " await new Promise(requestAnimationFrame); } }"
    )


def shown(page: Page, part: str) -> Any:
    """A part of what the wall shows."""
    return page.evaluate(f"gridmap.shown().{part}")


def well_laid_out(page: Page) -> None:
    """Nothing overlaps, no text is cut, no panel is empty without its reason."""
    assert page.evaluate(CUT) == []
    assert page.evaluate(OVERLAPS, PARTS) == []
    assert page.evaluate(OVERLAPS, ".callout, wall-legend") == []
    assert page.evaluate(EMPTY) == []


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_a_wall_is_laid_out_at_each_size(
    sample_site: str, browser: Browser, size: tuple[int, int]
) -> None:
    with screen(browser, size) as page:
        opened(page, f"{sample_site}/wall?time=30")
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"wall-{size[0]}x{size[1]}.png", timeout=120_000)
        well_laid_out(page)
        assert page.evaluate("gridmap.painting().legend.steps.length") == 5


@pytest.mark.parametrize(
    "query",
    [
        "within=&time=365",
        f"within={TOWNSHIP}&time=7",
        "within=99/01/01/101/010/&time=365&heat=fill",
        "within=99/01/01/101/010/007/",
        "measure=warning&heat=off&time=1",
        "time=365&lang=en",
        "measure=safety_index&time=30&lang=en",
    ],
)
def test_a_wall_is_laid_out_at_each_level(sample_site: str, browser: Browser, query: str) -> None:
    with screen(browser, (1920, 1080)) as page:
        opened(page, f"{sample_site}/wall?{query}")
        well_laid_out(page)


def test_a_day_without_reports_says_so_and_names_the_last(
    sample_site: str, browser: Browser
) -> None:
    with screen(browser) as page:
        opened(page, f"{sample_site}/wall?time=1")
        said = page.inner_text("wall-numbers .none")
        assert said.startswith("今天还没有上报。最近一件：")


def test_a_click_or_the_keys_lead_down_and_up_and_the_address_follows(
    sample_site: str, browser: Browser
) -> None:
    with screen(browser, moving=True) as page:
        opened(page, f"{sample_site}/wall")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        until(page, "gridmap.shown().within.length > 9")
        below = shown(page, "within")
        assert below.startswith(COUNTY)
        assert f"within={below}" in page.url
        page.wait_for_selector("wall-crumb li:nth-child(4) [aria-current]")
        page.keyboard.press("Escape")
        until(page, f"gridmap.shown().within === '{COUNTY}'")
        page.evaluate(DRAWN)
        box = page.locator("#map").bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        until(page, "gridmap.shown().within.length > 9")
        page.go_back()
        until(page, f"gridmap.shown().within === '{COUNTY}'")


# a ring is gone after seconds, and by a clock that stands still the next answer does not yet count
# what has just come: seen by the page itself, however slow the looking is
_COUNT_RINGS = """() => {
  window.rings = 0;
  window.taken = [];
  new MutationObserver((changes) => {
    window.taken.push(document.querySelector('[data-figure=taken_in]')?.textContent);
    const added = changes.flatMap((each) => [...each.addedNodes]);
    window.rings += added.filter((node) => node instanceof Element
      && (node.matches('.arrival') || node.querySelector('.arrival'))).length;
  }).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_report_posted_elsewhere_rings_and_is_counted(site: Site, browser: Browser) -> None:
    with screen(browser, moving=True) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall")
        page.wait_for_selector("#live:text('实时')")
        assert page.inner_text("[data-figure=taken_in]") == "0"
        page.evaluate(_COUNT_RINGS)
        site.reported("井盖不见了")
        page.wait_for_function("() => window.rings > 0")
        page.wait_for_function("() => window.taken.includes('1')")
        page.wait_for_selector("wall-latest li:first-child :text('14:32')")
        assert "井盖" not in page.content()


def test_a_wall_that_is_cut_off_says_since_when_and_heals(site: Site, browser: Browser) -> None:
    with screen(browser, (1920, 1080)) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall?time=30")
        page.context.set_offline(True)
        page.wait_for_selector("#stale:has-text('数据停在 14:32:')")
        assert page.get_attribute("html", "data-condition") == "stale"
        assert "请用电话核实" in page.inner_text("#stale")
        page.screenshot(path=ARTIFACTS / "wall-stale-1920x1080.png", timeout=120_000)
        well_laid_out(page)
        page.context.set_offline(False)
        page.wait_for_selector("html[data-condition=live]")


def test_a_server_that_was_restarted_is_followed_again(site: Site, browser: Browser) -> None:
    with screen(browser) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall")
        site.stop()
        page.wait_for_selector("html[data-condition=stale]")
        site.start()
        page.wait_for_selector("html[data-condition=live]")
        site.reported("重启后的事")
        page.wait_for_selector("[data-figure=taken_in]:text-is('1')")


def test_a_revoked_screen_goes_dark_and_shows_no_sign_in(site: Site, browser: Browser) -> None:
    given = site.server.circumstances()
    with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        new = NewKey("screen", COUNTY, page="/wall")
        secret = keys.make_kiosk(connection, new, given, source="")
        id = next(row.id for row in accounts.keys(connection, "kiosk") if row.path == COUNTY)
    with screen(browser) as page:
        opened(page, f"http://127.0.0.1:{site.port}/kiosk/{secret}")
        assert "/wall" in page.url
        assert page.is_hidden("#dark")
        with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            keys.revoke(connection, "kiosk", id, given, source="")
        page.keyboard.press("2")
        page.wait_for_selector("#dark")
        assert page.get_attribute("html", "data-condition") == "dark"
        page.reload()
        page.wait_for_selector(".wall-dark h1:text('这块屏的链接已停用')")


def test_the_day_turns_at_midnight_by_itself(site: Site, browser: Browser) -> None:
    made = site.app.extensions["gridmap"]
    watch = {"now": NOW}
    site.app.extensions["gridmap"] = replace(made, clock=lambda: watch["now"])
    with screen(browser) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall?time=7")
        assert shown(page, "range.to") == "2026-06-11"
        watch["now"] = NOW + timedelta(hours=9, minutes=29)
        site.reported("子夜以后的事")
        until(page, "gridmap.shown().range.to === '2026-06-12'")
        assert shown(page, "range.from") == "2026-06-06"
        page.wait_for_selector("#date:text('6月12日')")


def test_a_whistle_runs_its_clock(site: Site, browser: Browser) -> None:
    with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO errand (county, id, path, incident, kind, asked_by, asked_at, due_at)"
                " SELECT county, id, path, id, 'whistle', 'local:administrator',"
                " :now - interval '20 minutes', :now + interval '10 minutes'"
                " FROM incident ORDER BY received_at DESC LIMIT 1"
            ),
            {"now": NOW},
        )
    with screen(browser) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall")
        left = page.inner_text("wall-whistles time")
        assert left.startswith(("剩 09:", "剩 10:"))
        until(page, f"document.querySelector('wall-whistles time').textContent !== '{left}'")
        assert page.inner_text("wall-whistles .why").endswith("到 0/1 个部门")


CALLED = """
INSERT INTO errand (county, id, path, incident, kind, department, asked_by, asked_at, due_at,
                    arrived_at, arrived_by)
SELECT i.county, gen_random_uuid(), i.path, i.id, 'whistle', d.id, 'x', :now - interval '20 min',
       :now + interval '10 min' * i.n, CASE WHEN d.n = 1 THEN :now - interval '1 min' END,
       CASE WHEN d.n = 1 THEN 'x' END
  FROM (SELECT *, row_number() OVER (ORDER BY received_at DESC) AS n FROM incident) AS i,
       (SELECT *, row_number() OVER (ORDER BY code) AS n FROM department) AS d
 WHERE (i.n = 1 AND d.n <= 3) OR i.n = 2
"""
"""Three departments for the newest incident and all twelve for the next; the first is there."""
LAST_OF_MISSING = """() => [...document.querySelectorAll('wall-whistles .missing')].map((line) =>
  [line.firstChild.textContent, line.querySelectorAll('b').length, line.lastChild.textContent])"""


@pytest.mark.parametrize(
    ("lang", "label", "more"), [("zh", "未到", "等 11 家"), ("en", "Not in yet", "+{rest}")]
)
def test_a_whistle_names_who_is_missing(
    site: Site, browser: Browser, lang: str, label: str, more: str
) -> None:
    with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text(CALLED), {"now": NOW})
    with screen(browser, (1920, 1080)) as page:
        opened(page, f"http://127.0.0.1:{site.port}/wall?lang={lang}")
        page.screenshot(path=ARTIFACTS / f"wall-missing-{lang}.png", timeout=120_000)
        few, many = page.evaluate(LAST_OF_MISSING)
        # the county's name, which stands at the top of this wall, is not said again
        assert few == [label, 2, "司法局"]
        assert many == [label, many[1], more.format(rest=11 - many[1])]
        assert 2 <= many[1] < 11
        well_laid_out(page)
