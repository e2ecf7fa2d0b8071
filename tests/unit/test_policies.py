"""What an administrator may decide, as a form says it."""

import pytest

from gridmap.errors import InvalidInput
from gridmap.rules.policies import POLICIES, parsed, written


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        (
            "working_hours",
            {"value": "8:30-12:00、14：30–18:30".replace("8:30-", "08:30-").replace("：", ":")},
            [["08:30", "12:00"], ["14:30", "18:30"]],
        ),
        ("told_shares", {"value": "50、80%, 100"}, [50, 80, 100]),
        ("escalate_every_min", {"value": "450"}, 450),
        ("duplicate_near", {"meters": "80", "hours": "48"}, {"meters": 80, "hours": 48}),
        ("digest_at", {"value": "07:05"}, "07:05"),
    ],
)
def test_a_form_becomes_a_value_and_the_value_a_form(
    name: str, given: dict[str, str], value: object
) -> None:
    assert parsed(name, given) == value
    shown = {id or "value": text for id, text in written(name, value).items()}
    assert parsed(name, shown) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("working_hours", {"value": ""}),
        ("working_hours", {"value": "08:30"}),
        ("working_hours", {"value": "12:00-08:30"}),
        ("working_hours", {"value": "08:00-12:00、11:00-18:00"}),
        ("working_hours", {"value": "08:00-25:00"}),
        ("told_shares", {"value": "80、50"}),
        ("told_shares", {"value": "0、101"}),
        ("told_shares", {}),
        ("escalate_every_min", {"value": "-5"}),
        ("escalate_every_min", {"value": "٤٥٠"}),
        ("erase_after_years", {"moved_away": "3"}),
        ("digest_at", {"value": "nine"}),
        ("nothing", {"value": "1"}),
    ],
)
def test_what_cannot_be_is_refused(name: str, given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        parsed(name, given)


def test_no_name_of_a_field_is_taken_by_the_form_itself() -> None:
    names = {field.id for one in POLICIES.values() for field in one.fields}
    assert "from" not in names
    assert "value" not in names
