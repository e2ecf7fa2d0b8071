"""Notices in a browser: the bell, what it leads to, and that what was read is read."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.database import Database
from gridmap.operations import sessions
from gridmap.operations.sessions import DOOR
from gridmap.operations.telling import TELLER, tell
from gridmap.settings import Settings
from tests import world
from tests.conftest import NOW, Server, served
from tests.e2e.conftest import ARTIFACTS, PATIENCE_MS
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk


@pytest.fixture
def app(server: Server, database_url: str) -> Iterator[Flask]:
    """The application on the tiny world."""
    settings = Settings(database_url=database_url, instance=server.instance)
    made = create_app("web", settings=settings, clock=fixed_clock(NOW))
    with made.extensions["gridmap"].database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield made
    made.extensions["gridmap"].database.dispose()


@pytest.fixture
def page(app: Flask, server: Server, database_url: str, browser: Browser) -> Iterator[Page]:
    """The worker's page of notices, who was told of two reports."""
    database: Database = app.extensions["gridmap"].database
    desk = Desk(database, open_office(database_url), server.circumstances())
    tell(database, acting(desk.given, TELLER))
    for words in ("后坡有落石，路上滚下来好几块", "水渠分水起了争执"):
        desk.reported(words=words)
        tell(database, acting(desk.given, TELLER))
    with database.transaction(DOOR) as connection:
        link = sessions.make_link(connection, desk.office["worker"].name, now=NOW)  # type: ignore[arg-type]
    with served(app) as site:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.goto(f"{site}/sign-in/{link}")
        opened.goto(f"{site}/notices")
        opened.wait_for_selector("html[data-ready]")
        yield opened
        context.close()


def test_what_one_was_told_leads_to_its_case_and_is_read_then(page: Page) -> None:
    expect(page.locator("notice-list li")).to_have_count(2)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "notices.png")
    page.get_by_text("水渠分水起了争执").click()
    page.wait_for_url("**/cases?county=1&id=*")
    page.go_back()
    expect(page.locator("notice-list li.seen")).to_have_count(1)
    page.get_by_role("button", name="全部标为已看").click()
    expect(page.locator("notice-list li.seen")).to_have_count(2)
    expect(page.get_by_role("button", name="全部标为已看")).to_have_count(0)


def test_the_bell_counts_what_is_unseen(page: Page) -> None:
    if not page.locator("notice-bell").count():
        page.evaluate("""async () => {
            await import('/static/js/elements/notice-bell.js');
            document.querySelector('.tools').prepend(document.createElement('notice-bell'));
        }""")
    bell = page.get_by_role("link", name="通知，2 条未看")
    expect(bell).to_have_text("2")
    page.get_by_role("button", name="全部标为已看").click()
    expect(page.get_by_role("link", name="通知，0 条未看")).to_have_text("")
