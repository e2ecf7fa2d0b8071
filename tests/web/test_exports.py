"""The map as a file: complete in itself, with what every map must say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from gridmap.files.folium_page import THIN
from gridmap.files.tokens import colors
from gridmap.layers import measures

TOWNSHIP = "99/01/01/101/"
YEAR = "from=2025-06-11&to=2026-06-10"


def fetched(client: FlaskClient, query: str) -> str:
    """The page of a query."""
    answer = client.get(f"/exports/map?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def features(page: str) -> list[dict[str, Any]]:
    """The areas that a page draws."""
    found = re.search(r'\{"features": \[.*?\], "type": "FeatureCollection"\}', page)
    assert found
    collection = json.loads(found[0])
    return list(collection["features"])


def test_it_is_a_download_with_a_name(client: FlaskClient) -> None:
    answer = client.get(f"/exports/map?within={TOWNSHIP}&measure=hazard&{YEAR}")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="gridmap-hazard-2026-06-10.html"'
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Content-Security-Policy" not in answer.text


def test_every_area_is_colored_as_its_figure_says(client: FlaskClient) -> None:
    drawn = features(fetched(client, f"within={TOWNSHIP}&measure=density&{YEAR}"))
    figures = client.get(f"/figures/density?within={TOWNSHIP}&level=6&{YEAR}").get_json()
    classes = [
        "url(#thin)" if one["thin"] else colors()[f"--seq-{one['class']}"]
        for _, one in sorted(figures["values"].items())
    ]
    assert len(drawn) == len(classes) > 50
    fills = [one["properties"]["fill"] for one in drawn]
    assert fills == classes
    assert len(set(fills)) >= 4


def test_thin_areas_do_not_tell_their_number(client: FlaskClient) -> None:
    drawn = features(fetched(client, f"within={TOWNSHIP}&from=2026-06-01&to=2026-06-10"))
    thin = [one["properties"]["value"] for one in drawn if "thin" in one["properties"]["fill"]]
    assert thin
    assert set(thin) == {"少于 5 起，不分级"}


def test_an_index_that_is_not_sure_is_hatched_and_its_legend_says_so(client: FlaskClient) -> None:
    page = fetched(client, f"measure=safety_index&{YEAR}")
    hatched = [one["properties"] for one in features(page) if one["properties"]["fill"] == THIN]
    assert {one["value"] for one in hatched} == {"可能差两档，不分级"}
    assert page.count("可能差两档，不分级</li>") == 1


def test_what_the_whole_county_shows_stays_small_enough_to_open(client: FlaskClient) -> None:
    page = fetched(client, f"measure=density&{YEAR}")
    assert len(features(page)) == 1233
    assert len(page) < 4_000_000


def test_only_what_is_in_view_is_drawn(client: FlaskClient) -> None:
    whole = features(fetched(client, f"within={TOWNSHIP}&{YEAR}"))
    ring = whole[0]["geometry"]["coordinates"][0]
    lon, lat = ring[0][0] if isinstance(ring[0][0], list) else ring[0]
    box = f"{lon - 0.002},{lat - 0.002},{lon + 0.002},{lat + 0.002}"
    assert 0 < len(features(fetched(client, f"bbox={box}&{YEAR}"))) < 30


@pytest.mark.parametrize("measure", list(measures()))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_measure_has_its_page(client: FlaskClient, measure: str, lang: str) -> None:
    page = fetched(client, f"within={TOWNSHIP}&measure={measure}&lang={lang}&{YEAR}")
    title = measures()[measure].title
    assert f"{title.en if lang == 'en' else title.zh}</h1>" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [("measure=nothing", 404), ("within=12", 422), ("from=x", 422), ("within=12/34/", 422)],
)
def test_what_cannot_be_drawn_is_refused(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/exports/map?{query}")
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]


def test_a_stranger_gets_none(client: FlaskClient) -> None:
    answer = client.get("/exports/map", headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 401


def test_it_opens_from_a_stick_and_asks_nothing_of_anyone(
    client: FlaskClient, browser: Browser, tmp_path: Path
) -> None:
    page = fetched(client, f"within={TOWNSHIP}&measure=density&{YEAR}")
    file = tmp_path / "地图.html"
    file.write_text(page, "utf-8")
    asked: list[str] = []
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_selector(".legend li")
    # fills and outlines are drawn apart
    assert tab.locator("path.leaflet-interactive").count() == 2 * len(features(page))
    said = tab.locator(".leaflet-control-attribution").inner_text()
    assert "2025-06-11 至 2026-06-10" in said
    assert "界线 20" in said
    assert "示例数据" in said
    Path("artifacts").mkdir(exist_ok=True)
    tab.screenshot(path="artifacts/exported-map.png")
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
