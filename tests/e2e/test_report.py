"""A resident's phone, 360 wide: from typing to code to rating, with and without a network."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.operations.casework.steps import take
from tests.conftest import Server, served
from tests.e2e.conftest import ARTIFACTS, OF_THE_MACHINE, PATIENCE_MS

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}
WORDS = "后坡的墙裂了，下雨往下掉石头，下面有两户人家。"


class Phone:
    """A resident's browser, whose every request and complaint is watched."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context, self.site = context, site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.addresses: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._see(asked.url))

    def _hear(self, said: Any) -> None:
        if said.type in {"error", "warning"} and not any(
            one in said.text for one in OF_THE_MACHINE
        ):
            self.complaints.append(said.text)

    def _see(self, address: str) -> None:
        self.hosts.add(urlsplit(address).netloc)
        self.addresses.append(address)

    def open(self, path: str = "/report") -> Page:
        """Opens a page of residents."""
        self.page.goto(f"{self.site}{path}")
        return self.page

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keeps what the screen shows."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"report-{name}.png", full_page=whole)


def phone_of(browser: Browser, site: str, place: tuple[float, float], **more: Any) -> Phone:
    """A phone at a place."""
    settings: dict[str, Any] = {
        "viewport": PHONE,
        "locale": "zh-CN",
        "color_scheme": "light",
        "reduced_motion": "reduce",
        "has_touch": True,
        "permissions": ["geolocation"],
        "geolocation": {"longitude": place[0], "latitude": place[1], "accuracy": 15},
    }
    return Phone(browser.new_context(**(settings | more)), site)


@pytest.fixture
def site(own_app: Flask) -> Iterator[str]:
    """A web site of the made-up county that the test may change."""
    with served(own_app) as address:
        yield address


@pytest.fixture
def place(own_app: Flask) -> tuple[float, float]:
    """Where a household stands."""
    with own_app.extensions["gridmap"].database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(
            text("SELECT ST_X(point), ST_Y(point) FROM household ORDER BY code LIMIT 1")
        ).one()
    return row[0], row[1]


@pytest.fixture
def phone(browser: Browser, site: str, place: tuple[float, float]) -> Iterator[Phone]:
    """A phone that must not complain and must not ask anyone but its own site."""
    made = phone_of(browser, site, place)
    yield made
    made.context.close()
    assert not made.complaints
    assert made.hosts <= {urlsplit(site).netloc, ""}


def photo() -> FilePayload:
    """A picture as a phone takes it."""
    out = io.BytesIO()
    Image.effect_mandelbrot((800, 600), (-2, -1.2, 1, 1.2), 40).convert("RGB").save(out, "JPEG")
    return {"name": "后墙.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write(page: Page, words: str = WORDS) -> None:
    """Chooses and types as a resident does."""
    page.get_by_role("radio", name="有危险").click()
    page.get_by_label("说一说").fill(words)


def resolve(own_app: Flask, server: Server) -> None:
    """The center works the newest incident to its end."""
    database = own_app.extensions["gridmap"].database
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(
            text(
                "SELECT i.county, i.id FROM incident AS i JOIN report AS r ON r.incident = i.id"
                " WHERE r.channel = 'resident' AND i.state <> 'resolved'"
                " ORDER BY i.received_at DESC LIMIT 1"
            )
        ).one()
    for step, given in (
        ("verify", {"words": "已看过"}),
        ("resolve", {"outcome": "resolved", "words": "已加护网，有事打 13800001111"}),
    ):
        take(
            database,
            county=row.county,
            id=row.id,
            step=step,
            given=given,
            circumstances=server.circumstances(),
        )


def test_from_typing_to_code_to_rating(phone: Phone, own_app: Flask, server: Server) -> None:
    page = phone.open()
    phone.picture("1-open")
    write(page)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator(".whose.chosen")).to_contain_text("网格")
    expect(page.locator("place-choice")).to_have_attribute("data-ready", "yes")
    page.locator("#files").set_input_files([photo()])
    expect(page.locator("#photo-count")).to_have_text("1")
    page.locator("place-choice canvas").wait_for()
    phone.picture("2-written", whole=True)
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_text("收到了")).to_be_visible()
    expect(page.locator("#sent .photos .state")).to_have_text("已收到")
    phone.picture("3-receipt")
    code = "-".join(page.locator(".code span").all_inner_texts())
    assert not any(code in address.partition("#")[0] for address in phone.addresses)
    page.reload()
    expect(page.get_by_text("收到了")).to_be_visible()

    resolve(own_app, server)
    page.get_by_role("link", name="看进度").click()
    expect(page.locator(".now")).to_have_text("办结")
    expect(page.locator("follow-card")).to_contain_text("有事打 ［电话已隐去］")
    phone.picture("4-follow", whole=True)
    page.get_by_role("button", name="很满意").last.click()
    expect(page.locator(".rated")).to_have_text("你的评价：很满意")
    page.get_by_label("再补充一句").fill("谢谢")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.locator(".own")).to_contain_text("谢谢")
    phone.picture("5-rated", whole=True)


def test_a_draft_outlives_the_page(phone: Phone) -> None:
    page = phone.open()
    write(page)
    page.locator("#phone").fill("19900001234")
    page.locator("#files").set_input_files([photo()])
    expect(page.locator("#photo-count")).to_have_text("1")
    page.reload()
    expect(page.get_by_label("说一说")).to_have_value(WORDS)
    expect(page.locator("#phone")).to_have_value("19900001234")
    expect(page.get_by_role("radio", name="有危险")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#form .photos li")).to_have_count(1)


def test_without_a_network_it_stays_and_goes_out_later(phone: Phone) -> None:
    page = phone.open()
    write(page)
    phone.context.set_offline(True)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("#said")).to_contain_text("现在没有网")
    phone.picture("6-offline")
    phone.context.set_offline(False)
    expect(page.get_by_text("收到了")).to_be_visible()
    phone.complaints = [one for one in phone.complaints if "ERR_INTERNET" not in one]


def test_a_large_photo_goes_on_where_the_line_broke_off(phone: Phone) -> None:
    noise = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(noise, "JPEG", quality=95)
    large: FilePayload = photo() | {"buffer": noise.getvalue()}
    size, pieces = len(large["buffer"]), 0
    assert size > 600_000
    page = phone.open()
    write(page)
    page.locator("#files").set_input_files([large])

    def breaks(route: Route) -> None:
        nonlocal pieces
        pieces += 1
        # the third piece is lost once, on its way
        route.abort() if pieces == 4 else route.continue_()

    page.route("**/api/follow/photos", breaks)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("#sent .photos .state")).to_have_text("没有传到，会再传")
    phone.picture("7-photo-broken-off")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#sent .photos .state")).to_have_text("已收到")
    # asked, two pieces, one lost; asked again, and the rest from there
    rest = -(-(size - 2 * 262_144) // 262_144)
    assert pieces == 1 + 2 + 1 + 1 + rest
    phone.complaints = [one for one in phone.complaints if "ERR_FAILED" not in one]


def test_an_answer_that_was_lost_leads_to_one_incident_and_one_code(
    phone: Phone, own_app: Flask
) -> None:
    page = phone.open()
    write(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/report", lose, times=1)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("#said")).to_contain_text("没有送到")
    page.get_by_label("说一说").fill(f"{WORDS}就在桥头。")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_text("先前送的那份已经收下")).to_be_visible()
    expect(page.locator(".code span")).to_have_count(4)
    with own_app.extensions["gridmap"].database.transaction(LOCAL_ADMINISTRATOR) as connection:
        count = connection.scalar(text("SELECT count(*) FROM report WHERE channel = 'resident'"))
    assert count == 1
    phone.complaints = [
        one for one in phone.complaints if "ERR_FAILED" not in one and "409" not in one
    ]


def test_a_village_is_found_by_name_and_the_map_may_be_skipped(phone: Phone) -> None:
    page = phone.open()
    write(page)
    page.get_by_role("button", name="找村子").click()
    page.get_by_label("村、社区或网格").fill("村")
    page.locator(".found button").first.click()
    expect(page.locator(".whose.chosen")).to_contain_text("村")
    page.get_by_role("button", name="送出").click()
    expect(page.locator("report-receipt")).to_contain_text("网格")


def test_a_proof_of_work_is_computed_beside_the_page(phone: Phone, own_app: Flask) -> None:
    made = own_app.extensions["gridmap"]
    asking = replace(made, settings=replace(made.settings, report_work_bits=12))
    own_app.extensions["gridmap"] = asking
    page = phone.open()
    write(page)
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_text("收到了")).to_be_visible()


def test_wrong_codes_are_told_and_nothing_is_missing_without_saying(phone: Phone) -> None:
    page = phone.open("/follow")
    page.get_by_label("回执上的编码").fill("0000-0000-0000-0000")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.locator("#said")).to_contain_text("没有这个编码")
    page = phone.open()
    page.get_by_role("button", name="送出").click()
    expect(page.locator("#said")).to_contain_text("请先选")
    phone.complaints = [one for one in phone.complaints if "404" not in one]


def test_english_screens_and_desks(browser: Browser, site: str, place: tuple[float, float]) -> None:
    desk = phone_of(browser, site, place, viewport=DESK, locale="en-US", color_scheme="dark")
    page = desk.open()
    page.get_by_role("radio", name="A danger").click()
    page.get_by_label("In your words").fill("The wall is cracked")
    page.get_by_role("button", name="On the map").click()
    expect(page.locator("place-choice")).to_have_attribute("data-ready", "yes")
    page.locator("place-choice canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".whose.chosen")).to_be_visible()
    desk.picture("7-desk-english", whole=True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It has arrived")).to_be_visible()
    desk.picture("8-desk-receipt")
    desk.context.close()
    assert not desk.complaints
