"""What each family asks: typed answers, and nothing that it did not ask."""

from typing import Any

import pytest

from gridmap.errors import InvalidInput
from gridmap.rules import fields


def test_right_answers_are_kept_and_empty_ones_left_out() -> None:
    given = {"people_at_risk": 3, "measures": "", "inspect_on": "2026-06-20"}
    assert fields.checked("hazard", given) == {"people_at_risk": 3, "inspect_on": "2026-06-20"}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("hazard", {"parties": 2}),
        ("dispute", {"parties": "two"}),
        ("dispute", {"parties": True}),
        ("dispute", {"parties": -1}),
        ("dispute", {"mood": "furious"}),
        ("hazard", {"inspect_on": "2026-02-30"}),
        ("service", {"papers": "x" * (fields.LONGEST_TEXT + 1)}),
    ],
)
def test_wrong_answers_are_refused(kind: str, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        fields.checked(kind, given)
