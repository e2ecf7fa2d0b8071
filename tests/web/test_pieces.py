"""Photos over one bar of signal: in pieces, each once, on from where they broke off."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from gridmap.outside import pieces
from gridmap.outside.pieces import MOST_BEGUN
from tests.conftest import NOW, Server
from tests.web.houses import House
from tests.web.pictures import PDF, picture
from tests.web.test_public_report import body, rows, send

PHOTO = picture((400, 300))
SIZE = len(PHOTO)
HALF = SIZE // 2


def put(
    house: House, who: str | None, id: str, part: bytes, offset: Any, size: Any = SIZE
) -> TestResponse:
    """Sends a piece: as an officer, or by code where ``who`` is None."""
    fields = {"id": id, "offset": str(offset), "size": str(size)}
    data: dict[str, Any] = fields | {"file": (io.BytesIO(part), "墙.jpg")}
    if who is None:
        return house.ask(None, "POST", "/api/follow/photos", data=data | {"code": house.code})
    return house.ask(who, "POST", f"{house.at}/attachments", data=data)


def begun(instance: Path) -> list[Path]:
    """What has begun to arrive and is not whole."""
    return [one for one in (instance / "pieces").rglob("*") if one.is_file()]


@pytest.fixture(autouse=True)
def nothing_begun(server: Server) -> None:
    for one in begun(server.instance):
        one.unlink()


@pytest.mark.parametrize("who", [None, "worker"])
def test_a_photo_that_broke_off_goes_on_where_it_stopped(
    house: House, server: Server, who: str | None
) -> None:
    id = str(uuid4())
    first = put(house, who, id, PHOTO[:HALF], 0)
    assert (first.status_code, first.get_json()["received"]) == (202, HALF)
    assert house.papers()["count"] == 0
    # an empty piece asks how much is there, after whatever has happened to the phone
    asked = put(house, who, id, b"", 0)
    assert asked.get_json() == {"id": id, "received": HALF, "complete": False}
    last = put(house, who, id, PHOTO[HALF:], HALF)
    assert (last.status_code, last.get_json()["complete"]) == (201, True)
    assert [one["id"] for one in house.papers()["items"]] == [id]
    assert begun(server.instance) == []
    whole = house.upload(who, PHOTO, id=id)
    assert whole.get_json() == last.get_json()
    assert house.papers()["count"] == 1


def test_the_same_piece_twice_is_one(house: House) -> None:
    id = str(uuid4())
    for _ in range(2):
        assert put(house, None, id, PHOTO[:HALF], 0).get_json()["received"] == HALF
    answers = [put(house, None, id, PHOTO[HALF:], HALF) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(rows(house.app, "SELECT FROM event WHERE kind = 'AttachmentAdded'")) == 1


def test_pieces_that_overlap_or_leave_a_gap_make_the_same_photo(house: House) -> None:
    id = str(uuid4())
    assert put(house, None, id, PHOTO[HALF:], HALF).get_json()["received"] == 0
    assert put(house, None, id, PHOTO[:HALF], 0).get_json()["received"] == HALF
    early = put(house, None, id, PHOTO[HALF + 9 : HALF + 20], HALF + 9)
    assert early.get_json()["received"] == HALF
    receipt = put(house, None, id, PHOTO[HALF - 50 :], HALF - 50).get_json()
    assert receipt == house.upload(None, PHOTO, id=id).get_json()


def test_pieces_at_the_same_time_make_one_photo(house: House) -> None:
    id = str(uuid4())
    put(house, None, id, PHOTO[:HALF], 0)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: put(house, None, id, PHOTO[HALF:], HALF), range(4)))
    assert {one.status_code for one in answers} <= {201, 202}
    assert house.papers()["count"] == 1
    assert len(rows(house.app, "SELECT FROM event WHERE kind = 'AttachmentAdded'")) == 1


def test_what_another_one_began_cannot_be_reached(house: House, server: Server) -> None:
    id = str(uuid4())
    put(house, None, id, PHOTO[:HALF], 0)
    assert put(house, "worker", id, b"", 0).get_json()["received"] == 0
    assert put(house, "worker", id, b"x" * HALF, 0).status_code == 202
    first, code = house.code, send(house.app, body()).get_json()["code"]
    house.code = code
    assert put(house, None, id, b"", 0).get_json()["received"] == 0
    house.code = first
    assert put(house, None, id, PHOTO[HALF:], HALF).status_code == 201
    assert put(house, "worker", id, PHOTO[HALF:], HALF).status_code in {409, 422}
    for who, status in (("neighbor", 404), ("planner", 403)):
        assert put(house, who, str(uuid4()), b"x", 0).status_code == status, who
    assert all(one.stat().st_mode & 0o077 == 0 for one in begun(server.instance))
    house.code = "0000-0000-0000-0000"
    assert put(house, None, str(uuid4()), b"x", 0).status_code == 404


@pytest.mark.parametrize(
    ("part", "offset", "size"),
    [
        (b"xy", 0, 1),
        (b"x", 5, 5),
        (b"x", -1, 5),
        (b"x", "", 5),
        (b"x", 0, "1e3"),
        (b"x", 0, 10**11),
        (b"x", 0, 20_000_001),
    ],
)
def test_what_is_no_piece_is_refused_and_keeps_nothing(
    house: House, server: Server, part: bytes, offset: Any, size: Any
) -> None:
    assert put(house, None, str(uuid4()), part, offset, size).status_code == 422
    assert begun(server.instance) == []


def test_over_the_limit_is_refused_before_it_is_kept(house: House, server: Server) -> None:
    made = house.app.extensions["gridmap"]
    small = replace(made.settings, attachment_mb=1)
    house.app.extensions["gridmap"] = replace(made, settings=small)
    refused = put(house, None, str(uuid4()), b"x", 0, 1_000_001)
    assert "最多收 1 MB" in refused.get_json()["error"]["message"]
    assert begun(server.instance) == []
    for n in range(MOST_BEGUN + 1):
        last = put(house, None, str(uuid4()), b"x", 0, 100 + n)
        assert last.status_code == (202 if n < MOST_BEGUN else 429)


def test_what_can_never_be_a_photo_begins_anew(house: House, server: Server) -> None:
    id = str(uuid4())
    refused = put(house, None, id, b"MZ" + bytes(98), 0, 100)
    assert (refused.status_code, begun(server.instance)) == (422, [])
    put(house, None, id, PDF[:9], 0, len(PDF))
    assert put(house, None, id, PDF[9:], 9, len(PDF)).status_code == 201


def test_what_nobody_goes_on_with_is_cleared(house: House, server: Server) -> None:
    for _ in range(2):
        put(house, None, str(uuid4()), PHOTO[:HALF], 0)
    old, _ = begun(server.instance)
    os.utime(old, ((NOW - timedelta(days=2)).timestamp(),) * 2)
    assert pieces.clear(server.instance, before=NOW - timedelta(days=1)) == 1
    assert len(begun(server.instance)) == 1
