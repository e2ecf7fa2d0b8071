"""Households by code and address: where an address is read, and where it is said it was not."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from gridmap.queries import addresses
from gridmap.queries.search import Found, search
from tests.conftest import NOW

_SOMEBODY = """
SELECT h.code, h.address, v.name AS village, h.path
  FROM household AS h JOIN region_version AS v ON h.path LIKE v.path || '%'
 WHERE v.name LIKE '%村' AND h.address LIKE '%' || v.name || '%' AND upper_inf(v.during)
 ORDER BY h.code LIMIT 1 OFFSET 40
"""


@pytest.fixture
def somebody(sample_connection: Connection) -> Any:
    """A household whose address names its village."""
    return sample_connection.execute(text(_SOMEBODY)).one()


def _homes(connection: Connection, words: str) -> Found:
    found = search(connection, words, now=NOW)
    homes = [one for one in found.results if one["kind"] == "household"]
    return Found(homes, found.too_wide)


def test_where_few_live_every_address_is_read(sample_connection: Connection, somebody: Any) -> None:
    found = _homes(sample_connection, somebody.address)
    assert somebody.address in {one["title"] for one in found.results}
    rest = somebody.address.partition(somebody.village)[2].strip()
    found = _homes(sample_connection, rest)
    assert found.results
    assert not found.too_wide


def test_where_many_live_an_address_names_its_village(
    sample_connection: Connection, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST_READ", 5_000)
    found = _homes(sample_connection, somebody.address)
    assert not found.too_wide
    assert somebody.address in {one["title"] for one in found.results}
    rest = somebody.address.partition(somebody.village)[2].strip()
    assert _homes(sample_connection, rest) == Found([], too_wide=True)
    short = somebody.village.removesuffix("村")
    named = _homes(sample_connection, short)
    assert named.results
    assert all(short in one["title"] for one in named.results)


def test_of_namesakes_the_one_in_the_township_that_is_named_is_read(
    sample_connection: Connection, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A village of that name in another township does not make the area wider."""
    monkeypatch.setattr(addresses, "MOST_READ", 5_000)
    town = "/".join(somebody.path.split("/")[:4]) + "/"
    name = sample_connection.scalar(
        text("SELECT name FROM region_version WHERE path = :town AND upper_inf(during)"),
        {"town": town},
    )
    places = addresses._places(sample_connection, f"{name}{somebody.village}1号", [("", None)], NOW)
    assert [low for low, _ in places] == ["/".join(somebody.path.split("/")[:5]) + "/"]


def test_a_code_is_found_by_its_head_however_many_live_there(
    sample_connection: Connection, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST_READ", 0)
    found = _homes(sample_connection, somebody.code)
    assert [one["detail"] for one in found.results] == [somebody.code]
    assert len(_homes(sample_connection, somebody.code[:-2]).results) > 1


def test_initials_are_no_address(
    sample_connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST_READ", 0)
    assert not search(sample_connection, "kl", now=NOW).too_wide
