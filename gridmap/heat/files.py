"""County files: written once, never changed, read through a memory map that processes share.

A file is a line of JSON that says what follows, the numbers, widest first, and the paths.
"""

import json
import math
import os
import secrets
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmap.heat import levels
from gridmap.heat.coarse import Coarse, Periods
from gridmap.heat.columns import Columns
from gridmap.heat.townships import Townships, first_of

Bytes = NDArray[np.uint8]
Head = dict[str, Any]

_FORM = "gridmap heat 5"
_ALIGNED = 4
_LONGEST_HEAD = 4096
ENDING = ".heat"


class Damaged(Exception):
    """A file is not what was written: it must be built again."""


def write(folder: Path, county: int, columns: Columns) -> str:
    """Writes a county's columns, safe on disk at the return; answers the file's name."""
    name = f"{county}.{secrets.token_hex(8)}{ENDING}"
    arrays = sorted(columns.arrays().items(), key=lambda one: -one[1].itemsize)
    with (folder / name).open("xb") as file:
        file.write(_head(columns, arrays))
        for _, numbers in arrays:
            file.write(numbers.tobytes())
        file.write(_text(columns.paths))
        file.flush()
        os.fsync(file.fileno())
    return name


def _head(columns: Columns, arrays: list[tuple[str, NDArray[Any]]]) -> bytes:
    head = {
        "form": _FORM,
        "first_day": columns.first_day,
        "days": columns.days,
        "first_half": columns.coarse.halves.first,
        "depth": columns.townships.depth,
        "paths": len(columns.paths),
        "of_paths": len(_text(columns.paths)),
        "arrays": [(name, numbers.dtype.str, numbers.shape) for name, numbers in arrays],
    }
    line = json.dumps(head).encode() + b"\n"
    return line.rjust(-(-len(line) // _ALIGNED) * _ALIGNED)


def _text(paths: tuple[str, ...]) -> bytes:
    return "\n".join(paths).encode()


def sync(folder: Path) -> None:
    """The names of new files are safe on disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(file: Path) -> Columns:
    """A county's columns, mapped; raises OSError for a missing, Damaged for a broken file."""
    if not file.stat().st_size:
        raise Damaged(file.name)
    whole = np.memmap(file, np.uint8, "r")
    head, at = _read_head(bytes(whole[:_LONGEST_HEAD]), file.name)
    arrays, at = _arrays(whole, head, at)
    if len(whole) - at != head["of_paths"]:
        raise Damaged(file.name)
    paths = tuple(bytes(whole[at:]).decode().split("\n")) if head["paths"] else ()
    return _columns(head, arrays, paths)


def is_readable(file: Path) -> bool:
    """Whether a file is there and begins as this program writes them: another may have before."""
    try:
        with file.open("rb") as opened:
            _read_head(opened.read(_LONGEST_HEAD), file.name)
    except (OSError, Damaged):
        return False
    return True


def _read_head(begin: bytes, name: str) -> tuple[Head, int]:
    line, end, _ = begin.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError as error:
        raise Damaged(name) from error
    if not end or not isinstance(head, dict) or head.get("form") != _FORM:
        raise Damaged(name)
    return head, len(line) + 1


def _arrays(whole: Bytes, head: Head, at: int) -> tuple[dict[str, NDArray[Any]], int]:
    """The arrays of a file, and where they end; raises Damaged where it ends before."""
    found = {}
    for name, kind, shape in head["arrays"]:
        end = at + math.prod(shape) * np.dtype(kind).itemsize
        if end > len(whole):
            raise Damaged("shorter than its head says")
        # a plain array over the same pages: a slice of a memory map costs ten times one of it
        found[name] = whole[at:end].view(kind).view(np.ndarray).reshape(shape)
        at = end
    return found, at


def _columns(head: Head, arrays: dict[str, NDArray[Any]], paths: tuple[str, ...]) -> Columns:
    def of(part: str) -> dict[str, NDArray[Any]]:
        named = (name.removeprefix(part) for name in arrays if name.startswith(part))
        return {name: arrays[part + name] for name in named}

    first, depth = head["first_day"], head["depth"]
    return Columns(
        arrays["tiles"],
        first,
        head["days"],
        arrays["starts"],
        arrays["record"],
        arrays["area"],
        Coarse(Periods(first, **of("days.")), Periods(head["first_half"], **of("halves."))),
        Townships(levels.cut(paths, depth)[0], depth, first_of(first), **of("townships.")),
        paths,
    )
