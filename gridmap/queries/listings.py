"""What the list of each layer holds: its select, its columns, and how a row shows in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from gridmap import area
from gridmap.layers.base import Words
from gridmap.queries import cards, describe

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
