"""A household's card and the page of exports, in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from tests.conftest import Server, served
from tests.e2e.conftest import ARTIFACTS, BARE, desk_page
from tests.integration.work import crew_of, work
from tests.web.offices import database_of


@pytest.fixture
def page(browser: Browser, own_app: Flask) -> Iterator[Page]:
    """A page on a copy of the made-up county; it must not complain."""
    with served(own_app) as address, desk_page(browser, address) as made:
        yield made


def picture(page: Page, name: str) -> None:
    """Keeps what is seen."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"people-{name}.png")


def a_home(database: Database) -> tuple[float, float]:
    """Where a household with a phone lies."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(
            text(
                "SELECT ST_X(h.point) AS lon, ST_Y(h.point) AS lat FROM household AS h"
                " JOIN person AS p ON p.county = h.county AND p.household = h.id"
                " WHERE h.point IS NOT NULL GROUP BY h.county, h.id HAVING count(*) > 2"
                " ORDER BY h.code LIMIT 1"
            )
        ).one()
    return row.lon, row.lat


def test_a_household_shows_masked_people_and_opens_one_for_a_reason(
    own_app: Flask, page: Page
) -> None:
    lon, lat = a_home(database_of(own_app))
    at = f"at={lat:.5f},{lon:.5f},16"
    page.goto(f"/?{at}&{BARE}&show=households&list=households:::{lon:.6f};{lat:.6f}")
    page.wait_for_function("() => globalThis.gridmap?.ready")
    page.locator("list-panel tbody .row-button").first.click()
    card = page.locator("household-card")
    expect(card.locator(".people li").first).to_contain_text("*")
    expect(card.locator(".people")).to_contain_text("****")
    first = card.locator(".people li").first
    first.get_by_role("button", name="看全部").click()
    expect(first.get_by_label("为什么要看")).to_be_focused()
    picture(page, "reason")
    page.keyboard.type("核对身份")
    page.keyboard.press("Enter")
    opened = first.locator(".opened")
    expect(opened).to_contain_text("身份证号")
    expect(opened).not_to_contain_text("*")
    picture(page, "revealed")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator("list-panel tbody .row-button").first.click()
    expect(card.locator(".people li").first).to_be_visible()
    expect(card.locator(".opened")).to_have_count(0)


def test_a_number_is_looked_for_with_a_reason_and_is_in_no_address(
    own_app: Flask, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/?{BARE}")
    page.wait_for_function("() => globalThis.gridmap?.ready")
    number = "19900000003"
    page.locator("#search").fill(number)
    page.get_by_role("option", name="按电话号码找").click()
    card = page.locator("household-card")
    card.get_by_label("为什么要看").fill("重复来电")
    card.get_by_role("button", name="查找").click()
    hit = card.locator("li button").first
    expect(hit).to_contain_text("*")
    picture(page, "number")
    hit.click()
    expect(card.locator("h2")).to_contain_text("号")
    expect(card.locator(".people li").first).to_be_visible()
    assert not [one for one in asked if number in one]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_export_is_made_while_its_owner_looks_on(
    own_app: Flask, server: Server, page: Page, own_sample: str, lang: str
) -> None:
    page.goto(f"/exports?lang={lang}")
    page.locator("export-desk form").wait_for()
    page.locator("[name=why]").fill("核对门牌")
    page.locator("[name=within]").fill("99/01/01/101/")
    picture(page, f"exports-new-{lang}")
    page.locator("export-desk form button[type=submit]").click()
    row = page.locator("export-desk tbody tr")
    expect(row).to_have_count(1)
    work(server, crew_of(server, database_of(own_app), own_sample, server.instance))
    fetch = row.get_by_role("link")
    expect(fetch).to_be_visible()
    picture(page, f"exports-{lang}")
    with page.expect_download() as got:
        fetch.click()
    assert got.value.suggested_filename.startswith("households-")
    assert Path(got.value.path()).stat().st_size > 1000
