"""The whole life of a dispute, a hazard and a service, as residents, workers, officers see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.operations import limits, passwords
from gridmap.operations.sessions import DOOR
from gridmap.settings import Settings
from tests import world
from tests.conftest import Server, served
from tests.e2e.conftest import ARTIFACTS, PATIENCE_MS
from tests.integration.offices import Office, acting, open_office
from tests.web.offices import Watch

PASSWORD = "示例密码 1234567"


@dataclass
class Town:
    """A site on the tiny world, its clock, and one browser context a person."""

    site: str
    database: Database
    office: Office
    watch: Watch
    browser: Browser
    server: Server
    desk: Page | None = None

    def sign_in(self, login: str, size: tuple[int, int] = (1440, 900)) -> Page:
        """Somebody's desk, signed in as people do; the desk before is left: maps are costly."""
        if self.desk:
            self.desk.context.close()
        page = self.desk = self.fresh(size)
        page.goto(f"{self.site}/sign-in?next=/cases")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit].primary")
        page.wait_for_selector("html[data-ready]")
        return page

    def resident(self) -> Page:
        """A resident's phone in the middle of grid A1."""
        lon, lat = world.middle(0.5)
        page = self.fresh((360, 640))
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 12})
        return page

    def pass_time(self, days: int) -> int:
        """Lets days pass and the clock's job run each hour of work; returns the climbs."""
        climbs = 0
        clock = Viewer("job", "clock")
        for _ in range(days):
            self.watch.now += timedelta(days=1)
            given = acting(self.server.circumstances(), clock, self.watch.now)
            climbs += limits.watch(self.database, given).climbs
        return climbs

    def fresh(self, size: tuple[int, int]) -> Page:
        """A browser that nobody has signed in at."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page


@pytest.fixture
def town(server: Server, database_url: str, browser: Browser) -> Iterator[Town]:
    """The tiny world with its officers, each of whom has a password."""
    watch = Watch()
    settings = Settings(database_url=database_url, instance=server.instance)
    app: Flask = create_app("web", settings=settings, clock=watch)
    database: Database = app.extensions["gridmap"].database
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    office = open_office(database_url)
    with database.transaction(DOOR) as connection:
        for login in ("worker", "officer", "county", "commander", "fire"):
            account = office[login].name
            passwords.set_password(connection, UUID(account), PASSWORD)
    with served(app) as site:
        made = Town(site, database, office, watch, browser, server)
        yield made
        for context in browser.contexts:
            context.close()
    database.dispose()


def step(page: Page, id: str, **given: str) -> None:
    """Takes a step as people do: its button, its form, and what the page then shows."""
    page.click(f"[data-key=step-{id}]")
    if given:
        form = page.locator(".step-form")
        for name, value in given.items():
            field = form.locator(f"[name={name}]")
            if field.first.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            elif field.first.get_attribute("type") in {"radio", "checkbox"}:
                form.locator(f"[name={name}][value='{value}']").check()
            else:
                field.fill(value)
        form.locator("button[type=submit]").click()
    expect(page.locator(".step-form")).to_have_count(0)


def picture(page: Page, name: str) -> None:
    """Keeps what the screen shows."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"life-{name}.png")


@pytest.mark.parametrize(
    "what", ["有矛盾", "有危险", "要办事"], ids=["dispute", "hazard", "service"]
)
def test_a_life_from_the_report_to_the_call_back(town: Town, what: str) -> None:
    resident = town.resident()
    resident.goto(f"{town.site}/report")
    resident.get_by_role("radio", name=what).click()
    resident.get_by_label("说一说").fill("示例：巷口的墙歪了。")
    resident.get_by_role("button", name="用我的位置").click()
    expect(resident.locator(".whose.chosen")).to_contain_text("网格")
    resident.get_by_role("button", name="送出").click()
    expect(resident.get_by_text("收到了")).to_be_visible()
    code = "-".join(resident.locator(".code span").all_inner_texts())

    worker = town.sign_in("worker")
    worker.click("[data-key=queue-mine]")
    worker.click(".what")
    step(worker, "accept")
    step(worker, "verify", words="到巷口看过，属实。")
    step(worker, "begin")
    picture(worker, f"{what}-1-worker")

    officer = town.sign_in("officer")
    step(officer, "whistle", departments=str(town.office.fire), words="请来看墙。")
    expect(officer.locator(".facts")).to_contain_text("消防救援大队")

    assert town.pass_time(45) >= 2
    officer = town.sign_in("officer")
    officer.click("[data-key=queue-overdue]")
    expect(officer.locator(".story .tag", has_text="上报上级").nth(1)).to_be_visible()
    picture(officer, f"{what}-2-overdue")
    worker = town.sign_in("worker")
    step(worker, "resolve", outcome="resolved", words="墙已加固。")

    resident.goto(f"{town.site}/follow#{code}")
    resident.reload()
    resident.locator("button", has_text="很满意").last.click()
    expect(resident.locator(".rated")).to_have_text("你的评价：很满意")

    officer = town.sign_in("officer")
    officer.click("[data-key=queue-done]")
    officer.click(".what")
    step(officer, "file")
    step(officer, "call_back", satisfied="yes", words="电话问过，满意。")
    for tag in ("回访", "归档", "评价", "办结", "上报上级", "吹哨", "开始", "核实", "签收"):
        expect(officer.locator(".story .tag", has_text=tag).first).to_be_visible()
    picture(officer, f"{what}-3-filed")
