"""CSV: every value stays text, memory stays flat."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gridmap.errors import FileRefused
from gridmap.files.batch import Reject, Rows, Source, unique_names
from gridmap.files.encoding import Survey, survey
from gridmap.files.limits import (
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    MAX_LINE_CHARS,
    MAX_TABLE_BYTES,
    check_size,
)
from gridmap.files.shielding import unshielded

DELIMITERS = ",\t;|"
_TOO_LONG = "{name} 里有一格超过 {limit} 个字符，读不下去"
# Few enough to stay in the cache and to die before the garbage collector looks at them.
_CHUNK_ROWS = 500

if TYPE_CHECKING:
    from _csv import Reader


def open_csv(path: Path, encoding: str | None = None) -> Source:
    """A CSV file with a heading row; commas, tabs, semicolons or bars between the cells.

    Raises FileRefused for a text that decodes in no encoding, holds a NUL, or has no heading.
    """
    check_size(path, MAX_TABLE_BYTES)
    seen = survey(path, encoding)
    if seen.longest_line > MAX_LINE_CHARS:
        raise FileRefused(_TOO_LONG, name=path.name, limit=MAX_CELL_CHARS)
    with _text(path, seen) as file:
        first = file.readline(MAX_CELL_CHARS)
        delimiter = max(DELIMITERS, key=first.count)
        file.seek(0)
        heading = next(iter(_take(_reader(file, delimiter), 1, path)), [])
    if not any(cell.strip() for cell in heading) or len(heading) > MAX_COLUMNS:
        raise FileRefused("{name} 的第一行不是表头", name=path.name)
    names = unique_names([unshielded(cell) for cell in heading])
    return Source(
        format="csv",
        layers=[path.stem],
        columns=names,
        rows=None if seen.lines is None else seen.lines - 1,
        encoding="utf-8" if seen.encoding == "utf-8-sig" else seen.encoding,
        crs=None,
        has_geometry=False,
        read=lambda batch: _rows(path, seen, delimiter, names, batch),
    )


def _rows(path: Path, seen: Survey, delimiter: str, names: list[str], batch: int) -> Iterator[Rows]:
    with _text(path, seen) as file:
        reader = _reader(file, delimiter)
        next(reader)
        number = 2
        while True:
            made = Rows([], {name: [] for name in names}, [])
            start = number
            while number - start < batch:
                rows = _take(reader, min(_CHUNK_ROWS, batch - (number - start)), path)
                if not rows:
                    break
                _append(made, rows, number, seen.shielded)
                number += len(rows)
            if number == start:
                return
            yield made


def _take(reader: "Reader", count: int, path: Path) -> list[list[str]]:
    try:
        with _long_cells():
            return list(islice(reader, count))
    except csv.Error as error:
        if "field limit" in str(error):
            raise FileRefused(_TOO_LONG, name=path.name, limit=MAX_CELL_CHARS) from None
        raise FileRefused(
            "{name} 第 {line} 行附近的引号没有成对，表格读不下去",
            name=path.name,
            line=reader.line_num,
        ) from None


def _append(made: Rows, rows: list[list[str]], number: int, shielded: bool) -> None:
    """Add rows to the columns; those of another width than the heading become rejects."""
    names = list(made.columns)
    numbers: Sequence[int] = range(number, number + len(rows))
    if set(map(len, rows)) != {len(names)}:
        numbers, rows, rejects = _even(rows, number, names)
        made.rejects.extend(rejects)
    made.numbers.extend(numbers)
    for name, cells in zip(names, zip(*rows, strict=True), strict=False):
        text = _cells(cells)
        made.columns[name].extend(map(unshielded, text) if shielded else text)


def _cells(cells: tuple[str, ...]) -> Sequence[str | None]:
    return [cell or None for cell in cells] if "" in cells else cells


def _even(
    rows: list[list[str]], number: int, names: list[str]
) -> tuple[list[int], list[list[str]], list[Reject]]:
    """Rows of the heading's width; empty lines vanish, empty cells beyond it are cut off, and
    any other width is a reject."""
    numbers, good, rejects = [], [], []
    for at, row in enumerate(rows, start=number):
        width = len(names)
        if len(row) == width or (len(row) > width and not any(row[width:])):
            numbers.append(at)
            good.append(row[:width])
        elif any(row):
            reason = f"这一行有 {len(row)} 格，表头有 {width} 格"
            values: dict[str, str | None] = dict.fromkeys(names)
            values.update(zip(names, row, strict=False))
            rejects.append(Reject(at, reason, values))
    return numbers, good, rejects


def _reader(file: TextIO, delimiter: str) -> "Reader":
    return csv.reader(file, delimiter=delimiter, strict=True)


def _text(path: Path, seen: Survey) -> TextIO:
    return path.open(encoding=seen.encoding, newline="")


@contextmanager
def _long_cells() -> Iterator[None]:
    """Cells as long as a boundary's WKT; the csv module knows one limit for the whole process."""
    before = csv.field_size_limit(MAX_CELL_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
