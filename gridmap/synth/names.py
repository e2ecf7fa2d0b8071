"""Names and codes for the areas of a made-up county."""

from dataclasses import dataclass

import numpy as np
from pypinyin import lazy_pinyin

from gridmap.synth import words
from gridmap.synth.arrays import Floats
from gridmap.synth.land import Land

_COMMUNITIES = 14
_ENDINGS = {
    "省": "Province",
    "市": "City",
    "镇": "Town",
    "乡": "Township",
    "村": "Village",
    "社区": "Community",
    "县": "County",
}


@dataclass(frozen=True)
class AreaNames:
    """Codes are the last segments of paths; ``urban`` marks communities."""

    county_path: str
    township_names: list[str]
    township_codes: list[str]
    village_names: list[str]
    village_codes: list[str]
    grid_numbers: list[str]
    urban: list[bool]

    def township_path(self, township: int) -> str:
        """Such as ``99/01/01/101/``."""
        return f"{self.county_path}{self.township_codes[township]}/"


def name_areas(rng: np.random.Generator, county_path: str, land: Land) -> AreaNames:
    """Names for townships, villages and grids; the villages around the county town are communities.

    The township nearest to the town is the second of words.TOWNS, the rest follow in any order.
    """
    off = np.hypot(*(land.village_places - land.ground.seats[0]).T)
    off[land.township != 0] = np.inf
    urban = (off.argsort().argsort() < _COMMUNITIES) & (land.township == 0)
    towns = _town_names(rng, np.hypot(*(land.ground.seats - land.ground.seats[0]).T))
    pool, communities = iter(_village_names(rng, len(off))), iter(words.COMMUNITIES)
    above = zip(land.township.tolist(), urban.tolist(), strict=True)
    return AreaNames(
        county_path=county_path,
        township_names=towns,
        township_codes=_numbered([100 if name.endswith("镇") else 200 for name in towns]),
        village_names=[
            next(communities) + "社区" if u else next(pool) + "村" for u in urban.tolist()
        ],
        village_codes=_numbered([t * 1_000 + (0 if u else 200) for t, u in above]),
        grid_numbers=_numbered([v * 1_000 for v in land.village.tolist()]),
        urban=urban.tolist(),
    )


def _town_names(rng: np.random.Generator, off: Floats) -> list[str]:
    """One for each seat, given the seats' distances from the first."""
    others = rng.permutation(words.TOWNS[2:]).tolist()
    nearest = int(off[1:].argmin()) + 1 if len(off) > 1 else 0
    named = {0: words.TOWNS[0], nearest: words.TOWNS[1]} if nearest else {0: words.TOWNS[0]}
    return [named[k] if k in named else others.pop() for k in range(len(off))]


def english(name: str) -> str:
    """柳川镇 → Liuchuan Town."""
    for ending, word in _ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending):
            return f"{pinyin(name[: -len(ending)])} {word}"
    return pinyin(name)


def pinyin(name: str) -> str:
    """柳川 → Liuchuan."""
    return "".join(lazy_pinyin(name)).capitalize()


def _numbered(bases: list[int]) -> list[str]:
    """Three digits, counted up from each base: [100, 200, 100] → 101, 201, 102."""
    seen: dict[int, int] = {}
    for base in bases:
        seen[base] = seen.get(base, 0)
    numbers = []
    for base in bases:
        seen[base] += 1
        numbers.append(f"{base % 1_000 + seen[base]:03d}")
    return numbers


def _village_names(rng: np.random.Generator, count: int) -> list[str]:
    """Different names such as 松岭, 杨家湾, 青石沟; none is that of a township."""
    single = [first + last for first in words.VILLAGE_FIRST for last in words.VILLAGE_LAST]
    double = [
        first + last
        for first in words.VILLAGE_PAIRS
        for last in words.VILLAGE_LAST
        if "家" not in last
    ]
    taken = {town[:-1] for town in words.TOWNS}
    pool = [name for name in single + double if name not in taken and name != "松岭"]
    return ["松岭", *rng.permutation(pool)[: count - 1].tolist()]
