"""What becomes of hot spots, drawn over their color: four signs that differ by shape."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import ARTIFACTS, BARE, Visit
from tests.e2e.test_wall import opened, screen, until

YEAR = "from=2025-06-11&to=2026-06-10"
WORDS = ["新出现的热点", "越来越热", "一直热", "正在消退"]
DRAWN = (
    "(gridmap.map.queryRenderedFeatures({ layers: ['spots'] })"
    ".map((each) => [each.properties.sign, ...each.geometry.coordinates]))"
)
PICTURES = """() => Object.fromEntries(['new', 'growing', 'persistent', 'fading'].map((sign) => {
  const { data: { width, data } } = gridmap.map.getImage(`spot-${sign}`);
  return [sign, [width, ...data]];
}))"""


def signed(client: FlaskClient) -> dict[str, list[list[float]]]:
    """Where each sign stands, as the server says."""
    values = client.get(f"/figures/hot?within=99/01/01/&level=6&{YEAR}").get_json()["values"]
    found: dict[str, list[list[float]]] = {}
    for one in values.values():
        if one.get("sign"):
            found.setdefault(one["sign"], []).append(one["at"])
    return found


def ink(picture: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where a picture is dark: what is left of it in gray."""
    width, *values = picture
    red, green, blue, alpha = np.array(values, float).reshape(width, width, 4).transpose(2, 0, 1)
    return (alpha > 200) & (0.3 * red + 0.59 * green + 0.11 * blue < 128)


def test_signs_are_drawn_where_the_server_says(visit: Visit, client: FlaskClient) -> None:
    wanted = signed(client)
    assert set(wanted) == {"new", "growing", "persistent", "fading"}
    middle = np.mean([at for places in wanted.values() for at in places], axis=0)
    hidden = "incidents,warnings,whistles,workers,buildings,roads,rivers"
    visit.open(f"at={middle[1]},{middle[0]},9.3&measure=hot&time=365&hide={hidden}")
    visit.until(f"new Set({DRAWN}.map(([sign]) => sign)).size === 4")
    for sign, *at in visit.ask(DRAWN):
        near = [abs(at[0] - one[0]) + abs(at[1] - one[1]) for one in wanted[sign]]
        # a tile of points has a lattice of its own
        assert min(near) < 1e-3, sign
    keys = visit.page.locator("map-legend .spot-key li")
    assert keys.all_inner_texts() == WORDS
    visit.page.screenshot(path=ARTIFACTS / "hot-spots.png")
    pictures = {sign: ink(one) for sign, one in visit.ask(PICTURES).items()}
    for one, other in combinations(pictures.values(), 2):
        # each by its shape alone: a good part of the ink of either is not in the other
        assert (one ^ other).sum() > 0.5 * min(one.sum(), other.sum()) > 0
    visit.page.locator("#theme").click()
    visit.settle()
    visit.page.screenshot(path=ARTIFACTS / "hot-spots-dark.png")


def test_without_hot_spots_there_are_no_signs(visit: Visit) -> None:
    visit.open(f"measure=density&time=365&{BARE}")
    assert visit.ask("gridmap.map.getLayoutProperty('spots', 'visibility')") == "none"
    assert visit.page.locator(".spot").count() == 0


@pytest.fixture
def wall(browser: Browser, sample_site: str) -> Iterator[Page]:
    """A wall that colors by hot spots."""
    with screen(browser) as page:
        yield opened(page, f"{sample_site}/wall?within=99/01/01/101/&measure=hot&heat=off&time=365")


def test_a_wall_draws_them_and_says_what_they_mean(wall: Page) -> None:
    keys = wall.locator("wall-legend .keys span:has(.spot)")
    expect(keys).to_have_count(4)
    assert keys.all_inner_texts() == WORDS
    until(wall, f"{DRAWN}.length > 0")
    wall.screenshot(path=ARTIFACTS / "wall-hot-spots.png", timeout=120_000)
