"""Regions, centers, departments, grids and their workers as batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.synth import service, words
from gridmap.synth.arrays import Floats
from gridmap.synth.batch import Batch, Column, in_batches, shapes
from gridmap.synth.land import Land
from gridmap.synth.names import AreaNames, english
from gridmap.synth.partition import Shapes

LEVELS: list[tuple[int, str, str, bool, bool]] = [
    (1, "省", "Province", False, False),
    (2, "市", "Prefecture", False, False),
    (3, "县", "County", False, True),
    (4, "乡镇", "Township", True, False),
    (5, "村/社区", "Village", False, False),
]
"""Depth, Chinese, English, whether it answers, whether it is the county."""
_LABEL_TOLERANCE_DEG = 2e-4
_BIG_VERTICES = 4_000


@dataclass(frozen=True)
class Place:
    """Which county."""

    path: str
    name: str

    @property
    def code(self) -> str:
        """The path's segments run together."""
        return code(self.path)


def code(path: str) -> str:
    """99/01/01/ → 990101."""
    return path.replace("/", "")


def level_batch() -> Batch:
    """The five declared levels."""
    depth, zh, en, answers, county = zip(*LEVELS, strict=True)
    columns: dict[str, Column] = {
        "depth": np.array(depth),
        "zh": list(zh),
        "en": list(en),
        "answers": np.array(answers, np.int64),
        "is_county": np.array(county, np.int64),
    }
    return Batch("level", columns)


def region_batches(rows: list[tuple[str, str, shapely.Geometry]]) -> Iterator[Batch]:
    """Regions from their path, name and shape."""
    geometry = shapes([shape for _, _, shape in rows])
    lon, lat = label_points(geometry)
    columns: dict[str, Column] = {
        "code": [code(path) for path, _, _ in rows],
        "depth": np.array([path.count("/") for path, _, _ in rows]),
        "path": [path for path, _, _ in rows],
        "name": [name for _, name, _ in rows],
        "name_en": [english(name) for _, name, _ in rows],
        "geom": geometry,
        "label_lon": lon,
        "label_lat": lat,
    }
    yield from in_batches("region", columns)


def county_regions(
    place: Place, land: Land, names: AreaNames, parents: list[tuple[str, str]]
) -> Iterator[Batch]:
    """The county, its townships and villages; before them ``parents``, which share its shape."""
    townships = [names.township_path(t) for t in range(len(names.township_names))]
    rows = [
        *((path, name, land.county_shape) for path, name in [*parents, (place.path, place.name)]),
        *zip(townships, names.township_names, land.township_shapes, strict=True),
        *zip(village_paths(land, names), names.village_names, land.village_shapes, strict=True),
    ]
    yield from region_batches(rows)


def village_paths(land: Land, names: AreaNames) -> list[str]:
    """Paths of all villages."""
    return [
        f"{names.township_path(t)}{segment}/"
        for t, segment in zip(land.township.tolist(), names.village_codes, strict=True)
    ]


def grid_paths(land: Land, names: AreaNames) -> list[str]:
    """Paths of all grids."""
    above = village_paths(land, names)
    return [
        f"{above[v]}{number}/"
        for v, number in zip(land.village.tolist(), names.grid_numbers, strict=True)
    ]


def label_points(geometry: Shapes) -> tuple[Floats, Floats]:
    """A point well inside each shape, on the lattice; just inside the biggest ones."""
    big = shapely.get_num_coordinates(geometry) > _BIG_VERTICES
    points = np.empty((len(geometry), 2))
    points[big] = shapely.get_coordinates(shapely.point_on_surface(geometry[big]))
    circles = shapely.maximum_inscribed_circle(geometry[~big], _LABEL_TOLERANCE_DEG)
    points[~big] = shapely.get_coordinates(circles)[::2]
    lon, lat = (np.rint(points * 1e7) / 1e7).T
    return lon, lat


def office_batches(place: Place, land: Land, names: AreaNames) -> Iterator[Batch]:
    """The centers of county and townships, and the county's departments."""
    townships = [(names.township_path(t), name) for t, name in enumerate(names.township_names)]
    offices = [(place.path, place.name), *townships]
    at = land.plane.degrees(np.vstack([land.ground.seats[0] + 180, land.ground.seats + 60]))
    centers: dict[str, Column] = {
        "code": [f"C{code(path)}" for path, _ in offices],
        "region_code": [code(path) for path, _ in offices],
        "name": [f"{name}综治中心" for _, name in offices],
        "phone": [words.SAMPLE_OFFICE.format(number=n) for n in range(1, len(offices) + 1)],
        "lon": at[:, 0],
        "lat": at[:, 1],
    }
    departments: dict[str, Column] = {
        "code": [f"{place.code}D{n:02d}" for n in range(1, len(words.DEPARTMENTS) + 1)],
        "name": [place.name + name for name in words.DEPARTMENTS],
        "path": [place.path] * len(words.DEPARTMENTS),
    }
    yield from in_batches("center", centers)
    yield from in_batches("department", departments)


def grid_batches(
    place: Place, land: Land, names: AreaNames, rng: np.random.Generator
) -> Iterator[Batch]:
    """The grids, the workers, and who has duty in which grid."""
    lon, lat = label_points(land.grid_shapes)
    paths = grid_paths(land, names)
    codes = [code(path) for path in paths]
    grids: dict[str, Column] = {
        "code": codes,
        "path": paths,
        "number": names.grid_numbers,
        "geom": land.grid_shapes,
        "label_lon": lon,
        "label_lat": lat,
    }
    roster = service.draw_up(land.village, names.urban, rng)
    yield from in_batches("grid", grids)
    yield from in_batches("staff", service.staff_columns(roster, place.code, rng))
    yield from in_batches("duty", service.duty_columns(roster, place.code, codes, rng))
