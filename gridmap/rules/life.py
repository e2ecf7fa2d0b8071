"""The life of a report, declared as data: states, steps, who may take each, and what it needs.

    taken_in 受理 → verified 核实 → dispatched 派办 → under_way 办理中 → resolved 办结 → filed 归档

Nothing else decides: the page offers what ``offered`` returns, and a step is taken only where
``check`` is silent.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridmap.errors import Conflict, InvalidInput, NotAllowed

STATES = {
    "taken_in": ("受理", "Taken in"),
    "verified": ("核实", "Verified"),
    "dispatched": ("派办", "Dispatched"),
    "under_way": ("办理中", "Under way"),
    "resolved": ("办结", "Resolved"),
    "filed": ("归档", "Filed"),
}
OPEN = ("taken_in", "verified", "dispatched", "under_way")
DONE = ("resolved", "filed")

OUTCOMES = {
    "resolved": ("已解决", "Resolved"),
    "no_remedy": ("无法解决，已说明", "No remedy, explained"),
    "duplicate": ("重复，已并案", "Duplicate, merged"),
    "not_ours": ("不属我方，已转告", "Not ours, passed on"),
}
PAUSES = {
    "waiting_for_resident": ("等当事人", "Waiting for the resident"),
    "waiting_for_department": ("等部门答复", "Waiting for a department"),
    "weather": ("天气不许可", "Weather does not allow it"),
    "legal": ("法定程序期间", "Statutory procedure"),
}

HOLDER, CENTER, ABOVE, REPORTER = "holder", "center", "above", "reporter"
RELATIONS = {
    HOLDER: ("经办人", "who holds it"),
    CENTER: ("所在地综治中心", "the center of its place"),
    ABOVE: ("上级中心或指挥长", "a center above, or a commander"),
    REPORTER: ("上报人", "who reported it"),
}


@dataclass(frozen=True)
class Step:
    """A step that may be taken: from which states to which, by whom, and what it needs.

    ``to`` is None for an act that changes no state. ``needs`` name the fields that must come
    with the step.
    """

    id: str
    zh: str
    en: str
    from_: tuple[str, ...]
    to: str | None
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


STEPS: dict[str, Step] = {
    step.id: step
    for step in (
        Step("accept", "签收", "Accept", OPEN, None, (HOLDER,)),
        Step("verify", "核实", "Verify", ("taken_in",), "verified", (HOLDER, CENTER), ("words",)),
        Step("dispatch", "派办", "Dispatch", OPEN, "dispatched", (CENTER,), ("holder",)),
        Step("begin", "开始办理", "Begin", OPEN[:3], "under_way", (HOLDER,)),
        Step(
            "resolve",
            "办结",
            "Resolve",
            ("verified", "dispatched", "under_way"),
            "resolved",
            (HOLDER, CENTER),
            ("outcome", "words"),
        ),
        Step("file", "归档", "File", ("resolved",), "filed", (CENTER,)),
        Step("reopen", "重新办理", "Reopen", DONE, "under_way", (CENTER, ABOVE), ("words",)),
        Step("supervise", "督办", "Supervise", OPEN, None, (ABOVE,), ("words",)),
        Step("whistle", "吹哨", "Whistle", OPEN, None, (CENTER,), ("departments",)),
        Step("hand_over", "不是我的格", "Not my grid", OPEN, None, (HOLDER,), ("grid", "words")),
        Step("pause", "暂停计时", "Pause the clock", OPEN, None, (CENTER,), ("pause", "words")),
        Step("resume", "恢复计时", "Resume the clock", OPEN, None, (HOLDER, CENTER)),
        Step("recategorize", "改类别", "Change category", OPEN, None, (CENTER,), ("category",)),
        Step("merge", "并案", "Merge", OPEN, "resolved", (CENTER,), ("into",)),
        Step("rate", "群众评价", "Rate", DONE, None, (REPORTER,), ("rating",)),
        Step(
            "call_back", "回访", "Call back", DONE, None, (HOLDER, CENTER), ("satisfied", "words")
        ),
        Step("note", "记一笔", "Note", OPEN + DONE, None, (HOLDER, CENTER, ABOVE), ("words",)),
    )
}


@dataclass(frozen=True)
class Case:
    """What of an incident decides about its next steps."""

    state: str
    clock: str = "running"
    outcome: str | None = None
    rated: bool = False
    accepted: bool = False
    resolved_at: datetime | None = None
    merged: bool = False
    held_by_duty: bool = True


def offered(
    case: Case, relations: Collection[str], *, now: datetime, unrated_days: int
) -> list[Step]:
    """Exactly the steps that somebody with these relations may take now."""
    return [
        step
        for step in STEPS.values()
        if _refusal(step, case, relations, now=now, unrated_days=unrated_days) is None
    ]


def check(
    id: str,
    case: Case,
    relations: Collection[str],
    given: Mapping[str, Any],
    *,
    now: datetime,
    unrated_days: int,
) -> Step:
    """The step, if it may be taken now with what is given.

    Raises NotAllowed for who may not take it, Conflict where the incident is not in a state for
    it (somebody was faster), InvalidInput for what is missing or unknown.
    """
    step = STEPS.get(id)
    if step is None:
        raise InvalidInput("没有这个步骤：{step}", step=id)
    if refused := _refusal(step, case, relations, now=now, unrated_days=unrated_days):
        raise refused
    for need in step.needs:
        if given.get(need) in (None, "", [], ()):
            raise InvalidInput("“{step}”还缺：{need}", step=step.zh, need=NEEDS[need])
    _check_choices(given)
    return step


NEEDS = {
    "words": "说明",
    "holder": "派给谁",
    "outcome": "结果",
    "departments": "叫哪些部门",
    "grid": "交给哪个网格",
    "pause": "暂停的原因",
    "category": "新类别",
    "into": "并入哪一件",
    "rating": "评价",
    "satisfied": "当事人是否满意",
}


def _check_choices(given: Mapping[str, Any]) -> None:
    for field, choices in (("outcome", OUTCOMES), ("pause", PAUSES)):
        if given.get(field) and given[field] not in choices:
            raise InvalidInput("没有这个选项：{choice}", choice=given[field])
    if given.get("outcome") == "not_ours" and not given.get("not_ours_with"):
        raise InvalidInput("不属我方的，请写明归谁管。")
    if given.get("rating") is not None and given["rating"] not in (1, 2, 3, 4, 5):
        raise InvalidInput("评价是 1 到 5。")


def _refusal(
    step: Step, case: Case, relations: Collection[str], *, now: datetime, unrated_days: int
) -> NotAllowed | Conflict | None:
    if not set(step.who) & set(relations):
        return NotAllowed(
            "“{step}”要由{who}来做。",
            step=step.zh,
            who="或".join(RELATIONS[who][0] for who in step.who),
        )
    if case.state not in step.from_ or case.merged:
        return Conflict(
            "现在是“{state}”，不能再“{step}”；可能别人刚办过，请刷新。",
            state=STATES[case.state][0],
            step=step.zh,
        )
    return _not_now(step, case, now, unrated_days)


def _not_now(step: Step, case: Case, now: datetime, unrated_days: int) -> Conflict | None:
    """What beyond the state must hold for a step."""
    if step.id == "file" and not _may_be_filed(case, now, unrated_days):
        return Conflict("归档要有结果，并有评价或办结满 {days} 天。", days=unrated_days)
    wrong = {
        "accept": case.accepted,
        "pause": case.clock != "running",
        "resume": case.clock != "paused",
        "rate": case.rated,
        "hand_over": not case.held_by_duty,
    }.get(step.id, False)
    return Conflict("“{step}”现在没有必要，请刷新。", step=step.zh) if wrong else None


def _may_be_filed(case: Case, now: datetime, unrated_days: int) -> bool:
    if case.outcome is None or case.resolved_at is None:
        return False
    return case.rated or now - case.resolved_at >= timedelta(days=unrated_days)
