"""What regions and grids share at import: repaired shapes, parents, dated versions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.errors import FileRefused
from gridmap.geo.lattice import to_lattice
from gridmap.geo.repair import repair
from gridmap.operations.imports.kind import Columns

Shapes = NDArray[Any]
LATTICE_DEG = 1e-7
_AREAS = ("Polygon", "MultiPolygon")


def repaired(columns: Columns, bad: dict[int, str]) -> Shapes:
    """Each row's area on the lattice, as MultiPolygon; what cannot surely be repaired is bad.

    A row without a boundary gives None: regions may be known by name alone.
    """
    given = columns.batch.geometries
    shapes = np.full(columns.length, None, dtype=object)
    if given is None:
        return shapes
    for position in np.flatnonzero(~shapely.is_missing(given)).tolist():
        shape, reason = repair(given[position])
        if shape is None:
            bad.setdefault(position, reason or "没有边界")
            continue
        exact = _exact(shape)
        if exact is None:
            bad.setdefault(position, "边界取到厘米后自相交，请检查过近的点")
            continue
        shapes[position] = exact
    return shapes


def _exact(shape: Polygon | MultiPolygon) -> MultiPolygon | None:
    """The shape on the lattice; None where rounding to a centimeter breaks it beyond repair.

    Points nearer than that may fall together and leave a spike or a touching ring. What GEOS's
    precision reducer then leaves differs by less than a centimeter anywhere, so it is sure.
    """
    exact = to_lattice(shape)
    if not exact.is_valid:
        exact = to_lattice(shapely.set_precision(shape, LATTICE_DEG))
    if exact.is_empty or not exact.is_valid or exact.geom_type not in _AREAS:
        return None
    return exact if isinstance(exact, MultiPolygon) else MultiPolygon([exact])


_REGIONS = """
SELECT r.code, v.path, ST_AsBinary(v.shape) AS shape
  FROM region_version AS v JOIN region AS r ON r.id = v.region
 WHERE upper_inf(v.during) AND v.depth = :depth
 ORDER BY v.path
"""


class Parents:
    """The open regions of one depth, to find the parent of a row by code or by area."""

    def __init__(self, connection: Connection, depth: int, given: str | None) -> None:
        rows = connection.execute(text(_REGIONS), {"depth": depth}).all()
        self.path_of = {row.code: row.path for row in rows}
        self.code_of = {row.path: row.code for row in rows}
        self.paths = [row.path for row in rows if row.shape is not None]
        self.shapes = shapely.from_wkb([bytes(row.shape) for row in rows if row.shape is not None])
        if given is not None and given not in self.path_of:
            raise FileRefused(
                "没有编号为 {code} 的上级区划（第 {depth} 级），请先导入它。",
                code=given,
                depth=depth,
            )
        self.given = self.path_of[given] if given is not None else None

    def of(self, codes: Sequence[str | None], shapes: Shapes, bad: dict[int, str]) -> list[str]:
        """The path of each row's parent; a row without one is bad."""
        found: list[str] = []
        for position, code in enumerate(codes):
            path = self.path_of.get(code) if code else self.given or self._by_area(shapes[position])
            if path is None:
                missing = f"没有编号为 {code} 的上级区划" if code else "找不到上级区划"
                bad.setdefault(position, f"{missing}，请用 --parent 指定")
            found.append(path or area.EVERYTHING)
        return found

    def _by_area(self, shape: Any) -> str | None:
        """The region with the largest share of the shape's area."""
        if shape is None or not self.paths:
            return None
        near = shapely.STRtree(self.shapes).query(shape, predicate="intersects")
        shared = shapely.area(shapely.intersection(shapely.make_valid(self.shapes[near]), shape))
        if not len(near) or shared.max() <= 0:
            return None
        best: str = self.paths[int(near[int(np.argmax(shared))])]
        return best


def segment(code: str, parent: str) -> str:
    """A code's own part of the path: what follows the parent's code.

    National codes fill the levels below with zeros (620000, 620100): those do not count.
    """
    own = significant(code).removeprefix(significant(parent))
    return own if own and code.startswith(significant(parent)) else code


def significant(code: str) -> str:
    """A national code without the pairs of zeros that stand for the levels below."""
    stripped = code
    while len(stripped) > 2 and len(code) == 6 and stripped.endswith("00"):
        stripped = stripped[:-2]
    return stripped


def close_changed(connection: Connection, table: str, parameters: dict[str, object]) -> int:
    """Ends the open versions that a staged row replaces, at ``at``; returns how many."""
    owner = table.removesuffix("_version")
    return connection.execute(
        text(
            f"UPDATE {table} AS v SET during = tstzrange(lower(v.during), :at)"
            f"  FROM own_import_row AS r JOIN {owner} AS o ON o.code = r.key"
            f" WHERE r.import = :import AND v.{owner} = o.id AND upper_inf(v.during)"
            f"   AND ({changed_sql(table)})"
        ),
        parameters,
    ).rowcount


def changed_sql(table: str) -> str:
    """Whether a staged row differs from the open version ``v``, as SQL."""
    own = "v.number" if table == "grid_version" else "v.name"
    return (
        "NOT ((v.shape ~= r.shape) IS NOT FALSE"
        " AND ST_AsBinary(v.shape) IS NOT DISTINCT FROM ST_AsBinary(r.shape)"
        f" AND v.path = r.path AND {own} = r.fields[1])"
    )
