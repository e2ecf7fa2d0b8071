"""An export as of a day shows incidents as they stood on it, rebuilt from what happened since."""

import csv
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import local_day
from gridmap.database import Database
from gridmap.operations import exports, intake
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Counts, ImportRequest
from gridmap.queries.exports import Asked
from gridmap.queries.locate import Spot
from tests import world
from tests.conftest import NOW, ZONE, Server
from tests.integration.offices import acting
from tests.integration.test_casework import Desk, desk

__all__ = ["desk"]

A1, A2, B1 = (path.replace("/", "") for path in (world.A1, world.A2, world.B1))
INSIDE, NAMED = "点落在网格界内", "上报时指定了网格"


def as_of(database: Database, folder: Path, days: int, within: str = "") -> list[dict[str, str]]:
    """The rows of the export as of the end of the local day that many days after the first."""
    at = exports.end_of(local_day(NOW, ZONE) + timedelta(days=days), ZONE)
    file = folder / "i.csv"
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        exports.export(connection, Asked("incidents", at, ZONE, within), file)
    with file.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def lived(desk: Desk) -> None:
    """A step on each of the days after its report, the last on the thirteenth."""
    for days, who, step, given in (
        (1, "worker", "verify", {"words": "看过了"}),
        (2, "officer", "recategorize", {"category": 33}),
        (3, "worker", "hand_over", {"grid": A2, "words": "不在我格"}),
        (4, "neighbor", "resolve", {"outcome": "resolved", "words": "好了"}),
        (5, "officer", "reopen", {"words": "又坏了"}),
        (6, "neighbor", "resolve", {"outcome": "resolved", "words": "修好了"}),
        (13, "officer", "file", {}),
    ):
        desk.now = NOW + timedelta(days=days)
        desk.take(who, step, **given)


def test_each_day_has_the_state_category_and_assignment_of_that_day(
    desk: Desk, tmp_path: Path
) -> None:
    lived(desk)
    found = {}
    for days in (0, 1, 2, 3, 4, 5, 6, 12, 13):
        [row] = as_of(desk.database, tmp_path, days)
        found[days] = (row["状态"], row["类别"], row["网格编号"], row["怎样判定"], row["路径"])
        assert row["轻重"] == "中"
        ended = row["办结时间"][8:10]
        assert ended == {4: "15", 6: "17", 12: "17", 13: "17"}.get(days, ""), days
    here, there = (A1, INSIDE, world.A1), (A2, NAMED, world.A2)
    assert found == {
        0: ("受理", "消防隐患", *here),
        1: ("核实", "消防隐患", *here),
        2: ("核实", "用电用气", *here),
        3: ("核实", "用电用气", *there),
        4: ("办结", "用电用气", *there),
        5: ("办理中", "用电用气", *there),
        6: ("办结", "用电用气", *there),
        12: ("办结", "用电用气", *there),
        13: ("归档", "用电用气", *there),
    }


def test_a_moved_incident_lay_where_it_was_reported(desk: Desk, tmp_path: Path) -> None:
    later = acting(desk.given, LOCAL_ADMINISTRATOR, NOW + timedelta(days=2))
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        intake.move(connection, county=1, id=desk.id, spot=Spot(*world.middle(2.5)), given=later)
    before, after = (as_of(desk.database, tmp_path, days)[0] for days in (1, 2))
    assert (before["路径"], before["网格编号"]) == (world.A1, A1)
    assert (after["路径"], after["网格编号"]) == (world.B1, B1)
    assert float(before["lon"]) == world.middle(0.5)[0]
    assert float(after["lon"]) == world.middle(2.5)[0]
    # the area is that of the day, too
    assert [len(as_of(desk.database, tmp_path, days, world.A1)) for days in (1, 2)] == [1, 0]
    assert [len(as_of(desk.database, tmp_path, days, world.B1)) for days in (1, 2)] == [0, 1]


def test_an_incident_received_later_is_not_in_it(desk: Desk, tmp_path: Path) -> None:
    desk.now = NOW + timedelta(days=1)
    desk.reported()
    assert [len(as_of(desk.database, tmp_path, days)) for days in (-1, 0, 1)] == [0, 1, 2]


FILE = "上报编号,类别,轻重,状态,发生时间,受理时间,办结时间,lon,lat\n"
WHEN = "2026-06-01T08:00:00+08:00"


def test_a_file_that_says_otherwise_leaves_what_was_said_before(
    server: Server, desk: Desk, tmp_path: Path
) -> None:
    lines = (
        f"X1,消防隐患,轻,受理,{WHEN},{WHEN},,104.605,35.405\n",
        f"X1,用电用气,特重,办结,{WHEN},{WHEN},2026-06-05T08:00:00+08:00,104.605,35.405\n",
    )
    for days, (line, counts) in enumerate(
        zip(lines, (Counts(1, 0, 0), Counts(0, 1, 0)), strict=True)
    ):
        file = tmp_path / "again.csv"
        file.write_text(FILE + line)
        given = acting(desk.given, LOCAL_ADMINISTRATOR, NOW + timedelta(days=2 * days))
        importing = run.start(desk.database, ImportRequest("incidents", file, "EPSG:4326"), given)
        run.stage(importing)
        assert run.load(importing) == counts
    last = {days: as_of(desk.database, tmp_path, days)[-1] for days in (-8, 0, 1, 2)}
    assert [(row["上报编号"], row["轻重"], row["类别"], row["状态"]) for row in last.values()] == [
        ("X1", "轻", "消防隐患", "受理")
    ] * 3 + [("X1", "特重", "用电用气", "办结")]
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = connection.scalar(text("SELECT data FROM event WHERE kind = 'IncidentCorrected'"))
    assert (told["before"], told["after"]) == ("taken_in", "resolved")


def test_an_imported_incident_was_open_before_it_ended(sample: Database, tmp_path: Path) -> None:
    row = next(
        one for one in as_of(sample, tmp_path, 0) if one["受理时间"][:10] < one["办结时间"][:10]
    )
    ended = (NOW.fromisoformat(row["办结时间"]).date() - local_day(NOW, ZONE)).days
    states = [
        (one["状态"], one["办结时间"])
        for days in (ended - 1, ended)
        for one in as_of(sample, tmp_path, days)
        if one["上报编号"] == row["上报编号"]
    ]
    assert states == [("受理", ""), (row["状态"], row["办结时间"])]
