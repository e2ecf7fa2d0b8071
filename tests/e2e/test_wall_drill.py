"""A drill: a past day happens again before the wall, marked as such, and nothing is changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Connection, text

from tests.e2e.conftest import ARTIFACTS
from tests.e2e.test_wall import opened, screen, until, well_laid_out
from tests.e2e.wall_sheets import color_of, picture, printed

DAY = "2026-05-23"
WRITTEN = ("event", "audit", "incident", "warning", "errand", "receipt", "notice")


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The methods of all requests of the drill's page."""
    return []


@pytest.fixture(scope="module")
def drill(browser: Browser, sample_site: str, asked: list[str]) -> Iterator[Page]:
    """One wall for all looks of this file: the morning of a day of the sample, as slow as life."""
    with screen(browser) as page:
        page.on("request", lambda request: asked.append(request.method))
        yield opened(page, f"{sample_site}/wall?time=1&heat=off&drill={DAY}T09:00&speed=1")


def answer(page: Page, panel: str) -> Any:
    """What a panel was answered last."""
    return page.evaluate(f"document.querySelector('wall-{panel}').answer")


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table that an operation would write to."""
    return {
        table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        for table in WRITTEN
    }


def test_a_drill_shows_the_state_of_its_moment(
    drill: Page, sample_administrator: Connection
) -> None:
    numbers = answer(drill, "numbers")
    at = datetime.fromisoformat(numbers["at"])
    assert f"{at:%Y-%m-%d %H}" == f"{DAY} 01"
    (taken_in, open_warnings) = sample_administrator.execute(
        text(
            "SELECT (SELECT count(*) FROM incident WHERE merged_into IS NULL AND received_at < :at"
            "  AND received_at >= CAST(:day || ' 00:00+08' AS timestamptz)),"
            " (SELECT count(*) FROM warning WHERE since <= :at"
            "  AND (closed_at IS NULL OR closed_at > :at))"
        ),
        {"at": at, "day": DAY},
    ).one()
    assert numbers["taken_in"][0] == taken_in > 0
    assert sum(one["total"] for one in answer(drill, "warnings")["colors"]) == open_warnings > 0
    until(drill, f"gridmap.map.querySourceFeatures('then').length >= {open_warnings}")
    assert all(one["at"] <= numbers["at"] for one in answer(drill, "latest")["rows"])


def test_a_drill_is_marked_on_the_screen_and_does_not_look_live(drill: Page) -> None:
    assert drill.inner_text("wall-drill b") == "演练"
    assert "不是现在" in drill.inner_text("wall-drill")
    assert drill.is_hidden("#live")
    assert drill.inner_text("#clock").startswith("09:")
    assert drill.inner_text("#date").startswith("2026年5月23日")
    drill.screenshot(path=ARTIFACTS / "wall-drill.png", timeout=120_000)
    well_laid_out(drill)


def test_a_drill_is_marked_on_its_picture_and_on_paper(drill: Page) -> None:
    name, image = picture(drill)
    assert name.endswith(".png")
    assert image.convert("RGB").getpixel((4, 4)) == color_of(drill, "--ink-btn")
    sheet = printed(drill)
    assert sheet["mark"].startswith("演练 2026年5月23日")
    assert sheet["theme"] == "light"


def test_the_day_happens_again_as_fast_as_is_wished(drill: Page) -> None:
    before = answer(drill, "numbers")["taken_in"][0]
    for _ in range(4):
        drill.keyboard.press("+")
    assert drill.evaluate("gridmap.drill().speed") == 900
    assert f"drill={DAY}T09:" in drill.url
    assert "speed=900" in drill.url
    until(drill, f"document.querySelector('wall-numbers').answer.taken_in[0] > {before}")
    drill.keyboard.press("Space")
    assert drill.evaluate("gridmap.drill().running") is False
    at = drill.evaluate("gridmap.drill().at")
    drill.keyboard.press(",")
    assert drill.evaluate("gridmap.drill().at") < at
    until(drill, f"document.querySelector('wall-latest').answer.at < '{at}'")


def test_a_drill_asks_and_changes_nothing(
    drill: Page, asked: list[str], sample_administrator: Connection
) -> None:
    before = counts(sample_administrator)
    drill.keyboard.press("Space")
    drill.keyboard.press("n")
    at = drill.evaluate("gridmap.drill().at")
    until(
        drill, f"Date.parse(document.querySelector('wall-latest').answer.at) > Date.parse('{at}')"
    )
    sample_administrator.rollback()
    assert counts(sample_administrator) == before
    assert set(asked) == {"GET"}
    assert drill.evaluate("localStorage.getItem('gridmap.wall.looked')") is None


def test_leaving_a_drill_returns_to_now(drill: Page) -> None:
    drill.keyboard.press("d")
    drill.wait_for_url(lambda address: "drill=" not in address)
    until(drill, "globalThis.gridmap?.ready && gridmap.drill() === null")
    assert drill.is_hidden("wall-drill")
    drill.wait_for_selector("#live:text('实时')")
    drill.wait_for_selector("#date:has-text('6月11日')")
    drill.keyboard.press("d")
    drill.wait_for_selector("wall-drill-start dialog[open] input[type=date]")
    drill.fill("wall-drill-start input[type=date]", DAY)
    drill.click("wall-drill-start .go")
    drill.wait_for_url(lambda address: f"drill={DAY}T08:00&speed=60" in address)
