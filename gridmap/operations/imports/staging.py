"""Staging: reading a file into ``import_row``, batch by batch, with flat memory."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection

from gridmap import ids
from gridmap.access import IMPORTER
from gridmap.errors import FileRefused
from gridmap.files import reading
from gridmap.files.batch import Batch, FileInfo, Reject
from gridmap.files.mapping import apply_overrides, guess_mapping
from gridmap.files.places import PLACE_COLUMNS
from gridmap.files.rejects import reject_row
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, Problem
from gridmap.operations.imports.request import Importing

_COPY = "COPY import_row (import, row, id, county, path, key, fields, shape) FROM STDIN"
MOST_REJECTS = 100_000


@dataclass
class Staged:
    """What staging found: how the file was read, how many rows are good, which are not."""

    info: FileInfo
    mapping: dict[str, str]
    rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def mapped(kind: Kind, info: FileInfo, importing: Importing) -> dict[str, str]:
    """Field → column; FileRefused where a required field has no column."""
    guess = guess_mapping(info.columns, kind.wanted)
    mapping = apply_overrides(guess, importing.request.mapping, info.columns)
    missing = [name for name in kind.required if name not in mapping]
    if missing:
        raise FileRefused(
            "没有找到 {missing} 的列；请用 --map {first}=列名 指定。文件里的列是：{columns}",
            missing="、".join(missing),
            first=missing[0],
            columns="、".join(info.columns),
        )
    return mapping


def stage(connection: Connection, kind: Kind, importing: Importing) -> Staged:
    """Reads the whole file into ``import_row``; rows that cannot be loaded become rejects.

    ``connection`` is a transaction of the importer's viewer, for looking things up. Raises
    FileRefused for a file that cannot be read as what it was said to be.
    """
    request = importing.request
    info = reading.inspect(request.file, encoding=request.encoding, layer=request.layer)
    staged = Staged(info, mapped(kind, info, importing))
    prepare = kind.begin(connection, importing)
    batches = reading.read(
        request.file,
        crs=request.crs,
        encoding=request.encoding,
        layer=request.layer,
        places={name: staged.mapping[name] for name in PLACE_COLUMNS if name in staged.mapping},
    )
    seen: set[int] = set()
    with _copying(importing) as copy:
        for batch in batches:
            copy(_stage_batch(staged, batch, prepare, seen, importing))
            importing.progress(len(batch.numbers))
    staged.problems += kind.check(connection, importing) if staged.rows else []
    return staged


@contextmanager
def _copying(importing: Importing) -> Iterator[Any]:
    """A way to COPY lines into ``import_row`` in one transaction of the job's login."""
    with importing.database.transaction(IMPORTER) as connection:
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor:

            def copy(lines: str) -> None:
                cursor.copy_expert(_COPY, io.StringIO(lines))

            yield copy


def _stage_batch(
    staged: Staged, batch: Batch, prepare: Prepare, seen: set[int], importing: Importing
) -> str:
    columns = Columns(batch, staged.mapping)
    prepared = prepare(columns)
    bad = prepared.bad | _repeated(prepared, seen)
    staged.rejects += batch.rejects
    staged.rejects += [
        reject_row(batch, position, reason, crs=importing.request.crs)
        for position, reason in sorted(bad.items())
    ]
    if len(staged.rejects) > MOST_REJECTS:
        raise FileRefused(
            "超过 {most} 行不能用，第一行的原因：{reason}；请核对文件和列对应。",
            most=MOST_REJECTS,
            reason=staged.rejects[0].reason,
        )
    good = [n for n in range(len(batch.numbers)) if n not in bad]
    staged.rows += len(good)
    return _lines(importing, batch, prepared, good)


def _repeated(prepared: Prepared, seen: set[int]) -> dict[int, str]:
    """A code that came before in this file; hashes keep a million of them small."""
    repeated: dict[int, str] = {}
    for position, key in enumerate(prepared.keys):
        if position in prepared.bad:
            continue
        mark = hash(key)
        if mark in seen:
            repeated[position] = f"编号 {key} 在文件里重复"
        seen.add(mark)
    return repeated


_NULL = "\\N"


def _lines(importing: Importing, batch: Batch, prepared: Prepared, good: Sequence[int]) -> str:
    """The good rows in COPY's text format."""
    new = ids.many_texts(importing.given.now, len(good))
    shapes = _shapes(prepared, batch)
    arrays = _arrays(prepared.fields, len(batch.numbers))
    head = str(importing.id)
    return "".join(
        f"{head}\t{batch.numbers[n]}\t{id}\t{prepared.counties[n]}\t{_escaped(prepared.paths[n])}"
        f"\t{_escaped(prepared.keys[n])}\t{arrays[n]}\t{shapes[n]}\n"
        for n, id in zip(good, new, strict=True)
    )


def _shapes(prepared: Prepared, batch: Batch) -> Sequence[str]:
    if prepared.shapes is None:
        return [_NULL] * len(batch.numbers)
    with_srid = shapely.set_srid(prepared.shapes, 4326)
    hexes = shapely.to_wkb(with_srid, hex=True, include_srid=True)
    return [one if one is not None else _NULL for one in hexes]


def _arrays(fields: Sequence[Sequence[str | None]], length: int) -> list[str]:
    if not fields:
        return ["{}"] * length
    quoted = [[_quoted(cell) for cell in column] for column in fields]
    return ["{" + ",".join(cells) + "}" for cells in zip(*quoted, strict=True)]


def _quoted(cell: str | None) -> str:
    """One element of an array literal inside a line of COPY: escaped for both."""
    if cell is None:
        return "NULL"
    if cell.isalnum() and cell != "NULL":
        return cell
    inner = cell.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _escaped(inner) + '"'


def _escaped(text: str) -> str:
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t")
        text = text.replace("\n", "\\n").replace("\r", "\\r")
    return text


def first_reasons(rejects: Iterable[Reject], most: int) -> list[tuple[int, str]]:
    """Row and reason of the first rejects."""
    return [(one.row, one.reason) for one in islice(rejects, most)]


def point_shapes(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Points (n, 2) as shapes; None where a row names no place."""
    made = np.full(len(points), None, dtype=object)
    known = ~np.isnan(points).any(axis=1)
    made[known] = shapely.points(points[known])
    return made
