"""Putting an assignment into words: names of places, people and centers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gridmap import area
from gridmap.queries import holders
from gridmap.queries.boundaries import GridVersion
from gridmap.queries.locate import Located
from gridmap.rules.assignment import HOW


def located(connection: Connection, found: Located, *, now: datetime, zone: str) -> dict[str, Any]:
    """The answer of ``locate`` with names, fit for JSON; no phone but the center's."""
    version, border = found.version, found.border
    beyond = border.beyond if border else None
    others = [one.version for one in found.alternatives]
    shown = [one for one in (version, found.today, beyond, *others) if one]
    names = _names(connection, [found.path, *(one.path for one in shown)], now)
    zh, en = HOW[found.how]
    return {
        "how": found.how,
        "certain": found.certain,
        "share": found.share,
        "accuracy_m": found.spot.accuracy_m if found.spot else None,
        "distance_m": found.distance_m,
        "text": {"zh": zh, "en": en},
        "grid": _grid(version, names, zone),
        "today": _grid(found.today, names, zone) if found.today != version else None,
        "worker": _worker(found.worker),
        "center": _center(found.center),
        "path": found.path,
        "chain": chain(found.path, names),
        "border": {
            "meters": border.meters,
            "lon": border.lon,
            "lat": border.lat,
            "beyond": _named(beyond, names),
        }
        if border
        else None,
        "alternatives": [
            {**(_named(one.version, names) or {}), "share": one.share} for one in found.alternatives
        ],
    }


def chain(path: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """The regions above a path, from the top down, with the path itself where it is one."""
    return [
        {"depth": area.level(one), "path": one, "name": names[one]}
        for one in [*area.parents(path), path]
        if one in names
    ]


def grid_name(path: str, names: dict[str, str]) -> str:
    """Township, village and three-digit number: how a grid is called."""
    parents = area.parents(path)
    above = [names[one] for one in parents[-2:] if one in names]
    return " ".join([*above, path.split("/")[-2]])


def _names(connection: Connection, paths: Iterable[str], now: datetime) -> dict[str, str]:
    wanted = {one for path in paths if path for one in [*area.parents(path), path]}
    return holders.names(connection, wanted, now)


def names_above(connection: Connection, paths: Iterable[str], now: datetime) -> dict[str, str]:
    """The names of all regions on the way to some paths."""
    return _names(connection, paths, now)


def _grid(version: GridVersion | None, names: dict[str, str], zone: str) -> dict[str, Any] | None:
    if version is None:
        return None
    since = version.since.astimezone(ZoneInfo(zone)).date().isoformat() if version.since else None
    return {
        "code": version.code,
        "path": version.path,
        "number": version.number,
        "name": grid_name(version.path, names),
        "version": since,
    }


def _named(version: GridVersion | None, names: dict[str, str]) -> dict[str, Any] | None:
    return {"path": version.path, "name": grid_name(version.path, names)} if version else None


def _worker(worker: holders.Worker | None) -> dict[str, Any] | None:
    return {"name": worker.name, "post": worker.post, "duty": worker.kind} if worker else None


def _center(center: holders.Center | None) -> dict[str, Any] | None:
    return {"name": center.name, "phone": center.phone} if center else None
