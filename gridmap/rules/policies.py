"""What an administrator decides beside categories and the calendar: each policy and its limits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from gridmap.errors import InvalidInput
from gridmap.rules.index_dimensions import DIMENSIONS, Dimension
from gridmap.rules.safety_index import check_weights, parsed_scale, written_scale

_PARTS = re.compile("[,，、;；]")
_DASHES = re.compile("[-–—~～至]")


@dataclass(frozen=True)
class Field:
    """A part of a policy's value as a form asks for it; the empty id is the whole value."""

    id: str
    zh: str
    en: str
    parse: Callable[[str], Any]
    write: Callable[[Any], str] = str
    type: str = "text"


@dataclass(frozen=True)
class Policy:
    """A policy: what it is called, what it decides, and of which fields its value is made."""

    zh: str
    en: str
    about_zh: str
    about_en: str
    fields: tuple[Field, ...]
    check: Callable[[Any], None] = lambda _value: None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(given: str) -> int:
        if not (given.isascii() and given.isdigit() and low <= int(given) <= high):
            raise InvalidInput(
                "应是 {low} 到 {high} 的整数，收到“{given}”。", low=low, high=high, given=given
            )
        return int(given)

    return parse


def _time(given: str) -> str:
    try:
        return time.fromisoformat(given.strip()).strftime("%H:%M")
    except ValueError as error:
        raise InvalidInput("时刻“{given}”不对，应如 17:30。", given=given) from error


def _hours(given: str) -> list[list[str]]:
    """Spans of a working day in order, none over another."""
    spans = []
    for part in filter(None, (one.strip() for one in _PARTS.split(given))):
        ends = _DASHES.split(part)
        if len(ends) != 2:
            raise InvalidInput("工作时间应如 08:30-12:00、14:30-18:30，收到“{given}”。", given=part)
        spans.append([_time(end) for end in ends])
    flat = [end for span in spans for end in span]
    if not flat or flat != sorted(set(flat)):
        raise InvalidInput("工作时间要从早到晚，不能重叠，收到“{given}”。", given=given)
    return spans


def _hours_written(value: list[list[str]]) -> str:
    return "、".join(f"{begin}-{end}" for begin, end in value)


def _shares(given: str) -> list[int]:
    """Shares of a limit in percent, rising."""
    parts = [one.strip().rstrip("%") for one in _PARTS.split(given)]
    shares = [_whole(1, 100)(one) for one in parts if one]
    if not shares or shares != sorted(set(shares)):
        raise InvalidInput("百分数要从小到大，如 50、80、100，收到“{given}”。", given=given)
    return shares


def _shares_written(value: list[int]) -> str:
    return "、".join(map(str, value))


def _scale(one: Dimension) -> Field:
    return Field(
        one.id,
        f"{one.zh}（{one.unit_zh}）",
        f"{one.en} ({one.unit_en})",
        lambda given: parsed_scale(one, given),
        written_scale,
    )


def _number(id: str, zh: str, en: str, low: int, high: int) -> Field:
    return Field(id, zh, en, _whole(low, high), type="number")


POLICIES: dict[str, Policy] = {
    "working_hours": Policy(
        "工作时间",
        "Working hours",
        "时限按这些时段计算，节假日见“日历”；改了以后，在办事件的时限都重新算。",
        "Limits run in these hours, on the days of the calendar; what is open is counted anew.",
        (Field("", "时段", "Hours", _hours, _hours_written),),
    ),
    "told_shares": Policy(
        "催办的节点",
        "Shares told of",
        "时限用到这些百分数时，告诉经办人和中心。",
        "When so much of a limit is used, holder and center are told.",
        (Field("", "百分数", "Percent", _shares, _shares_written),),
    ),
    "escalate_every_min": Policy(
        "超期后逐级上报",
        "Climbing when overdue",
        "到了时限报上一级；每再超过这么多分钟，再高一级。",
        "At the limit the level above is told; each further span of this length, one higher.",
        (_number("", "分钟", "Minutes", 10, 100_000),),
    ),
    "file_unrated_after_days": Policy(
        "没有评价也可归档",
        "Filing without a rating",
        "办结后过了这么多天，没有群众评价也可以归档。",
        "So many days after it was resolved an incident may be filed without a rating.",
        (_number("", "天", "Days", 0, 365),),
    ),
    "call_back_after_days": Policy(
        "回访",
        "Call-back",
        "办结后过这么多天，回访排进走访清单。",
        "So many days after it was resolved the call-back is due.",
        (_number("", "天", "Days", 0, 365),),
    ),
    "duplicate_near": Policy(
        "可能重复",
        "Possible duplicates",
        "同一类、这么近、这么短时间内的上报，受理时提示可能重复。",
        "Reports of one kind this near in space and time are shown as possible duplicates.",
        (
            _number("meters", "米", "Meters", 1, 10_000),
            _number("hours", "小时", "Hours", 1, 8_760),
        ),
    ),
    "digest_at": Policy(
        "每日汇总",
        "Daily digest",
        "不急的通知每天在这个时刻一并告知。",
        "What need not be acted on at once is told at this time each day.",
        (Field("", "时刻", "Time", _time, type="time"),),
    ),
    "erase_after_years": Policy(
        "个人信息的保存年限",
        "Erasing personal data",
        "迁出的人和上报人的个人信息，过了这么多年清除，计数保留。",
        "Persons who moved away and reporters are erased after so many years; counts stay.",
        (
            _number("moved_away", "迁出后（年）", "Years after moving away", 1, 100),
            _number("reporters", "上报后（年）", "Years after the report", 1, 100),
        ),
    ),
    "keep_days": Policy(
        "通知和推送记录的保存",
        "Keeping notices and deliveries",
        "告知过的通知、已送达或放弃的推送记录，过了这么多天删除。",
        "Notices that were told and deliveries that are done are deleted after so many days.",
        (
            _number("notices", "通知（天）", "Notices, days", 30, 3_650),
            _number("deliveries", "推送（天）", "Deliveries, days", 7, 3_650),
        ),
    ),
    "safety_index": Policy(
        "平安指数",
        "Safety index",
        "每项写“权重；0 分的值 → 100 分的值”；权重 0 就是不算这一项。已发布的月份不变。",
        "Of each dimension its weight; the value worth 0 → the value worth 100 points. A weight of"
        " 0 leaves it out. Published months stay as they are.",
        tuple(map(_scale, DIMENSIONS.values())),
        check_weights,
    ),
}


def parsed(name: str, given: Mapping[str, str]) -> Any:
    """The value of a policy from what a form says; InvalidInput names the field that is wrong."""
    if name not in POLICIES:
        raise InvalidInput("没有这项规则：{name}", name=name)
    policy = POLICIES[name]
    values = {one.id: one.parse(given.get(one.id or "value", "").strip()) for one in policy.fields}
    value = values.get("", values)
    policy.check(value)
    return value


def written(name: str, value: Any) -> dict[str, str]:
    """The value as the fields of its form show it."""
    return {one.id: one.write(value[one.id] if one.id else value) for one in POLICIES[name].fields}
