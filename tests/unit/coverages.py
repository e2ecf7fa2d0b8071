"""Made-up coverages on the lattice: meshes of wiggly cells that share every vertex."""

from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry import Polygon

from gridmap.geo.lattice import to_lattice

WEST, SOUTH, STEP = 103.7, 35.3, 0.002
"""A cell is about 182 by 222 meters."""
METER = 1 / 111_320
POINTS = 6


def mesh(columns: int = 4, rows: int = 3, seed: int = 1) -> dict[str, Polygon]:
    """Cells by code "column-row"; neighbors share corners and five wiggly vertices an edge, the
    border is straight."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.25, 0.25, corners[1:-1, 1:-1].shape)
    across = np.array(
        [
            [_edge(corners[r, c], corners[r, c + 1], rng, 0 < r < rows) for c in range(columns)]
            for r in range(rows + 1)
        ]
    )
    up = np.array(
        [
            [
                _edge(corners[r, c], corners[r + 1, c], rng, 0 < c < columns)
                for c in range(columns + 1)
            ]
            for r in range(rows)
        ]
    )
    cells = {}
    for r in range(rows):
        for c in range(columns):
            ring = np.concatenate(
                [across[r, c], up[r, c + 1], across[r + 1, c][::-1], up[r, c][::-1]]
            )
            cells[f"{c}-{r}"] = to_lattice(Polygon(ring * STEP + (WEST, SOUTH)))
    return {code: shapely.remove_repeated_points(cell) for code, cell in cells.items()}


def frame(columns: int = 4, rows: int = 3) -> Polygon:
    """The border of a mesh, by its four corners alone."""
    return to_lattice(shapely.box(WEST, SOUTH, WEST + columns * STEP, SOUTH + rows * STEP))


def reshaped(cell: Polygon, change: Callable[[np.ndarray], np.ndarray]) -> Polygon:
    """The cell with its open ring of vertices (n, 2) changed, on the lattice."""
    return to_lattice(Polygon(change(np.array(cell.exterior.coords)[:-1])))


def _edge(start: np.ndarray, end: np.ndarray, rng: np.random.Generator, wiggly: bool) -> np.ndarray:
    points = np.linspace(start, end, POINTS + 1)
    if wiggly:
        points[1:-1] += rng.uniform(-0.05, 0.05, points[1:-1].shape)
    return points
