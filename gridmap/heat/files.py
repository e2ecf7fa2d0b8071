"""County files: written once, never changed, read through a memory map that processes share."""

import os
import secrets
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmap.heat.coarse import Coarse, Periods
from gridmap.heat.columns import Columns

Bytes = NDArray[np.uint8]

_MAGIC = b"gridhea3"
_HEAD = np.dtype(
    [
        ("magic", "S8"),
        ("tiles", "<u4"),
        ("days", "<u4"),
        ("records", "<u4"),
        ("areas", "<u4"),
        ("first", "<i4"),
        ("day_entries", "<u4"),
        ("halves", "<u4"),
        ("half_entries", "<u4"),
        ("first_half", "<i4"),
    ]
)
ENDING = ".heat"


class Damaged(Exception):
    """A file is not what was written: it must be built again."""


def write(folder: Path, county: int, columns: Columns) -> str:
    """Writes a county's columns, safe on disk at the return; answers the file's name."""
    name = f"{county}.{secrets.token_hex(8)}{ENDING}"
    days, halves = columns.coarse.days, columns.coarse.halves
    lengths = len(columns.tiles), columns.days, len(columns.record), len(columns.paths)
    of_far = len(days.key), len(halves.starts) - 1, len(halves.key), halves.first
    head = np.array([(_MAGIC, *lengths, columns.first_day, *of_far)], _HEAD)
    with (folder / name).open("xb") as file:
        for part in (head, *columns.arrays()):
            file.write(part.tobytes())
        file.write("\n".join(columns.paths).encode())
        file.flush()
        os.fsync(file.fileno())
    return name


def sync(folder: Path) -> None:
    """The names of new files are safe on disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(file: Path) -> Columns:
    """A county's columns, mapped; raises OSError for a missing, Damaged for a broken file."""
    if file.stat().st_size < _HEAD.itemsize:
        raise Damaged(file.name)
    whole = np.memmap(file, np.uint8, "r")
    head = whole[: _HEAD.itemsize].view(_HEAD)[0]
    if head["magic"] != _MAGIC:
        raise Damaged(file.name)
    parts, at = _parts(whole, head)
    paths = tuple(bytes(whole[at:]).decode().split("\n")) if head["areas"] else ()
    if len(paths) != head["areas"]:
        raise Damaged(file.name)
    tiles, starts, record, *of_far, area = parts
    first = int(head["first"])
    far = Coarse(
        Periods(first, *of_far[:3]),
        Periods(int(head["first_half"]), *of_far[3:]),
    )
    return Columns(tiles, first, int(head["days"]), starts, record, area, far, paths)


def _parts(whole: Bytes, head: Any) -> tuple[list[NDArray[Any]], int]:
    """The arrays of a file, and where they end; raises Damaged where it ends before."""
    n = {name: int(head[name]) for name in _HEAD.names or () if name != "magic"}
    of_days = [n["days"] + 1, n["day_entries"], n["day_entries"]]
    of_halves = [n["halves"] + 1, n["half_entries"], n["half_entries"]]
    of_records = [n["tiles"], n["tiles"] * n["days"] + 1, n["records"]]
    of_32_bits = [*of_records, *of_days, *of_halves]
    kinds = [np.dtype(np.uint32)] * len(of_32_bits) + [np.dtype(np.uint16)]
    at, parts = _HEAD.itemsize, []
    for kind, length in zip(kinds, [*of_32_bits, n["records"]], strict=True):
        end = at + length * kind.itemsize
        if end > len(whole):
            raise Damaged("shorter than its head says")
        # a plain array over the same pages: a slice of a memory map costs ten times one of it
        parts.append(whole[at:end].view(kind).view(np.ndarray))
        at = end
    return parts, at
