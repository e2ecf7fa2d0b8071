"""One made-up county as batches of every table."""

from collections.abc import Iterator

import numpy as np
import shapely

from gridmap.synth import alarms, areas, happenings, people, words
from gridmap.synth.addresses import addresses
from gridmap.synth.areas import Place
from gridmap.synth.batch import Batch, Column, in_batches, shapes
from gridmap.synth.happenings import Happenings, days_back
from gridmap.synth.homes import Homes, footprints, settle
from gridmap.synth.land import Land
from gridmap.synth.names import AreaNames, name_areas

OPEN_WARNINGS = 58
_NAMED_RIVER_RANK = 3


def county_batches(
    place: Place, land: Land, seed: np.random.SeedSequence, parents: list[tuple[str, str]]
) -> Iterator[Batch]:
    """All tables of one county but the levels; ``parents`` (path, name) share its shape."""
    sizes = land.ground.sizes
    # A generator for each step, so that a change in one leaves the others as they were.
    rng = [np.random.default_rng(child) for child in seed.spawn(6)]
    names = name_areas(rng[0], place.path, land)
    homes = settle(land, sizes.households, rng[1])
    happened = happenings.happen(land, homes, sizes.incidents, rng[2])
    paths = areas.grid_paths(land, names)
    yield from areas.county_regions(place, land, names, parents)
    yield from areas.office_batches(place, land, names)
    yield from areas.grid_batches(place, land, names, rng[3])
    yield from _households(place, land, names, homes, paths, rng=rng[4])
    yield from _incidents(place, land, happened, paths)
    yield from _warnings(place, happened, paths, rng[5])
    yield from _guides(land, homes)


def _households(
    place: Place,
    land: Land,
    names: AreaNames,
    homes: Homes,
    paths: list[str],
    *,
    rng: np.random.Generator,
) -> Iterator[Batch]:
    folk = people.invent_people(len(homes.grid), rng)
    at = land.plane.degrees(homes.place)
    prefix = place.code
    codes = [f"{prefix}{n:06d}" for n in range(1, len(homes.grid) + 1)]
    households: dict[str, Column] = {
        "code": codes,
        "path": [paths[grid] for grid in homes.grid.tolist()],
        "lon": at[:, 0],
        "lat": at[:, 1],
        "address": addresses(land, names, homes),
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


def _incidents(place: Place, land: Land, happened: Happenings, paths: list[str]) -> Iterator[Batch]:
    at, prefix = land.plane.degrees(happened.place), place.code
    occurred, received, resolved = (
        days_back(second) for second in (happened.occurred, happened.received, happened.resolved)
    )
    columns: dict[str, Column] = {
        "code": [f"{prefix}E{n:06d}" for n in range(1, len(at) + 1)],
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


def _warnings(
    place: Place, happened: Happenings, paths: list[str], rng: np.random.Generator
) -> Iterator[Batch]:
    made = alarms.warn(happened, OPEN_WARNINGS, rng)
    since = days_back(np.array([w.since for w in made], np.int64))
    columns: dict[str, Column] = {
        "code": [f"{place.code}Y{n:03d}" for n in range(1, len(made) + 1)],
        "subject_kind": ["grid" if w.incident is None else "incident" for w in made],
        "subject_code": [
            areas.code(paths[w.grid])
            if w.incident is None
            else f"{place.code}E{w.incident + 1:06d}"
            for w in made
        ],
        "color": np.array([w.color for w in made]),
        "since_day": since[0],
        "since_second": since[1],
        "why": [w.why for w in made],
        "answered_day": np.array([w.answered_day for w in made]),
    }
    yield from in_batches("warning", columns)


def _guides(land: Land, homes: Homes) -> Iterator[Batch]:
    """Rivers, roads and buildings; rank 1 is the greatest."""
    rivers, roads = land.ground.rivers, land.roads
    lines = [shapely.LineString(land.plane.degrees(path)) for _, path in [*rivers, *roads]]
    buildings = footprints(land, homes)
    columns: dict[str, Column] = {
        "kind": ["river"] * len(rivers) + ["road"] * len(roads) + ["building"] * len(buildings),
        "rank": np.array([rank for rank, _ in [*rivers, *roads]] + [1] * len(buildings)),
        "name": [
            *(_river_name(k, rank) for k, (rank, _) in enumerate(rivers)),
            *(_road_name(k, rank) for k, (rank, _) in enumerate(roads)),
            *[None] * len(buildings),
        ],
        "geom": shapes([*lines, *buildings]),
    }
    yield from in_batches("guide", columns)


def _river_name(number: int, rank: int) -> str | None:
    if rank == 1:
        return words.RIVERS[0]
    return words.RIVERS[1 + number % (len(words.RIVERS) - 1)] if rank <= _NAMED_RIVER_RANK else None


def _road_name(number: int, rank: int) -> str | None:
    if rank == 1:
        return words.NATIONAL_ROAD
    return words.COUNTY_ROAD.format(number=900 + number % 90) if rank == 2 else None
