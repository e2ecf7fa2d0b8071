"""Sorted paths, brought up to a level: what lies in one area is one run of them."""

import numpy as np

from gridmap import area
from gridmap.heat.cells import Ints


def ancestors(paths: tuple[str, ...], depth: int) -> tuple[tuple[str, ...], Ints]:
    """The areas of a level, and for each path the number of its own; −1 for what lies above."""
    found = [area.at_level(path, depth) for path in paths]
    number = {path: n for n, path in enumerate(dict.fromkeys(filter(None, found)))}
    return tuple(number), np.array([number.get(path or "", -1) for path in found], np.int64)


def cut(paths: tuple[str, ...], depth: int) -> tuple[tuple[str, ...], Ints]:
    """Paths cut off below a level, each once, and for each path the number of its own."""
    short = [(area.at_level(path, depth) or path) if depth else "" for path in paths]
    number = {path: n for n, path in enumerate(dict.fromkeys(short))}
    return tuple(number), np.array([number[path] for path in short], np.int64)
