"""The page of imports in a real browser: choose, look, decide; closed and opened again."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from gridmap.database import Database, connect
from tests.conftest import Server, served
from tests.e2e.conftest import Visit
from tests.integration.work import crew_of, work

GRID_VILLAGE = "990101101201"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def database(server: Server, own_sample: str) -> Iterator[Database]:
    connected = connect(own_sample, server.secrets)
    yield connected
    connected.dispose()


@pytest.fixture
def app(own_app: Flask, tmp_path: Path) -> Flask:
    services = own_app.extensions["gridmap"]
    settings = replace(services.settings, instance=tmp_path)
    own_app.extensions["gridmap"] = replace(services, settings=settings)
    return own_app


@pytest.fixture
def sample_site(app: Flask) -> Iterator[str]:
    """A site whose data a test may change."""
    with served(app) as address:
        yield address


@pytest.fixture
def jobs(server: Server, database: Database, own_sample: str, tmp_path: Path) -> Callable[[], None]:
    """Does all the jobs that are waiting."""
    return lambda: work(server, crew_of(server, database, own_sample, tmp_path))


def opened(visit: Visit, query: str = "") -> Page:
    visit.page.goto(f"{visit.site}/imports?{query}")
    visit.until("globalThis.gridmap?.ready")
    return visit.page


def file_of(name: str, content: str) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}


def households(count: int = 40, more: str = "") -> FilePayload:
    rows = "".join(f"T{n},柳川镇松岭村{n}号,{104.6 + n / 1000:.5f},35.405\n" for n in range(count))
    return file_of("松岭村住户.csv", "户编号,地址,lon,lat\n" + rows + more)


def choose(page: Page, kind: str, file: FilePayload) -> None:
    page.locator(f"input[value={kind}]").check()
    page.locator("#import-file").set_input_files(file)
    expect(page.locator("import-options")).to_be_visible()


def read(page: Page, jobs: Callable[[], None]) -> None:
    page.get_by_role("radio", name="WGS 84").check()
    page.get_by_role("button", name="读文件").click()
    expect(page.locator("import-report progress")).to_be_visible()
    jobs()
    expect(page.locator(".totals")).to_be_visible()


def test_a_file_goes_the_whole_way_and_survives_a_closed_browser(
    visit: Visit, jobs: Callable[[], None]
) -> None:
    page = opened(visit)
    choose(page, "households", households())
    expect(page.get_by_role("button", name="读文件")).to_be_disabled()
    expect(page.locator("import-options footer")).to_contain_text("还没选坐标系")
    expect(page.locator(".systems tbody tr").first).to_contain_text("100.0 %")
    page.get_by_role("radio", name="WGS 84").check()
    page.get_by_role("button", name="读文件").click()
    expect(page.locator("import-report progress")).to_be_visible()
    page.goto("about:blank")
    jobs()
    page = opened(visit)
    page.get_by_role("button", name="松岭村住户.csv").click()
    expect(page.locator(".totals")).to_contain_text("40")
    drawn = "gridmap.map.queryRenderedFeatures({layers: ['staged-point']}).length > 0"
    visit.until(drawn)
    page.get_by_role("button", name="载入 40 行").click()
    expect(page.locator("import-report")).to_contain_text("正在载入")
    jobs()
    expect(page.locator(".totals")).to_contain_text("新增")
    page.get_by_role("button", name="收回", exact=True).click()
    page.locator("[data-key=take-back-import]").click()
    expect(page.locator("import-report")).to_contain_text("已经收回")


def test_bad_rows_are_shown_and_must_be_accepted(visit: Visit, jobs: Callable[[], None]) -> None:
    page = opened(visit)
    choose(page, "households", households(3, "T0,又一户,104.6,35.405\n,没有编号,104.6,35.405\n"))
    read(page, jobs)
    rows = page.locator(".rejects tbody tr")
    expect(rows).to_have_text(["5编号 T0 在文件里重复", "6缺少编号"])
    load = page.get_by_role("button", name="载入 3 行")
    expect(load).to_be_disabled()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "松岭村住户-rejects.csv"
    page.get_by_role("checkbox", name="只载入好的行").check()
    expect(load).to_be_enabled()


def square(number: int, west: float) -> dict[str, Any]:
    ring = [[west, 35.42], [west + 0.0043, 35.42], [west + 0.0043, 35.424], [west, 35.424]]
    return {
        "type": "Feature",
        "properties": {"网格编号": f"{GRID_VILLAGE}{number}"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def test_problems_are_numbered_on_the_map_and_a_click_goes_there(
    visit: Visit, jobs: Callable[[], None]
) -> None:
    page = opened(visit)
    features = [square(901 + n, 104.7 + 0.004 * n) for n in range(3)]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    choose(page, "grids", file_of("g.geojson", content))
    read(page, jobs)
    problems = page.locator(".problems button")
    expect(problems.first).to_contain_text("重叠")
    expect(problems.first).to_contain_text("平方米")
    visit.until("gridmap.map.queryRenderedFeatures({layers: ['problem-disc']}).length > 1")
    before = visit.ask("gridmap.map.getZoom()")
    problems.last.focus()
    page.keyboard.press("Enter")
    visit.until(f"gridmap.map.getZoom() !== {before}")
    expect(page.get_by_role("button", name="载入 3 行")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="照样载入")).to_be_visible()


def test_a_file_is_dropped_and_what_is_no_map_file_is_refused_in_one_sentence(
    visit: Visit,
) -> None:
    visit.expected.append("422")
    page = opened(visit)
    data = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['x'], 'a.bin')); return t; }"
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": data})
    expect(page.locator("import-new [role=status]")).to_contain_text("a.bin 不是地图文件或表格")


def test_a_column_is_chosen_and_what_is_missing_is_said(
    visit: Visit, jobs: Callable[[], None]
) -> None:
    page = opened(visit)
    choose(page, "households", file_of("x.csv", "甲,乙,lon,lat\n1,某处,104.6,35.4\n"))
    page.get_by_role("radio", name="WGS 84").check()
    expect(page.locator("import-options footer")).to_contain_text("还缺“编号”的列")
    page.locator("#column-code").select_option("甲")
    page.locator("#column-address").select_option("乙")
    read(page, jobs)
    expect(page.locator(".totals")).to_contain_text("1")


def test_an_import_is_given_up(visit: Visit) -> None:
    page = opened(visit)
    choose(page, "households", households(2))
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("import-report")).to_contain_text("已放弃")


def test_the_english_page_has_no_chinese_but_names(visit: Visit, jobs: Callable[[], None]) -> None:
    page = opened(visit, "lang=en")
    words = page.locator("main").inner_text()
    assert not CHINESE.search(words), words
    page.get_by_role("radio", name="Household").check()
    content = "code,address,lon,lat\nT1,a,104.6,35.405\nT1,b,104.6,35.405\nT2,c,x,y\n"
    page.locator("#import-file").set_input_files(file_of("h.csv", content))
    page.get_by_role("radio", name="WGS 84").check()
    words = page.locator("main").inner_text()
    assert not CHINESE.search(words), words
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("import-report progress")).to_be_visible()
    jobs()
    expect(page.locator(".rejects tbody tr")).to_have_count(2)
    words = page.locator("main").inner_text()
    assert not CHINESE.search(words), words
