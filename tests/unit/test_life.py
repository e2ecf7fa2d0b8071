"""The declared life of a report: readable, without dead ends, and nobody steps without a right."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from gridmap.errors import Conflict, InvalidInput, NotAllowed
from gridmap.rules import life
from gridmap.rules.life import ABOVE, CENTER, HOLDER, REPORTER, STATES, STEPS, Case

NOW = datetime(2026, 6, 11, 6, 32, tzinfo=UTC)
DAYS = 7


def cases() -> list[Case]:
    """Every case that can be: each state with what can go with it."""
    late, early = NOW - timedelta(days=30), NOW - timedelta(days=1)
    return [
        Case(state, clock, outcome, rated, accepted, resolved_at, merged, by_duty)
        for state, clock, outcome, rated, accepted, resolved_at, merged, by_duty in product(
            STATES,
            ("running", "paused", "stopped"),
            (None, "resolved"),
            (False, True),
            (False, True),
            (None, early, late),
            (False, True),
            (False, True),
        )
    ]


def test_every_step_leads_between_states_that_exist() -> None:
    for step in STEPS.values():
        assert set(step.from_) <= set(STATES)
        assert step.to is None or step.to in STATES
        assert set(step.who) <= set(life.RELATIONS)
        assert set(step.needs) <= set(life.NEEDS)


def test_from_every_state_a_file_can_be_reached() -> None:
    reached = {"filed"}
    for _ in STATES:
        reached |= {state for step in STEPS.values() for state in step.from_ if step.to in reached}
    assert reached == set(STATES)


def test_nothing_is_offered_to_who_has_no_part_in_it() -> None:
    for case in cases():
        assert life.offered(case, (), now=NOW, unrated_days=DAYS) == []


def test_what_is_offered_may_be_taken_and_nothing_else() -> None:
    everything = {
        "words": "x",
        "holder": {"kind": "duty"},
        "outcome": "resolved",
        "rating": 5,
        "departments": ["x"],
        "grid": "x",
        "pause": "weather",
        "category": 1,
        "into": "x",
        "satisfied": True,
    }
    for case in random.Random(7).sample(cases(), 300):
        for relation in life.RELATIONS:
            offered = {
                step.id for step in life.offered(case, {relation}, now=NOW, unrated_days=DAYS)
            }
            for id in STEPS:
                try:
                    life.check(id, case, {relation}, everything, now=NOW, unrated_days=DAYS)
                    taken = True
                except (NotAllowed, Conflict):
                    taken = False
                assert taken == (id in offered), (case, relation, id)


def test_what_was_merged_moves_no_more() -> None:
    merged = Case("resolved", merged=True, outcome="duplicate", resolved_at=NOW)
    for relation in life.RELATIONS:
        assert life.offered(merged, {relation}, now=NOW, unrated_days=DAYS) == []


@pytest.mark.parametrize(
    ("rated", "age", "filed"), [(True, 0, True), (False, 6, False), (False, 7, True)]
)
def test_filing_waits_for_a_rating_or_a_week(rated: bool, age: int, filed: bool) -> None:
    case = Case("resolved", outcome="resolved", rated=rated, resolved_at=NOW - timedelta(days=age))
    offered = life.offered(case, {CENTER}, now=NOW, unrated_days=DAYS)
    assert ("file" in {step.id for step in offered}) == filed


def test_who_does_what_reads_as_the_centers_say_it() -> None:
    may = {id: set(step.who) for id, step in STEPS.items()}
    assert may["supervise"] == {ABOVE}
    assert may["rate"] == {REPORTER}
    assert may["hand_over"] == may["begin"] == may["accept"] == {HOLDER}
    assert HOLDER not in may["dispatch"] | may["file"] | may["whistle"] | may["merge"]


def test_choices_are_checked() -> None:
    case = Case("under_way")
    for given, message in (
        ({"outcome": "vanished", "words": "x"}, "vanished"),
        ({"outcome": "not_ours", "words": "x"}, "归谁管"),
        ({"outcome": "resolved"}, "说明"),
    ):
        with pytest.raises(InvalidInput, match=message):
            life.check("resolve", case, {HOLDER}, given, now=NOW, unrated_days=DAYS)
    with pytest.raises(InvalidInput, match="fly"):
        life.check("fly", case, {HOLDER}, {}, now=NOW, unrated_days=DAYS)
