"""Where to look: what stands first, and that luck in a small place never does."""

from hypothesis import given
from hypothesis import strategies as st

from gridmap.rules.attention import Area, growth, ranked

BIG = Area("a/", now=300, before=300)


def first(*areas: Area) -> tuple[str, list[str]]:
    """The path and reasons of the area that leads."""
    area, reasons = ranked(list(areas), most=5)[0]
    return area.path, reasons


def test_an_unanswered_red_stands_before_everything_else() -> None:
    red = Area("r/", unanswered=((4, 1),))
    late = Area("l/", overdue=30)
    assert first(late, red, BIG) == ("r/", ["unanswered"])


def test_what_is_late_ranks_by_how_much_is() -> None:
    listed = ranked([Area("x/", overdue=2), Area("y/", overdue=7), BIG], most=5)
    assert [(area.path, reasons) for area, reasons in listed] == [
        ("y/", ["overdue"]),
        ("x/", ["overdue"]),
    ]


def test_a_small_place_does_not_lead_by_luck() -> None:
    lucky = Area("s/", now=6, before=1)
    grown = Area("g/", now=90, before=45)
    assert first(BIG, lucky, grown) == ("g/", ["growth"])


def test_what_grows_as_everything_grows_is_not_named() -> None:
    assert ranked([Area("a/", now=200, before=100), Area("b/", now=400, before=200)], most=5) == []


def test_fewer_than_five_cases_say_nothing_of_growth() -> None:
    assert ranked([Area("a/", now=4, before=0), Area("b/", now=300, before=900)], most=5) == []


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_growth_is_drawn_towards_none(now: int, before: int) -> None:
    shrunk = growth(now, before, usual=1.0)
    assert min(1, now / max(before, 1)) <= shrunk <= max(1, now / max(before, 1))
