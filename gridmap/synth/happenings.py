"""What happened in two years: incidents with their places, seasons and states."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.synth import words
from gridmap.synth.land import Land
from gridmap.synth.people import Homes
from gridmap.synth.terrain import Floats, Ints

LAST_DAY = date(2026, 11, 23)
"""What the seasons are reckoned from; loading may shift the days."""
DAYS = 730
_SPRING_FESTIVALS = [date(2025, 1, 29), date(2026, 2, 17)]
_SHARES = {
    1: 62, 2: 48, 3: 50, 4: 34, 5: 30, 6: 22, 7: 26, 8: 20, 9: 16,
    32: 44, 33: 40, 34: 40, 35: 20, 36: 22, 37: 26, 38: 12, 39: 34, 41: 14,
    64: 52, 65: 58, 66: 52, 67: 66, 68: 44, 69: 46, 70: 36, 71: 36,
}  # fmt: skip
_SEVERITY = [0.69, 0.235, 0.065, 0.01]
_DAY_S = 86_400
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
    category = rng.choice(
        list(_SHARES), count, p=np.array(list(_SHARES.values())) / sum(_SHARES.values())
    )
    appeal = _appeal(land, homes, rng)
    grid, day = np.empty(count, np.int64), np.empty(count, np.int64)
    rhythm = _rhythm(rng)
    for number in _SHARES:
        own = np.flatnonzero(category == number)
        grid[own] = _draw(appeal * _affinity(land, homes, number), len(own), rng)
        day[own] = _draw(rhythm * _season(number, rng), len(own), rng)
    occurred = day * _DAY_S + _time_of_day(count, rng)
    channel = rng.choice(4, count, p=[0.56, 0.16, 0.12, 0.16])
    received = np.minimum(occurred + _delay(channel, rng), DAYS * _DAY_S - 60)
    order = np.argsort(received, kind="stable")
    category, grid, channel = category[order], grid[order], channel[order]
    severity = _severity(category, rng)
    state, resolved = _life(received[order], severity, rng)
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
        occurred=np.minimum(occurred, received)[order],
        received=received[order],
        resolved=resolved,
    )


def _draw(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Indices by weight, repeated ones allowed."""
    total = weight.cumsum()
    picked = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    return np.minimum(picked, len(weight) - 1)


def _appeal(land: Land, homes: Homes, rng: np.random.Generator) -> Floats:
    """How much happens in each grid: a base everywhere, more with people, most in hot places."""
    held = np.bincount(homes.grid, minlength=len(land.village))
    middle = land.plane.meters(shapely.get_coordinates(shapely.centroid(land.grid_shapes)))
    spots = rng.choice(len(held), 9, p=held / held.sum())
    reach = rng.uniform(2_500, 6_500, len(spots))
    heat = np.full(len(held), 0.55)
    heat[homes.urban] = 0.8
    for spot, meters in zip(spots, reach, strict=True):
        near = np.exp(-((np.hypot(*(middle - middle[spot]).T) / meters) ** 2))
        heat += rng.uniform(0.8, 2.0) * near
    heat *= rng.lognormal(0, 0.32, len(held))
    return np.where(held > 0, (9 + 0.75 * held) * heat, 0)


def _affinity(land: Land, homes: Homes, category: int) -> Floats:
    """Where a category belongs: floods by rivers, landslides on slopes, lifts in towers."""
    middle = land.plane.meters(shapely.get_coordinates(shapely.centroid(land.grid_shapes)))
    terrain = land.terrain
    slope = terrain.sample(np.hypot(*np.gradient(terrain.height, terrain.step)), middle)
    wet = terrain.sample(np.log1p(terrain.drained), middle)
    urban = homes.urban
    match category:
        case 7:
            return np.where(urban, 1.0, 0.02)
        case 5 | 6:
            return np.where(urban, 1.6, 1.0)
        case 3 | 70:
            return np.where(urban, 0.08, 1.0)
        case 4 | 36:
            return np.where(urban, 0.3, 1.0) * (0.25 + wet / wet.max())
        case 35:
            return np.where(urban, 0.1, 1.0) * (0.1 + slope / slope.max()) ** 1.5
        case 39 | 69 | 32:
            return np.where(urban, 1.8, 1.0)
    return np.ones(len(middle))


def _rhythm(rng: np.random.Generator) -> Floats:
    """Weight of each day, from the first: weeks, slow growth, Spring Festival's quiet."""
    day = np.arange(DAYS)
    weekday = (LAST_DAY.weekday() - (DAYS - 1 - day)) % 7
    week = np.array([1.25, 1.1, 1.05, 1.0, 1.05, 0.75, 0.62])[weekday]
    quiet = np.ones(DAYS)
    for feast in _SPRING_FESTIVALS:
        since = day - _number(feast)
        quiet[(since >= -1) & (since < 6)] = 0.45
    return np.asarray(week * quiet * (0.88 + 0.24 * day / DAYS) * rng.gamma(40, 1 / 40, DAYS))


def _season(category: int, rng: np.random.Generator) -> Floats:
    """Weight of each day for a category."""
    days = [LAST_DAY - timedelta(days=DAYS - 1 - k) for k in range(DAYS)]
    of_year = np.array([d.timetuple().tm_yday for d in days])
    match category:
        case 35 | 36:
            storm = np.zeros(DAYS)
            for peak in rng.uniform(186, 240, 7):
                storm += np.exp(-(((of_year - peak) / 1.6) ** 2)) * rng.uniform(4, 14)
            return 0.12 + _bump(of_year, 213, 24) + storm
        case 32 | 33 | 68:
            return 0.35 + 1.6 * _bump(of_year, 5, 52)
        case 5:
            wages = np.full(DAYS, 0.35)
            for feast in _SPRING_FESTIVALS:
                wages += 4.5 * _bump(np.arange(DAYS), _number(feast) - 16, 13, wrap=0)
            return wages
        case 4:
            return 0.08 + 2 * _bump(of_year, 112, 26) + 0.5 * _bump(of_year, 172, 18)
        case 3:
            return 0.6 + _bump(of_year, 95, 35)
        case 70:
            return 0.4 + _bump(of_year, 105, 40) + 0.8 * _bump(of_year, 250, 25)
        case 34:
            return 0.6 + 0.9 * _bump(of_year, 355, 35)
        case 37:
            return 0.5 + _bump(of_year, 218, 35)
    return np.ones(DAYS)


def _bump(day: Ints, middle: float, width: float, wrap: int = 365) -> Floats:
    """A bell around a day, of height 1; the year is a circle where ``wrap`` is its length."""
    off = np.abs(day - middle)
    if wrap:
        off = np.minimum(off % wrap, wrap - off % wrap)
    return np.asarray(np.exp(-((off / width) ** 2)))


def _number(day: date) -> int:
    return DAYS - 1 - (LAST_DAY - day).days


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


def _life(received: Ints, severity: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """State (index into words.STATES) and second of resolution on the last evening."""
    now = DAYS * _DAY_S
    days = rng.lognormal(0.9, 0.95, len(received)) * np.array([0, 0.8, 1.5, 2.6, 3.5])[severity]
    stuck = rng.random(len(received)) < 0.006
    done = received + ((days * _DAY_S).astype(np.int64) // 60) * 60
    resolved = np.where((done < now) & ~stuck, done, -1)
    age = (now - received) / _DAY_S
    step = np.clip((age * rng.uniform(0.5, 3, len(received))), 0, 3).astype(np.int64)
    filed = (resolved >= 0) & (now - resolved > rng.uniform(3, 20, len(received)) * _DAY_S)
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
        np.where(known, DAYS - 1 - second // _DAY_S, -1),
        np.where(known, second % _DAY_S, 0),
    )


def phrases(category: Ints, phrase: Ints) -> list[str]:
    """The words of each incident."""
    return [words.CATEGORIES[c][p] for c, p in zip(category.tolist(), phrase.tolist(), strict=True)]


@dataclass(frozen=True)
class Warning:
    """An open warning on a grid, or on the incident of that number."""

    grid: int
    incident: int | None
    color: int
    why: str
    since: int
    answered_day: int


def warn(happened: Happenings, count: int, rng: np.random.Generator) -> list[Warning]:
    """About ``count`` open warnings that arose from recent incidents, few of them red."""
    recent = np.flatnonzero(happened.received > (DAYS - 21) * _DAY_S)
    color = rng.choice([1, 2, 3, 4], min(count, len(recent)), p=[0.5, 0.32, 0.14, 0.04])
    made, taken = [], set()
    for shade in color.tolist():
        reasons = [(kinds, why) for c, kinds, why in words.WARNINGS if c == shade]
        kinds, why = reasons[int(rng.integers(len(reasons)))]
        fits = recent[np.isin(happened.category[recent], kinds)]
        cause = int(rng.choice(fits if len(fits) else recent))
        if (grid := int(happened.grid[cause])) in taken:
            continue
        taken.add(grid)
        since = int(min(happened.received[cause] + rng.integers(5, 240) * 60, DAYS * _DAY_S - 60))
        age = DAYS - 1 - since // _DAY_S
        answered = int(rng.integers(0, age + 1)) if age and rng.random() < 0.65 else -1
        whole_grid = rng.random() < 0.45
        made.append(Warning(grid, None if whole_grid else cause, shade, why, since, answered))
    return sorted(made, key=lambda warning: warning.since)
