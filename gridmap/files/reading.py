"""One way to read every format: what is it, what is in it, row by row in batches."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gridmap.errors import FileRefused
from gridmap.files.archive import unpack
from gridmap.files.batch import BATCH_ROWS, Batch, FileInfo, Floats, Source
from gridmap.files.csv_table import open_csv
from gridmap.files.encoding import survey
from gridmap.files.formats import file_format
from gridmap.files.limits import (
    MAX_MAP_BYTES,
    MAX_TEXT_MAP_BYTES,
    SAMPLE_ROWS,
    check_size,
)
from gridmap.files.places import find_places, located, raw_positions
from gridmap.files.sheet import open_sheet
from gridmap.files.single_geometry import check_single_geometries
from gridmap.geo.coordinates import checked_crs, in_china, is_geographic

MAP_SUFFIXES = {
    ".shp": "shapefile",
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".kml": "kml",
    ".fgb": "flatgeobuf",
}
_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")
_UNPACKED = frozenset((*MAP_SUFFIXES, *_SHAPEFILE_PARTS))
# GDAL reads this kind of JSON as a recipe that may open any other file.
_RECIPE = b"gdal_streamed_alg"


def inspect(path: Path, *, encoding: str | None = None, layer: str | None = None) -> FileInfo:
    """What a file is and holds, without reading it all (text files are decoded once).

    Raises FileRefused with one sentence for what is no map file and no table, or unsafe.
    """
    with _opened(Path(path), encoding, layer) as source:
        places = find_places(source)
        rows = next(source.read(SAMPLE_ROWS), None)
        positions = np.empty((0, 2)) if rows is None else raw_positions(rows, places)
        return FileInfo(
            format=source.format,
            layers=source.layers,
            columns=source.columns,
            rows=source.rows,
            encoding=source.encoding,
            crs=source.crs,
            geometry=source.has_geometry or bool(places.wkt or places.lon),
            crs_doubtful=_doubtful(source, positions),
        )


def read(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    places: Mapping[str, str] | None = None,
    batch: int = BATCH_ROWS,
) -> Iterator[Batch]:
    """The rows of a file in batches, in file order, places in WGS 84.

    ``crs`` and ``encoding`` override what the file says; ``places`` (lon, lat, wkt → column)
    what the headings suggest. A row with coordinates that cannot be is a reject; one that names no
    place is kept, its geometry None and its point NaN. Geometries are as the file has them, except
    that unclosed rings are closed. Raises FileRefused, also in mid-file
    where a table cannot be read on.
    """
    wanted = None if crs is None else checked_crs(crs)
    with _opened(Path(path), encoding, layer) as source:
        yield from located(source, find_places(source, places), wanted, batch)


def sample(
    path: Path,
    *,
    encoding: str | None = None,
    layer: str | None = None,
    places: Mapping[str, str] | None = None,
) -> Floats:
    """Coordinates (n, 2) of a file's first rows as they stand in it, for ``candidate_fits``."""
    with _opened(Path(path), encoding, layer) as source:
        rows = next(source.read(SAMPLE_ROWS), None)
        if rows is None:
            return np.empty((0, 2))
        return raw_positions(rows, find_places(source, places))


@contextmanager
def _opened(path: Path, encoding: str | None, layer: str | None) -> Iterator[Source]:
    kind = file_format(path)
    if kind == "csv":
        yield open_csv(path, encoding)
    elif kind == "xlsx":
        yield open_sheet(path, layer)
    else:
        with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
            members = _members(path, kind, Path(folder))
            yield _open_member(members, layer, encoding, Path(folder))


def _members(path: Path, kind: str, folder: Path) -> dict[str, Path]:
    """Name → map file: the file itself, or those in the archive."""
    if kind != "zip":
        return {path.stem: path}
    check_size(path, MAX_MAP_BYTES)
    written = unpack(path, folder, _UNPACKED)
    members = {
        Path(name).stem: file for name, file in written.items() if file.suffix in MAP_SUFFIXES
    }
    if not members:
        raise FileRefused("压缩包 {name} 里没有地图文件", name=path.name)
    return members


def _open_member(
    members: dict[str, Path], layer: str | None, encoding: str | None, folder: Path
) -> Source:
    """The wanted layer, by the name of a member of the archive or of a layer in the one file."""
    several = len(members) > 1
    if several and layer is not None and layer not in members:
        raise FileRefused("没有图层 {layer}；有：{layers}", layer=layer, layers="、".join(members))
    name = layer if several and layer is not None else next(iter(members))
    file = members[name]
    kind = file_format(file)
    _check_map(file, kind)
    if kind == "geojson":
        file = _as_utf8(file, encoding, folder)
    inner = layer if kind in ("gpkg", "kml") and not several else None
    # GDAL takes most of a second to load, which only a map file should cost
    from gridmap.files.map_file import open_map

    source = open_map(file, kind, inner, encoding)
    layers = list(members) if several or kind != "gpkg" else source.layers
    if kind == "kml" and not several:
        layers = source.layers
    return Source(**{**vars(source), "layers": layers})


def _check_map(path: Path, kind: str) -> None:
    check_size(path, MAX_TEXT_MAP_BYTES if kind in ("geojson", "kml") else MAX_MAP_BYTES)
    check_single_geometries(path, kind)


def _as_utf8(path: Path, encoding: str | None, folder: Path) -> Path:
    """A GeoJSON that GDAL can read: it takes UTF-8 only. Refuses one that is a recipe."""
    found = survey(path, encoding).encoding
    if _RECIPE in path.read_bytes():
        raise FileRefused("{name} 不是 GeoJSON", name=path.name)
    if found in ("utf-8", "utf-8-sig"):
        return path
    target = folder / "utf8.geojson"
    with path.open(encoding=found) as source, target.open("w", encoding="utf-8") as out:
        shutil.copyfileobj(source, out)
    return target


def _doubtful(source: Source, positions: Floats) -> bool:
    """Whether the coordinate system wants a look: see ``FileInfo``."""
    if not len(positions):
        return False
    declares = source.crs is not None and source.format not in ("geojson", "kml")
    if not declares or source.crs is None:
        return True
    if not is_geographic(source.crs):
        return False
    return bool(in_china(positions).mean() < 0.5)
