"""How large the largest single geometry is, before anything of it is loaded."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from gridmap.errors import FileRefused
from gridmap.files.limits import MAX_GEOMETRY_BYTES, MIB


def check_single_geometries(path: Path, kind: str) -> None:
    """Refuse a map file with a geometry above ``MAX_GEOMETRY_BYTES``, as far as the format tells
    without reading it; the limits of the whole file hold for the others."""
    largest = {"gpkg": _largest_in_geopackage, "shapefile": _largest_in_shapefile}.get(kind)
    size = largest(path) if largest else 0
    if size > MAX_GEOMETRY_BYTES:
        raise FileRefused(
            "{name} 里有一个几何图形大到 {size} MB，上限 {limit} MB",
            name=path.name,
            size=size // MIB,
            limit=MAX_GEOMETRY_BYTES // MIB,
        )


def _largest_in_geopackage(path: Path) -> int:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            tables = base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
            queries = [
                f"SELECT max(length({_quoted(column)})) FROM {_quoted(table)}"
                for table, column in tables
            ]
            return max((base.execute(query).fetchone()[0] or 0 for query in queries), default=0)
    except sqlite3.Error:
        raise FileRefused("{name} 不是完好的 GeoPackage", name=path.name) from None


def _largest_in_shapefile(path: Path) -> int:
    index = path.with_suffix(".shx")
    if not index.exists():
        raise FileRefused("Shapefile 缺少 .shx 文件，请把 .shp、.shx、.dbf 一起压缩")
    words = np.fromfile(index, dtype=">i4", offset=100)
    lengths = words[1::2]
    return 2 * int(lengths.max()) if len(lengths) else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
