"""Where uploaded files lie: a folder for each import, for the program's user alone, never served.

The name that a file came with is never part of a path; only a known ending is kept, since text
tables are told by it.
"""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from gridmap.errors import FileRefused

LARGEST_UPLOAD_BYTES = 200_000_000
_ENDINGS = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".zip"),
    *(".geojson", ".json", ".kml", ".gpkg", ".fgb"),
)
_STEM = "upload"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def folder_of(instance: Path, id: UUID) -> Path:
    """The folder of an import."""
    return instance / "imports" / str(id)


def receive(instance: Path, id: UUID, name: str, chunks: Iterable[bytes]) -> Path:
    """Writes an uploaded file; FileRefused where it grows beyond ``LARGEST_UPLOAD_BYTES``."""
    folder = folder_of(instance, id)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    file = folder / f"{_STEM}{_ending(name)}"
    size = 0
    try:
        with file.open("xb") as stream:
            for chunk in chunks:
                size += len(chunk)
                check_size(size)
                stream.write(chunk)
    except BaseException:
        discard(instance, id)
        raise
    return file


def check_size(size: int) -> None:
    """Raises FileRefused for a file of more bytes than are taken through a page."""
    if size > LARGEST_UPLOAD_BYTES:
        raise FileRefused(
            "文件太大，网页最多收 {most} MB；更大的文件请用 gridmap import 命令导入。",
            most=LARGEST_UPLOAD_BYTES // 1_000_000,
        )


def file_of(instance: Path, id: UUID) -> Path:
    """The uploaded file of an import; a path where nothing lies once it has been discarded."""
    folder = folder_of(instance, id)
    return next(iter(folder.glob(f"{_STEM}*")), folder / _STEM)


def called(facts: dict[str, Any], name: str) -> dict[str, Any]:
    """An error's facts with the name that the file came with, where they name the stored one."""
    return {
        key: name if str(fact).startswith(_STEM) and _ending(str(fact)) == _ending(name) else fact
        for key, fact in facts.items()
    }


def rejects_of(instance: Path, id: UUID) -> Path:
    """Where the rows that were not taken are written, to be mended and loaded alone."""
    return folder_of(instance, id) / "rejects.csv"


def folders(instance: Path) -> dict[UUID, datetime]:
    """The imports that have a folder, and when it was last written to."""
    found = {}
    for folder in (instance / "imports").glob("*"):
        try:
            found[UUID(folder.name)] = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        except (ValueError, FileNotFoundError):
            # not ours, or gone meanwhile
            continue
    return found


def discard(instance: Path, id: UUID) -> None:
    """Removes an import's folder, where there is one."""
    shutil.rmtree(folder_of(instance, id), ignore_errors=True)


def discard_file(instance: Path, id: UUID) -> None:
    """Removes the uploaded file, which is no longer needed; the rejects stay."""
    for file in folder_of(instance, id).glob(f"{_STEM}*"):
        file.unlink()


def _ending(name: str) -> str:
    return next((one for one in _ENDINGS if name.lower().endswith(one)), "")
