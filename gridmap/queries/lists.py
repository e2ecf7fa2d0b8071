"""Every layer has a list beside it: the same rows and filters, sortable, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.errors import InvalidInput, NotFound
from gridmap.layers.base import Words
from gridmap.queries import cards, describe, filters
from gridmap.queries.filters import Filters

PAGE_ROWS = 50
Box = tuple[float, float, float, float]
Cell = Callable[[Row[Any], dict[str, str]], Any]


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it sorts by (SQL), and what a row shows in it."""

    id: str
    title: Words
    sort: str
    cell: Cell


@dataclass(frozen=True)
class Listing:
    """A layer's list: the select with county, id, path, lon, lat, and its columns."""

    sql: str
    what: str | None
    path: str
    point: str
    columns: tuple[Column, ...]
    filtered: bool = False


@dataclass(frozen=True)
class Asked:
    """Which rows are wanted."""

    filters: Filters
    within: str
    box: Box | None
    sort: str
    page: int
    colors: tuple[int, ...] = ()


def _place(row: Row[Any], names: dict[str, str]) -> str:
    if row.path in names:
        return names[row.path]
    return describe.grid_name(row.path, names) if row.path else "—"


def _field(name: str) -> Cell:
    return lambda row, _names: getattr(row, name)


def _time(name: str) -> Cell:
    def cell(row: Row[Any], _names: dict[str, str]) -> str | None:
        at = getattr(row, name)
        return at.isoformat() if at else None

    return cell


def _words(name: str, of: dict[Any, tuple[str, str]]) -> Cell:
    return lambda row, _names: list(of[getattr(row, name)])


_PLACE = Column("place", Words("所在", "Place"), "path", _place)

LISTS: dict[str, Listing] = {
    "incidents": Listing(
        """SELECT i.county, i.id, i.path, ST_X(i.point) AS lon, ST_Y(i.point) AS lat,
                  i.occurred_at, c.zh, c.en, i.severity, i.state, i.number
             FROM incident AS i JOIN category AS c ON c.number = i.category""",
        "incident",
        "i.path",
        "i.point",
        (
            Column("number", Words("编号", "Number"), "number", _field("number")),
            Column("at", Words("时间", "Time"), "occurred_at", _time("occurred_at")),
            Column("category", Words("类别", "Category"), "zh", lambda r, _: [r.zh, r.en]),
            Column(
                "severity",
                Words("轻重", "Severity"),
                "severity",
                _words("severity", cards.SEVERITIES),
            ),
            Column("state", Words("状态", "State"), "state", _words("state", cards.STATES)),
            _PLACE,
        ),
        filtered=True,
    ),
    "warnings": Listing(
        """SELECT w.county, w.id, w.path, ST_X(w.point) AS lon, ST_Y(w.point) AS lat,
                  w.color, w.since, w.answered_at, w.why
             FROM warning AS w""",
        "warning",
        "w.path",
        "w.point",
        (
            Column("color", Words("等级", "Level"), "color", _words("color", cards.COLORS)),
            Column("since", Words("自", "Since"), "since", _time("since")),
            Column("answered", Words("签收", "Answered"), "answered_at", _time("answered_at")),
            Column("why", Words("原因", "Why"), "why", _field("why")),
            _PLACE,
        ),
    ),
    "households": Listing(
        """SELECT h.county, h.id, h.path, ST_X(h.point) AS lon, ST_Y(h.point) AS lat,
                  h.address, h.code, h.tags
             FROM household AS h""",
        "household",
        "h.path",
        "h.point",
        (
            Column("address", Words("地址", "Address"), "address", _field("address")),
            Column("code", Words("编号", "Code"), "code", _field("code")),
            Column("tags", Words("标签", "Tags"), "tags", lambda r, _: "、".join(r.tags)),
            _PLACE,
        ),
    ),
    "centers": Listing(
        """SELECT c.county, c.id, c.path, ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
                  c.name, c.phone
             FROM center AS c""",
        "center",
        "c.path",
        "c.point",
        (
            Column("name", Words("名称", "Name"), "name", _field("name")),
            Column("phone", Words("电话", "Phone"), "phone", _field("phone")),
            _PLACE,
        ),
    ),
    "workers": Listing(
        """SELECT d.county, d.id, d.path, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
                  s.name, s.post, d.kind
             FROM duty AS d JOIN staff AS s ON s.id = d.staff
             JOIN grid_version AS v ON v.grid = d.grid AND upper_inf(v.during)
            WHERE upper_inf(d.during)""",
        "duty",
        "d.path",
        "v.label",
        (
            Column("name", Words("姓名", "Name"), "name", _field("name")),
            Column("kind", Words("任职", "Duty"), "kind", lambda r, _: cards.DUTIES[r.kind]),
            Column("post", Words("职务", "Post"), "post", _field("post")),
            _PLACE,
        ),
    ),
    "regions": Listing(
        """SELECT v.county, v.region AS id, v.path, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
                  v.name, r.code
             FROM region_version AS v JOIN region AS r ON r.id = v.region
            WHERE upper_inf(v.during)""",
        None,
        "v.path",
        "v.shape",
        (
            Column("name", Words("名称", "Name"), "name", _field("name")),
            Column("code", Words("代码", "Code"), "code", _field("code")),
            Column(
                "above",
                Words("上级", "Above"),
                "path",
                lambda r, names: (
                    names.get(area.parents(r.path)[-1], "") if "/" in r.path[:-1] else ""
                ),
            ),
        ),
    ),
    "grids": Listing(
        """SELECT v.county, v.grid AS id, v.path, ST_X(v.label) AS lon, ST_Y(v.label) AS lat,
                  g.code, v.area_m2
             FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
            WHERE upper_inf(v.during)""",
        None,
        "v.path",
        "v.shape",
        (
            _PLACE,
            Column("code", Words("编号", "Code"), "code", _field("code")),
            Column(
                "km2",
                Words("面积 km²", "Area, km²"),
                "area_m2",
                lambda r, _: round(r.area_m2 / 1e6, 2),
            ),
        ),
    ),
}


def rows_of(
    connection: Connection, layer: str, asked: Asked, *, now: datetime, zone: str
) -> dict[str, Any]:
    """A page of a layer's list; NotFound for a layer without one, InvalidInput for a bad sort."""
    if layer not in LISTS:
        raise NotFound("图层“{layer}”没有列表。", layer=layer)
    listing = LISTS[layer]
    where, parameters = _where(connection, listing, asked, zone)
    joiner = " AND " if " WHERE " in " ".join(listing.sql.split()) else " WHERE "
    filtered = f"{listing.sql}{joiner}{where}"
    total = connection.scalar(text(f"SELECT count(*) FROM ({filtered}) AS t"), parameters) or 0
    page = text(
        f"SELECT * FROM ({filtered}) AS t ORDER BY {_order(listing, asked.sort)}, id"
        " LIMIT :rows OFFSET :skip"
    )
    skip = (asked.page - 1) * PAGE_ROWS
    rows = connection.execute(page, parameters | {"rows": PAGE_ROWS, "skip": skip}).all()
    names = describe.names_above(connection, {row.path for row in rows}, now)
    return {
        "columns": [{"id": c.id, **c.title._asdict()} for c in listing.columns],
        "rows": [_row(row, listing, names) for row in rows],
        "total": total,
        "page": asked.page,
        "pages": max(1, -(-total // PAGE_ROWS)),
    }


def _where(
    connection: Connection, listing: Listing, asked: Asked, zone: str
) -> tuple[str, dict[str, Any]]:
    parts = [range_sql(area.bounds(asked.within), listing.path)]
    parameters: dict[str, Any] = {}
    if listing.what:
        parts.append(f"({readable(connection, listing.what, listing.path)})")
    if asked.box:
        parts.append(f"{listing.point} && ST_MakeEnvelope(:west, :south, :east, :north, 4326)")
        parameters |= dict(zip(("west", "south", "east", "north"), asked.box, strict=True))
    if listing.filtered:
        condition, more = filters.conditions(asked.filters, zone)
        parts.append(condition)
        parameters |= more
    if listing.what == "warning":
        parts.append("w.closed_at IS NULL")
        if asked.colors:
            parts.append("w.color = ANY(:colors)")
            parameters["colors"] = list(asked.colors)
    return " AND ".join(parts), parameters


def _order(listing: Listing, sort: str) -> str:
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    known = {column.id: column.sort for column in listing.columns}
    if not name:
        return known.get("at", "path") + (" DESC" if "at" in known else "")
    if name not in known:
        raise InvalidInput(
            "列表不能按“{name}”排序；可以按：{known}。", name=name, known="、".join(known)
        )
    return f"{known[name]} {'DESC NULLS LAST' if descending else 'ASC NULLS LAST'}"


def _row(row: Row[Any], listing: Listing, names: dict[str, str]) -> dict[str, Any]:
    return {
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "lon": row.lon,
        "lat": row.lat,
        "cells": [column.cell(row, names) for column in listing.columns],
    }
