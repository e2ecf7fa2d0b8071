"""How the generator's households, incidents and warnings become rows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gridmap import ids
from gridmap.operations.columns import insert_columns
from gridmap.operations.incident_rows import store_incidents
from gridmap.operations.sample_loading import Home, Loading
from gridmap.queries.locate_many import Territory, locate_many, territory


def _households(loading: Loading, columns: dict[str, Any]) -> None:
    codes, paths = list(columns["code"]), list(columns["path"])
    county_of = {path: loading.county(path) for path in set(paths)}
    made = loading.named("household", codes)
    for code, id, path in zip(codes, made, paths, strict=True):
        loading.homes[code] = Home(county_of[path], id, path)
    loading.store(
        loading.connection,
        "household",
        {
            "county": ("integer", [county_of[path] for path in paths]),
            "id": ("uuid", made),
            "code": ("text", codes),
            "path": ("text", paths),
            "point": ("geometry", np.column_stack([columns["lon"], columns["lat"]])),
            "address": ("text", columns["address"]),
            "tags": ("text[]", columns["tags"]),
            "entered_by": ("text", ["示例"] * len(codes)),
            "entered_at": ("timestamptz", [loading.since] * len(codes)),
        },
    )


def load_incidents(loading: Loading, columns: dict[str, Any]) -> None:
    """Stores incidents, each located by the same bulk join that every import uses."""
    occurred = _moments(loading, columns, "occurred")
    points = np.column_stack([columns["lon"], columns["lat"]]).astype(float)
    accuracy = np.maximum(np.asarray(columns["accuracy_m"], float), 0.0)
    known = loading.known = loading.known or _territory(loading)
    at = np.array([moment.timestamp() for moment in occurred])
    made = ids.many(loading.given.now, len(occurred))
    loading.ids.setdefault("incident", {}).update(zip(columns["code"], made, strict=True))
    located = locate_many(known, points, at, accuracy_m=accuracy)
    county_of = {path: loading.county(path) for path in set(located.path)}
    store_incidents(
        loading.connection,
        {
            "ids": made,
            "numbers": list(columns["code"]),
            "counties": [county_of[path] for path in located.path],
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
        loading.store,
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
    "incident": "SELECT id, county, path, point FROM incident WHERE county IN ({counties})",
}


def _warnings(loading: Loading, columns: dict[str, Any]) -> None:
    kinds = np.asarray(columns["subject_kind"])
    for kind in _PLACE_OF:
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            _warnings_of(loading, kind, {name: [c[n] for n in rows] for name, c in columns.items()})


def _warnings_of(loading: Loading, kind: str, columns: dict[str, Any]) -> None:
    place_of = _PLACE_OF[kind].format(counties=",".join(map(str, loading.counties.values())))
    answered = [loading.moment(d, 43_200) if d >= 0 else None for d in columns["answered_day"]]
    insert_columns(
        loading.connection,
        "warning",
        {
            "id": ("uuid", ids.many(loading.given.now, len(answered))),
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
        tail=f"JOIN ({place_of}) AS p ON p.id = u.subject_id",
    )


LOADERS: dict[str, Callable[[Loading, dict[str, Any]], None]] = {
    "household": _households,
    "incident": load_incidents,
    "warning": _warnings,
}
