"""From a request's parts to typed values; what is wrong is named."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from gridmap.errors import InvalidInput
from gridmap.queries.locate import Spot

Found = TypeVar("Found")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""A NUL, and half of a surrogate pair."""


def number(values: Mapping[str, Any], name: str) -> float:
    """A finite number."""
    given = values.get(name)
    try:
        found = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            "参数 {name} 应是数字，收到“{given}”。", name=name, given=given
        ) from error
    if isinstance(given, bool) or not math.isfinite(found):
        raise InvalidInput("参数 {name} 应是数字，收到“{given}”。", name=name, given=given)
    return found


def whole_number(values: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A small whole number of a query parameter."""
    given = values.get(name)
    if given is None and default is not None:
        return default
    if not (str(given).isascii() and str(given).isdigit() and len(str(given)) < 8):
        raise InvalidInput("参数 {name} 应是整数，收到“{given}”。", name=name, given=given)
    return int(str(given))


def integer(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of a JSON body; true and 1.5 are none."""
    given = body.get(name, default)
    if not isinstance(given, int) or isinstance(given, bool) or not -(2**31) <= given < 2**31:
        raise InvalidInput("{name} 应是整数，收到“{given}”。", name=name, given=given)
    return given


def text(body: Mapping[str, Any], name: str) -> str:
    """Text of a JSON body; empty where there is none. What no row can hold is refused."""
    given = body.get(name)
    if given is None:
        return ""
    if not isinstance(given, str) or _UNSTORABLE.search(given):
        raise InvalidInput("{name} 应是文字。", name=name)
    return given.strip()


def uuid(body: Mapping[str, Any], name: str) -> UUID | None:
    """An id of a JSON body."""
    given = body.get(name)
    if given is None:
        return None
    try:
        return UUID(str(given))
    except ValueError as error:
        raise InvalidInput("{name} 不是 UUID：“{given}”。", name=name, given=given) from error


def moment(body: Mapping[str, Any], name: str) -> datetime | None:
    """A time with its zone."""
    given = body.get(name)
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError as error:
        raise InvalidInput("{name} 的时间“{given}”不对。", name=name, given=given) from error
    if found.tzinfo is None:
        raise InvalidInput("{name} 的时间要带时区，如 2026-06-11T14:32:00+08:00。", name=name)
    return found


def spot(values: Mapping[str, Any]) -> Spot:
    """A point with its accuracy, EPSG:4326."""
    accuracy = number(values, "accuracy_m") if values.get("accuracy_m") is not None else None
    return Spot(number(values, "lon"), number(values, "lat"), accuracy)


def path(values: Mapping[str, str], name: str) -> str:
    """An area path, empty for everything."""
    given = values.get(name, "")
    if given and (not given.endswith("/") or "//" in given or "\x00" in given):
        raise InvalidInput(
            "参数 {name} 应是以“/”结尾的路径，收到“{given}”。", name=name, given=given
        )
    return given


def box(values: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees."""
    if not (given := values.get("bbox")):
        return None
    parts = given.split(",")
    if len(parts) != 4:
        raise InvalidInput("bbox 应是“西,南,东,北”四个数，收到“{given}”。", given=given)
    west, south, east, north = (number({"bbox": part}, "bbox") for part in parts)
    return west, south, east, north


def day(body: Mapping[str, Any], name: str) -> date | None:
    """A local day such as 2026-06-11."""
    given = body.get(name)
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise InvalidInput("日期“{given}”不对，应写成 2026-05-20。", given=given) from error


def needed(found: Found | None, name: str) -> Found:
    """What was parsed, which must be there."""
    if found is None:
        raise InvalidInput("缺少 {name}。", name=name)
    return found


def json_object(given: Any) -> dict[str, Any]:
    """The body of a request that must be a JSON object."""
    if not isinstance(given, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    return given
