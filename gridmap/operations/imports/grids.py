"""Importing grids: a township's grids must be whole, or are loaded as they are and marked."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import IMPORTER
from gridmap.errors import FileRefused
from gridmap.geo import coverage
from gridmap.geo.snap import snap
from gridmap.operations import boundaries
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, Problem, require
from gridmap.operations.imports.placing import Counties
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.operations.imports.shapes import Parents, changed_sql, close_changed, repaired
from gridmap.queries import holders

WANTED = {
    "code": ("网格编号", "网格代码", "编号", "code", "grid_code", "precinct", "id"),
    "number": ("网格号", "序号", "number", "no"),
    "village": ("村编号", "村代码", "所属村", "village", "parent"),
}
_BARE_NUMBER = re.compile(r"\d{1,4}")
_SHORTEST_CODE = 5


def _begin(connection: Connection, importing: Importing) -> Prepare:
    depth = max((level.depth for level in holders.levels(connection)), default=0)
    parents = Parents(connection, depth, importing.request.parent)
    counties = Counties(connection)

    def prepare(columns: Columns) -> Prepared:
        bad = require(columns, "code")
        if columns.batch.geometries is None:
            raise FileRefused("这个文件里没有网格边界；请用带边界的文件或 WKT 列。")
        shapes = repaired(columns, bad)
        above = parents.of(columns["village"], shapes, bad)
        keys, numbers = [], []
        for code, number, path in zip(columns["code"], columns["number"], above, strict=True):
            village = parents.code_of.get(path, "")
            keys.append(_full_code(code or "", village))
            numbers.append(number or _number_of(keys[-1], village))
        paths = [area.join(p, n) if p else p for p, n in zip(above, numbers, strict=True)]
        return Prepared(
            keys=keys,
            fields=(numbers,),
            paths=paths,
            counties=[counties.of(path) for path in paths],
            shapes=shapes,
            bad=bad,
        )

    return prepare


def _full_code(code: str, village: str) -> str:
    """A bare number is unique in its village only: the village's code goes before it."""
    is_bare = _BARE_NUMBER.fullmatch(code) and len(code) < _SHORTEST_CODE and village
    return f"{village}{code.zfill(3)}" if is_bare else code


def _number_of(code: str, village: str) -> str:
    rest = code.removeprefix(village)
    return rest.replace("/", "-") or code.replace("/", "-")


Shapes = dict[str, Polygon | MultiPolygon]
_OF_TOWNSHIPS = """
WITH township AS (
    SELECT DISTINCT {township} AS path FROM own_import_row WHERE import = :import)
SELECT t.path AS township, g.code, ST_AsBinary(g.shape) AS shape
  FROM township AS t JOIN (
      SELECT r.key AS code, r.path, r.shape FROM own_import_row AS r WHERE r.import = :import
      UNION ALL
      SELECT o.code, v.path, v.shape FROM grid_version AS v JOIN grid AS o ON o.id = v.grid
       WHERE upper_inf(v.during)
         AND o.code NOT IN (SELECT key FROM own_import_row WHERE import = :import)) AS g
    ON guard.within(g.path, t.path)
 ORDER BY t.path, g.code
"""


def _township_sql(connection: Connection, column: str = "path") -> str:
    depth = holders.answering_depth(holders.levels(connection))
    return f"substring({column} from '^(?:[^/]+/){{{depth}}}')"


def _townships(connection: Connection, importing: Importing) -> Iterator[tuple[str, Shapes]]:
    """Each township that the file touches, with all its grids as they would be."""
    sql = _OF_TOWNSHIPS.format(township=_township_sql(connection).replace(":", "\\:"))
    grids: dict[str, dict[str, Any]] = {}
    for row in connection.execute(text(sql), {"import": importing.id}):
        grids.setdefault(row.township, {})[row.code] = shapely.from_wkb(bytes(row.shape))
    yield from grids.items()


def _check(connection: Connection, importing: Importing) -> list[Problem]:
    """Overlaps and gaps of each township, with their places and square meters."""
    problems: list[Problem] = []
    snap_m = importing.request.snap_m
    for path, grids in _townships(connection, importing):
        closed = grids
        if snap_m and not coverage.is_whole(grids):
            closed = snap(grids, None, snap_m)
            _restage(importing, closed)
        problems += [_problem(path, defect) for defect in coverage.defects(closed)]
    return problems


_WORDS = {"overlap": "重叠", "gap": "缝隙", "invalid": "边界无效", "outside": "超出外界"}


def _problem(path: str, defect: coverage.Defect) -> Problem:
    codes = "、".join(defect.codes)
    return Problem(
        f"{path} {_WORDS[defect.kind]}：{codes}，{defect.area_m2:.1f} 平方米，"
        f"在 {defect.lon:.6f}, {defect.lat:.6f}",
        defect.lon,
        defect.lat,
        defect.area_m2,
        defect.kind,
        defect.codes,
    )


def _restage(importing: Importing, grids: Shapes) -> None:
    """The snapped shapes take the place of the staged ones."""
    rows = [
        {"import": importing.id, "key": code, "shape": shapely.to_wkb(shape)}
        for code, shape in grids.items()
    ]
    with importing.database.transaction(IMPORTER) as job:
        job.execute(
            text(
                "UPDATE import_row SET shape = ST_Multi(ST_GeomFromWKB(:shape, 4326))"
                " WHERE import = :import AND key = :key"
            ),
            rows,
        )


_IDENTITIES = """
INSERT INTO grid (id, code) SELECT r.id, r.key FROM own_import_row AS r WHERE r.import = :import
ON CONFLICT (code) DO NOTHING
"""
_VERSIONS = f"""
INSERT INTO grid_version (origin, id, grid, county, during, path, number, shape, label, area_m2)
SELECT r.import, gen_random_uuid(), o.id, r.county,
       tstzrange(CASE WHEN o.id = r.id THEN CAST(:since AS timestamptz) ELSE :at END, NULL),
       r.path, r.fields[1], r.shape, ST_PointOnSurface(r.shape), ST_Area(r.shape::geography)
  FROM own_import_row AS r JOIN grid AS o ON o.code = r.key
 WHERE r.import = :import AND NOT EXISTS (
       SELECT FROM grid_version AS v
        WHERE v.grid = o.id AND upper_inf(v.during) AND NOT ({changed_sql("grid_version")}))
"""
_COVERAGE = """
INSERT INTO coverage (township, county, path, whole, frame)
SELECT v.region, v.county, v.path, :whole, ST_Multi(ST_GeomFromWKB(:frame, 4326))
  FROM region_version AS v WHERE upper_inf(v.during) AND v.path = :path
ON CONFLICT (township) DO UPDATE SET whole = EXCLUDED.whole, frame = EXCLUDED.frame
"""


def _load(loading: Loading) -> Counts:
    connection, importing = loading.connection, loading.importing
    at: datetime = importing.request.since or importing.given.now
    parameters = loading.parameters | {"at": at}
    townships = list(_townships(connection, importing))
    connection.execute(text(_IDENTITIES), parameters)
    changed = close_changed(connection, "grid_version", parameters)
    written = connection.execute(text(_VERSIONS), parameters).rowcount
    _mark_coverage(connection, townships)
    refresh_shapes(connection, importing, "grids")
    staged = connection.scalar(
        text("SELECT count(*) FROM own_import_row WHERE import = :import"), parameters
    )
    return Counts(written - changed, changed, (staged or 0) - written)


def _mark_coverage(connection: Connection, townships: list[tuple[str, Shapes]]) -> None:
    """Which townships are whole, and the frame that the database holds them to at commit."""
    for path, grids in townships:
        frame = coverage.outline(grids)
        connection.execute(
            text(_COVERAGE),
            {
                "path": path,
                "whole": coverage.is_whole(grids),
                "frame": shapely.to_wkb(frame) if frame is not None else None,
            },
        )


def refresh_shapes(connection: Connection, importing: Importing, layer: str) -> None:
    """The counties that a file touched get new simplified shapes and a new version."""
    counties = connection.scalars(
        text("SELECT DISTINCT county FROM own_import_row WHERE import = :import"),
        {"import": importing.id},
    ).all()
    for county in counties:
        boundaries.refresh(connection, layer, county)


KIND = Kind(
    id="grids",
    title="网格",
    wanted=WANTED,
    required=("code",),
    begin=_begin,
    load=_load,
    check=_check,
)
