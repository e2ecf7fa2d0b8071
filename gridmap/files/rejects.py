"""The rejects file: the rows that were not taken, to be mended and loaded alone."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gridmap.files.batch import Batch, Reject
from gridmap.files.places import PLACE_COLUMNS
from gridmap.files.shielding import shielded
from gridmap.geo.coordinates import WGS84, geometries_from_wgs84

ROW_COLUMN = "_row"
REASON_COLUMN = "_reason"
WKT_COLUMN = "wkt"


def reject_row(batch: Batch, position: int, reason: str, *, crs: str | None = None) -> Reject:
    """The reject for a row of a batch. A geometry goes along as WKT in ``crs``, the system that
    the file was read in, so that the mended row is loaded with the same options."""
    values = batch.row(position)
    if batch.geometries is not None and not _has_place(values):
        shape = np.array([batch.geometries[position]], dtype=object)
        shape = shape if crs in (None, WGS84) else geometries_from_wgs84(shape, str(crs))
        values[WKT_COLUMN] = None if shape[0] is None else shape[0].wkt
    return Reject(batch.numbers[position], reason, values)


def write_rejects(path: Path, columns: Sequence[str], rejects: Iterable[Reject]) -> int:
    """Write CSV (UTF-8 with byte order mark): row, reason, then the original columns and, where
    any row has one, its geometry as WKT. Returns how many rows there are."""
    rows = sorted(rejects, key=lambda reject: reject.row)
    names = [name for name in columns if name not in (ROW_COLUMN, REASON_COLUMN)]
    if WKT_COLUMN not in names and any(WKT_COLUMN in reject.values for reject in rows):
        names.append(WKT_COLUMN)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([ROW_COLUMN, REASON_COLUMN, *map(shielded, names)])
        for reject in rows:
            cells = [shielded(reject.values.get(name) or "") for name in names]
            out.writerow([reject.row, shielded(reject.reason), *cells])
    return len(rows)


def _has_place(values: dict[str, str | None]) -> bool:
    return any(name.casefold() in PLACE_COLUMNS["wkt"] and cell for name, cell in values.items())
