"""What hangs on an incident: photos, possible duplicates, households; for who may see it alone."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from tests import world
from tests.conftest import NOW, Server
from tests.web.houses import House
from tests.web.pictures import LAT, LON, PDF, picture
from tests.web.test_public_report import body, database_of, rows, send


def opened(content: bytes) -> Image.Image:
    """A picture that was served."""
    return Image.open(io.BytesIO(content))


def test_a_photo_is_made_anew_and_its_position_is_kept_apart(house: House) -> None:
    original = picture()
    assert opened(original).getexif().get_ifd(0x8825)
    receipt = house.upload(None, original)
    assert receipt.status_code == 201
    (item,) = house.papers()["items"]
    assert item["by_reporter"]
    assert item["taken"] == {
        "lon": pytest.approx(LON, abs=1e-5),
        "lat": pytest.approx(LAT, abs=1e-5),
    }
    served = house.ask("worker", "GET", item["url"])
    assert served.content_type == "image/jpeg"
    assert "private" in served.headers["Cache-Control"]
    shown = opened(served.data)
    # upright by its orientation, and nothing but the picture inside
    assert shown.size == (1200, 1600)
    assert not dict(shown.getexif())
    assert not {"exif", "comment", "xmp", "icc_profile"} & set(shown.info)
    for secret in ("示例作者", "秘密"):
        assert secret.encode() not in served.data
    small = opened(house.ask("worker", "GET", item["thumbnail"]).data)
    assert max(small.size) == 320


def test_png_heic_and_pdf_are_taken(house: House) -> None:
    assert house.upload("worker", picture((40, 30), kind="PNG"), name="图.png").status_code == 201
    assert (
        house.upload("worker", PDF, name="说明.pdf").get_json()["media_type"] == "application/pdf"
    )
    items = {one["name"]: one for one in house.papers()["items"]}
    served = house.ask("worker", "GET", items["说明.pdf"]["url"])
    assert served.data == PDF
    assert served.headers["Content-Disposition"].startswith("attachment; ")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert items["说明.pdf"]["thumbnail"] is None
    assert opened(house.ask("worker", "GET", items["图.png"]["url"]).data).format == "JPEG"


def test_a_file_that_lies_gets_one_clear_sentence(house: House) -> None:
    for content, says in ((picture()[:5000], "打不开"), (b"MZ" + bytes(99), "不是照片或 PDF")):
        refused = house.upload(None, content)
        assert refused.status_code == 422
        assert says in refused.get_json()["error"]["message"]
    assert house.papers()["count"] == 0


def test_a_huge_file_is_refused_before_it_is_read(house: House) -> None:
    made = house.app.extensions["gridmap"]
    house.app.extensions["gridmap"] = replace(
        made, settings=replace(made.settings, attachment_mb=0)
    )
    refused = house.upload(None, bytes(20_000))
    assert refused.status_code == 422
    assert "最多收 0 MB" in refused.get_json()["error"]["message"]


def test_ten_photos_with_one_sent_again_are_ten(house: House) -> None:
    ids = [str(uuid4()) for _ in range(10)]
    contents = [picture((60, 40), color=f"#{n}0{n}0{n}0") for n in range(10)]
    first = [house.upload(None, contents[n], id=ids[n]).get_json() for n in range(10)]
    again = house.upload(None, contents[3], id=ids[3])
    assert again.get_json() == first[3]
    assert (house.papers()["count"], house.papers()["missing"]) == (10, 0)
    told = rows(house.app, "SELECT data FROM event WHERE kind = 'AttachmentAdded'")
    assert len(told) == 10
    other = house.upload(None, contents[4], id=ids[3])
    assert other.status_code == 409


def test_the_same_photo_at_the_same_time_is_one(house: House) -> None:
    id, content = str(uuid4()), picture((60, 40))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: house.upload(None, content, id=id), range(4)))
    assert {one.status_code for one in answers} == {201}
    assert house.papers()["count"] == 1
    assert len(rows(house.app, "SELECT FROM event WHERE kind = 'AttachmentAdded'")) == 1


def test_what_was_announced_and_has_not_come_is_missing(house: House) -> None:
    ids = [str(uuid4()), str(uuid4())]
    sent = body(photos=[{"id": one, "name": "墙.jpg"} for one in ids])
    house.code = send(house.app, sent).get_json()["code"]
    (row,) = rows(
        house.app,
        f"SELECT i.id FROM incident i JOIN report r ON r.incident = i.id"
        f" WHERE r.id = '{sent['id']}'",
    )
    house.at = f"/api/incidents/1/{row.id}"
    assert (house.papers()["count"], house.papers()["missing"]) == (0, 2)
    assert house.upload(None, picture((60, 40)), id=ids[0]).status_code == 201
    assert (house.papers()["count"], house.papers()["missing"]) == (1, 1)
    waiting = next(one for one in house.papers()["items"] if not one["complete"])
    missing = house.ask("worker", "GET", f"{house.at}/attachments/{waiting['id']}")
    assert missing.status_code == 404


WHO_SEES = {
    "worker": (200, 201),
    "officer": (200, 201),
    "county": (200, 201),
    "commander": (200, 201),
    "neighbor": (404, 404),
    "stone": (404, 404),
    "fire": (404, 404),
    "planner": (200, 403),
    "auditor": (404, 404),
    "nobody": (404, 404),
}


def test_only_who_sees_the_incident_sees_its_photos(house: House) -> None:
    house.upload(None, picture((60, 40)))
    (item,) = house.papers()["items"]
    for who, (sees, adds) in WHO_SEES.items():
        assert house.ask(who, "GET", item["url"]).status_code == sees, who
        assert house.ask(who, "GET", f"{house.at}/attachments").status_code == sees, who
        assert house.upload(who, picture((60, 40))).status_code == adds, who


def test_strangers_and_kept_files_never_meet(house: House, server: Server) -> None:
    house.upload(None, picture((60, 40)))
    (item,) = house.papers()["items"]
    assert house.ask(None, "GET", item["url"]).status_code == 401
    files = [one for one in (server.instance / "attachments").rglob("*") if one.is_file()]
    assert files
    assert all(one.stat().st_mode & 0o077 == 0 for one in files)
    assert not any("static" in one.parts for one in files)


def test_a_department_that_was_called_in_may_add_what_it_saw(house: House) -> None:
    whistled = house.ask(
        "officer",
        "POST",
        f"/api/cases/1/{house.id}/steps",
        json={"step": "whistle", "departments": [str(house.office.fire)], "words": "请到场"},
    )
    assert whistled.status_code == 200
    assert house.upload("fire", picture((60, 40))).status_code == 201
    assert house.upload("stone", picture((60, 40))).status_code == 404


def report_near(house: House, meters_east: float, words: str, **more: Any) -> str:
    """Another report so many meters to the east; returns its number."""
    sent = body(words=words, lon=world.middle(0.5)[0] + meters_east / 90_700, **more)
    number: str = send(house.app, sent).get_json()["number"]
    return number


def test_possible_duplicates_are_near_of_the_same_kind_and_ranked_by_words(house: House) -> None:
    far_words = report_near(house, 20, "路灯坏了三天没人修")
    alike = report_near(house, 80, "后坡的墙裂了一条大缝")
    report_near(house, 150, "后坡的墙裂了")
    report_near(house, 10, "后坡的墙裂了", kind="dispute")
    report_near(house, 10, "后坡的墙裂了", occurred_at="2026-06-07T08:00:00+08:00")
    found = house.ask("officer", "GET", f"{house.at}/duplicates").get_json()["duplicates"]
    assert [one["number"] for one in found] == [alike, far_words]
    assert found[0]["meters"] == pytest.approx(80, abs=1)
    assert found[0]["alike"] > found[1]["alike"] == 0
    assert house.ask("stone", "GET", f"{house.at}/duplicates").status_code == 404


def test_the_desk_is_told_of_possible_duplicates_at_once(house: House) -> None:
    taken = house.ask(
        "officer",
        "POST",
        "/api/incidents",
        json={
            "category": 37,
            "words": "墙裂了",
            "lon": world.middle(0.5)[0],
            "lat": world.middle(0.5)[1],
        },
    )
    assert taken.status_code == 201
    assert [one["id"] for one in taken.get_json()["duplicates"]] == [str(house.id)]


def households(house: House) -> dict[str, Any]:
    """Four households: three in A1, one in B1; by code."""
    homes = {
        "H1": (0.2, world.A1),
        "H2": (0.4, world.A1),
        "H3": (0.9, world.A1),
        "H4": (2.5, world.B1),
    }
    with database_of(house.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        for code, (column, path) in homes.items():
            lon, lat = world.middle(column)
            connection.execute(
                text(
                    "INSERT INTO household"
                    " (county, id, code, path, address, point, entered_by, entered_at) VALUES"
                    " (1, :id, :code, :path, :code, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326),"
                    " 'test', :now)"
                ),
                {"now": NOW, "id": uuid4(), "code": code, "path": path, "lon": lon, "lat": lat},
            )
    found = rows(house.app, "SELECT code, id FROM household")
    return {row.code: {"county": 1, "id": str(row.id)} for row in found}


def concerned(house: House, who: str = "officer") -> list[str]:
    """The codes of the households that somebody sees it concerns."""
    listed = house.ask(who, "GET", f"{house.at}/households").get_json()
    return [one["code"] for one in listed["items"]]


def test_households_are_added_one_by_one_from_a_list_and_by_drawing(house: House) -> None:
    known = households(house)
    path = f"{house.at}/households"
    one = house.ask("officer", "POST", path, json={"household": known["H3"]})
    assert one.get_json() == {"added": 1, "removed": 0, "unknown": []}
    listed = house.ask("officer", "POST", path, json={"codes": ["H1", " H3 ", "X9", "H4"]})
    assert listed.get_json() == {"added": 1, "removed": 0, "unknown": ["H4", "X9"]}
    (west, south), (east, north) = world.middle(0.3, 0.1), world.middle(0.6, 0.9)
    ring = [[west, south], [east, south], [east, north], [west, north]]
    drawn = house.ask("officer", "POST", path, json={"ring": ring})
    assert drawn.get_json()["added"] == 1
    assert concerned(house) == ["H1", "H2", "H3"]
    told = rows(house.app, "SELECT data FROM event WHERE kind = 'HouseholdsConcerned'")
    assert [row.data["facts"] for row in told] == [{"added": 1}] * 3
    gone = house.ask(
        "officer", "POST", f"{path}/remove", json={"households": [known["H1"], known["H4"]]}
    )
    assert gone.get_json()["removed"] == 1
    assert concerned(house) == ["H2", "H3"]


def test_households_of_another_area_are_counted_and_not_shown(house: House) -> None:
    known = households(house)
    house.ask("county", "POST", f"{house.at}/households", json={"codes": list(known)})
    assert concerned(house, "county") == ["H1", "H2", "H3", "H4"]
    assert concerned(house, "worker") == ["H1", "H2", "H3"]
    listed = house.ask("worker", "GET", f"{house.at}/households").get_json()
    assert listed["count"] == 4


SENSELESS: list[tuple[dict[str, Any], int]] = [
    ({"ring": [[0, 0], [1, 1]]}, 422),
    ({"ring": [[104.6, 35.4], [104.7, 35.5], [104.7, 35.4], [104.6, 35.5]]}, 422),
    ({"ring": [[104.6, 95], [104.7, 35.5], [104.7, 35.4]]}, 422),
    ({"codes": []}, 422),
    ({"codes": "H1"}, 422),
    ({"household": {"county": 1, "id": str(uuid4())}}, 404),
    ({}, 422),
]


def test_households_that_make_no_sense_and_those_of_others_are_refused(house: House) -> None:
    known = households(house)
    path = f"{house.at}/households"
    for sent, status in SENSELESS:
        assert house.ask("officer", "POST", path, json=sent).status_code == status, sent
    for who, status in (("commander", 403), ("stone", 404), ("planner", 403)):
        refused = house.ask(who, "POST", path, json={"household": known["H1"]})
        assert refused.status_code == status, who
    assert concerned(house) == []
