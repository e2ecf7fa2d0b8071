"""Every layer has a list beside it: the same rows and filters, sortable, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.errors import InvalidInput, NotFound
from gridmap.queries import describe, filters
from gridmap.queries.filters import Filters
from gridmap.queries.listings import LISTS, Listing

PAGE_ROWS = 50
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Asked:
    """Which rows are wanted."""

    filters: Filters
    within: str
    box: Box | None
    sort: str
    page: int
    colors: tuple[int, ...] = ()


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
