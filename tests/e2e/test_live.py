"""Open pages show what happens elsewhere, notice when they hear nothing, and catch up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from werkzeug.serving import BaseWSGIServer

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import sessions
from gridmap.operations.casework.steps import take
from gridmap.operations.intake import report
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts
from gridmap.queries.locate import Spot
from tests.conftest import NOW, Server
from tests.e2e.conftest import BARE
from tests.integration.offices import acting
from tests.integration.test_intake import new_report
from tests.listening import listen

PATIENCE_MS = 20_000


class Site:
    """A web site that can be stopped, and started again at the same address."""

    def __init__(self, server: Server, url: str) -> None:
        self.server, self.url, self.port = server, url, 0
        self.start()

    def start(self) -> None:
        """Serves with nothing left of before."""
        self.app: Flask = self.server.app(self.url)
        self.listening: BaseWSGIServer = listen(self.app, self.port)
        self.port = self.listening.server_port
        self.thread = threading.Thread(target=self.listening.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        """Ends, and with it every stream."""
        hub = self.app.extensions["gridmap_hub"]
        self.listening.shutdown()
        self.thread.join()
        self.listening.server_close()
        hub.close()
        assert hub.ended(10)
        self.database.dispose()

    @property
    def database(self) -> Database:
        """What it works on."""
        made: Database = self.app.extensions["gridmap"].database
        return made

    def reported(self, title: str) -> UUID:
        """A report that somebody else sends, in the middle of some grid; the incident's id."""
        given = replace(self.server.circumstances(), now=NOW)
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            lon, lat = connection.execute(text(_SOMEWHERE)).one()
            new = new_report(id=uuid4(), place=Spot(lon, lat), words=title)
            return report(connection, new, given).id

    def noted(self, incident: UUID, words: str) -> None:
        """A note that somebody else writes to an incident."""
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            county = connection.execute(
                text("SELECT county FROM incident WHERE id = :id"), {"id": incident}
            ).scalar_one()
        take(
            self.database,
            county=county,
            id=incident,
            step="note",
            given={"words": words},
            circumstances=acting(self.server.circumstances(), LOCAL_ADMINISTRATOR, NOW),
        )


_SOMEWHERE = """
SELECT ST_X(label), ST_Y(label) FROM grid_version WHERE upper_inf(during) ORDER BY path LIMIT 1
"""


@dataclass
class Desk:
    """The desk of a commander who is signed in."""

    site: Site
    page: Page

    def open(self, path: str) -> None:
        """Opens a page and waits until it is live."""
        self.page.goto(f"http://127.0.0.1:{self.site.port}{path}")
        self.page.wait_for_selector("live-mark .on")

    def shows(self, title: str) -> None:
        """Waits until a case stands in the list, without any reload."""
        self.page.wait_for_selector(f"case-queue :text('{title}')")


@pytest.fixture
def site(server: Server, own_sample: str) -> Iterator[Site]:
    """A site of its own on a copy of the made-up county."""
    made = Site(server, own_sample)
    yield made
    made.stop()


@pytest.fixture
def desk(site: Site, browser: Browser) -> Iterator[Desk]:
    """A commander's desk."""
    with _signed_in(site, browser) as page:
        yield Desk(site, page)


@contextmanager
def _signed_in(site: Site, browser: Browser) -> Iterator[Page]:
    with site.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        account: UUID = accounts.id_of(connection, "commander")
    with site.database.transaction(DOOR) as connection:
        cookie = sessions.open_session(connection, account, now=NOW, source="127.0.0.1")
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    address = f"http://127.0.0.1:{site.port}"
    context.add_cookies([{"name": "gridmap_session", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def test_a_report_posted_elsewhere_appears_at_the_desk(desk: Desk) -> None:
    desk.open("/cases?sort=received")
    desk.site.reported("井盖不见了")
    desk.shows("井盖不见了")


def test_news_of_the_case_leave_alone_what_is_typed_and_pressed(desk: Desk) -> None:
    incident = desk.site.reported("井盖不见了")
    desk.open("/cases?sort=received")
    desk.shows("井盖不见了")
    page = desk.page
    page.click("case-queue :text('井盖不见了')")
    page.click("[data-key=step-supervise]")
    page.keyboard.type("请今天")
    desk.site.noted(incident, "示例：已围挡。")
    page.wait_for_selector("case-page q:text('已围挡')")
    page.keyboard.type("补上。")
    words = page.locator(".step-form textarea")
    expect(words).to_have_value("请今天补上。")

    page.hover(".step-form button[type=submit]")
    page.mouse.down()
    desk.site.noted(incident, "示例：井盖在路上。")
    page.wait_for_selector("case-page q:text('在路上')")
    page.mouse.up()
    page.wait_for_selector("case-page q:text('请今天补上')")
    expect(words).to_have_count(0)


def test_the_map_counts_a_report_posted_elsewhere(desk: Desk) -> None:
    desk.open(f"/?{BARE}")
    desk.page.wait_for_selector("kind-filter label")
    with desk.page.expect_response(lambda one: "/api/summary" in one.url):
        desk.site.reported("井盖不见了")


def test_a_network_that_comes_back_brings_what_was_missed(desk: Desk) -> None:
    desk.open("/cases?sort=received")
    desk.page.context.set_offline(True)
    stale = desk.page.wait_for_selector("live-mark .late")
    assert stale
    assert stale.inner_text().startswith("数据停在 ")
    desk.site.reported("网断时的事")
    desk.page.context.set_offline(False)
    desk.shows("网断时的事")
    desk.page.wait_for_selector("live-mark .on")


def test_a_server_that_was_restarted_is_followed_again(desk: Desk) -> None:
    desk.open("/cases?sort=received")
    desk.site.stop()
    desk.page.wait_for_selector("live-mark .late")
    desk.site.start()
    desk.site.reported("重启后的事")
    desk.shows("重启后的事")
    desk.page.wait_for_selector("live-mark .on")


def test_a_session_that_ends_is_said_and_leads_back_to_the_page(desk: Desk) -> None:
    desk.open("/cases?sort=received")
    with desk.site.database.transaction(DOOR) as connection:
        connection.execute(text("DELETE FROM web_session"))
    back = desk.page.wait_for_selector("live-mark a")
    assert back
    assert (back.get_attribute("href") or "").startswith("/sign-in?next=%2Fcases%3Fsort%3Dreceived")
