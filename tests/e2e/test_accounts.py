"""Accounts in a browser: the first link, an account with a role, looking as somebody, a kiosk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.operations import first_start, sessions
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts as asked
from tests.conftest import NOW, Server, served
from tests.e2e.conftest import ARTIFACTS, PATIENCE_MS
from tests.web.offices import database_of


@dataclass
class Desk:
    """A browser on a site of its own, and the pictures that are taken of it."""

    page: Page
    site: str

    def open(self, path: str) -> "Desk":
        """Opens a page and waits until its script has run."""
        self.page.goto(f"{self.site}{path}")
        return self.ready()

    def ready(self) -> "Desk":
        """Waits until the page's script has run."""
        self.page.wait_for_function("() => globalThis.gridmap?.ready")
        return self

    def picture(self, name: str) -> None:
        """Keeps what is seen."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"accounts-{name}.png")


@pytest.fixture
def site(own_app: Flask) -> Iterator[str]:
    """The address of a copy of the made-up county."""
    with served(own_app) as address:
        yield address


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Desk]:
    """A desk whose page must not complain."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: complaints.append(told.text) if "Content Security" in told.text else None,
    )
    yield Desk(page, site)
    context.close()
    assert not complaints


def link_of(app: Flask, login: str) -> str:
    """A sign-in link of an account of the sample."""
    with database_of(app).transaction(DOOR) as connection:
        account = asked.id_of(connection, login)
        return f"/sign-in/{sessions.make_link(connection, account, now=NOW)}"


def first_administrator(app: Flask, server: Server) -> str:
    """The link of the administrator over everything, as at a first start."""
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("DELETE FROM account"))
        connection.execute(text("SELECT guard.dismiss_all('99/')"))
    secret = first_start.first_link(database_of(app), server.circumstances())
    assert secret
    return f"/sign-in/{secret}"


def test_the_first_administrator_makes_an_account_and_gives_it_a_center(
    own_app: Flask, server: Server, desk: Desk
) -> None:
    page = desk.page
    page.goto(f"{desk.site}{first_administrator(own_app, server)}")
    desk.open("/admin")
    expect(page.locator(".band")).to_contain_text("还没有密码")
    page.get_by_text("新建账号").click()
    page.get_by_label("登录名").fill("zhou")
    page.get_by_label("姓名").fill("示例周")
    picker = page.get_by_role("combobox")
    picker.fill("青")
    page.get_by_role("option").first.wait_for()
    picker.press("Enter")
    assert re.fullmatch(r"99/(\d+/)+", picker.input_value())
    desk.picture("new")
    page.get_by_role("button", name="新建", exact=True).click()
    desk.ready()
    expect(page.locator(".said").first).to_contain_text("账号已建好")
    page.locator("select[name=role]").select_option("center_officer")
    picker = page.get_by_role("combobox", name="区域")
    picker.fill("99/01/01/")
    picker.blur()
    page.locator("select[name=role]").select_option("department_officer")
    page.locator("select[name=body]").select_option(label="青崖县民政局")
    desk.picture("appoint")
    page.get_by_role("button", name="授予").click()
    desk.ready()
    expect(page.locator("table.list")).to_contain_text("部门联络员")
    page.get_by_role("button", name="登录链接").click()
    desk.ready()
    expect(page.locator("#secret")).to_contain_text("/sign-in/")
    desk.picture("account")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("button", name="确定停用")).to_be_visible()
    page.get_by_role("button", name="确定停用").click()
    desk.ready()
    expect(page.locator(".facts")).to_contain_text("已停用")


def test_pages_of_administration_and_of_the_own_account_can_be_seen(
    own_app: Flask, desk: Desk
) -> None:
    page = desk.page
    page.goto(f"{desk.site}{link_of(own_app, 'administrator')}")
    desk.open("/admin/accounts")
    desk.picture("list")
    page.get_by_role("link", name="worker", exact=True).click()
    desk.ready()
    page.get_by_role("button", name="以此人视角查看").click()
    page.wait_for_url(f"{desk.site}/")
    desk.ready()
    expect(page.locator(".band")).to_contain_text("网格员（示例）")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    desk.picture("viewing")
    page.get_by_role("button", name="退出这个视角").click()
    desk.open("/admin/kiosks")
    page.get_by_text("新建大屏").click()
    page.get_by_label("名称：哪块屏幕").fill("县中心大厅")
    page.get_by_role("combobox").fill("99/01/01/")
    page.get_by_role("combobox").blur()
    page.get_by_role("button", name="新建", exact=True).click()
    desk.ready()
    desk.picture("kiosk")
    kiosk = page.locator("#secret").inner_text()
    desk.open("/admin/tokens")
    desk.picture("tokens")
    desk.open("/admin/audit")
    desk.picture("audit")
    desk.open("/account")
    page.get_by_role("button", name="开通动态码").click()
    desk.ready()
    desk.picture("codes")
    page.goto(kiosk)
    assert page.url == f"{desk.site}/wall"
    expect(page.locator("body")).to_contain_text("四色预警", timeout=PATIENCE_MS)


def test_who_has_no_right_is_told_whom_to_ask(own_app: Flask, desk: Desk) -> None:
    desk.page.goto(f"{desk.site}{link_of(own_app, 'planner')}")
    desk.open("/admin/accounts")
    expect(desk.page.locator("main")).to_contain_text("管理员（示例）")
    desk.picture("refused")
    desk.open("/admin/accounts?lang=en")
    expect(desk.page.locator("main")).to_contain_text("If you need it, ask")
