"""Addresses as people write them: 柳川镇松岭村二社 12号, 城关镇文昌社区 3号楼 2单元 402."""

import numpy as np

from gridmap.synth.arrays import Ints
from gridmap.synth.homes import Homes
from gridmap.synth.land import Land
from gridmap.synth.names import AreaNames

_CHINESE_DIGITS = "一二三四五六七八九"
_PER_FLOOR, _ENTRANCES = 2, 3


def addresses(land: Land, names: AreaNames, homes: Homes) -> list[str]:
    """The address of each household."""
    place = [
        names.township_names[t] + name
        for t, name in zip(land.township.tolist(), names.village_names, strict=True)
    ]
    village = land.village[homes.grid]
    hamlet = homes.hamlet[homes.building]
    rows = zip(
        village.tolist(),
        homes.urban[homes.grid].tolist(),
        hamlet.tolist(),
        (_counted(village * 10_000 + hamlet) + 1).tolist(),
        (_counted(land.village[homes.building_grid]) + 1)[homes.building].tolist(),
        homes.turn.tolist(),
        strict=True,
    )
    return [
        f"{place[v]} {block}号楼 {_door(turn)}"
        if urban
        else f"{place[v]}{chinese_number(h + 1)}社 {number}号"
        for v, urban, h, number, block, turn in rows
    ]


def _door(turn: int) -> str:
    """Entrance, floor and door of a tower's household."""
    entrance, above = turn % _ENTRANCES + 1, turn // _ENTRANCES
    return f"{entrance}单元 {above // _PER_FLOOR + 1}0{above % _PER_FLOOR + 1}"


def _counted(keys: Ints) -> Ints:
    """How many equal keys come before each."""
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    count = np.empty(len(keys), np.int64)
    count[order] = np.arange(len(keys)) - np.searchsorted(sorted_keys, sorted_keys)
    return count


def chinese_number(number: int) -> str:
    """1–99 as it is written in addresses: 二, 十二, 二十."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _CHINESE_DIGITS[tens - 1] + "十"
    return ten + (_CHINESE_DIGITS[ones - 1] if ones else "")
