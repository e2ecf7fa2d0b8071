"""What each family of incidents asks beyond place, words and severity: no field holds a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gridmap.errors import InvalidInput

LONGEST_TEXT = 200
LARGEST_NUMBER = 10**12


@dataclass(frozen=True)
class Field:
    """A question: its words, and the kind of its answer: number, text, date or one of choices."""

    id: str
    zh: str
    en: str
    type: str
    choices: tuple[tuple[str, str, str], ...] = ()


FIELDS: dict[str, tuple[Field, ...]] = {
    "dispute": (
        Field("parties", "当事人数", "Parties", "number"),
        Field("amount_yuan", "涉及金额（元）", "Amount at stake, yuan", "number"),
        Field(
            "mood",
            "激化风险",
            "Risk of violence",
            "choice",
            (
                ("calm", "平和", "calm"),
                ("tense", "紧张", "tense"),
                ("violent", "动过手", "violent"),
            ),
        ),
    ),
    "hazard": (
        Field("people_at_risk", "受威胁人数", "People at risk", "number"),
        Field("measures", "已采取的措施", "Measures taken", "text"),
        Field("inspect_on", "复查日期", "Inspect again on", "date"),
    ),
    "service": (
        Field("papers", "要办的证照", "Papers wanted", "text"),
        Field("missing", "还缺的材料", "What is missing", "text"),
        Field(
            "door_to_door",
            "上门办理",
            "At the door",
            "choice",
            (("yes", "要", "yes"), ("no", "不用", "no")),
        ),
    ),
}


def checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to a kind's questions, typed; empty ones are left out.

    Raises InvalidInput for a question that the kind does not ask, or an answer of another kind.
    """
    known = {field.id: field for field in FIELDS[kind]}
    if unknown := sorted(set(given) - set(known)):
        raise InvalidInput("这类事件没有“{field}”这一项。", field=unknown[0])
    return {id: _answer(known[id], value) for id, value in given.items() if value not in (None, "")}


def _answer(field: Field, value: Any) -> Any:
    checks: dict[str, Callable[[Any], bool]] = {
        "number": _is_number,
        "text": lambda given: isinstance(given, str) and len(given) <= LONGEST_TEXT,
        "date": _is_day,
        "choice": lambda given: given in {id for id, _, _ in field.choices},
    }
    if not checks[field.type](value):
        raise InvalidInput("“{field}”填得不对：{value}", field=field.zh, value=value)
    return value


def _is_number(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= LARGEST_NUMBER


def _is_day(given: Any) -> bool:
    try:
        date.fromisoformat(given)
    except (TypeError, ValueError):
        return False
    return True
