"""Pages of administration: accounts, tokens, kiosks, the trail; looking as somebody; refusals."""

import csv
import io
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmap.access import Viewer
from gridmap.operations import accounts, rates
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import TOWNSHIP, Office, acting
from tests.web.offices import database_of, signed_in
from tests.web.requests import ELSEWHERE, PROGRAM, post
from tests.world import COUNTY

PAGE = {"Accept": "text/html"}


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    """The administrator of everything."""
    return signed_in(app, office["admin"])


def trail(app: Flask, office: Office) -> list[str]:
    """The acts in the trail, the oldest first."""
    with database_of(app).transaction(office["auditor"]) as connection:
        return list(connection.scalars(text("SELECT what FROM audit ORDER BY id")))


def test_an_account_is_made_given_a_role_and_a_link(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    status, page = post(admin, "/admin/accounts", login="Li", name="示例李", path=TOWNSHIP)
    assert status == 302
    at = page.partition("?")[0]
    assert "没有角色" in admin.get("/admin/accounts?q=li").get_data(as_text=True)
    status, _ = post(admin, f"{at}/appoint", role="commander", path=TOWNSHIP, until="2099-12-31")
    assert status == 302
    shown = admin.get(at).get_data(as_text=True)
    assert "指挥长" in shown
    assert "2100-01-01" in shown
    assert "柳川镇" in shown
    _, page = post(admin, f"{at}/link")
    (link,) = re.findall(r"/sign-in/[\w-]{40,}", page)
    assert link not in admin.get(at).get_data(as_text=True)
    newcomer = app.test_client()
    assert newcomer.get(link).status_code == 302
    assert newcomer.get("/api/catalog").status_code == 200
    post(admin, f"{at}/dismiss", role="commander", path=TOWNSHIP)
    assert newcomer.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 401
    assert trail(app, office) == [
        "account_created",
        "appointed",
        "link_made",
        "sign_in_by_link",
        "dismissed",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login": "x", "name": "某", "path": TOWNSHIP}, "登录名用小写字母"),
        ({"login": "worker", "name": "某", "path": TOWNSHIP}, "已被使用"),
        ({"login": "xx", "name": "", "path": TOWNSHIP}, "请写姓名"),
        ({"login": "xx", "name": "某"}, "请选一个区域"),
        ({"login": "xx", "name": "某", "path": "98/"}, "没有这个区域"),
        ({"login": "xx", "name": "某", "path": TOWNSHIP, "staff": "none"}, "没有这个工号"),
    ],
)
def test_what_is_wrong_is_said_and_the_form_keeps_what_was_typed(
    admin: FlaskClient, fields: dict[str, str], said: str
) -> None:
    status, page = post(admin, "/admin/accounts", **fields)
    assert status in {404, 409, 422}
    assert said in page
    assert f'value="{fields["login"]}"' in page


def test_a_keeper_of_a_township_sees_and_keeps_its_accounts_alone(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    status, page = post(admin, "/admin/accounts", login="keeper", name="示例管", path=TOWNSHIP)
    at = page.partition("?")[0]
    post(admin, f"{at}/appoint", role="administrator", path=TOWNSHIP)
    keeper = signed_in(app, Viewer("account", at.rpartition("/")[2]))
    shown = keeper.get("/admin/accounts").get_data(as_text=True)
    assert "示例甲" in shown
    assert "示例指挥" not in shown
    for path in ("", "/link", "/view-as", "/appoint", "/dismiss", "/closed", "/unlocked"):
        address = f"/admin/accounts/{office['commander'].name}{path}"
        answer = keeper.post(address, data={"path": TOWNSHIP, "role": "planner"}, headers=PROGRAM)
        if not path:
            answer = keeper.get(address)
        assert answer.status_code in {403, 404}, path
    status, page = post(keeper, "/admin/kiosks", name="大屏", path=COUNTY)
    assert (status, "你不能在这个区域发放" in page) == (403, True)
    status, page = post(keeper, "/admin/tokens", name="系统", everything="yes", verbs="read")
    assert (status, "你不能在这个区域发放" in page) == (403, True)


@pytest.mark.parametrize("login", ["commander", "worker", "officer", "nobody", "auditor"])
def test_who_keeps_nothing_is_told_whom_to_ask(app: Flask, office: Office, login: str) -> None:
    client = signed_in(app, office[login])
    for page in ("/admin/accounts", "/admin/tokens", "/admin/kiosks"):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "示例管理" in answer.get_data(as_text=True)
    assert post(client, "/admin/accounts", login="xx", name="某", path=TOWNSHIP)[0] == 403


def test_an_administrator_looks_as_somebody_and_changes_nothing(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    at = f"/admin/accounts/{office['officer'].name}"
    assert post(admin, f"{at}/view-as") == (302, "/")
    seen = admin.get("/", headers=PAGE).get_data(as_text=True)
    assert "正在以“示例中心”的视角查看" in seen
    own = signed_in(app, office["officer"])
    for path in ("/api/catalog", "/api/summary", "/api/lists/incidents"):
        assert admin.get(path).data == own.get(path).data, path
    found = [
        one.post("/api/search", json={"q": "示例"}, headers=PROGRAM).data for one in (admin, own)
    ]
    assert found[0] == found[1]
    assert b"results" in found[0]
    assert admin.get("/admin/accounts").status_code == 403
    assert post(admin, "/api/incidents")[0] == 403
    assert post(admin, f"{at}/closed")[0] == 403
    assert post(admin, "/stop-viewing") == (302, "/")
    assert "视角" not in admin.get("/", headers=PAGE).get_data(as_text=True)
    assert admin.get("/admin/accounts").status_code == 200
    assert trail(app, office) == ["view_as_begun", "view_as_ended"]


def test_a_password_alone_keeps_nobody(app: Flask, office: Office) -> None:
    client = signed_in(app, office["admin"], how="password")
    assert client.get("/admin/accounts").location == "/account?need=codes"
    assert post(client, "/admin/accounts", login="xx", name="某", path=TOWNSHIP)[0] == 403
    assert "管理员要开通动态码" in client.get("/account?need=codes").get_data(as_text=True)
    assert signed_in(app, office["commander"], how="password").get("/account").status_code == 200


def test_a_kiosk_link_becomes_a_cookie_that_shows_one_page_until_it_is_revoked(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    _, page = post(admin, "/admin/kiosks", name="镇大厅", path=TOWNSHIP, page="/")
    (link,) = re.findall(r"/kiosk/[\w-]{40,}", page)
    assert link not in admin.get("/admin/kiosks").get_data(as_text=True)
    screen = app.test_client()
    opened = screen.get(link, headers=PAGE)
    assert (opened.status_code, opened.location) == (302, "/")
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Max-Age=7776000" in cookie
    again = screen.get("/", headers=PAGE)
    assert again.status_code == 200
    assert "Max-Age=7776000" in again.headers["Set-Cookie"]
    assert screen.get("/imports", headers=PAGE).location == "/"
    assert screen.get("/account").status_code == 403
    assert screen.get("/api/catalog").status_code == 200
    assert post(screen, "/api/incidents")[0] == 403
    (revoke,) = re.findall(
        r"/admin/kiosks/[\w-]+/revoke", admin.get("/admin/kiosks").get_data(as_text=True)
    )
    assert post(admin, revoke)[0] == 302
    assert screen.get("/api/catalog", environ_overrides=ELSEWHERE).status_code == 401
    assert app.test_client().get(link).status_code == 404


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"} | PROGRAM


def token(admin: FlaskClient, *verbs: str) -> str:
    page = admin.post(
        "/admin/tokens",
        data={"name": "示例系统", "path": TOWNSHIP, "verbs": list(verbs)},
        headers=PROGRAM,
    ).get_data(as_text=True)
    (secret,) = re.findall(r"gm_[\w-]{40,}", page)
    return str(secret)


def test_a_token_reads_its_area_or_reports_into_it(
    app: Flask, office: Office, admin: FlaskClient
) -> None:
    reads, reports = token(admin, "read"), token(admin, "report")
    client = app.test_client()
    assert client.get("/api/lists/incidents", headers=bearer(reads)).status_code == 200
    assert client.get("/api/lists/incidents", headers=bearer(reports)).get_json()["total"] == 0
    lon, lat = world.middle(0.5)
    inside = {"category": 1, "lon": lon, "lat": lat, "words": "示例"}
    lon, lat = world.middle(2.5)
    outside = inside | {"lon": lon, "lat": lat}

    def report(body: dict[str, object], secret: str) -> int:
        return client.post("/api/incidents", json=body, headers=bearer(secret)).status_code

    assert report(inside, reports) == 201
    assert report(inside, reads) == 403
    assert report(outside, reports) == 403
    assert client.get("/admin/accounts", headers=bearer(reads)).status_code == 403
    assert client.get("/api/catalog", headers=bearer("gm_" + "x" * 43)).status_code != 500
    with database_of(app).transaction(office["admin"]) as connection:
        assert connection.scalar(text("SELECT count(*) FROM incident")) == 1


def test_a_token_that_asks_too_often_is_told_to_wait(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = rates.Limit("token", 2, rates.TOKEN.window)
    monkeypatch.setattr(rates, "TOKEN", few)
    secret, client = token(admin, "read"), app.test_client()
    answers = [client.get("/api/catalog", headers=bearer(secret)) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "60"


def test_the_trail_is_read_filtered_and_exported_as_it_is_shown(
    app: Flask, office: Office, server: Server
) -> None:
    given = server.circumstances()
    with database_of(app).transaction(office["admin"]) as connection:
        told = acting(given, office["admin"])
        accounts.change(connection, UUID(office["nobody"].name), "closed", told, source="h")
        accounts.note(
            connection,
            "household_read",
            UUID(office["nobody"].name),
            TOWNSHIP,
            told,
            "h",
            {},
            why="=核对 13900000001 和 13900000002",
            kind="person",
        )
    client = signed_in(app, office["auditor"])
    assert client.get("/admin", headers=PAGE).location == "/admin/audit"
    shown = client.get("/admin/audit").get_data(as_text=True)
    assert "停用账号" in shown
    assert "1390000000" not in shown
    assert "停用账号</td>" not in client.get("/admin/audit?what=household_read").get_data(
        as_text=True
    )
    empty = client.get("/admin/audit?to=2020-01-01").get_data(as_text=True)
    assert "没有符合的记录" in empty
    file = client.get("/admin/audit.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(file)))
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", shown)
    assert [cell.removeprefix("'") for row in rows[1:] for cell in row] == cells
    assert rows[1][6].startswith("'=核对 ［电话已隐去］")
    assert trail(app, office)[-1] == "audit_exported"
    # the administrator at the county sees nothing of the trail over everything
    assert "示例新人" in client.get("/admin/audit?who=新人").get_data(as_text=True)


def test_the_trail_cannot_be_changed_by_anyone(app: Flask, office: Office) -> None:
    for login in ("admin", "auditor"):
        for statement in ("UPDATE audit SET why = ''", "DELETE FROM audit", "TRUNCATE audit"):
            with (
                pytest.raises(Exception, match=r"permission denied|append-only"),
                database_of(app).transaction(office[login]) as connection,
            ):
                connection.execute(text(statement))


def test_centers_and_departments_of_an_area_can_be_chosen(
    office: Office, admin: FlaskClient
) -> None:
    found = admin.get(f"/api/admin/bodies?kind=department&within={TOWNSHIP}").get_json()
    assert [one["name"] for one in found["bodies"]] == ["消防救援大队"]
    found = admin.get(f"/api/admin/bodies?kind=center&within={TOWNSHIP}").get_json()
    assert [one["name"] for one in found["bodies"]] == ["柳川镇综治中心", "青崖县综治中心"]
    assert admin.get("/api/admin/bodies?kind=staff").status_code == 422


def test_pages_are_whole_in_english(office: Office, admin: FlaskClient) -> None:
    for page in ("accounts", "tokens", "kiosks", "audit", f"accounts/{office['worker'].name}"):
        shown = admin.get(f"/admin/{page}?lang=en").get_data(as_text=True)
        words = re.sub(r'<[^>]*lang="zh-Hans"[^>]*>[^<]*<|<[^>]*>', "<", shown)
        names = ("示例", "柳川", "青崖", "石门", "松岭", "石湾", "消防", "综治", "中文", "网格地图")
        chinese = [w for w in re.findall(r"[一-鿿]+", words) if not w.startswith(names)]
        assert not chinese, page
    assert NOW
