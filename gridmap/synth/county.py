"""One made-up county as batches of every table."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.synth import happenings, people, service, words
from gridmap.synth.batch import Batch, Column, in_batches, shapes
from gridmap.synth.land import Land, Sizes, make_land
from gridmap.synth.names import AreaNames, english, name_areas, pinyin
from gridmap.synth.plane import Plane
from gridmap.synth.terrain import Floats

LEVELS: list[tuple[int, str, str, bool, bool]] = [
    (1, "省", "Province", False, False),
    (2, "市", "Prefecture", False, False),
    (3, "县", "County", False, True),
    (4, "乡镇", "Township", True, False),
    (5, "村/社区", "Village", False, False),
]
"""Depth, Chinese, English, whether it answers, whether it is the county."""
OPEN_WARNINGS = 54
_CHINESE_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True)
class Place:
    """Which county: its path, its name, and where its middle lies (EPSG:4326)."""

    path: str
    name: str
    plane: Plane

    @property
    def code(self) -> str:
        """The path's segments run together."""
        return self.path.replace("/", "")


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


def county_batches(
    place: Place, sizes: Sizes, seed: np.random.SeedSequence, parents: list[tuple[str, str]]
) -> Iterator[Batch]:
    """All tables of one county but the levels; ``parents`` (path, name) share its shape."""
    rng = [np.random.default_rng(child) for child in seed.spawn(8)]
    land = make_land(rng[0], place.plane, sizes)
    off = np.hypot(*(land.village_places - land.town).T)
    off[land.township != 0] = np.inf
    names = name_areas(rng[1], place.path, land.village, land.township, off.argsort().argsort())
    homes = people.settle(land, sizes.households, rng[2])
    happened = happenings.happen(land, homes, sizes.incidents, rng[3])
    paths = grid_paths(land, names)
    yield from _areas(place, land, names, parents)
    yield from _service(place, land, names, paths, rng[4])
    yield from _households(place, land, names, homes, paths, rng[5])
    yield from _incidents(place, land, happened, paths)
    yield from _warnings(place, happened, paths, rng[6])
    yield from _guides(land, homes)


def village_paths(land: Land, names: AreaNames) -> list[str]:
    """Paths of all villages."""
    return [
        f"{names.township_path(t)}{code}/"
        for t, code in zip(land.township.tolist(), names.village_codes, strict=True)
    ]


def grid_paths(land: Land, names: AreaNames) -> list[str]:
    """Paths of all grids."""
    above = village_paths(land, names)
    return [
        f"{above[v]}{number}/"
        for v, number in zip(land.village.tolist(), names.grid_numbers, strict=True)
    ]


def _areas(
    place: Place, land: Land, names: AreaNames, parents: list[tuple[str, str]]
) -> Iterator[Batch]:
    townships = [names.township_path(t) for t in range(len(names.township_names))]
    rows = [
        *((path, name, land.county_shape) for path, name in [*parents, (place.path, place.name)]),
        *zip(townships, names.township_names, land.township_shapes, strict=True),
        *zip(village_paths(land, names), names.village_names, land.village_shapes, strict=True),
    ]
    yield from region_batches(rows)


def region_batches(rows: list[tuple[str, str, shapely.Geometry]]) -> Iterator[Batch]:
    """Regions from their path, name and shape."""
    lon, lat = label_points([shape for _, _, shape in rows])
    columns: dict[str, Column] = {
        "code": [_code(path) for path, _, _ in rows],
        "depth": np.array([path.count("/") for path, _, _ in rows]),
        "path": [path for path, _, _ in rows],
        "name": [name for _, name, _ in rows],
        "name_en": [english(name) for _, name, _ in rows],
        "geom": shapes([shape for _, _, shape in rows]),
        "label_lon": lon,
        "label_lat": lat,
    }
    yield from in_batches("region", columns)


def label_points(items: list[shapely.Geometry]) -> tuple[Floats, Floats]:
    """A point well inside each shape, on the lattice."""
    points = [
        shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, 2e-4))[0]
        if shapely.get_num_coordinates(shape) < 4_000
        else shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        for shape in items
    ]
    lon, lat = (np.rint(np.array(points) * 1e7) / 1e7).T
    return lon, lat


def _service(
    place: Place, land: Land, names: AreaNames, paths: list[str], rng: np.random.Generator
) -> Iterator[Batch]:
    prefix = place.code
    offices = [
        (place.path, place.name),
        *((names.township_path(t), n) for t, n in enumerate(names.township_names)),
    ]
    at = land.plane.degrees(np.vstack([land.town + 180, land.seats + 60]))
    centers: dict[str, Column] = {
        "code": [f"C{_code(path)}" for path, _ in offices],
        "region_code": [_code(path) for path, _ in offices],
        "name": [f"{name}综治中心" for _, name in offices],
        "phone": [words.SAMPLE_OFFICE.format(number=n) for n in range(1, len(offices) + 1)],
        "lon": at[:, 0],
        "lat": at[:, 1],
    }
    departments: dict[str, Column] = {
        "code": [f"{prefix}D{n:02d}" for n in range(1, len(words.DEPARTMENTS) + 1)],
        "name": [place.name + name for name in words.DEPARTMENTS],
        "path": [place.path] * len(words.DEPARTMENTS),
    }
    lon, lat = label_points(land.grid_shapes.tolist())
    codes = [_code(path) for path in paths]
    grids: dict[str, Column] = {
        "code": codes,
        "path": paths,
        "number": names.grid_numbers,
        "geom": land.grid_shapes,
        "label_lon": lon,
        "label_lat": lat,
    }
    roster = service.draw_up(land.village, names.urban, rng)
    yield from in_batches("center", centers)
    yield from in_batches("department", departments)
    yield from in_batches("grid", grids)
    yield from in_batches("staff", service.staff_columns(roster, prefix, rng))
    yield from in_batches("duty", service.duty_columns(roster, prefix, codes, rng))


def _households(
    place: Place,
    land: Land,
    names: AreaNames,
    homes: people.Homes,
    paths: list[str],
    rng: np.random.Generator,
) -> Iterator[Batch]:
    folk = people.invent_people(len(homes.grid), rng)
    at = land.plane.degrees(homes.place)
    codes = [f"{place.code}{n:06d}" for n in range(1, len(homes.grid) + 1)]
    households: dict[str, Column] = {
        "code": codes,
        "path": [paths[grid] for grid in homes.grid.tolist()],
        "lon": at[:, 0],
        "lat": at[:, 1],
        "address": _addresses(land, names, homes),
        "tags": people.tag_lists(folk.household_tags),
        "building": homes.building,
    }
    persons: dict[str, Column] = {
        "household_code": [codes[h] for h in folk.household.tolist()],
        "position": folk.position,
        "name": folk.name,
        "phone": folk.phone,
        "tags": people.tag_lists(folk.tags),
    }
    yield from in_batches("household", households)
    yield from in_batches("person", persons)


def _addresses(land: Land, names: AreaNames, homes: people.Homes) -> list[str]:
    """柳川镇松岭村二社 12号; in streets 城关镇文昌社区 3号楼 2单元 402."""
    first = np.searchsorted(homes.building_grid, np.arange(len(land.village)))
    village_of = land.village[homes.building_grid]
    _, start = np.unique(village_of, return_index=True)
    block = (np.arange(len(village_of)) - start[np.unique(village_of, return_inverse=True)[1]])[
        homes.building
    ] + 1
    hamlet = homes.hamlet[homes.building]
    key = land.village[homes.grid] * 10_000 + hamlet
    order = np.argsort(key, kind="stable")
    number = np.empty(len(key), np.int64)
    number[order] = np.arange(len(key)) - np.searchsorted(key[order], key[order]) + 1
    village = [
        names.township_names[t] + name
        for t, name in zip(land.township.tolist(), names.village_names, strict=True)
    ]
    del first
    street = homes.urban[homes.grid]
    rows = zip(
        land.village[homes.grid].tolist(),
        street.tolist(),
        hamlet.tolist(),
        number.tolist(),
        block.tolist(),
        homes.turn.tolist(),
        strict=True,
    )
    return [
        f"{village[v]} {b}号楼 {turn % 3 + 1}单元 {turn // 6 + 1}0{turn // 3 % 2 + 1}"
        if urban
        else f"{village[v]}{chinese_number(h + 1)}社 {n}号"
        for v, urban, h, n, b, turn in rows
    ]


def chinese_number(number: int) -> str:
    """1–99 as it is written in addresses: 二, 十二, 二十."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _CHINESE_DIGITS[tens - 1] + "十"
    return ten + (_CHINESE_DIGITS[ones - 1] if ones else "")


def _incidents(
    place: Place, land: Land, happened: happenings.Happenings, paths: list[str]
) -> Iterator[Batch]:
    at = land.plane.degrees(happened.place)
    occurred, received, resolved = map(
        happenings.days_back, (happened.occurred, happened.received, happened.resolved)
    )
    columns: dict[str, Column] = {
        "code": _incident_codes(place, len(at)),
        "path": [paths[grid] for grid in happened.grid.tolist()],
        "lon": at[:, 0],
        "lat": at[:, 1],
        "accuracy_m": happened.accuracy_m,
        "category": happened.category,
        "severity": happened.severity,
        "channel": [words.CHANNELS[k] for k in happened.channel.tolist()],
        "state": [words.STATES[k] for k in happened.state.tolist()],
        "words": happenings.phrases(happened.category, happened.phrase),
        "occurred_day": occurred[0],
        "occurred_second": occurred[1],
        "received_day": received[0],
        "received_second": received[1],
        "resolved_day": resolved[0],
        "resolved_second": resolved[1],
    }
    yield from in_batches("incident", columns)


def _incident_codes(place: Place, count: int) -> list[str]:
    return [f"{place.code}E{n:06d}" for n in range(1, count + 1)]


def _warnings(
    place: Place, happened: happenings.Happenings, paths: list[str], rng: np.random.Generator
) -> Iterator[Batch]:
    made = happenings.warn(happened, OPEN_WARNINGS, rng)
    since = happenings.days_back(np.array([w.since for w in made], np.int64))
    columns: dict[str, Column] = {
        "code": [f"{place.code}Y{n:03d}" for n in range(1, len(made) + 1)],
        "subject_kind": ["grid" if w.incident is None else "incident" for w in made],
        "subject_code": [
            _code(paths[w.grid]) if w.incident is None else f"{place.code}E{w.incident + 1:06d}"
            for w in made
        ],
        "color": np.array([w.color for w in made]),
        "since_day": since[0],
        "since_second": since[1],
        "why": [w.why for w in made],
        "answered_day": np.array([w.answered_day for w in made]),
    }
    yield from in_batches("warning", columns)


def _guides(land: Land, homes: people.Homes) -> Iterator[Batch]:
    rivers = [(rank, shapely.LineString(land.plane.degrees(path))) for rank, path in land.rivers]
    roads = [(rank, shapely.LineString(land.plane.degrees(path))) for rank, path in land.roads]
    buildings = people.footprints(land, homes)
    named = dict(enumerate(words.RIVERS))
    names = [named.get(k) if rank <= 3 else None for k, (rank, _) in enumerate(rivers)]
    names += [_road_name(k, rank) for k, (rank, _) in enumerate(roads)]
    columns: dict[str, Column] = {
        "kind": ["river"] * len(rivers) + ["road"] * len(roads) + ["building"] * len(buildings),
        "rank": np.array([rank for rank, _ in [*rivers, *roads]] + [1] * len(buildings)),
        "name": [*names, *[None] * len(buildings)],
        "geom": shapes([*(line for _, line in [*rivers, *roads]), *buildings]),
    }
    yield from in_batches("guide", columns)


def _road_name(number: int, rank: int) -> str | None:
    if rank == 1:
        return words.NATIONAL_ROAD
    return words.COUNTY_ROAD.format(number=900 + number % 90) if rank == 2 else None


def _code(path: str) -> str:
    return path.replace("/", "")


__all__ = ["LEVELS", "Place", "county_batches", "level_batch", "pinyin"]
