"""Importing households: code, address, point, tags, and a grid by name, which beats geometry."""

import numpy as np
from sqlalchemy import Connection, text

from gridmap.operations.imports import people
from gridmap.operations.imports.kind import Cells, Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.placing import Counties, everywhere, placed
from gridmap.operations.imports.request import Counts, Importing, Loading

WANTED = {
    "code": ("户编号", "住户编号", "编号", "户号", "code", "household", "id"),
    "address": ("地址", "住址", "家庭住址", "address", "addr"),
    "grid": ("网格编号", "所属网格", "网格", "grid", "grid_code"),
    "tags": ("标签", "tags"),
    **people.WANTED,
}
_TAG_MARKS = str.maketrans("、，;；|", ",,,,,")


def _begin(connection: Connection, importing: Importing) -> Prepare:
    known = everywhere(connection, importing)
    counties = Counties(connection)
    path_of = {version.code: version.path for version in known.versions}
    now = importing.given.now.timestamp()

    def prepare(columns: Columns) -> Prepared:
        bad = require(columns, "code", "address", instead_of_shape=columns["grid"])
        points = columns.points
        found = placed(known, points, np.full(len(points), now), measured=False)
        paths, bound = list(found.path), columns["grid"]
        for position, code in enumerate(bound if "grid" in columns.mapping else ()):
            if code:
                if code in path_of:
                    paths[position] = path_of[code]
                else:
                    bad[position] = f"没有编号为 {code} 的网格"
        by_path = {path: counties.of(path) for path in set(paths)}
        return Prepared(
            keys=[code or "" for code in columns["code"]],
            fields=(
                columns["address"],
                bound,
                _tags(columns["tags"]),
                people.staged(columns, importing.given, bad),
            ),
            paths=paths,
            counties=[by_path[path] for path in paths],
            points=points,
            bad=bad,
        )

    return prepare


def _tags(cells: Cells) -> Cells:
    return [cell.translate(_TAG_MARKS) if cell else None for cell in cells]


_STAGED = "r.import = :import AND r.row BETWEEN :first AND :last"
_FOUND = f"""
SELECT r.county, count(*) AS staged, bool_or(r.fields[2] IS NOT NULL) AS bound,
       bool_or(r.fields[4] IS NOT NULL) AS people,
       min(r.key COLLATE "C") AS low, max(r.key COLLATE "C") AS high
  FROM own_import_row AS r WHERE {_STAGED} GROUP BY r.county
"""
_ANY_THERE = """
SELECT EXISTS (SELECT FROM household WHERE county = :county AND code BETWEEN :low AND :high)
"""
_NEW = f"""
INSERT INTO household (origin, county, id, code, path, point, address, bound_grid, tags,
                       entered_by, entered_at)
SELECT r.import, r.county, r.id, r.key, r.path, r.shape, r.fields[1], {{grid}},
       COALESCE(string_to_array(r.fields[3], ','), '{{{{}}}}'), :actor, :now
  FROM own_import_row AS r WHERE {_STAGED} {{unknown}}
"""
_GRID = "(SELECT g.id FROM grid AS g WHERE g.code = r.fields[2])"
_UNKNOWN = """
   AND NOT EXISTS (SELECT FROM household AS h WHERE h.county = r.county AND h.code = r.key)
"""
_CHANGED = f"""
UPDATE household AS h
   SET path = r.path, point = r.shape, address = r.fields[1], bound_grid = g.id, tags = t.tags,
       entered_by = :actor, entered_at = :now
  FROM own_import_row AS r LEFT JOIN grid AS g ON g.code = r.fields[2]
 CROSS JOIN LATERAL (SELECT COALESCE(string_to_array(r.fields[3], ','), '{{}}') AS tags) AS t
 WHERE {_STAGED} AND h.county = r.county AND h.code = r.key AND h.id <> r.id
   AND (h.path, h.point::text, h.address, h.bound_grid, h.tags) IS DISTINCT FROM
       (r.path, r.shape::text, r.fields[1], g.id, t.tags)
"""
# A part of a file finds its few rows by the index of codes; a hash of all households there are,
# made anew for every part, is what the planner would choose for want of statistics.
_BY_INDEX = "SET LOCAL enable_hashjoin = {0}; SET LOCAL enable_mergejoin = {0}"


_MEMORY = "SET LOCAL work_mem = '64MB'"
"""What the triggers look at together is kept in memory, and not written to disk and read."""


def _load(loading: Loading) -> Counts:
    connection, parameters = loading.connection, loading.parameters
    found = connection.execute(text(_FOUND), parameters).all()
    staged = sum(county.staged for county in found)
    # most files hold new codes alone, bind nothing and name nobody: none is then asked for by row
    there = any(connection.scalar(text(_ANY_THERE), dict(county._mapping)) for county in found)
    bound = any(county.bound for county in found)
    new = _NEW.format(grid=_GRID if bound else "NULL", unknown=_UNKNOWN if there else "")
    connection.execute(text(f"{_BY_INDEX.format('off')}; {_MEMORY}"))
    added = connection.execute(text(new), parameters).rowcount
    changed = connection.execute(text(_CHANGED), parameters).rowcount if added < staged else 0
    connection.execute(text(_BY_INDEX.format("on")))
    if any(county.people for county in found):
        people.load(connection, parameters)
    return Counts(added, changed, staged - added - changed)


KIND = Kind(
    id="households",
    title="住户",
    wanted=WANTED,
    required=("code", "address"),
    begin=_begin,
    load=_load,
    by_rows=True,
)
