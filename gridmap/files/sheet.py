"""XLSX: identifiers are text; a number of more than 15 digits has lost some and is rejected."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from gridmap.errors import FileRefused
from gridmap.files.archive import check_archive
from gridmap.files.batch import Columns, Reject, Rows, Source, unique_names
from gridmap.files.cells import DIGITS_LOST, cell_text, lost_digits
from gridmap.files.limits import MAX_COLUMNS, MAX_SHEET_BYTES, check_size
from gridmap.files.shielding import unshielded


def open_sheet(path: Path, layer: str | None = None) -> Source:
    """One sheet of a workbook, the first by default, with a heading row.

    Raises FileRefused for what is no workbook, a missing sheet, or a sheet without a heading.
    """
    check_size(path, MAX_SHEET_BYTES)
    check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = list(workbook.sheet_names)
        if layer is not None and layer not in sheets:
            raise FileRefused(
                "没有工作表 {layer}；有：{layers}", layer=layer, layers="、".join(sheets)
            )
        sheet = workbook.get_sheet_by_name(layer or sheets[0])
    except (CalamineError, IndexError):
        raise FileRefused("{name} 不是能读的 XLSX 工作簿", name=path.name) from None
    heading = next((row for row in sheet.iter_rows() if _filled(row)), [])
    names = unique_names([unshielded(cell_text(cell)) for cell in heading])
    if not heading or len(names) > MAX_COLUMNS:
        raise FileRefused("{name} 里找不到表头", name=path.name)
    return Source(
        format="xlsx",
        layers=sheets,
        columns=names,
        rows=sheet.height - 1,
        encoding=None,
        crs=None,
        has_geometry=False,
        read=lambda batch: _rows(sheet, names, batch),
    )


def _rows(sheet: CalamineSheet, names: list[str], batch: int) -> Iterator[Rows]:
    rows = enumerate(sheet.iter_rows(), start=1)
    next(row for row in rows if _filled(row[1]))
    while chunk := list(islice(rows, batch)):
        yield _as_columns(chunk, names)


def _filled(row: list[Any]) -> bool:
    return any(str(cell).strip() for cell in row)


def _as_columns(chunk: list[tuple[int, list[Any]]], names: list[str]) -> Rows:
    numbers, good, rejects = [], [], []
    for number, row in chunk:
        cells = [unshielded(cell_text(cell)) for cell in row]
        if not _filled(row):
            continue
        if any(map(lost_digits, row)):
            rejects.append(Reject(number, DIGITS_LOST, dict(zip(names, cells, strict=False))))
        else:
            numbers.append(number)
            good.append(cells)
    columns: Columns = {name: [row[i] for row in good] for i, name in enumerate(names)}
    return Rows(numbers, columns, rejects)
