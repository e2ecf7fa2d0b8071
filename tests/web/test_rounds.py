"""A round planned to several households at once: to all of them or to none."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.operations.visits import MOST_OF_ROUND
from tests import world
from tests.web.houses import House
from tests.web.offices import database_of

PLANS = "/api/visits/plans"
LIKE = {"every": "weekly", "first_on": "2026-06-12", "why": "汛期排查"}


@pytest.fixture
def homes(house: House) -> dict[str, UUID]:
    """Two households in A1 and one in B1, by the end of their code."""
    found = {}
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        for code, path in (("0001", world.A1), ("0002", world.A1), ("0003", world.B1)):
            found[code] = uuid4()
            connection.execute(
                text(
                    "INSERT INTO household (county, id, code, path, address, entered_by,"
                    " entered_at) VALUES (1, :id, :code, :path, :address, 'test', :now)"
                ),
                {
                    "id": found[code],
                    "code": code,
                    "path": path,
                    "address": f"松岭村{code}号",
                    "now": world.BEGIN,
                },
            )
    return found


def plan(house: House, who: str | None, households: Any, **changes: Any) -> Any:
    body = LIKE | {"households": households} | changes
    return house.ask(who, "POST", PLANS, json=body)


def listed(*ids: UUID) -> list[dict[str, Any]]:
    return [{"county": 1, "id": str(id)} for id in ids]


def due(house: House, who: str = "officer") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.ask(who, "GET", "/api/visits").get_json()["visits"]
    return found


def test_each_household_gets_its_own_plan(house: House, homes: dict[str, UUID]) -> None:
    answer = plan(house, "worker", listed(homes["0001"], homes["0002"]))
    assert answer.status_code == 201
    said = answer.get_json()
    assert said["id"] == said["ids"][0]
    found = due(house)
    assert {one["id"] for one in found} == set(said["ids"])
    assert {one["address"] for one in found} == {"松岭村0001号", "松岭村0002号"}
    assert house.ask("worker", "POST", f"{PLANS}/1/{said['ids'][0]}/end").status_code == 200
    assert [one["id"] for one in due(house)] == said["ids"][1:]


def test_one_that_may_not_be_visited_stops_all(house: House, homes: dict[str, UUID]) -> None:
    assert plan(house, "worker", listed(homes["0001"], homes["0003"])).status_code == 404
    assert plan(house, "worker", listed(homes["0001"], uuid4())).status_code == 404
    assert plan(house, "commander", listed(homes["0001"])).status_code == 403
    assert plan(house, None, listed(homes["0001"])).status_code == 401
    assert due(house, "county") == []


def test_a_household_named_twice_is_refused(house: House, homes: dict[str, UUID]) -> None:
    twice = plan(house, "worker", listed(homes["0001"], homes["0001"]))
    assert (twice.status_code, due(house)) == (422, [])


@pytest.mark.parametrize(
    ("households", "changes"),
    [
        ([], {}),
        ("0001", {}),
        (["0001"], {}),
        ([{"county": 1}], {}),
        ([{"county": "1", "id": str(uuid4())}], {}),
        ([{"county": 1, "id": str(uuid4())}] * (MOST_OF_ROUND + 1), {}),
        ("home", {"every": "hourly"}),
        ("home", {"why": " "}),
        ("home", {"first_on": None}),
        ("home", {"until": "2026-06-11"}),
    ],
)
def test_what_is_no_round_is_refused_and_plans_nothing(
    house: House, homes: dict[str, UUID], households: Any, changes: dict[str, Any]
) -> None:
    given = listed(homes["0001"]) if households == "home" else households
    assert plan(house, "worker", given, **changes).status_code == 422
    assert due(house) == []
