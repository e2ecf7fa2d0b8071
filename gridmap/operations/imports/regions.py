"""Importing regions of one level: code, name, boundary, and the region that they lie in."""

import json

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.errors import FileRefused, InvalidInput
from gridmap.operations.imports.grids import refresh_shapes
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.placing import Counties
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.operations.imports.shapes import (
    Parents,
    changed_sql,
    close_changed,
    repaired,
    segment,
    significant,
)
from gridmap.queries import holders
from gridmap.queries.search_keys import keys_of

WANTED = {
    "code": ("区划代码", "行政区划代码", "代码", "编号", "adcode", "code", "id", "precinct"),
    "name": ("名称", "区划名称", "name", "name_zh", "precinct"),
    "name_en": ("英文名", "name_en"),
    "parent": ("上级代码", "上级", "parent", "parent_code"),
    "boundary": ("边界", "boundary"),
}
_WITHOUT = ("无", "none")


def _begin(connection: Connection, importing: Importing) -> Prepare:
    depth = _depth(connection, importing.request.level)
    counties = Counties(connection)
    parents = Parents(connection, depth - 1, importing.request.parent) if depth > 1 else None

    def prepare(columns: Columns) -> Prepared:
        known_by_name = [cell if cell in _WITHOUT else None for cell in columns["boundary"]]
        bad = require(columns, "code", "name", instead_of_shape=known_by_name)
        shapes = repaired(columns, bad)
        above = (
            parents.of(_parent_codes(columns), shapes, bad)
            if parents
            else [area.EVERYTHING] * columns.length
        )
        codes = [code or "" for code in columns["code"]]
        paths = [
            area.join(
                path, segment(code, parents.code_of.get(path, "")) if parents else significant(code)
            )
            for path, code in zip(above, codes, strict=True)
        ]
        return Prepared(
            keys=codes,
            fields=(
                columns["name"],
                columns["name_en"],
                [",".join(keys_of(name)) if name else None for name in columns["name"]],
            ),
            paths=paths,
            counties=[counties.of(path) for path in paths],
            shapes=shapes,
            bad=bad,
        )

    return prepare


def _depth(connection: Connection, asked: int | None) -> int:
    declared = {level.depth for level in holders.levels(connection)}
    if asked is None:
        raise InvalidInput("请用 --level 说明这些区划是第几级（1 是最上一级）。")
    if asked not in declared:
        raise FileRefused(
            "没有声明第 {depth} 级；请先用 gridmap levels 声明各级区划。", depth=asked
        )
    return asked


def _parent_codes(columns: Columns) -> list[str | None]:
    """The parent's code; map files of national data hold it in a JSON cell {"adcode": …}."""
    return [_plain_code(cell) for cell in columns["parent"]]


def _plain_code(cell: str | None) -> str | None:
    if cell and cell.startswith("{"):
        try:
            found = json.loads(cell).get("adcode")
        except json.JSONDecodeError:
            return cell
        return str(found) if found is not None else None
    return cell


_COUNTIES = """
INSERT INTO county (no, path)
SELECT (SELECT max(no) FROM county) + row_number() OVER (ORDER BY r.path), r.path
  FROM own_import_row AS r
 WHERE r.import = :import AND NOT EXISTS (SELECT FROM county AS c WHERE c.path = r.path)
"""
_IDENTITIES = """
INSERT INTO region (id, code) SELECT r.id, r.key FROM own_import_row AS r WHERE r.import = :import
ON CONFLICT (code) DO NOTHING
"""
_VERSIONS = f"""
INSERT INTO region_version
       (origin, id, region, county, during, path, name, name_en, search_keys, shape, label)
SELECT r.import, gen_random_uuid(), o.id, COALESCE(c.no, r.county),
       tstzrange(CASE WHEN o.id = r.id THEN CAST(:since AS timestamptz) ELSE :at END, NULL),
       r.path, r.fields[1], r.fields[2], string_to_array(r.fields[3], ','),
       r.shape, ST_PointOnSurface(r.shape)
  FROM own_import_row AS r JOIN region AS o ON o.code = r.key
  LEFT JOIN county AS c ON c.path = r.path
 WHERE r.import = :import AND NOT EXISTS (
       SELECT FROM region_version AS v
        WHERE v.region = o.id AND upper_inf(v.during) AND NOT ({changed_sql("region_version")}))
"""


def _load(loading: Loading) -> Counts:
    connection, importing = loading.connection, loading.importing
    parameters = loading.parameters | {"at": importing.request.since or importing.given.now}
    if importing.request.level == holders.county_depth(holders.levels(connection)):
        connection.execute(text(_COUNTIES), parameters)
    connection.execute(text(_IDENTITIES), parameters)
    changed = close_changed(connection, "region_version", parameters)
    written = connection.execute(text(_VERSIONS), parameters).rowcount
    refresh_shapes(connection, importing, "regions")
    staged = connection.scalar(
        text("SELECT count(*) FROM own_import_row WHERE import = :import"), parameters
    )
    return Counts(written - changed, changed, (staged or 0) - written)


KIND = Kind(
    id="regions",
    title="行政区划",
    wanted=WANTED,
    required=("code", "name"),
    begin=_begin,
    load=_load,
)
