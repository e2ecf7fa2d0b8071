"""Staging: reading a file into ``import_row``, batch by batch, with flat memory."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import shapely
from sqlalchemy import Connection

from gridmap import ids
from gridmap.access import IMPORTER
from gridmap.errors import FileRefused
from gridmap.files import binary_copy, reading
from gridmap.files.batch import Batch, FileInfo, Reject
from gridmap.files.binary_copy import Cells
from gridmap.files.mapping import apply_overrides, guess_mapping
from gridmap.files.places import PLACE_COLUMNS
from gridmap.files.rejects import reject_row
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, Problem
from gridmap.operations.imports.request import Importing

_COPY = (
    "COPY import_row (import, row, id, county, path, key, fields, shape)"
    " FROM STDIN WITH (FORMAT binary)"
)
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


def stage(
    connection: Connection,
    kind: Kind,
    importing: Importing,
    there: Callable[[range], None] = lambda rows: None,
) -> Staged:
    """Reads the whole file into ``import_row``; rows that cannot be loaded become rejects.

    ``connection`` is a transaction of the importer's viewer, for looking things up; ``there``
    is told the row numbers of each part of the file once its rows are there to be loaded.
    Raises FileRefused for a file that cannot be read as what it was said to be.
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
    for batch in batches:
        _copy(importing, _stage_batch(staged, batch, prepare, seen, importing))
        if batch.numbers:
            there(range(batch.numbers[0], batch.numbers[-1] + 1))
        importing.progress(len(batch.numbers))
    staged.problems += kind.check(connection, importing) if staged.rows else []
    return staged


def _copy(importing: Importing, rows: io.BytesIO) -> None:
    """Copies rows into ``import_row`` in a transaction of the job's login."""
    with importing.database.transaction(IMPORTER) as connection:
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor:
            cursor.copy_expert(_COPY, rows, binary_copy.READ_BYTES)


def _stage_batch(
    staged: Staged, batch: Batch, prepare: Prepare, seen: set[int], importing: Importing
) -> io.BytesIO:
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
    return _rows(importing, batch, prepared, good)


def _repeated(prepared: Prepared, seen: set[int]) -> dict[int, str]:
    """A code that came before in this file; hashes keep a million of them small."""
    marks = set(map(hash, prepared.keys))
    if len(marks) == len(prepared.keys) and seen.isdisjoint(marks) and not prepared.bad:
        seen |= marks
        return {}
    repeated: dict[int, str] = {}
    for position, key in enumerate(prepared.keys):
        if position in prepared.bad:
            continue
        mark = hash(key)
        if mark in seen:
            repeated[position] = f"编号 {key} 在文件里重复"
        seen.add(mark)
    return repeated


def _rows(importing: Importing, batch: Batch, prepared: Prepared, good: list[int]) -> io.BytesIO:
    """The good rows as a stream of COPY, in the order of its columns."""
    count, whole = len(good), len(good) == len(batch.numbers)

    def of(column: Sequence[Any]) -> Sequence[Any]:
        return column if whole else [column[n] for n in good]

    return binary_copy.as_file(
        [
            binary_copy.same(importing.id.bytes, count),
            binary_copy.numbers(of(batch.numbers), "i4"),
            binary_copy.fixed(ids.many_bytes(importing.given.now, count)),
            binary_copy.numbers(of(prepared.counties), "i4"),
            binary_copy.texts(of(prepared.paths)),
            binary_copy.texts(of(prepared.keys)),
            binary_copy.text_arrays(
                [binary_copy.texts(of(column)) for column in prepared.fields], count
            ),
            _shapes(prepared, good),
        ]
    )


def _shapes(prepared: Prepared, good: list[int]) -> Cells:
    if prepared.points is not None:
        return binary_copy.points(prepared.points[good])
    if prepared.shapes is None:
        return binary_copy.same(None, len(good))
    with_srid = shapely.set_srid(prepared.shapes[good], 4326)
    return binary_copy.blobs(shapely.to_wkb(with_srid, include_srid=True).tolist())


def first_reasons(rejects: Iterable[Reject], most: int) -> list[tuple[int, str]]:
    """Row and reason of the first rejects."""
    return [(one.row, one.reason) for one in islice(rejects, most)]
