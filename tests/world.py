"""Tiny worlds for tests: a county of two townships, its grids as squares on the lattice.

Each square is 0.01 degrees wide. Township 101 has the grids A1 and A2 side by side in one
village, township 102 has B1 to the east of them; a strip further east belongs to no township
but to the county. All names are invented.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.ids import uuid7

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
WEST, SOUTH, STEP = 104.6, 35.4, 0.01
COUNTY = "99/01/01/"
LEVELS = [
    (1, "省", "Province", False, False),
    (2, "市", "Prefecture", False, False),
    (3, "县", "County", False, True),
    (4, "乡镇", "Township", True, False),
    (5, "村", "Village", False, False),
]
A1, A2, B1 = (f"{COUNTY}{tail}" for tail in ("101/201/001/", "101/201/002/", "102/201/001/"))


def square(column: float, width: float = 1, row: float = 0) -> str:
    """A square as WKT, counted in steps from the world's south-west corner."""
    x0, x1 = (round(WEST + STEP * c, 7) for c in (column, column + width))
    y0, y1 = (round(SOUTH + STEP * r, 7) for r in (row, row + 1))
    return f"MULTIPOLYGON((({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0})))"


def middle(column: float, row: float = 0.5) -> tuple[float, float]:
    """Lon and lat of a place in the world, counted in steps."""
    return WEST + STEP * column, SOUTH + STEP * row


def build(connection: Connection) -> None:
    """Regions, centers, grids A1, A2, B1 and their workers."""
    for level in LEVELS:
        connection.execute(
            text("INSERT INTO level VALUES (:d, :zh, :en, :answers, :county)"),
            dict(zip(("d", "zh", "en", "answers", "county"), level, strict=True)),
        )
    connection.execute(text("INSERT INTO county VALUES (1, :path)"), {"path": COUNTY})
    for path, name, shape in (
        ("99/", "示例省", square(0, 5)),
        ("99/01/", "示例市", square(0, 5)),
        (COUNTY, "青崖县", square(0, 5)),
        (f"{COUNTY}101/", "柳川镇", square(0, 2)),
        (f"{COUNTY}102/", "石门镇", square(2)),
        (f"{COUNTY}101/201/", "松岭村", square(0, 2)),
        (f"{COUNTY}102/201/", "石湾村", square(2)),
    ):
        add_region(connection, path, name, shape)
    add_center(connection, f"{COUNTY}101/", "柳川镇综治中心")
    add_center(connection, COUNTY, "青崖县综治中心")
    for column, path in enumerate((A1, A2, B1)):
        grid = add_grid(connection, path, square(column))
        add_worker(connection, grid, path, f"示例{'甲乙丙'[column]}")


def add_region(connection: Connection, path: str, name: str, shape: str) -> UUID:
    """A region with one version since the world began."""
    id = uuid7(BEGIN)
    connection.execute(
        text("INSERT INTO region VALUES (:id, :code)"), {"id": id, "code": path.replace("/", "")}
    )
    connection.execute(
        text(
            "INSERT INTO region_version (id, region, county, during, path, name, shape, label)"
            " VALUES (:v, :id, :county, tstzrange(:begin, NULL), :path, :name,"
            " ST_GeomFromText(:shape, 4326), ST_PointOnSurface(ST_GeomFromText(:shape, 4326)))"
        ),
        {
            "v": uuid7(BEGIN),
            "id": id,
            "county": 1 if path.startswith(COUNTY) else 0,
            "begin": BEGIN,
            "path": path,
            "name": name,
            "shape": shape,
        },
    )
    return id


def add_center(connection: Connection, path: str, name: str) -> UUID:
    """The center of a region."""
    id = uuid7(BEGIN)
    connection.execute(
        text(
            "INSERT INTO center (id, code, region, county, path, name, phone)"
            " SELECT :id, :code, region, county, path, :name, '0000-100' FROM region_version"
            " WHERE path = :path"
        ),
        {"id": id, "code": f"C{path.replace('/', '')}", "path": path, "name": name},
    )
    return id


def add_department(connection: Connection, path: str, name: str) -> UUID:
    """A department that answers in an area of the county."""
    id = uuid7(BEGIN)
    connection.execute(
        text("INSERT INTO department VALUES (:id, :code, 1, :path, :name)"),
        {"id": id, "code": f"D{id.hex[-12:]}", "path": path, "name": name},
    )
    return id


def add_grid(
    connection: Connection,
    path: str,
    shape: str,
    *,
    since: datetime = BEGIN,
    grid: UUID | None = None,
) -> UUID:
    """A version of a grid; a new grid where none is named."""
    id = grid or uuid7(BEGIN)
    if grid is None:
        connection.execute(
            text("INSERT INTO grid VALUES (:id, :code)"),
            {"id": id, "code": path.replace("/", "")},
        )
    connection.execute(
        text(
            "INSERT INTO grid_version"
            " (id, grid, county, during, path, number, shape, label, area_m2)"
            " VALUES (:v, :id, 1, tstzrange(:since, NULL), :path, :number,"
            " ST_GeomFromText(:shape, 4326), ST_PointOnSurface(ST_GeomFromText(:shape, 4326)),"
            " ST_Area(ST_GeomFromText(:shape, 4326)::geography))"
        ),
        {
            "v": uuid7(BEGIN),
            "id": id,
            "since": since,
            "path": path,
            "number": path.split("/")[-2],
            "shape": shape,
        },
    )
    return id


def end_grid(connection: Connection, grid: UUID, at: datetime) -> None:
    """Ends the open version of a grid."""
    connection.execute(
        text(
            "UPDATE grid_version SET during = tstzrange(lower(during), :at)"
            " WHERE grid = :grid AND upper_inf(during)"
        ),
        {"grid": grid, "at": at},
    )


def add_worker(
    connection: Connection, grid: UUID, path: str, name: str, *, kind: str = "lead"
) -> UUID:
    """A worker with a duty in a grid since the world began."""
    staff, duty = uuid7(BEGIN), uuid7(BEGIN)
    connection.execute(
        text("INSERT INTO staff (id, code, name, post) VALUES (:id, :code, :name, '网格员')"),
        {"id": staff, "code": f"S{staff.hex[-12:]}", "name": name},
    )
    connection.execute(
        text(
            "INSERT INTO duty (id, staff, grid, county, path, kind, during) VALUES"
            " (:duty, :staff, :grid, 1, :path, :kind, tstzrange(:begin, NULL))"
        ),
        {"duty": duty, "staff": staff, "grid": grid, "path": path, "kind": kind, "begin": BEGIN},
    )
    return duty


def grid_id(connection: Connection, path: str) -> UUID:
    """The id of the grid that has a path."""
    found: UUID = connection.execute(
        text("SELECT grid FROM grid_version WHERE path = :path"), {"path": path}
    ).scalar_one()
    return found
