"""Importing governance centers: one for a region, with the office's phone."""

from sqlalchemy import Connection, text

from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.queries.search_keys import keys_of

WANTED = {
    "code": ("中心编号", "编号", "code", "id"),
    "name": ("中心名称", "名称", "name"),
    "region": ("区划代码", "所属区划", "region", "region_code"),
    "phone": ("电话", "值班电话", "phone"),
}
_REGIONS = """
SELECT r.code, v.path, v.county FROM region_version AS v JOIN region AS r ON r.id = v.region
 WHERE upper_inf(v.during)
"""


def _begin(connection: Connection, importing: Importing) -> Prepare:
    rows = connection.execute(text(_REGIONS)).all()
    known = {row.code: (row.path, row.county) for row in rows}

    def prepare(columns: Columns) -> Prepared:
        bad = require(columns, "code", "name", "region")
        for position, code in enumerate(columns["region"]):
            if code and code not in known:
                bad.setdefault(position, f"没有编号为 {code} 的区划")
        where = [known.get(code or "", ("", 0)) for code in columns["region"]]
        return Prepared(
            keys=[code or "" for code in columns["code"]],
            fields=(
                columns["name"],
                columns["region"],
                columns["phone"],
                [",".join(keys_of(name)) if name else None for name in columns["name"]],
            ),
            paths=[path for path, _ in where],
            counties=[county for _, county in where],
            points=columns.points,
            bad=bad,
        )

    return prepare


_LOAD = """
WITH written AS (
    INSERT INTO center AS c
           (origin, id, code, region, county, path, name, search_keys, phone, point)
    SELECT r.import, r.id, r.key, g.id, r.county, r.path, r.fields[1],
           string_to_array(r.fields[4], ','), r.fields[3],
           COALESCE(r.shape, (SELECT v.label FROM region_version AS v
                               WHERE v.region = g.id AND upper_inf(v.during)))
      FROM own_import_row AS r JOIN region AS g ON g.code = r.fields[2]
     WHERE r.import = :import
    ON CONFLICT (code) DO UPDATE
       SET region = EXCLUDED.region, county = EXCLUDED.county, path = EXCLUDED.path,
           name = EXCLUDED.name, search_keys = EXCLUDED.search_keys, phone = EXCLUDED.phone,
           point = EXCLUDED.point
     WHERE (c.region, c.name, c.phone, c.point::text) IS DISTINCT FROM
           (EXCLUDED.region, EXCLUDED.name, EXCLUDED.phone, EXCLUDED.point::text)
    RETURNING xmax = 0 AS is_new)
SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed,
       (SELECT count(*) FROM own_import_row WHERE import = :import) AS staged
  FROM written
"""


def _load(loading: Loading) -> Counts:
    row = loading.connection.execute(text(_LOAD), loading.parameters).one()
    return Counts(row.added, row.changed, row.staged - row.added - row.changed)


KIND = Kind(
    id="centers",
    title="综治中心",
    wanted=WANTED,
    required=("code", "name", "region"),
    begin=_begin,
    load=_load,
)
