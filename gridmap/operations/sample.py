"""The made-up county: loading it into an empty installation, and taking all of it out again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from sqlalchemy import Connection, text

from gridmap import ids, sealing
from gridmap.clock import local_day
from gridmap.events import BoundaryPublished, SampleRemoved
from gridmap.operations import boundaries, classes
from gridmap.operations.columns import POINT, insert_columns
from gridmap.operations.incident_rows import store_incidents
from gridmap.operations.intake import Circumstances
from gridmap.operations.record import record
from gridmap.queries import holders
from gridmap.queries.locate_many import Territory, locate_many, territory
from gridmap.queries.search_keys import keys_of
from gridmap.synth.batch import Batch

SAMPLE_PREFIX = "99/"
"""No real place has a code that begins so."""

_SHAPE = "ST_Multi(ST_GeomFromWKB(u._shape, 4326))"
_LABEL = "ST_SetSRID(ST_MakePoint(u._label_lon, u._label_lat), 4326)"
_IN_FORCE = "tstzrange(u._since, NULL)"
_AROUND_DEG = 0.05
"""How far around a county's grids its incidents may lie: about 5 km."""


@dataclass
class Loading:
    """What later tables of a load need of earlier ones."""

    connection: Connection
    given: Circumstances
    last_day: date
    since: datetime
    counties: dict[str, int] = field(default_factory=dict)
    county_depth: int = 0
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)
    known: Territory | None = None
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)

    def named(self, table: str, codes: Iterable[str]) -> list[str]:
        """New ids for the codes of a table, remembered for those that refer to them."""
        made = {code: ids.uuid7(self.given.now) for code in codes}
        self.ids.setdefault(table, {}).update(made)
        return [str(id) for id in made.values()]

    def of(self, table: str, codes: Iterable[str]) -> list[str]:
        """The ids that a table's codes were given."""
        known = self.ids[table]
        return [str(known[code]) for code in codes]

    def county(self, path: str) -> int:
        """The county's number of a path; 0 above the counties."""
        head = "/".join(path.split("/")[: self.county_depth]) + "/"
        return self.counties.get(head, 0)

    def moment(self, days_ago: int, second: int) -> datetime:
        """A local second of a day before the sample's last day."""
        day = self.last_day - timedelta(days=int(days_ago))
        begin = datetime.combine(day, time(), ZoneInfo(self.given.zone))
        return begin + timedelta(seconds=int(second))


def load(
    connection: Connection, batches: Iterable[Batch], given: Circumstances, *, fit: bool = True
) -> int:
    """Loads batches of the generator; the sample's last day becomes yesterday. Returns the rows.

    Incidents are located by the same bulk join that every import uses. Persons are left to
    ``sample_people.load``: nothing on the map waits for them. Without ``fit`` the class limits
    are left for later: who loads county after county fits them once.
    """
    loading = _begin(connection, given)
    rows = 0
    for batch in batches:
        if batch.table in _LOADERS:
            _LOADERS[batch.table](loading, dict(batch.columns))
            rows += len(batch)
    _finish(loading)
    if fit:
        classes.fit(connection, last_day=loading.last_day, zone=given.zone)
    return rows


OPENING_DAYS = 366
"""Incidents of these last days are on the opening view of the map."""


def lately(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches with only those incidents that the opening view of the map shows."""
    return (_some_incidents(batch, earlier=False) for batch in batches)


def load_earlier(connection: Connection, batches: Iterable[Batch], given: Circumstances) -> int:
    """Loads the incidents that ``lately`` left out; returns how many."""
    loading = _begin(connection, given)
    declared = holders.levels(connection)
    loading.county_depth = holders.county_depth(declared)
    counties = connection.execute(text("SELECT path, no FROM county WHERE path <> ''"))
    loading.counties = {row.path: row.no for row in counties}
    count = 0
    for batch in batches:
        if batch.table == "incident":
            earlier = _some_incidents(batch, earlier=True)
            if len(earlier):
                _incidents(loading, dict(earlier.columns))
            count += len(earlier)
    return count


def _some_incidents(batch: Batch, *, earlier: bool) -> Batch:
    if batch.table != "incident":
        return batch
    rows = np.flatnonzero((np.asarray(batch.columns["occurred_day"]) >= OPENING_DAYS) == earlier)
    return Batch(
        batch.table, {name: [c[n] for n in rows.tolist()] for name, c in batch.columns.items()}
    )


def _begin(connection: Connection, given: Circumstances) -> Loading:
    last_day = local_day(given.now, given.zone) - timedelta(days=1)
    since = datetime.combine(last_day - timedelta(days=1095), time(), ZoneInfo(given.zone))
    return Loading(connection, given, last_day, since)


def remove(connection: Connection, given: Circumstances) -> None:
    """Takes out everything under codes that no real place has, and the guide lines with it."""
    for statement in _REMOVE:
        connection.execute(
            text(statement), {"prefix": SAMPLE_PREFIX, "next": SAMPLE_PREFIX[:-1] + "0"}
        )
    connection.execute(text("UPDATE installation SET sample = false"))
    connection.execute(text("UPDATE layer_version SET version = version + 1"))
    removed = SampleRemoved(0, "", ids.uuid7(given.now), SAMPLE_PREFIX)
    record(connection, removed, actor=given.actor, at=given.now)


_INSIDE = "path >= :prefix AND path < :next"
_REMOVE = (
    f"DELETE FROM warning WHERE {_INSIDE}",
    f"DELETE FROM incident WHERE {_INSIDE}",
    f"DELETE FROM household WHERE {_INSIDE}",
    f"DELETE FROM duty WHERE {_INSIDE}",
    "DELETE FROM staff WHERE id NOT IN (SELECT staff FROM duty) AND code LIKE '99%'",
    f"DELETE FROM center WHERE {_INSIDE}",
    f"DELETE FROM department WHERE {_INSIDE}",
    f"DELETE FROM simplified WHERE {_INSIDE}",
    f"DELETE FROM coverage WHERE {_INSIDE}",
    f"DELETE FROM grid_version WHERE {_INSIDE}",
    "DELETE FROM grid WHERE id NOT IN (SELECT grid FROM grid_version) AND code LIKE '99%'",
    f"DELETE FROM region_version WHERE {_INSIDE}",
    "DELETE FROM region WHERE id NOT IN (SELECT region FROM region_version) AND code LIKE '99%'",
    "DELETE FROM guide",
)


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
        "id": ("uuid", [str(id) for id in ids.many(loading.given.now, count)]),
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
        sealing.seal(ring, phone, field="staff.phone", row=loading.ids["staff"][code])
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
            "id": ("uuid", [str(one) for one in ids.many(loading.given.now, len(columns["kind"]))]),
            "staff": ("uuid", loading.of("staff", columns["staff_code"])),
            "grid": ("uuid", loading.of("grid", columns["grid_code"])),
            "kind": ("text", columns["kind"]),
            "_since": ("timestamptz", [loading.moment(day, 0) for day in columns["from_day"]]),
        },
        expressions={"county": "v.county", "path": "v.path", "during": _IN_FORCE},
        tail="JOIN grid_version AS v ON v.grid = u.grid",
    )


def _households(loading: Loading, columns: dict[str, Any]) -> None:
    codes, paths = list(columns["code"]), list(columns["path"])
    count = len(codes)
    insert_columns(
        loading.connection,
        "household",
        {
            "county": ("integer", [loading.county(path) for path in paths]),
            "id": ("uuid", loading.named("household", codes)),
            "code": ("text", codes),
            "path": ("text", paths),
            "address": ("text", columns["address"]),
            "entered_by": ("text", ["示例"] * count),
            "entered_at": ("timestamptz", [loading.since] * count),
            "_tags": ("text", [" ".join(tags) for tags in columns["tags"]]),
            "_lon": ("float8", columns["lon"]),
            "_lat": ("float8", columns["lat"]),
        },
        expressions={"point": POINT, "tags": "string_to_array(u._tags, ' ')"},
    )


def _incidents(loading: Loading, columns: dict[str, Any]) -> None:
    occurred = _moments(loading, columns, "occurred")
    points = np.column_stack([columns["lon"], columns["lat"]]).astype(float)
    accuracy = np.maximum(np.asarray(columns["accuracy_m"], float), 0.0)
    known = loading.known = loading.known or _territory(loading)
    at = np.array([moment.timestamp() for moment in occurred])
    made = ids.many(loading.given.now, len(occurred))
    loading.ids.setdefault("incident", {}).update(zip(columns["code"], made, strict=True))
    located = locate_many(known, points, at, accuracy_m=accuracy)
    store_incidents(
        loading.connection,
        {
            "ids": made,
            "numbers": list(columns["code"]),
            "counties": [loading.county(path) for path in located.path],
            "occurred": occurred,
            "received": _moments(loading, columns, "received"),
            "resolved": _moments(loading, columns, "resolved"),
            **{
                key: columns[key]
                for key in ("lon", "lat", "category", "severity", "state", "channel", "words")
            },
            "accuracy_m": accuracy,
        },
        located,
        loading.given,
    )


def _territory(loading: Loading) -> Territory:
    return territory(
        loading.connection,
        loading.box,
        first=loading.since,
        last=loading.given.now,
        now=loading.given.now,
        nearest_limit_m=loading.given.nearest_limit_m,
    )


def _moments(loading: Loading, columns: dict[str, Any], what: str) -> list[Any]:
    days, seconds = columns[f"{what}_day"], columns[f"{what}_second"]
    return [
        loading.moment(day, second) if day >= 0 else None
        for day, second in zip(days, seconds, strict=True)
    ]


_PLACE_OF = {
    "grid": (
        "SELECT grid AS id, county, path, label AS point FROM grid_version WHERE upper_inf(during)"
    ),
    "incident": "SELECT id, county, path, point FROM incident",
}


def _warnings(loading: Loading, columns: dict[str, Any]) -> None:
    kinds = np.asarray(columns["subject_kind"])
    for kind in _PLACE_OF:
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            _warnings_of(loading, kind, {name: [c[n] for n in rows] for name, c in columns.items()})


def _warnings_of(loading: Loading, kind: str, columns: dict[str, Any]) -> None:
    answered = [loading.moment(d, 43_200) if d >= 0 else None for d in columns["answered_day"]]
    insert_columns(
        loading.connection,
        "warning",
        {
            "id": ("uuid", [str(one) for one in ids.many(loading.given.now, len(answered))]),
            "subject_id": ("uuid", loading.of(kind, columns["subject_code"])),
            "subject_kind": ("text", columns["subject_kind"]),
            "color": ("smallint", columns["color"]),
            "since": (
                "timestamptz",
                [
                    loading.moment(day, second)
                    for day, second in zip(
                        columns["since_day"], columns["since_second"], strict=True
                    )
                ],
            ),
            "why": ("text", columns["why"]),
            "answered_at": ("timestamptz", answered),
            "answered_by": ("text", ["示例值班员" if one else None for one in answered]),
        },
        expressions={"county": "p.county", "path": "p.path", "point": "p.point"},
        tail=f"JOIN ({_PLACE_OF[kind]}) AS p ON p.id = u.subject_id",
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


_COVERED = """
INSERT INTO coverage (township, county, path, whole, frame)
SELECT v.region, v.county, v.path, true, v.shape FROM region_version AS v
 WHERE length(v.path) - length(replace(v.path, '/', '')) = :depth AND upper_inf(v.during)
ON CONFLICT DO NOTHING
"""


def _finish(loading: Loading) -> None:
    """Shapes for the map, class limits, and one event for each county's new boundaries."""
    connection, given = loading.connection, loading.given
    for path, county in {"": 0, **loading.counties}.items():
        for layer in boundaries.TABLE_OF_LAYER:
            boundaries.refresh(connection, layer, county)
        published = BoundaryPublished(county, path, ids.uuid7(given.now), "grids", 0)
        record(connection, published, actor=given.actor, at=given.now)
    depth = holders.answering_depth(holders.levels(connection))
    connection.execute(text(_COVERED), {"depth": depth})
    connection.execute(text("UPDATE installation SET sample = true"))


_LOADERS: dict[str, Callable[[Loading, dict[str, Any]], None]] = {
    "level": _levels,
    "region": _regions,
    "center": _centers,
    "department": _departments,
    "grid": _grids,
    "staff": _staff,
    "duty": _duties,
    "household": _households,
    "incident": _incidents,
    "warning": _warnings,
    "guide": _guides,
}
