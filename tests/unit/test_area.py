"""The area path: one range test."""

from hypothesis import given
from hypothesis import strategies as st

from gridmap import area

segments = st.lists(st.text("0123456789", min_size=1, max_size=3), max_size=5)


def path_of(parts: list[str]) -> str:
    return "".join(f"{part}/" for part in parts)


@given(segments, segments)
def test_range_test_is_the_same_as_having_the_prefix(path: list[str], over: list[str]) -> None:
    p, a = path_of(path), path_of(over)
    assert area.covers([area.bounds(a)], p) == area.within(p, a)


def test_parents_and_levels() -> None:
    path = "62/29/22/"
    assert area.parents(path) == ["62/", "62/29/"]
    assert area.at_level(path, 2) == "62/29/"
    assert area.at_level(path, 4) is None
    assert area.level(path) == 3
