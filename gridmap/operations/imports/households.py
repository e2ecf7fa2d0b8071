"""Importing households: code, address, point, tags, and a grid by name, which beats geometry."""

import numpy as np
from sqlalchemy import Connection, text

from gridmap.operations.imports import people
from gridmap.operations.imports.kind import Cells, Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.placing import Counties, everywhere, placed
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.operations.imports.staging import point_shapes

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
            shapes=point_shapes(points),
            bad=bad,
        )

    return prepare


def _tags(cells: Cells) -> Cells:
    return [cell.translate(_TAG_MARKS) if cell else None for cell in cells]


_LOAD = """
WITH written AS (
    INSERT INTO household AS h (origin, county, id, code, path, point, address, bound_grid, tags,
                                entered_by, entered_at)
    SELECT r.import, r.county, r.id, r.key, r.path, r.shape, r.fields[1], g.id,
           COALESCE(string_to_array(r.fields[3], ','), '{}'), :actor, :now
      FROM own_import_row AS r LEFT JOIN grid AS g ON g.code = r.fields[2]
     WHERE r.import = :import
    ON CONFLICT (county, code) DO UPDATE
       SET path = EXCLUDED.path, point = EXCLUDED.point, address = EXCLUDED.address,
           bound_grid = EXCLUDED.bound_grid, tags = EXCLUDED.tags,
           entered_by = EXCLUDED.entered_by, entered_at = EXCLUDED.entered_at
     WHERE (h.path, h.point::text, h.address, h.bound_grid, h.tags) IS DISTINCT FROM
           (EXCLUDED.path, EXCLUDED.point::text, EXCLUDED.address, EXCLUDED.bound_grid,
            EXCLUDED.tags)
    RETURNING xmax = 0 AS is_new)
SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed,
       (SELECT count(*) FROM own_import_row WHERE import = :import) AS staged
  FROM written
"""


def _load(loading: Loading) -> Counts:
    row = loading.connection.execute(text(_LOAD), loading.parameters).one()
    people.load(loading.connection, loading.parameters)
    return Counts(row.added, row.changed, row.staged - row.added - row.changed)


KIND = Kind(
    id="households",
    title="住户",
    wanted=WANTED,
    required=("code", "address"),
    begin=_begin,
    load=_load,
)
