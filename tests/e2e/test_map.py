"""The map page in a real browser: it draws, answers clicks, searches, lists and remembers."""

import re
from io import BytesIO

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection, text

from tests.e2e.conftest import BARE, SIZE, Visit
from tests.integration.places import Borders, borders_of

TOWN = "99/01/01/107/"
TOWN_INITIALS = "lcz"
TOWN_NAME = "柳川镇"
CLOSE = 15.0
HIDE_POINTS = "hide=incidents,warnings,centers,workers,region-labels,grid-labels,buildings,roads"
VIEW_DEG = np.array([0.008, 0.005])
CHINESE = re.compile("[\u4e00-\u9fff]")


def pixels(visit: Visit) -> np.ndarray:
    """What the page looks like, shape (height, width, 3)."""
    return np.asarray(Image.open(BytesIO(visit.page.screenshot())).convert("RGB"))


def test_the_map_draws(visit: Visit) -> None:
    visit.open()
    seen = pixels(visit)
    colors = np.unique(seen.reshape(-1, 3), axis=0)
    assert len(colors) > 500
    assert visit.ask("gridmap.map.getLayer('choropleth-6') !== undefined")
    assert visit.page.locator("layer-list .trouble").count() == 0
    assert visit.page.locator("map-legend").first.is_visible()


def test_layers_are_switched_on_and_off(visit: Visit) -> None:
    visit.open(f"at=35.4,104.6,{CLOSE}&{BARE}")
    before = pixels(visit)
    box = visit.page.locator("layer-list input[data-key=layer-households]")
    assert not box.is_checked()
    box.check()
    visit.settle()
    shown = "gridmap.map.getLayoutProperty('households', 'visibility')"
    assert visit.ask(shown) == "visible"
    assert "households" in visit.state("shown")
    assert (pixels(visit) != before).any(axis=2).sum() > 100
    visit.page.locator("layer-list input[data-key=layer-households]").uncheck()
    visit.settle()
    assert visit.ask(shown) == "none"


def test_search_finds_by_initials_name_and_code(visit: Visit) -> None:
    visit.open(BARE)
    first = visit.page.locator("#search-list [role=option]").first
    for words in (TOWN_NAME, TOWN.replace("/", ""), TOWN_INITIALS):
        visit.page.locator("#search").fill("")
        first.wait_for(state="hidden")
        visit.page.locator("#search").press_sequentially(words)
        first.wait_for()
        assert TOWN_NAME in first.inner_text()
    visit.page.keyboard.press("Enter")
    visit.settle()
    lon, lat = visit.ask("gridmap.map.getCenter().toArray()")
    answer = visit.page.request.get(f"{visit.site}/api/locate?lon={lon}&lat={lat}").json()
    assert TOWN in [one["path"] for one in answer["chain"]]


def test_a_click_on_the_ground_says_whose_it_is(visit: Visit) -> None:
    visit.open(f"at=35.4,104.6,{CLOSE}&{HIDE_POINTS}")
    visit.page.mouse.click(620, 420)
    visit.page.locator("place-card .how").wait_for()
    place = visit.state("place")
    answer = visit.page.request.get(
        f"{visit.site}/api/locate?lon={place['lon']}&lat={place['lat']}"
    ).json()
    card = visit.page.locator("place-card").inner_text()
    assert answer["grid"]["code"] in card
    assert answer["worker"]["name"] in card
    assert answer["center"]["name"] in card
    assert answer["text"]["zh"] in card
    assert "place=" in visit.page.url


def crowded(borders: Borders) -> list[int]:
    """The corners around the one that has the most others within a view."""
    corners = np.array(borders.corners(3))
    places = borders.vertices[corners]
    near = (np.abs(places[:, None] - places[None]) < VIEW_DEG).all(axis=2)
    return corners[near[near.sum(axis=1).argmax()]].tolist()  # type: ignore[no-any-return]


def test_twenty_clicks_on_corners_have_the_servers_answer(
    visit: Visit, sample_connection: Connection, client: FlaskClient
) -> None:
    borders = borders_of(sample_connection)
    corners = crowded(borders)
    middle_lon, middle_lat = borders.vertices[corners].mean(axis=0).tolist()
    visit.open(f"at={middle_lat},{middle_lon},{CLOSE}&measure=none&{HIDE_POINTS},rivers")
    clicked = 0
    for n in corners:
        lon, lat = borders.vertices[n].tolist()
        x, y = visit.at(lon, lat)
        if not visit.ask(
            "([x, y]) => document.elementFromPoint(x, y)?.tagName === 'CANVAS'", [x, y]
        ):
            continue
        with visit.page.expect_response(re.compile("/api/grids/")):
            visit.page.mouse.click(x, y)
        place = visit.state("place")
        answer = client.get(f"/api/locate?lon={place['lon']!r}&lat={place['lat']!r}").get_json()
        code = answer["grid"]["code"]
        visit.page.locator("place-card").get_by_text(code).wait_for()
        assert code in borders.of_vertex[n]
        clicked += 1
        if clicked == 20:
            return
    pytest.fail(f"only {clicked} corners of {len(corners)} were in view")


@pytest.mark.parametrize(("layer", "zoom"), [("incidents", 16), ("warnings", 14)])
def test_a_click_on_a_mark_opens_its_record(
    visit: Visit, sample_administrator: Connection, layer: str, zoom: int
) -> None:
    table = layer.removesuffix("s")
    row = sample_administrator.execute(
        text(
            f"SELECT county, id, ST_X(point) AS lon, ST_Y(point) AS lat FROM {table} AS a"
            f" WHERE NOT EXISTS (SELECT FROM {table} AS b WHERE b.id <> a.id"
            "   AND b.point && ST_Expand(a.point, 0.002))"
            " ORDER BY id LIMIT 1"
        )
    ).one()
    hidden = "incidents" if layer == "warnings" else "warnings"
    visit.open(
        f"at={row.lat},{row.lon},{zoom}&time=2024-06-01..2026-06-10&hide={hidden},centers,workers"
    )
    visit.page.mouse.click(*visit.at(row.lon, row.lat))
    record = visit.page.locator("record-card article")
    record.wait_for()
    known = visit.page.request.get(f"{visit.site}/api/{layer}/{row.county}/{row.id}").json()
    said = record.inner_text()
    assert known["title"]["zh"] in said
    assert known["path"]
    for _, _, value in known["lines"][:2]:
        if isinstance(value, str) and "T" not in value:
            assert value in said


def test_the_list_twin_sorts_and_is_reached_by_keyboard(visit: Visit) -> None:
    visit.open(BARE)
    visit.page.locator("[data-key=list-incidents]").click()
    rows = visit.page.locator("list-panel tbody tr")
    rows.first.wait_for()
    for order, sign in (("ascending", 1), ("descending", -1)):
        with visit.page.expect_response(re.compile("/api/lists/incidents")) as answered:
            visit.page.locator("[data-key=sort-severity]").click()
        got = [row["cells"][3][0] for row in answered.value.json()["rows"]]
        ranks = [sign * ["轻", "中", "重", "特重"].index(one) for one in got]
        assert ranks == sorted(ranks)
        visit.page.locator(f"list-panel th[aria-sort={order}]").wait_for()
    assert rows.count() == 50
    visit.page.locator("[data-key=row-0]").focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator("record-card article").wait_for()
    assert "list=incidents" in visit.page.url


def test_filters_live_in_the_address_and_survive_a_reload(visit: Visit) -> None:
    visit.open(BARE)
    visit.page.locator("kind-filter input[data-key=kind-dispute]").uncheck()
    visit.settle()
    assert "kind=hazard,service" in visit.page.url
    visit.page.locator("layer-list input[data-key=measure-warning]").check()
    visit.settle()
    assert "measure=warning" in visit.page.url
    visit.page.reload()
    visit.until("globalThis.gridmap?.ready")
    assert visit.state("kinds") == ["hazard", "service"]
    assert visit.state("measure") == "warning"
    assert not visit.page.locator("kind-filter input[data-key=kind-dispute]").is_checked()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_speaks_one_language(visit: Visit, language: str) -> None:
    visit.open(f"lang={language}")
    visit.page.locator("time-filter").wait_for()
    lang = visit.page.locator("html").get_attribute("lang") or ""
    assert lang.startswith(language)
    words = visit.page.locator("layer-list, time-filter, kind-filter")
    said = " ".join(words.all_inner_texts())
    assert len(said) > 100
    # whatever the words, all of the bar can be seen
    tools = visit.page.locator(".top .tools").bounding_box()
    assert tools
    assert tools["x"] + tools["width"] <= SIZE[0]
    if language == "en":
        assert not CHINESE.search(said)
        # names of places are Chinese, and marked as such
        unmarked = visit.ask(
            "[...document.querySelectorAll('body *')].filter((each) =>"
            " [...each.childNodes].some((n) => n.nodeType === 3"
            " && /[\\u4e00-\\u9fff]/.test(n.data))"
            " && !each.closest('[lang^=zh], svg') && each.checkVisibility())"
            ".map((each) => each.outerHTML)"
        )
        assert unmarked == []
    else:
        assert CHINESE.search(said)


def test_a_layer_that_fails_says_so_and_leaves_the_others_alone(visit: Visit) -> None:
    visit.expected += ["Failed to load resource", "500"]
    visit.page.route("**/tiles/warnings.json", lambda route: route.fulfill(status=500, body="{}"))
    visit.open(BARE.replace("warnings,", ""))
    failed = visit.page.locator("layer-list .row.failed")
    failed.wait_for()
    assert failed.count() == 1
    assert visit.ask("gridmap.map.getSource('warnings') === undefined")
    assert (
        visit.ask("gridmap.map.querySourceFeatures('grids', { sourceLayer: 'grids' }).length") > 50
    )
    visit.page.unroute("**/tiles/warnings.json")
    visit.page.locator("[data-key=retry-warnings]").click()
    visit.until("gridmap.map.getSource('warnings')").settle()
    assert failed.count() == 0
