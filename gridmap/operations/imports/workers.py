"""Importing grid workers with their duty in a grid: lead, full-time or backup, from and to."""

from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import sealing
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.queries.search_keys import keys_of

WANTED = {
    "code": ("工号", "人员编号", "编号", "code", "id"),
    "name": ("姓名", "名称", "name"),
    "post": ("职务", "岗位", "post"),
    "phone": ("电话", "手机", "phone"),
    "grid": ("网格编号", "网格", "grid", "grid_code"),
    "kind": ("任职", "类型", "kind", "duty"),
    "from": ("开始日期", "from", "since"),
    "to": ("结束日期", "to", "until"),
}
_KINDS = {"网格长": "lead", "专职": "full_time", "专职网格员": "full_time", "后备": "backup"}
_GRIDS = """
SELECT g.code, v.path, v.county FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE upper_inf(v.during)
"""


def _begin(connection: Connection, importing: Importing) -> Prepare:
    rows = connection.execute(text(_GRIDS)).all()
    known = {row.code: (row.path, row.county) for row in rows}

    def prepare(columns: Columns) -> Prepared:
        bad = require(columns, "code", "name", "grid")
        kinds = [_KINDS.get(kind or "", kind or "lead") for kind in columns["kind"]]
        for position, (grid, kind) in enumerate(zip(columns["grid"], kinds, strict=True)):
            if grid and grid not in known:
                bad.setdefault(position, f"没有编号为 {grid} 的网格")
            if kind not in {"lead", "full_time", "backup"}:
                bad.setdefault(position, f"任职“{kind}”应为 lead、full_time 或 backup")
        where = [known.get(grid or "", ("", 0)) for grid in columns["grid"]]
        codes = columns["code"]
        return Prepared(
            # a worker may hold several grids: a row is a duty, not a person
            keys=[
                f"{code} {grid} {kind}"
                for code, grid, kind in zip(codes, columns["grid"], kinds, strict=True)
            ],
            fields=(
                codes,
                columns["name"],
                columns["post"],
                columns["phone"],
                columns["grid"],
                kinds,
                columns["from"],
                columns["to"],
                [",".join(keys_of(name)) if name else None for name in columns["name"]],
            ),
            paths=[path for path, _ in where],
            counties=[county for _, county in where],
            bad=bad,
        )

    return prepare


_STAFF = """
INSERT INTO staff AS s (origin, id, code, name, post, search_keys)
SELECT DISTINCT ON (r.fields[1]) r.import, r.id, r.fields[1], r.fields[2], r.fields[3],
       string_to_array(r.fields[9], ',')
  FROM own_import_row AS r WHERE r.import = :import ORDER BY r.fields[1], r.row
ON CONFLICT (code) DO UPDATE
   SET name = EXCLUDED.name, post = EXCLUDED.post, search_keys = EXCLUDED.search_keys
 WHERE (s.name, s.post) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.post)
"""
_PHONES = """
SELECT DISTINCT ON (s.id) s.id, r.fields[4] AS phone, s.phone_hash
  FROM own_import_row AS r JOIN staff AS s ON s.code = r.fields[1]
 WHERE r.import = :import AND r.fields[4] IS NOT NULL ORDER BY s.id, r.row
"""
_SEAL = "UPDATE staff SET phone_sealed = :sealed, phone_hash = :hash WHERE id = :id"
_DUTIES = """
INSERT INTO duty (origin, id, staff, grid, county, path, kind, during)
SELECT r.import, gen_random_uuid(), s.id, g.id, r.county, r.path, r.fields[6],
       tstzrange(r.fields[7]::timestamptz, r.fields[8]::timestamptz)
  FROM own_import_row AS r
  JOIN staff AS s ON s.code = r.fields[1] JOIN grid AS g ON g.code = r.fields[5]
 WHERE r.import = :import AND NOT EXISTS (
       SELECT FROM duty AS d WHERE d.staff = s.id AND d.grid = g.id AND d.kind = r.fields[6]
          AND upper_inf(d.during))
"""


def _load(loading: Loading) -> Counts:
    connection, parameters = loading.connection, loading.parameters
    staged = connection.scalar(
        text("SELECT count(*) FROM own_import_row WHERE import = :import"), parameters
    )
    connection.execute(text(_STAFF), parameters)
    _seal_phones(loading)
    added = connection.execute(text(_DUTIES), parameters).rowcount
    return Counts(added, 0, (staged or 0) - added)


def _seal_phones(loading: Loading) -> None:
    ring = loading.importing.given.sealer
    rows: list[dict[str, object]] = []
    for row in loading.connection.execute(text(_PHONES), loading.parameters):
        hashed = sealing.keyed_hash(ring, row.phone)
        if row.phone_hash is None or bytes(row.phone_hash) != hashed:
            staff: UUID = row.id
            sealed = sealing.seal(ring, row.phone, field="staff.phone", row=staff)
            rows.append({"id": staff, "sealed": sealed, "hash": hashed})
    if rows:
        loading.connection.execute(text(_SEAL), rows)


KIND = Kind(
    id="workers",
    title="网格员",
    wanted=WANTED,
    required=("code", "name", "grid"),
    begin=_begin,
    load=_load,
)
