"""A county, a prefecture or a province, table by table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely

from gridmap.synth import words
from gridmap.synth.areas import Place, level_batch, region_batches
from gridmap.synth.batch import Batch
from gridmap.synth.county import county_batches
from gridmap.synth.ground import HALF_HEIGHT_M, HALF_WIDTH_M, Sizes
from gridmap.synth.land import Land, make_land, moved
from gridmap.synth.plane import Plane

Scale = Literal["county", "prefecture", "province"]
SAMPLE_SEED = 3
PROVINCE, PREFECTURE, COUNTY = ("99/", "陇原省"), ("99/01/", "岷阳市"), ("99/01/01/", "青崖县")
MIDDLE = Plane(104.6, 35.4)
CHEAP = Sizes(
    townships=16,
    grids=1_158,
    villages=205,
    households=93_024,
    incidents=75_582,
    cells_per_grid=40,
    finest_m=400.0,
)
"""A county of many: 86 of them make 100,000 grids, 8,000,000 households, 6,500,000 incidents."""
_COUNTIES = {"prefecture": [7], "province": [7, 7] + [6] * 12}
_ACROSS = 10
_NORTHERNMOST = 39.0
_TURNS = [(1, 1), (-1, 1), (1, -1), (-1, -1)]
_GAP_M = 6_500.0
"""From outline to slot: grids on the outline may reach this far beyond it."""


@dataclass(frozen=True)
class _Slot:
    """A county's rectangle in the province, and the plane in its middle."""

    place: Place
    plane: Plane
    rectangle: shapely.Polygon


def generate(seed: int, *, scale: Scale) -> Iterator[Batch]:
    """All tables of made-up land, the same for the same seed.

    Coordinates are EPSG:4326 on the lattice of 1e-7 degree. A county comes in the order of
    ``TABLES``, and the regions above it share its shape. A prefecture or a province comes as the
    levels, the regions above (rectangles that hold their counties with gaps between), and then
    county after county, each in that order; memory holds one county at a time. There, four
    counties in a row have the same ground, turned around, but other people and other events.
    """
    yield level_batch()
    ground, people = np.random.SeedSequence(seed).spawn(2)
    if scale == "county":
        yield from county_batches(
            Place(*COUNTY), sample_land(seed, Sizes()), people, [PROVINCE, PREFECTURE]
        )
        return
    slots = _slots(_COUNTIES[scale])
    yield from region_batches(_above(slots))
    children = people.spawn(len(slots))
    for first in range(0, len(slots), len(_TURNS)):
        land = make_land(np.random.default_rng(ground.spawn(1)[0]), MIDDLE, CHEAP)
        for k, (east, north) in zip(range(first, len(slots)), _TURNS, strict=False):
            plane = replace(slots[k].plane, east=east, north=north)
            yield from county_batches(slots[k].place, moved(land, plane), children[k], [])


def sample_land(seed: int, sizes: Sizes) -> Land:
    """The land of the county that ``generate`` makes of a seed."""
    ground, _ = np.random.SeedSequence(seed).spawn(2)
    return make_land(np.random.default_rng(ground), MIDDLE, sizes)


def _slots(counties: list[int]) -> list[_Slot]:
    """Slots in rows that turn back at each end, so that a prefecture's lie together."""
    numbers = [(p, c) for p, count in enumerate(counties, 1) for c in range(1, count + 1)]
    rows = -(-len(numbers) // _ACROSS)
    slots = []
    for k, (prefecture, county) in enumerate(numbers):
        row, column = divmod(k, _ACROSS)
        column = column if row % 2 == 0 else _ACROSS - 1 - column
        name = COUNTY[1] if k == 0 else f"{words.COUNTY_NAMES[k]}县"
        place = Place(f"99/{prefecture:02d}/{county:02d}/", name)
        slots.append(_slot(place, column - (_ACROSS - 1) / 2, (rows - 1) / 2 - row))
    return slots


def _slot(place: Place, east: float, north: float) -> _Slot:
    """The slot that many slots east and north of the middle."""
    half = np.array([HALF_WIDTH_M, HALF_HEIGHT_M]) + _GAP_M
    latitude = MIDDLE.latitude + north * 2 * half[1] * MIDDLE.scale[1]
    # One width in degrees for all rows: that of the northernmost, where a degree is shortest.
    width = 2 * half[0] * Plane(MIDDLE.longitude, _NORTHERNMOST).scale[0]
    plane = Plane(round(MIDDLE.longitude + east * width, 7), round(float(latitude), 7))
    low, high = plane.degrees(np.array([-half, half]))
    low[0], high[0] = np.rint((plane.longitude + np.array([-0.5, 0.5]) * width) * 1e7) / 1e7
    return _Slot(place, plane, shapely.box(*low, *high))


def _above(slots: list[_Slot]) -> list[tuple[str, str, shapely.Geometry]]:
    """Province and prefectures, as what their slots cover together."""
    by_prefecture: dict[str, list[shapely.Polygon]] = {}
    for slot in slots:
        by_prefecture.setdefault(slot.place.path[:6], []).append(slot.rectangle)
    names = [PREFECTURE[1], *(f"{name}市" for name in words.PREFECTURE_NAMES)]
    prefectures = [
        (path, names[k], shapely.union_all(rectangles))
        for k, (path, rectangles) in enumerate(by_prefecture.items())
    ]
    return [(*PROVINCE, shapely.union_all([s.rectangle for s in slots])), *prefectures]
