"""The safety index in a browser: ranking, radar, trend, formula, publishing, and the map."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests.e2e.conftest import ARTIFACTS, BARE, PATIENCE_MS, Visit, signed_in
from tests.web.offices import database_of

COUNTY = "99/01/01/"
READY = "html[data-ready]"


@pytest.fixture
def commander(worked_app: Flask, browser: Browser) -> Iterator[Page]:
    """The commander of the made-up county, where people worked lately; no page complains."""
    with signed_in(worked_app, browser, "commander") as page:
        yield page


def picture(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"index-{name}.png")


def color(page: Page, token: str) -> str:
    """A token of the theme as the browser says colors."""
    found: str = page.evaluate(
        "(name) => { const box = document.body.appendChild(document.createElement('i'));"
        " box.style.color = `var(${name})`; const found = getComputedStyle(box).color;"
        " box.remove(); return found; }",
        token,
    )
    return found


UNSEEN = """([selector, colors]) => {
  const canvas = document.querySelector(`${selector} canvas`);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) seen.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
  }
  return colors.filter((each) => !seen.has(each));
}"""
"""Colors that stand nowhere in the picture of a chart."""


def check_colors(page: Page, chart: str, *tokens: str) -> None:
    """Waits until a chart is drawn, and in the theme's colors."""
    expect(page.locator(f"{chart} canvas")).to_be_visible()
    wanted = [chart, [color(page, token) for token in tokens]]
    page.wait_for_function(f"(given) => ({UNSEEN})(given).length === 0", arg=wanted)


def check_charts(page: Page) -> None:
    """Both charts are drawn in ink; the grades beside the trend have colors of their own."""
    check_colors(page, ".radar", "--text")
    check_colors(page, ".trend", "--text", "--surface-3", "--ix-3", "--ix-4")


def check_bars(page: Page) -> None:
    """As many bars are filled as the grade is good, in its own color, beside a whole number."""
    for row in page.locator(".ranking tbody tr").all()[:6]:
        index = int(row.locator(".ix b").inner_text())
        grade = sum(index >= limit for limit in (35, 45, 55, 65))
        filled = row.locator(".ix-bars .on")
        expect(filled).to_have_count(grade + 1)
        expect(row.locator(".ix-bars rect")).to_have_count(5)
        fill = filled.first.evaluate("(each) => getComputedStyle(each).fill")
        assert fill == color(page, f"--ix-{grade + 1}")
        expect(row.locator("td > small").first).to_have_text("差低中良优"[grade])


def test_a_commander_reads_the_month_and_publishes_it(commander: Page, worked_app: Flask) -> None:
    page = commander
    page.goto("/index")
    page.wait_for_selector(READY)
    rows = page.locator(".ranking tbody tr")
    expect(rows).to_have_count(1 + 15)
    check_bars(page)
    expect(page.locator("main")).not_to_contain_text("NaN")
    # nine axes and twelve months; the year began without ratings and visits, and it is said
    expect(page.locator(".radar tbody tr")).to_have_count(9)
    months = page.locator(".trend tbody tr")
    expect(months).to_have_count(12, timeout=PATIENCE_MS)
    expect(months.filter(has_text="6/9").first).to_be_attached()
    check_charts(page)
    picture(page, "county")
    page.locator("#theme").click()
    check_charts(page)
    picture(page, "dark")
    page.locator("#theme").click()
    page.get_by_role("button", name="城关镇").click()
    expect(page.locator(".detail h2")).to_contain_text("城关镇")
    expect(page.locator(".radar thead th")).to_have_text(["项", "城关镇", "青崖县"])
    expect(page.get_by_role("img", name="城关镇的九项得分")).to_be_visible()
    page.locator("details.formula summary").click()
    expect(page.locator("details.formula tbody tr")).to_have_count(9)

    before = rows.all_inner_texts()
    page.get_by_role("button", name="发布这个月").click()
    page.get_by_role("button", name="确定发布 2026年5月").click()
    expect(page.get_by_role("status").filter(has_text="2026年5月 已发布")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.locator(".state")).to_contain_text("指挥长（示例）")
    expect(page.get_by_role("button", name="发布这个月")).to_have_count(0)
    expect(months.filter(has_text="已发布")).to_have_count(1, timeout=PATIENCE_MS)
    with database_of(worked_app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("UPDATE incident SET category = 32"))
    page.reload()
    page.wait_for_selector(READY)
    assert rows.all_inner_texts() == before
    with page.expect_download() as got:
        page.get_by_role("link", name="XLSX").click()
    assert got.value.suggested_filename == "gridmap-index-2026-05.xlsx"
    picture(page, "published")


def test_months_without_data_say_so_and_other_months_are_a_step_away(commander: Page) -> None:
    page = commander
    page.goto(f"/index?within={COUNTY}&level=4&month=2026-03&lang=en")
    page.wait_for_selector(READY)
    missing = page.locator(".parts tr.none")
    expect(missing.filter(has_text="Satisfaction")).to_contain_text("no data")
    expect(page.locator(".detail p.fewer")).to_contain_text("of 9 have data")
    row = page.locator(".radar tbody tr").filter(has_text="Satisfaction")
    expect(row.locator("td").first).to_have_text("no data")
    check_colors(page, ".radar", "--text")
    expect(page.locator(".ranking td.none").first).to_have_text("—")
    picture(page, "english")
    page.get_by_role("button", name="Month after").click()
    expect(page.locator(".when select")).to_have_value("2026-04")
    page.get_by_role("button", name="Village").click()
    expect(page.locator(".ranking tbody tr")).to_have_count(1 + 155, timeout=PATIENCE_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "phone")


def test_the_map_is_colored_by_the_index_in_colors_of_its_own(visit: Visit) -> None:
    visit.open(f"at=35.4,104.6,8.4&measure=safety_index&{BARE}")
    ask = f"{visit.site}/figures/safety_index?within=&level=4&to=2026-06-10"
    answer = visit.page.request.get(ask).json()
    assert (answer["from"], answer["to"]) == ("2026-05-01", "2026-05-31")
    figures = answer["values"]
    # a class is a color; what is not sure has none and is hatched
    truth = {
        path: {"class": -1 if one["thin"] else one["class"], "thin": one["thin"]}
        for path, one in figures.items()
    }
    assert len(truth) == 15
    assert 0 < sum(one["thin"] for one in figures.values()) < 8
    states = visit.ask(
        "(paths) => Object.fromEntries(paths.map((id) => [id, gridmap.map.getFeatureState("
        "{ source: 'regions', sourceLayer: 'regions', id })]))",
        sorted(truth),
    )
    assert states == truth
    swatches = visit.ask(
        "[...document.querySelectorAll('map-legend .swatch')].map((each) =>"
        " getComputedStyle(each).backgroundColor)"
    )
    wanted = [color(visit.page, f"--ix-{n}") for n in range(1, 6)]
    assert swatches == wanted
    warnings = {color(visit.page, f"--w-{n}") for n in ("red", "orange", "yellow", "blue")}
    assert not warnings & set(wanted)
    legend = visit.page.locator("map-legend")
    expect(legend).to_contain_text("5月1日–5月31日")
    expect(legend).to_contain_text("45–54 中")
    expect(legend.locator(".few")).to_have_text("可能差两档，只作参考")
    picture(visit.page, "map")


def unsure_grid(visit: Visit) -> tuple[float, float, int]:
    """Lon and lat within a grid whose index is not sure, and the index."""
    asked = visit.page.request
    ask = f"{visit.site}/figures/safety_index?within=&level=6&to=2026-06-10"
    for path, one in asked.get(ask).json()["values"].items():
        west, south, east, north = asked.get(f"{visit.site}/api/grids/{path}").json()["bounds"]
        lon, lat = (west + east) / 2, (south + north) / 2
        found = asked.get(f"{visit.site}/api/locate?lon={lon}&lat={lat}").json()
        if one["thin"] and found["path"] == path:
            return lon, lat, round(one["rate"])
    pytest.fail("no such grid")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "九项里 {n} 项有数据，可能差两档，只作参考"),
        ("en", "{n} of 9 dimensions have data, may be two grades off, for reference only"),
    ],
)
def test_the_card_says_where_an_index_is_not_sure(visit: Visit, lang: str, words: str) -> None:
    lon, lat, index = unsure_grid(visit)
    at = f"at={lat},{lon},13&place={lat},{lon}&lang={lang}"
    visit.open(f"{at}&measure=safety_index&time=2026-05-01..2026-06-10&{BARE}")
    how = visit.page.locator("place-card .how")
    expect(how).to_contain_text("平安指数" if lang == "zh" else "Safety index")
    expect(how.locator("b", has_text=str(index))).to_be_visible()
    said = how.locator(".second").filter(has_text="9" if lang == "en" else "九项")
    expect(said).to_have_text([re.compile(words.format(n="[5-9]"))])
    legend = visit.page.locator("map-legend")
    expect(legend).to_contain_text("只作参考" if lang == "zh" else "for reference only")
    picture(visit.page, f"card-{lang}")
