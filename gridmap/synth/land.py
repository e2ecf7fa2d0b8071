"""The land of one made-up county: its ground, its roads, and its areas on three levels."""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from gridmap.synth import lines, parcels, partition
from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.ground import Ground, Sizes, make_ground
from gridmap.synth.partition import Cells, Shapes
from gridmap.synth.plane import Plane
from gridmap.synth.terrain import Terrain


@dataclass(frozen=True)
class Land:
    """One county. Grids come by township, village and place.

    ``village[g]`` and ``township[v]`` lead upward; township 0 holds the county town. Shapes are
    EPSG:4326 on the lattice, all else is meters on the plane.
    """

    ground: Ground
    roads: list[lines.Line]
    village: Ints
    township: Ints
    village_places: Floats
    grid_shapes: Shapes
    village_shapes: Shapes
    township_shapes: Shapes
    county_shape: shapely.Polygon
    cells: Cells
    cell_grid: Ints
    grid_places: Floats
    """Centroids of the grids."""

    @property
    def plane(self) -> Plane:
        """The drawing board."""
        return self.ground.plane

    @property
    def terrain(self) -> Terrain:
        """Heights and waters."""
        return self.ground.terrain


def make_land(rng: np.random.Generator, plane: Plane, sizes: Sizes) -> Land:
    """A county of those sizes around the middle of the plane."""
    ground = make_ground(rng, plane, sizes)
    shared = parcels.share_out(ground, rng)
    borders = partition.settle_borders(shared.cells, shared.grid, plane)
    places = parcels.village_places(ground, shared)
    grids = np.arange(len(shared.village))
    shapes = borders.shapes(grids)
    return Land(
        ground=ground,
        roads=lines.roads(ground.terrain, ground.seats[0], ground.seats[1:], places),
        village=shared.village,
        township=shared.township,
        village_places=places,
        grid_shapes=shapes,
        village_shapes=borders.shapes(shared.village),
        township_shapes=borders.shapes(shared.township[shared.village]),
        county_shape=borders.shapes(np.zeros_like(grids))[0],
        cells=shared.cells,
        cell_grid=shared.grid,
        grid_places=plane.meters(shapely.get_coordinates(shapely.centroid(shapes))),
    )


def moved(land: Land, plane: Plane) -> Land:
    """The same land elsewhere, turned around where the plane says so.

    Equal vertices stay equal, so that the partition stays exact.
    """

    def shift(degrees: Floats) -> Floats:
        return plane.degrees(land.plane.meters(degrees))

    return replace(
        land,
        ground=replace(land.ground, plane=plane),
        grid_shapes=shapely.transform(land.grid_shapes, shift),
        village_shapes=shapely.transform(land.village_shapes, shift),
        township_shapes=shapely.transform(land.township_shapes, shift),
        county_shape=shapely.transform(land.county_shape, shift),
    )
