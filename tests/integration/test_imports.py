"""Files become rows: staged, diagnosed, loaded once, taken back."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from gridmap import sealing
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, psycopg2_url
from gridmap.errors import Conflict, FileRefused
from gridmap.operations.imports import people, run
from gridmap.operations.imports.request import Counts, ImportRequest
from gridmap.operations.imports.staging import Staged
from tests import world
from tests.integration.offices import acting, open_office
from tests.integration.test_intake import GIVEN, RING

HOUSEHOLDS = """户编号,地址,lon,lat,网格编号,标签
0001,柳川镇松岭村一社1号,104.605,35.405,,低保户、独居老人
0002,柳川镇松岭村一社2号,104.615,35.405,,
0003,柳川镇松岭村二社3号,104.605,35.405,990101102201001,
620102199001011234,没有坐标的一户,,,,
"""


@pytest.fixture(autouse=True)
def _world(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)


def rows(database: Database, sql: str) -> list[Any]:
    """The rows of a query, as the administrator sees them."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def truth(url: str, sql: str) -> list[Any]:
    """The rows of a query as no viewer sees them: names are for workers of their grid alone."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(sql))]
    engine.dispose()
    return found


def write(folder: Path, name: str, content: str) -> Path:
    file = folder / name
    file.write_text(content)
    return file


def staged(database: Database, kind: str, file: Path, **options: Any) -> tuple[Any, Staged]:
    """An import up to the point where a person looks at it."""
    request = ImportRequest(kind, file, **({"crs": "EPSG:4326"} | options))
    importing = run.start(database, request, GIVEN)
    return importing, run.stage(importing)


def loaded(database: Database, kind: str, file: Path, **options: Any) -> tuple[Any, Counts]:
    """A whole import; fails where something stands in its way."""
    importing, found = staged(database, kind, file, **options)
    assert run.blocked(found, importing.request) is None, (found.rejects, found.problems)
    return importing, run.load(importing)


def test_households_are_assigned_and_a_named_grid_beats_geometry(
    database: Database, tmp_path: Path
) -> None:
    _, counts = loaded(database, "households", write(tmp_path, "h.csv", HOUSEHOLDS))
    assert counts == Counts(4, 0, 0)
    found = rows(database, "SELECT code, path, county, tags FROM household ORDER BY code")
    assert found == [
        ("0001", world.A1, 1, ["低保户", "独居老人"]),
        ("0002", world.A2, 1, []),
        ("0003", world.B1, 1, []),
        ("620102199001011234", "", 0, []),
    ]


def test_importing_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path, "h.csv", HOUSEHOLDS)
    loaded(database, "households", file)
    before = rows(database, "SELECT * FROM household ORDER BY code")
    _, counts = loaded(database, "households", file)
    assert counts == Counts(0, 0, 4)
    assert rows(database, "SELECT * FROM household ORDER BY code") == before


def test_a_changed_row_is_changed_and_no_other(database: Database, tmp_path: Path) -> None:
    loaded(database, "households", write(tmp_path, "h.csv", HOUSEHOLDS))
    changed = HOUSEHOLDS.replace("一社1号", "一社11号")
    _, counts = loaded(database, "households", write(tmp_path, "h2.csv", changed))
    assert counts == Counts(0, 1, 3)


def test_bad_rows_are_named_and_stop_the_import_unless_told_otherwise(
    database: Database, tmp_path: Path
) -> None:
    bad = HOUSEHOLDS + "0001,又一户,104.605,35.405,,\n,没有编号,104.6,35.4,,\n0009,x,1,2,nowhere,\n"
    importing, found = staged(database, "households", write(tmp_path, "h.csv", bad))
    assert [(one.row, one.reason) for one in found.rejects] == [
        (6, "编号 0001 在文件里重复"),
        (7, "缺少 code"),
        (8, "没有编号为 nowhere 的网格"),
    ]
    assert run.blocked(found, importing.request) is not None
    importing, found = staged(database, "households", write(tmp_path, "h.csv", bad), keep_good=True)
    assert run.blocked(found, importing.request) is None
    assert run.load(importing) == Counts(4, 0, 0)


def test_a_dry_run_counts_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    importing, _ = staged(database, "households", write(tmp_path, "h.csv", HOUSEHOLDS))
    assert run.dry_run(importing) == Counts(4, 0, 0)
    assert rows(database, "SELECT count(*) FROM household") == [(0,)]
    assert rows(database, "SELECT count(*) FROM event") == [(0,)]


def test_an_import_is_taken_back_while_nothing_refers_to_it(
    database: Database, tmp_path: Path
) -> None:
    importing, _ = loaded(database, "households", write(tmp_path, "h.csv", HOUSEHOLDS))
    assert run.take_back(database, importing.id, GIVEN) == 4
    assert rows(database, "SELECT count(*) FROM household") == [(0,)]
    kinds = rows(database, "SELECT kind FROM event ORDER BY at, xid")
    assert kinds == [("ImportLoaded",), ("ImportTakenBack",)]


def test_an_import_that_something_refers_to_is_not_taken_back(
    database: Database, tmp_path: Path
) -> None:
    importing, _ = loaded(database, "households", write(tmp_path, "h.csv", HOUSEHOLDS))
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO incident (county, id, path, number, category, severity, occurred_at,"
                " received_at, state, household) SELECT county, gen_random_uuid(), path, 'n', 1, 1,"
                " :now, :now, 'taken_in', id FROM household WHERE code = '0001'"
            ),
            {"now": GIVEN.now},
        )
    with pytest.raises(Conflict):
        run.take_back(database, importing.id, GIVEN)
    assert rows(database, "SELECT count(*) FROM household") == [(4,)]


def test_a_missing_column_is_named_with_those_that_are_there(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path, "h.csv", "a,b\n1,2\n")
    with pytest.raises(FileRefused, match="--map code="):
        staged(database, "households", file)
    assert rows(database, "SELECT state FROM import") == [("failed",)]


INCIDENTS = """number,category,severity,occurred_at,lon,lat,state,words
e1,消防隐患,重,2026-06-01 10:00,104.605,35.405,办结,线路老化
e2,1,2,2026-06-02T08:00:00+08:00,104.625,35.405,taken_in,
"""


def test_incidents_keep_their_times_and_get_their_assignment(
    database: Database, tmp_path: Path
) -> None:
    _, counts = loaded(database, "incidents", write(tmp_path, "i.csv", INCIDENTS))
    assert counts == Counts(2, 0, 0)
    found = rows(
        database,
        "SELECT i.number, i.path, i.category, i.severity, i.state, i.occurred_at::text, s.name,"
        " a.how FROM incident i JOIN assignment a ON a.incident = i.id"
        " JOIN duty d ON d.id = i.holder_duty JOIN staff s ON s.id = d.staff ORDER BY 1",
    )
    assert found == [
        ("e1", world.A1, 32, 3, "resolved", "2026-06-01 02:00:00+00", "示例甲", "inside"),
        ("e2", world.B1, 1, 2, "taken_in", "2026-06-02 00:00:00+00", "示例丙", "inside"),
    ]
    _, again = loaded(database, "incidents", write(tmp_path, "i.csv", INCIDENTS))
    assert again == Counts(0, 0, 2)
    assert rows(database, "SELECT count(*) FROM report") == [(2,)]


def feature(code: str, column: float, width: float = 1, row: float = 3) -> dict[str, Any]:
    x0, y0 = world.middle(column, row)
    x1, y1 = world.middle(column + width, row + 1)
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def grids_file(folder: Path, *features: dict[str, Any]) -> Path:
    content = {"type": "FeatureCollection", "features": list(features)}
    return write(folder, "g.geojson", json.dumps(content))


def test_grids_get_dated_versions(database: Database, tmp_path: Path) -> None:
    parent = "990101102201"
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.end_grid(connection, world.grid_id(connection, world.B1), GIVEN.now)
    file = grids_file(tmp_path, feature("1", 2, 0.5, 0), feature("2", 2.5, 0.5, 0))
    _, counts = loaded(database, "grids", file, parent=parent)
    assert counts == Counts(1, 1, 0) or counts == Counts(2, 0, 0)
    found = rows(
        database,
        "SELECT g.code, v.number FROM grid_version v JOIN grid g ON g.id = v.grid"
        " WHERE upper_inf(v.during) AND v.path LIKE '%102/201/%' ORDER BY 1",
    )
    assert found == [("990101102201001", "001"), ("990101102201002", "002")]
    _, again = loaded(database, "grids", file, parent=parent)
    assert again == Counts(0, 0, 2)


def test_overlapping_grids_load_only_on_request_and_stay_marked(
    database: Database, tmp_path: Path
) -> None:
    file = grids_file(tmp_path, feature("990101102201777", 2.5, 1, 0))
    importing, found = staged(database, "grids", file, parent="990101102201")
    assert [problem.area_m2 for problem in found.problems] == [pytest.approx(503_900, rel=0.01)]
    assert "重叠" in found.problems[0].text
    assert run.blocked(found, importing.request) is not None
    _, counts = loaded(database, "grids", file, parent="990101102201", as_is=True)
    assert counts.added == 1
    whole = rows(database, "SELECT path, whole FROM coverage")
    assert whole == [(f"{world.COUNTY}102/", False)]


def test_regions_take_their_path_from_their_parent(database: Database, tmp_path: Path) -> None:
    new = feature("990101105", 0, 1, 5)
    new["properties"]["name"] = "康乐乡"
    file = grids_file(tmp_path, new)
    _, counts = loaded(database, "regions", file, level=4, parent="990101")
    assert counts == Counts(1, 0, 0)
    found = rows(
        database, "SELECT path, county, search_keys FROM region_version WHERE name = '康乐乡'"
    )
    path, county, keys = found[0]
    assert (path, county) == (f"{world.COUNTY}105/", 1)
    assert "klx" in keys


WORKERS = """工号,姓名,电话,网格编号,任职
W1,示例戊,19900005555,990101101201001,后备
W1,示例戊,19900005555,990101101201002,后备
"""


def test_a_worker_may_hold_two_grids_and_the_phone_is_sealed(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path, "w.csv", WORKERS)
    _, counts = loaded(database, "workers", file)
    assert counts == Counts(2, 0, 0)
    sealed = rows(database, "SELECT phone_sealed FROM staff WHERE code = 'W1'")
    assert len(sealed) == 1
    assert b"19900005555" not in bytes(sealed[0][0])
    _, again = loaded(database, "workers", file)
    assert again == Counts(0, 0, 2)


def test_centers_take_their_region(database: Database, tmp_path: Path) -> None:
    content = "code,name,region,phone\nC9,石门镇综治中心,990101102,0900-00000001\n"
    _, counts = loaded(database, "centers", write(tmp_path, "c.csv", content))
    assert counts == Counts(1, 0, 0)
    found = rows(database, "SELECT path, point IS NOT NULL FROM center WHERE code = 'C9'")
    assert found == [(f"{world.COUNTY}102/", True)]


PEOPLE = """户编号,地址,lon,lat,户主,电话,身份证号,姓名2
0001,柳川镇松岭村一社1号,104.605,35.405,示例己,19900001111,11010519491231002X,示例庚
"""


def test_people_are_sealed_and_follow_their_household(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    loaded(database, "households", write(tmp_path, "p.csv", PEOPLE))
    found = truth(
        database_url,
        "SELECT p.position, v.name, v.path, v.phone_sealed, v.identity_sealed, v.id"
        " FROM person p JOIN person_private v ON v.id = p.id ORDER BY 1",
    )
    assert [row[:3] for row in found] == [(1, "示例己", world.A1), (2, "示例庚", world.A1)]
    opened = sealing.unseal(RING, bytes(found[0][4]), field="person.identity", row=found[0][5])
    assert opened == "11010519491231002X"
    assert b"19900001111" not in bytes(found[0][3])


def test_a_name_lies_where_its_household_lies(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    loaded(database, "households", write(tmp_path, "p.csv", PEOPLE))
    with pytest.raises(IntegrityError, match="elsewhere"):
        truth(database_url, f"UPDATE person_private SET path = '{world.B1}' RETURNING id")
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text(f"UPDATE household SET path = '{world.B1}'"))
    assert truth(database_url, "SELECT DISTINCT path FROM person_private") == [(world.B1,)]


def test_the_same_people_again_change_nothing_and_others_replace_them(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    names = "SELECT v.id, v.name FROM person_private v ORDER BY v.name"
    loaded(database, "households", write(tmp_path, "p.csv", PEOPLE))
    before = truth(database_url, names)
    loaded(database, "households", write(tmp_path, "p.csv", PEOPLE))
    assert truth(database_url, names) == before
    loaded(database, "households", write(tmp_path, "p.csv", PEOPLE.replace("示例庚", "示例辛")))
    assert [row[1] for row in truth(database_url, names)] == ["示例己", "示例辛"]
    assert rows(database, "SELECT count(*) FROM person") == [(2,)]


def test_no_table_is_read_once_for_every_row_of_persons(database: Database) -> None:
    """A table that was just empty is held for empty by the planner while an import fills it."""
    asked = {"import": UUID(int=1), "first": 2, "last": 30_001}
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        plan = connection.scalars(text(f"EXPLAIN {people._PEOPLE}"), asked).all()
    assert any("Insert on person" in line for line in plan)
    assert not [line for line in plan if "Seq Scan on person" in line]


def test_who_imports_people_need_not_be_able_to_read_a_name(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    office = open_office(database_url)
    given = acting(GIVEN, office["officer"])
    file = write(tmp_path, "p.csv", PEOPLE)
    names = "SELECT id, name FROM person_private ORDER BY name"

    def once() -> Counts:
        importing = run.start(database, ImportRequest("households", file, crs="EPSG:4326"), given)
        run.stage(importing)
        return run.load(importing)

    assert once() == Counts(1, 0, 0)
    before = truth(database_url, names)
    assert [row[1] for row in before] == ["示例己", "示例庚"]
    assert once() == Counts(0, 0, 1)
    assert truth(database_url, names) == before
    for login in ("officer", "admin", "county", "commander", "worker"):
        with database.transaction(office[login]) as connection:
            seen = connection.execute(text(names)).all()
        assert seen == (before if login == "worker" else []), login
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.execute(text(names)).all() == []


def test_nothing_personal_is_staged_in_the_clear(database: Database, tmp_path: Path) -> None:
    importing, _ = staged(database, "households", write(tmp_path, "p.csv", PEOPLE))
    lines = rows(database, "SELECT fields::text FROM own_import_row")
    run.throw_away(importing)
    assert "19900001111" not in lines[0][0]
    assert "11010519491231002X" not in lines[0][0]


def test_a_wrong_identity_number_is_a_bad_row(database: Database, tmp_path: Path) -> None:
    wrong = PEOPLE.replace("31002X", "310021")
    _, found = staged(database, "households", write(tmp_path, "p.csv", wrong))
    assert [one.reason for one in found.rejects] == ["身份证号1 的校验位不对"]
