"""A center officer's day in a browser: visits, desks and their rota, leave, leaving, whistles."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.queries import accounts
from tests.e2e.conftest import ARTIFACTS, PATIENCE_MS, signed_in
from tests.web.offices import database_of


@pytest.fixture
def desk(worked_app: Flask, browser: Browser) -> Iterator[Page]:
    """The center officer of the made-up county, where people worked lately; no page complains."""
    with signed_in(worked_app, browser, "center_officer") as page:
        yield page


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    return page


def picture(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"offices-{name}.png")


def said(page: Page, words: str) -> None:
    """Waits until the board says that it is done."""
    told = page.get_by_role("status").filter(has_text=words)
    expect(told).to_be_visible(timeout=PATIENCE_MS)


def choose(select: Locator, n: int = 1) -> str:
    """Chooses the n-th of a select's options; what it is called, without its place."""
    select.select_option(index=n)
    words = select.locator("option").nth(n).text_content() or ""
    return words.split("\u3000", maxsplit=1)[0]


def test_a_round_is_planned_and_a_visit_is_kept(desk: Page) -> None:
    opened(desk, "/visits")
    picture(desk, "visits")
    desk.get_by_role("button", name="安排走访").click()
    form = desk.locator("form.sheet")
    picker = form.locator("household-picker")
    for n in range(2):
        picker.get_by_label("住户").fill("文昌社区")
        picker.get_by_role("option").nth(n).wait_for()
        for _ in range(n):
            desk.keyboard.press("ArrowDown")
        desk.keyboard.press("Enter")
    expect(picker.locator(".chosen-homes li")).to_have_count(2)
    form.get_by_label("多久一次").select_option("weekly")
    form.get_by_label("事由").fill("汛期排查")
    picture(desk, "visits-plan")
    form.get_by_role("button", name="安排", exact=True).click()
    said(desk, "已安排 2 户")
    planned = desk.locator(".rounds li").filter(has_text="汛期排查")
    expect(planned).to_have_count(2)
    expect(planned.first).to_contain_text("每周")
    planned.first.get_by_role("button", name="登记").click()
    form = desk.locator("form.sheet")
    form.get_by_label("看到了什么").fill("后坡有小裂缝，已拉线")
    picture(desk, "visits-keep")
    form.get_by_role("button", name="存下").click()
    said(desk, "已登记；下次")
    expect(desk.locator("td.words").first).to_have_text("后坡有小裂缝，已拉线")
    ended = desk.locator(".rounds li").filter(has_text="汛期排查").first
    ended.get_by_role("button", name="结束计划").click()
    ended.get_by_role("button", name="确定结束").click()
    said(desk, "走访计划已结束")


def test_a_desk_is_set_and_somebody_sits_there(desk: Page) -> None:
    opened(desk, "/desks")
    picture(desk, "desks")
    desk.get_by_role("button", name="设坐席").click()
    form = desk.locator("form.sheet")
    form.get_by_label("怎么坐").select_option("rotating")
    department = choose(form.get_by_label("哪个部门"), 0)
    form.get_by_role("button", name="设好").click()
    row = desk.locator("table.rota tr").filter(has_text=department)
    expect(row.first).to_contain_text("轮驻")
    row.first.get_by_role("button", name="排班").click()
    form = desk.locator("form.sheet")
    form.get_by_label("谁").fill("示例值班员")
    form.get_by_label("几点到").fill("08:00")
    form.get_by_label("几点走").fill("20:00")
    picture(desk, "desks-shift")
    form.get_by_role("button", name="排上").click()
    expect(row.first).to_contain_text("示例值班员 08:00–20:00")
    picture(desk, "desks-set")
    sits = row.first.locator("li").filter(has_text="示例值班员")
    sits.get_by_role("button", name="撤班").click()
    sits.get_by_role("button", name="确定撤班").click()
    expect(desk.get_by_text("示例值班员")).to_have_count(0)
    desk.get_by_role("button", name="后一天").click()
    expect(desk.get_by_role("button", name="回到今天")).to_be_visible()


def test_who_is_away_has_a_stand_in_and_comes_back_early(desk: Page) -> None:
    opened(desk, "/absence")
    desk.get_by_role("button", name="登记请假").click()
    form = desk.locator("form.sheet")
    away = choose(form.get_by_label("谁请假"), 1)
    by = choose(form.get_by_label("谁代班"), 2)
    form.get_by_label("事由").fill("休假")
    picture(desk, "absence-form")
    form.get_by_role("button", name="登记", exact=True).click()
    row = desk.locator("tr").filter(has_text="休假")
    expect(row).to_contain_text(away)
    expect(row).to_contain_text(by)
    expect(row).to_contain_text("6月18日")
    picture(desk, "absence")


def test_who_leaves_hands_on_what_is_listed(desk: Page) -> None:
    opened(desk, "/absence")
    leaver = choose(desk.get_by_label("谁离岗"), 1)
    held = desk.locator(".held")
    expect(held.locator("dt").first).to_have_text("网格")
    to = choose(held.get_by_label("交给谁"), 1)
    picture(desk, "leaving")
    held.get_by_role("button", name="全部交出去").click()
    held.get_by_role("button", name=f"确定：马上生效，{leaver} 的账号同时停用").click()
    said(desk, f"件事件已交给 {to}")
    options = desk.get_by_label("谁离岗").locator("option").all_text_contents()
    assert not any(one.startswith(f"{leaver}\u3000") for one in options)


def an_open_case(app: Flask) -> str:
    """The query of an open incident of the officer's township that somebody reported."""
    database = database_of(app)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        officer = accounts.one(connection, accounts.id_of(connection, "center_officer"))
        row = connection.execute(
            text(
                "SELECT i.county, i.id FROM incident AS i JOIN report AS r"
                "    ON r.county = i.county AND r.incident = i.id"
                " WHERE i.state NOT IN ('resolved', 'filed') AND guard.within(i.path, :path)"
                "   AND i.point IS NOT NULL ORDER BY i.received_at DESC LIMIT 1"
            ),
            {"path": officer.row.path},
        ).one()
        connection.execute(
            text("UPDATE report SET wants_no_name = true WHERE incident = :id"), {"id": row.id}
        )
    return f"county={row.county}&id={row.id}"


def test_whistles_go_to_who_has_jurisdiction_and_is_near(worked_app: Flask, desk: Page) -> None:
    opened(desk, f"/cases?{an_open_case(worked_app)}")
    desk.get_by_role("button", name="吹哨").click()
    called = desk.locator(".called > div")
    expect(called.first).to_contain_text("管这里")
    called.first.get_by_role("checkbox").check()
    picture(desk, "whistle")
    desk.get_by_label("几分钟内到场").fill("60")
    desk.locator(".step-form").get_by_role("button", name="吹哨").click()
    expect(desk.locator(".story li").first).to_contain_text("60 分钟内到场")


def test_a_sender_is_shown_for_a_reason_and_the_wish_not_to_be_named_first(
    worked_app: Flask, desk: Page
) -> None:
    opened(desk, f"/cases?{an_open_case(worked_app)}")
    facts = desk.locator("dl.facts")
    expect(facts.get_by_text("不愿透露姓名")).to_be_visible()
    facts.get_by_role("button", name="查看上报人").click()
    facts.get_by_label("为什么要看").fill("回访核实")
    picture(desk, "sender")
    facts.get_by_role("button", name="看全部").click()
    expect(facts.locator("report-senders b").first).not_to_be_empty()
    with database_of(worked_app).transaction(LOCAL_ADMINISTRATOR) as connection:
        why = connection.scalars(text("SELECT why FROM audit WHERE what = 'reveal'")).all()
    assert list(why) == ["回访核实"]
    picture(desk, "sender-shown")
