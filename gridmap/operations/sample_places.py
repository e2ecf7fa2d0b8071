"""How the generator's places become rows: regions, centers, grids, and who serves there."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap import ids, sealing
from gridmap.operations.columns import POINT, insert_columns
from gridmap.operations.sample_loading import Loading
from gridmap.queries.search_keys import keys_of

_AROUND_DEG = 0.05
"""How far around a county's grids its incidents may lie: about 5 km."""

_SHAPE = "ST_Multi(ST_GeomFromWKB(u._shape, 4326))"
_LABEL = "ST_SetSRID(ST_MakePoint(u._label_lon, u._label_lat), 4326)"
_IN_FORCE = "tstzrange(u._since, NULL)"


def _levels(loading: Loading, columns: dict[str, Any]) -> None:
    insert_columns(
        loading.connection,
        "level",
        {
            "depth": ("smallint", columns["depth"]),
            "zh": ("text", columns["zh"]),
            "en": ("text", columns["en"]),
            "answers": ("boolean", [bool(one) for one in columns["answers"]]),
            "is_county": ("boolean", [bool(one) for one in columns["is_county"]]),
        },
        tail="ON CONFLICT DO NOTHING",
    )
    marked = [d for d, is_it in zip(columns["depth"], columns["is_county"], strict=True) if is_it]
    loading.county_depth = int(marked[0])


def _regions(loading: Loading, columns: dict[str, Any]) -> None:
    paths = list(columns["path"])
    for path, depth in zip(paths, columns["depth"], strict=True):
        if depth == loading.county_depth:
            loading.counties[path] = _new_county(loading.connection, path)
    _identities(loading, "region", columns["code"])
    insert_columns(
        loading.connection,
        "region_version",
        _version(loading, "region", columns, paths)
        | {
            "name": ("text", columns["name"]),
            "name_en": ("text", columns["name_en"]),
            "_keys": ("text", [" ".join(keys_of(name)) for name in columns["name"]]),
        },
        expressions=_VERSION | {"search_keys": "string_to_array(u._keys, ' ')"},
    )


_NEW_COUNTY = """
INSERT INTO county (no, path) SELECT max(no) + 1, :path FROM county
ON CONFLICT (path) DO UPDATE SET path = EXCLUDED.path RETURNING no
"""
_VERSION = {"shape": _SHAPE, "label": _LABEL, "during": _IN_FORCE}


def _new_county(connection: Connection, path: str) -> int:
    return int(connection.execute(text(_NEW_COUNTY), {"path": path}).scalar_one())


def _identities(loading: Loading, table: str, codes: Iterable[str]) -> None:
    listed = list(codes)
    insert_columns(
        loading.connection,
        table,
        {"id": ("uuid", loading.named(table, listed)), "code": ("text", listed)},
    )


def _version(
    loading: Loading, table: str, columns: dict[str, Any], paths: list[str]
) -> dict[str, tuple[str, Any]]:
    count = len(paths)
    return {
        "id": ("uuid", ids.many(loading.given.now, count)),
        table: ("uuid", loading.of(table, columns["code"])),
        "county": ("integer", [loading.county(path) for path in paths]),
        "path": ("text", paths),
        "_since": ("timestamptz", [loading.since] * count),
        "_shape": ("bytea", [shapely.to_wkb(shape) for shape in columns["geom"]]),
        "_label_lon": ("float8", columns["label_lon"]),
        "_label_lat": ("float8", columns["label_lat"]),
    }


def _centers(loading: Loading, columns: dict[str, Any]) -> None:
    regions = loading.of("region", columns["region_code"])
    insert_columns(
        loading.connection,
        "center",
        {
            "id": ("uuid", loading.named("center", columns["code"])),
            "code": ("text", columns["code"]),
            "region": ("uuid", regions),
            "name": ("text", columns["name"]),
            "phone": ("text", columns["phone"]),
            "_keys": ("text", [" ".join(keys_of(name)) for name in columns["name"]]),
            "_lon": ("float8", columns["lon"]),
            "_lat": ("float8", columns["lat"]),
        },
        expressions={
            "county": "v.county",
            "path": "v.path",
            "point": POINT,
            "search_keys": "string_to_array(u._keys, ' ')",
        },
        tail="JOIN region_version AS v ON v.region = u.region",
    )


def _departments(loading: Loading, columns: dict[str, Any]) -> None:
    insert_columns(
        loading.connection,
        "department",
        {
            "id": ("uuid", loading.named("department", columns["code"])),
            "code": ("text", columns["code"]),
            "name": ("text", columns["name"]),
            "path": ("text", columns["path"]),
            "county": ("integer", [loading.county(path) for path in columns["path"]]),
        },
    )


def _grids(loading: Loading, columns: dict[str, Any]) -> None:
    paths = list(columns["path"])
    _identities(loading, "grid", columns["code"])
    west, south, east, north = shapely.total_bounds(
        np.asarray(columns["geom"], dtype=object)
    ).tolist()
    loading.box = (west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG)
    loading.known = None
    insert_columns(
        loading.connection,
        "grid_version",
        _version(loading, "grid", columns, paths) | {"number": ("text", columns["number"])},
        expressions=_VERSION | {"area_m2": f"ST_Area(CAST({_SHAPE} AS geography))"},
    )


def _staff(loading: Loading, columns: dict[str, Any]) -> None:
    ring = loading.given.sealer
    codes = list(columns["code"])
    loading.named("staff", codes)
    sealed = [
        sealing.seal(ring, phone, field="staff.phone", row=UUID(bytes=loading.ids["staff"][code]))
        for code, phone in zip(codes, columns["phone"], strict=True)
    ]
    insert_columns(
        loading.connection,
        "staff",
        {
            "id": ("uuid", loading.of("staff", codes)),
            "code": ("text", codes),
            "name": ("text", columns["name"]),
            "post": ("text", columns["post"]),
            "_keys": ("text", [" ".join(keys_of(name)) for name in columns["name"]]),
            "phone_sealed": ("bytea", sealed),
            "phone_hash": ("bytea", [sealing.keyed_hash(ring, one) for one in columns["phone"]]),
        },
        expressions={"search_keys": "string_to_array(u._keys, ' ')"},
    )


def _duties(loading: Loading, columns: dict[str, Any]) -> None:
    insert_columns(
        loading.connection,
        "duty",
        {
            "id": ("uuid", ids.many(loading.given.now, len(columns["kind"]))),
            "staff": ("uuid", loading.of("staff", columns["staff_code"])),
            "grid": ("uuid", loading.of("grid", columns["grid_code"])),
            "kind": ("text", columns["kind"]),
            "_since": ("timestamptz", [loading.moment(day, 0) for day in columns["from_day"]]),
        },
        expressions={"county": "v.county", "path": "v.path", "during": _IN_FORCE},
        tail="JOIN grid_version AS v ON v.grid = u.grid",
    )


def _guides(loading: Loading, columns: dict[str, Any]) -> None:
    insert_columns(
        loading.connection,
        "guide",
        {
            "kind": ("text", columns["kind"]),
            "rank": ("smallint", columns["rank"]),
            "name": ("text", columns["name"]),
            "_shape": ("bytea", [shapely.to_wkb(shape) for shape in columns["geom"]]),
        },
        expressions={"shape": "ST_GeomFromWKB(u._shape, 4326)"},
    )


LOADERS: dict[str, Callable[[Loading, dict[str, Any]], None]] = {
    "level": _levels,
    "region": _regions,
    "center": _centers,
    "department": _departments,
    "grid": _grids,
    "staff": _staff,
    "duty": _duties,
    "guide": _guides,
}
