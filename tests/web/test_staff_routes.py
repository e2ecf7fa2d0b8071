"""Whose duties somebody gives, over HTTP: the workers listed, away with a stand-in, handed on."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests.integration.offices import TOWNSHIP
from tests.web.houses import House
from tests.web.offices import database_of

AWAY = {"back_on": "2026-06-20", "why": "休假"}


def workers(house: House, who: str, within: str = "") -> Any:
    answer = house.ask(who, "GET", f"/api/staff?within={within}")
    assert answer.status_code == 200
    return answer.get_json()


def staff(house: House) -> dict[str, UUID]:
    """The workers' ids by the last character of their names."""
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        rows = connection.execute(text("SELECT id, name FROM staff"))
        return {row.name[-1]: row.id for row in rows}


def kept(house: House) -> tuple[Any, ...]:
    """All that an attempt could have changed: stand-ins, duties, who holds, the trail."""
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        row = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM stand_in), (SELECT count(*) FROM event),"
                " (SELECT array_agg((id, staff, during) ORDER BY id)::text FROM duty),"
                " (SELECT array_agg(holder_duty ORDER BY id) FROM incident)"
            )
        ).one()
        return tuple(row)


def test_a_center_sees_the_workers_of_its_own_area(house: House) -> None:
    officer, county = workers(house, "officer"), workers(house, "county")
    assert [one["name"] for one in officer["workers"]] == ["示例甲", "示例乙"]
    assert [one["name"] for one in county["workers"]] == ["示例甲", "示例乙", "示例丙"]
    assert officer["workers"][0]["grids"] == ["柳川镇 松岭村 001"]
    assert (officer["may"], officer["more"]) == (True, False)
    assert [one["name"] for one in workers(house, "county", TOWNSHIP)["workers"]] == [
        "示例甲",
        "示例乙",
    ]
    assert workers(house, "officer", "99/01/01/102/")["workers"] == []
    told = {name for one in county["workers"] for name in one}
    assert told == {"id", "name", "post", "grids", "away_for"}


@pytest.mark.parametrize("who", ["worker", "commander", "fire", "planner", "auditor"])
def test_who_gives_no_duties_is_shown_none(house: House, who: str) -> None:
    assert workers(house, who) == {"may": False, "more": False, "workers": []}


@pytest.mark.parametrize("since", ["2026-06-10T08:00:00+08:00", "2026-06-15T08:00:00+08:00"])
def test_a_stand_in_is_shown_with_the_worker_and_can_be_taken_back(
    house: House, since: str
) -> None:
    ids, begun = staff(house), since < "2026-06-11"
    new = AWAY | {"by": str(ids["乙"]), "since": since}
    named = house.ask("officer", "POST", f"/api/staff/{ids['甲']}/stand-in", json=new)
    assert named.status_code == 201
    one, other = workers(house, "officer")["workers"]
    assert (one["away_for"], other["away_for"]) == ("示例乙" if begun else None, None)
    end = f"/api/stand-ins/{named.get_json()['id']}/end"
    assert house.ask("worker", "POST", end).status_code == 404
    assert house.ask("officer", "POST", end).status_code == 200
    assert house.ask("officer", "GET", "/api/stand-ins").get_json()["stand_ins"] == []
    assert workers(house, "officer")["workers"][0]["away_for"] is None


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 401), ("nobody", 403), ("worker", 403), ("commander", 403), ("fire", 403)],
)
def test_others_change_nothing(house: House, who: str | None, status: int) -> None:
    ids, before = staff(house), kept(house)
    at = f"/api/staff/{ids['甲']}"
    tried = [
        house.ask(who, "POST", f"{at}/stand-in", json=AWAY | {"by": str(ids["乙"])}),
        house.ask(who, "POST", f"{at}/hand-on", json={"to": str(ids["乙"])}),
        house.ask(who, "GET", f"{at}/holdings"),
    ]
    assert [one.status_code for one in tried] == [status] * 3
    assert kept(house) == before


def test_a_worker_of_another_township_is_not_the_officers_to_move(house: House) -> None:
    ids, before = staff(house), kept(house)
    at = f"/api/staff/{ids['丙']}"
    assert house.ask("officer", "GET", f"{at}/holdings").status_code == 403
    sent = house.ask("officer", "POST", f"{at}/hand-on", json={"to": str(ids["甲"])})
    assert (sent.status_code, kept(house)) == (403, before)


@pytest.mark.parametrize(
    ("verb", "changes", "status"),
    [
        ("stand-in", {"back_on": None}, 422),
        ("stand-in", {"back_on": "20.6."}, 422),
        ("stand-in", {"back_on": "2026-06-11"}, 422),
        ("stand-in", {"why": " "}, 422),
        ("stand-in", {"by": None}, 422),
        ("stand-in", {"by": "乙"}, 422),
        ("stand-in", {"by": "甲"}, 422),
        ("stand-in", {"by": str(uuid4())}, 404),
        ("stand-in", {"since": "2026-06-12"}, 422),
        ("hand-on", {"to": None}, 422),
        ("hand-on", {"to": "甲"}, 422),
        ("hand-on", {"to": str(uuid4())}, 404),
    ],
)
def test_bad_input_changes_nothing(
    house: House, verb: str, changes: dict[str, Any], status: int
) -> None:
    ids, before = staff(house), kept(house)
    whole = AWAY | {"by": str(ids["乙"])} if verb == "stand-in" else {"to": str(ids["乙"])}
    own = {key: str(ids["甲"]) if value == "甲" else value for key, value in changes.items()}
    sent = house.ask("officer", "POST", f"/api/staff/{ids['甲']}/{verb}", json=whole | own)
    assert (sent.status_code, kept(house)) == (status, before)
    listed = house.ask("officer", "POST", f"/api/staff/{ids['甲']}/{verb}", json=[])
    assert listed.status_code == 422
