"""Exporting rows to a file that another program reads, or that is imported again."""

import os
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from gridmap.clock import day_bounds
from gridmap.errors import FileRefused
from gridmap.geo.coordinates import WGS84
from gridmap.queries import exports
from gridmap.queries.exports import Asked

_INSTANT = timedelta(microseconds=1)


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a local day: what "as of that day" means."""
    return day_bounds(day, day, zone)[1] - _INSTANT


MARK_HEADING = "导出标记"


def export(
    connection: Connection, asked: Asked, file: Path, *, crs: str = WGS84, mark: str = ""
) -> int:
    """Writes what the viewer may see to ``file``, in the format of its suffix; returns the rows.

    A ``mark`` stands in a column of its own on every row, so that it stays with rows that are
    cut out of the file; an import does not know the column and passes it over.
    The file appears whole or not at all. Raises InvalidInput for a kind, a suffix or a coordinate
    system that is none, FileRefused where it cannot be written.
    """
    # its libraries are large, and most commands write no table
    from gridmap.files.writing import write_table

    exports.check_kind(asked.kind)
    headings = exports.columns(asked.kind)
    with _beside(file) as folder:
        # a folder, not another name: some formats keep the name of their file inside
        part = Path(folder) / file.name
        rows = exports.rows(connection, asked)
        if mark:
            headings = [*headings[:-1], MARK_HEADING, headings[-1]]
            rows = ((*row[:-1], mark, row[-1]) for row in rows)
        count = write_table(part, headings, rows, len(headings) - 1, crs)
        os.replace(part, file)
    return count


def write_whole(file: Path, content: str) -> None:
    """Writes text to a file that appears whole or not at all; FileRefused where it cannot."""
    with _beside(file) as folder:
        part = Path(folder) / file.name
        part.write_text(content, "utf-8")
        os.replace(part, file)


def _beside(file: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder on the same disk as the file, from where it is moved into its place."""
    try:
        return tempfile.TemporaryDirectory(prefix=".gridmap-", dir=file.absolute().parent)
    except OSError as error:
        raise FileRefused("不能写到 {file}：{why}", file=file, why=error.strerror) from error
