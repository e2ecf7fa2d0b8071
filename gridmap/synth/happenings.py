"""What happened in two years: incidents with their places, times and states."""

from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.synth import seasons, words
from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.homes import Homes
from gridmap.synth.land import Land
from gridmap.synth.seasons import DAYS

_SHARES = {
    1: 62, 2: 48, 3: 50, 4: 34, 5: 30, 6: 22, 7: 26, 8: 20, 9: 16,
    32: 44, 33: 40, 34: 40, 35: 20, 36: 22, 37: 26, 38: 12, 39: 34, 41: 14,
    64: 52, 65: 58, 66: 52, 67: 66, 68: 44, 69: 46, 70: 36, 71: 36,
}  # fmt: skip
_SEVERITY = [0.69, 0.235, 0.065, 0.01]
DAY_S = 86_400
_HOT_PLACES = 11
_BORDER_SHARE = 0.012


@dataclass(frozen=True)
class Happenings:
    """Incidents in the order in which they were received. Days count back from the last."""

    place: Floats
    grid: Ints
    accuracy_m: Ints
    category: Ints
    severity: Ints
    channel: Ints
    state: Ints
    phrase: Ints
    occurred: Ints
    received: Ints
    resolved: Ints
    """Seconds since the start of the first day; resolved is -1 while open."""


def happen(land: Land, homes: Homes, count: int, rng: np.random.Generator) -> Happenings:
    """That many incidents in the inhabited grids of a county."""
    category, grid, occurred = _what_where_when(land, homes, count, rng)
    channel = rng.choice(4, count, p=[0.56, 0.16, 0.12, 0.16])
    received = np.minimum(occurred + _delay(channel, rng), DAYS * DAY_S - 60)
    order = np.argsort(received, kind="stable")
    category, grid, channel = category[order], grid[order], channel[order]
    received, occurred = received[order], np.minimum(occurred, received)[order]
    severity = _severity(category, rng)
    state, resolved = _life(received, severity, rng)
    place, accuracy = _places(land, homes, grid, channel, rng)
    return Happenings(
        place=place,
        grid=grid,
        accuracy_m=accuracy,
        category=category,
        severity=severity,
        channel=channel,
        state=state,
        phrase=rng.integers(0, 5, count),
        occurred=occurred,
        received=received,
        resolved=resolved,
    )


def _what_where_when(
    land: Land, homes: Homes, count: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Category, grid and second of each incident."""
    share = np.array(list(_SHARES.values())) / sum(_SHARES.values())
    category = rng.choice(list(_SHARES), count, p=share)
    appeal, affinity = _appeal(land, homes, rng), _affinity(land, homes)
    rhythm = seasons.rhythm(rng)
    grid, day = np.empty(count, np.int64), np.empty(count, np.int64)
    for number in _SHARES:
        own = np.flatnonzero(category == number)
        grid[own] = _draw(appeal * affinity.get(number, 1), len(own), rng)
        day[own] = _draw(rhythm * seasons.season(number, rng), len(own), rng)
    return category, grid, day * DAY_S + _time_of_day(count, rng)


def _affinity(land: Land, homes: Homes) -> dict[int, Floats]:
    """Where categories belong, by grid: floods by rivers, landslides on slopes, lifts in town."""
    terrain, urban = land.terrain, homes.urban
    slope = terrain.sample(np.hypot(*np.gradient(terrain.height, terrain.step)), land.grid_places)
    wet = terrain.sample(np.log1p(terrain.drained), land.grid_places)
    rural, wet_rural = np.where(urban, 0.08, 1.0), 0.25 + wet / wet.max()
    wet_rural *= np.where(urban, 0.3, 1.0)
    streets = np.where(urban, 1.8, 1.0)
    steep = np.where(urban, 0.1, 1.0) * (0.1 + slope / slope.max()) ** 1.5
    towers = np.where(urban, 1.0, 0.02)
    return {
        **dict.fromkeys((3, 70), rural),
        **dict.fromkeys((4, 36), wet_rural),
        **dict.fromkeys((5, 6, 32, 39, 69), streets),
        7: towers,
        35: steep,
    }


def _draw(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Indices by weight, repeated ones allowed."""
    total = weight.cumsum()
    picked = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    return np.asarray(np.minimum(picked, len(weight) - 1))


def _appeal(land: Land, homes: Homes, rng: np.random.Generator) -> Floats:
    """How much happens in each grid: a base everywhere, more with people, most in hot places."""
    held = np.bincount(homes.grid, minlength=len(land.village))
    middle = land.grid_places
    rural = np.where(homes.urban | (held == 0), 0.0, 1.0)
    spots = rng.choice(len(held), _HOT_PLACES, replace=False, p=rural / rural.sum())
    reach = rng.uniform(2_000, 5_500, len(spots))
    heat = np.where(homes.urban, 0.85, 0.55)
    for spot, meters in zip(spots, reach, strict=True):
        near = np.exp(-((np.hypot(*(middle - middle[spot]).T) / meters) ** 2))
        heat += rng.uniform(0.8, 2.8) * near
    heat *= rng.lognormal(0, 0.3, len(held))
    return np.where(held > 0, (4 + 0.7 * held) * heat, 0)


def _time_of_day(count: int, rng: np.random.Generator) -> Ints:
    """Local second of the day, to the minute: forenoon, afternoon, some evening, few nights."""
    hour = rng.choice(4, count, p=[0.43, 0.34, 0.18, 0.05])
    middle = np.array([9.8, 15.4, 19.6, 2.0])[hour]
    spread = np.array([1.2, 1.5, 1.2, 2.2])[hour]
    hours = (middle + spread * rng.normal(0, 1, count)) % 24
    return np.asarray((hours * 60).astype(np.int64) * 60)


def _delay(channel: Ints, rng: np.random.Generator) -> Ints:
    """Seconds from what happened to its report: soon from workers, late at the desk."""
    minutes = np.array([6, 45, 300, 3])[channel] * rng.lognormal(0, 0.9, len(channel))
    offline = (channel == 0) & (rng.random(len(channel)) < 0.02)
    minutes[offline] += rng.uniform(1, 3, offline.sum()) * 1_440
    return np.asarray(minutes.astype(np.int64) * 60)


def _severity(category: Ints, rng: np.random.Generator) -> Ints:
    severity = rng.choice([1, 2, 3, 4], len(category), p=_SEVERITY)
    service = category >= 64
    return np.where(service, np.minimum(severity, 2), severity)


_STUCK, _STUCK_DAYS = 0.12, 12
"""Of what came in lately a part is still open; what is older has come to an end."""


def _life(received: Ints, severity: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """State (index into words.STATES) and second of resolution on the last evening."""
    now = DAYS * DAY_S
    days = rng.lognormal(0.9, 0.95, len(received)) * np.array([0, 0.8, 1.5, 2.6, 3.5])[severity]
    age = (now - received) / DAY_S
    stuck = (rng.random(len(received)) < _STUCK) & (age < _STUCK_DAYS)
    done = received + ((days * DAY_S).astype(np.int64) // 60) * 60
    resolved = np.where((done < now) & ~stuck, done, -1)
    step = np.clip((age * rng.uniform(0.5, 3, len(received))), 0, 3).astype(np.int64)
    filed = (resolved >= 0) & (now - resolved > rng.uniform(3, 20, len(received)) * DAY_S)
    return np.where(resolved < 0, step, np.where(filed, 5, 4)), resolved


def _places(
    land: Land, homes: Homes, grid: Ints, channel: Ints, rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """Where each incident is said to be – always inside its grid – and how exactly (m)."""
    held = np.bincount(homes.grid, minlength=len(land.village))
    first = np.cumsum(held) - held
    home = first[grid] + (rng.random(len(grid)) ** 1.35 * held[grid]).astype(np.int64)
    spread = np.where(rng.random(len(grid)) < 0.75, 14.0, 90.0)[:, None]
    place = homes.place[home] + rng.normal(0, 1, (len(grid), 2)) * spread
    edge = rng.random(len(grid)) < _BORDER_SHARE
    place[edge] = _near_border(land, grid[edge], rng)
    lon, lat = land.plane.degrees(place).T
    shapely.prepare(land.grid_shapes)
    astray = ~shapely.contains_xy(land.grid_shapes[grid], lon, lat)
    place[astray] = homes.place[home[astray]]
    usual = np.array([9, 90, 25, 7])[channel] * rng.lognormal(0, 0.45, len(grid))
    usual[edge] *= 3
    return place, np.clip(np.rint(usual), 3, 500).astype(np.int64)


def _near_border(land: Land, grid: Ints, rng: np.random.Generator) -> Floats:
    """A few meters beside a random border vertex of each grid, to its inner side mostly."""
    rings = shapely.get_exterior_ring(land.grid_shapes[grid])
    at = rng.integers(0, shapely.get_num_points(rings))
    vertex = land.plane.meters(shapely.get_coordinates(shapely.get_point(rings, at)))
    middle = land.plane.meters(
        shapely.get_coordinates(shapely.point_on_surface(land.grid_shapes[grid]))
    )
    inward = middle - vertex
    length = np.hypot(*inward.T).clip(1)[:, None]
    return np.asarray(vertex + inward / length * rng.uniform(3, 20, (len(grid), 1)))


def days_back(second: Ints) -> tuple[Ints, Ints]:
    """Day before the last (0 is the last) and second of the day; (-1, 0) for -1."""
    known = second >= 0
    return (
        np.where(known, DAYS - 1 - second // DAY_S, -1),
        np.where(known, second % DAY_S, 0),
    )


def phrases(category: Ints, phrase: Ints) -> list[str]:
    """The words of each incident."""
    return [words.CATEGORIES[c][p] for c, p in zip(category.tolist(), phrase.tolist(), strict=True)]
