"""Following by code: one's own report and nothing else, in plain words, after a merge too."""

from typing import Any
from uuid import uuid4

import pytest

from gridmap.web.following import LOOKING_UP
from tests import world
from tests.web.houses import House
from tests.web.requests import ELSEWHERE, PROGRAM
from tests.web.test_public_report import body, rows, send


def look(house: House, code: str) -> Any:
    """Looks a code up as a stranger."""
    return send(house.app, {"code": code}, "/api/follow")


def step(house: House, who: str, id: object, step: str, **given: Any) -> None:
    """Takes a step at the desk."""
    path = f"/api/cases/1/{id}/steps"
    done = house.ask(who, "POST", path, json={"step": step, **given})
    assert done.status_code == 200, done.get_json()


def done_with(house: House) -> None:
    """The incident worked to its end."""
    step(house, "worker", house.id, "verify", words="李四说要打 13911112222")
    step(house, "worker", house.id, "begin")
    step(
        house,
        "worker",
        house.id,
        "resolve",
        outcome="resolved",
        words="已加护网，找王五 1 3 8 0 0 0 0 1 1 1 1 或 13800002222、13800003333",
    )


def test_the_steps_in_plain_words_without_phones_and_without_staff(house: House) -> None:
    done_with(house)
    found = look(house, house.code).get_json()
    assert found["state"]["id"] == "resolved"
    assert found["whose"]["worker"] == "示例甲"
    assert [one["kind"] for one in found["steps"]] == [
        "IncidentReported",
        "IncidentVerified",
        "IncidentBegun",
        "IncidentResolved",
    ]
    assert found["steps"][-1]["choice"]["zh"] == "已解决"
    plain = str(found["steps"])
    assert "已加护网" in plain
    for hidden in ("1 3 8 0", "13800002222", "13800003333", "13911112222", "李四"):
        assert hidden not in plain
    assert found["own"]["words"][0]["words"] == house.sent["words"]
    assert found["zone"] == "Asia/Shanghai"


def test_a_code_is_read_however_it_was_typed(house: House) -> None:
    typed = house.code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert look(house, typed).status_code == 200


def test_wrong_codes_are_unknown_and_soon_too_many(house: House) -> None:
    wrong = "ZZZZ" + house.code[4:] if not house.code.startswith("ZZZZ") else "0" * 16
    assert look(house, wrong).status_code == 404
    assert look(house, "abc").status_code == 404
    answers = {look(house, wrong).status_code for _ in range(LOOKING_UP.most)}
    assert answers == {404, 429}
    # who guesses is not told when the guess is right
    assert look(house, house.code).status_code == 429
    other = house.app.test_client().post(
        "/api/follow",
        json={"code": house.code},
        headers=PROGRAM,
        environ_overrides=ELSEWHERE | {"REMOTE_ADDR": "203.0.113.8"},
    )
    assert other.status_code == 200


def test_the_reporter_rates_once_it_is_resolved_and_no_sooner(house: House) -> None:
    rating = {"code": house.code, "rating": 5}
    assert send(house.app, rating, "/api/follow/rate").status_code == 409
    done_with(house)
    assert look(house, house.code).get_json()["may_rate"]
    for wrong in ({"rating": 6}, {"rating": "5"}, {"code": "0" * 16}):
        assert send(house.app, rating | wrong, "/api/follow/rate").status_code in {404, 422}
    assert send(house.app, rating, "/api/follow/rate").status_code == 200
    assert send(house.app, rating, "/api/follow/rate").status_code == 409
    found = look(house, house.code).get_json()
    assert (found["may_rate"], found["own"]["rating"]) == (False, 5)
    assert [row.rating for row in rows(house.app, "SELECT rating FROM incident")] == [5]


def test_added_words_come_once_and_reach_the_desk(house: House) -> None:
    words = {"code": house.code, "id": str(uuid4()), "words": "裂得更大了"}
    assert send(house.app, words, "/api/follow/words").status_code == 200
    assert send(house.app, words, "/api/follow/words").status_code == 200
    assert send(house.app, words | {"words": "别的"}, "/api/follow/words").status_code == 409
    empty = words | {"id": str(uuid4()), "words": " "}
    assert send(house.app, empty, "/api/follow/words").status_code == 422
    own = look(house, house.code).get_json()["own"]["words"]
    assert [one["words"] for one in own] == [house.sent["words"], "裂得更大了"]
    desk = house.ask("officer", "GET", f"/api/cases/1/{house.id}").get_json()
    assert "裂得更大了" in {one["words"] for one in desk["reports"]}
    told = rows(house.app, "SELECT data FROM event WHERE kind = 'IncidentNoted'")
    assert ["裂得更大了" in str(row.data) for row in told] == [False]


def test_after_a_merge_both_reporters_go_on_seeing_theirs_alone(house: House) -> None:
    lon, lat = world.middle(0.5)
    second = body(words="墙要塌了", lon=lon, lat=lat)
    receipt = send(house.app, second).get_json()
    (other,) = rows(house.app, f"SELECT id FROM incident WHERE number = '{receipt['number']}'")
    step(house, "officer", other.id, "merge", into=str(house.id))
    merged = look(house, receipt["code"]).get_json()
    assert merged["number"] == receipt["number"]
    assert merged["together_with"] == "20260611-0001"
    assert merged["state"]["id"] == "taken_in"
    assert "IncidentMerged" in [one["kind"] for one in merged["steps"]]
    assert [one["words"] for one in merged["own"]["words"]] == ["墙要塌了"]
    first = look(house, house.code).get_json()
    assert first["together_with"] is None
    assert [one["words"] for one in first["own"]["words"]] == [house.sent["words"]]
    done_with(house)
    assert look(house, receipt["code"]).get_json()["state"]["id"] == "resolved"
    again = send(house.app, second)
    assert (again.status_code, again.get_json()["code"]) == (200, receipt["code"])


def test_codes_and_words_are_in_no_address_and_in_no_log(
    house: House,
    caplog: pytest.LogCaptureFixture,
) -> None:
    look(house, house.code)
    send(house.app, {"code": house.code, "rating": 9}, "/api/follow/rate")
    assert house.code not in caplog.text
    assert house.sent["words"] not in caplog.text
    routes = [rule.rule for rule in house.app.url_map.iter_rules() if "follow" in rule.rule]
    assert routes
    assert not any("<" in one for one in routes)
