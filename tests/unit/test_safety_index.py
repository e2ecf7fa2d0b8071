"""The safety index by hand: points, drawing toward the usual, weights, missing data, ranks."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidInput
from gridmap.rules.index_dimensions import DIMENSIONS, DISPUTES, SATISFACTION, VISITING, Nature
from gridmap.rules.index_scales import fitted
from gridmap.rules.policies import POLICIES, parsed, written
from gridmap.rules.safety_index import (
    Formula,
    Scale,
    Score,
    Tally,
    formula_of,
    grade,
    parsed_scale,
    posterior,
    ranks,
    score,
    unsure,
    whole_points,
)

FORMULA: Formula = {
    "disputes": Scale(15, 16, 1),
    "hazards": Scale(15, 14, 0),
    "warnings": Scale(10, 12, 0),
    "timeliness": Scale(15, 60, 100),
    "resolution": Scale(15, 70, 100),
    "recurrence": Scale(10, 10, 0),
    "satisfaction": Scale(10, 65, 100),
    "visiting": Scale(5, 0, 10),
    "staffing": Scale(5, 50, 110),
}
MANY = 10_000_000.0


def usual(of: float) -> dict[str, Tally]:
    """A region that is everywhere in the middle of the scales, of any size."""
    return {
        id: Tally((scale.zero + scale.full) / 2 / DIMENSIONS[id].per * of, of)
        for id, scale in FORMULA.items()
    }


def test_nine_dimensions_are_declared_whole() -> None:
    assert len(DIMENSIONS) == 9
    for one in DIMENSIONS.values():
        assert all((one.zh, one.en, one.unit_zh, one.unit_en, one.how_zh, one.how_en))
        assert one.missing_zh
        assert one.missing_en
    assert {one.nature for one in DIMENSIONS.values()} == set(Nature)


def test_a_rate_is_drawn_by_the_gamma_poisson_posterior() -> None:
    """Usual 8.5 of 1,000, 3.75 between regions: a prior of 604 households with 5.1 cases."""
    mean, variance = 0.0085, 0.00375**2
    known = mean / variance
    a, b = mean * known + 4, known + 200
    value, sd = posterior(DISPUTES, Tally(4, 200), FORMULA["disputes"])
    assert known == pytest.approx(604.4, abs=0.1)
    assert a == pytest.approx(9.14, abs=0.01)
    assert value == pytest.approx(1000 * a / b)
    assert value == pytest.approx(11.36, abs=0.01)  # between the usual 8.5 and the plain 20
    assert sd == pytest.approx(1000 * math.sqrt(a) / b)


def test_a_share_is_drawn_by_the_beta_binomial_posterior() -> None:
    """Usual 82.5 %, 8.75 between regions: a prior of 17.9 ratings."""
    known = 0.825 * 0.175 / 0.0875**2 - 1
    value, sd = posterior(SATISFACTION, Tally(3, 3), FORMULA["satisfaction"])
    share = (0.825 * known + 3) / (known + 3)
    assert known == pytest.approx(17.86, abs=0.01)
    assert value == pytest.approx(100 * share)
    assert sd == pytest.approx(100 * math.sqrt(share * (1 - share) / (known + 4)))


def test_what_is_counted_whole_is_taken_as_it_is() -> None:
    assert posterior(VISITING, Tally(3, 60), FORMULA["visiting"]) == (5.0, 0.0)


def test_the_index_by_hand() -> None:
    """Two dimensions of three parts and one part of the weight, counted without doubt."""
    formula = {"visiting": Scale(3, 0, 10), "staffing": Scale(1, 50, 110)}
    found = score({"visiting": Tally(5, 100), "staffing": Tally(110, 100)}, formula)
    assert found.index == pytest.approx((3 * 50 + 1 * 100) / 4)
    assert (found.low, found.high) == (found.index, found.index)


@given(st.floats(1e-3, 1e7), st.sampled_from(sorted(FORMULA)))
def test_who_is_usual_has_fifty_points_however_small(of: float, id: str) -> None:
    one = score(usual(of), FORMULA).dimensions[id]
    assert one
    assert one.points == pytest.approx(50)


def test_a_small_county_with_the_rate_of_a_large_one_is_nearer_to_the_usual_and_less_sure() -> None:
    def at(of: float) -> Score:
        return score(usual(MANY) | {"disputes": Tally(0.016 * of, of)}, FORMULA)

    large, small = at(200_000), at(200)
    there, here = large.dimensions["disputes"], small.dimensions["disputes"]
    assert there
    assert here
    assert there.value == pytest.approx(here.value)  # what is shown as the value is what it was
    assert there.points == pytest.approx(0, abs=0.5)
    assert 20 < here.points < 50
    assert here.high - here.low > 5 * (there.high - there.low)
    assert (large.index or 0) < (small.index or 0) < 50
    # and the interval of the small one holds what the large one has
    assert (small.low or 0) <= (large.index or 0) <= (small.high or 0)


@given(st.sampled_from(sorted(FORMULA)), st.integers(0, 400), st.integers(1, 400))
def test_each_dimension_has_its_direction(id: str, n: int, more: int) -> None:
    dimension, of = DIMENSIONS[id], 1_000.0
    fewer, greater = (score({id: Tally(k, of)}, {id: FORMULA[id]}) for k in (n, n + more))
    assert fewer.index is not None
    assert greater.index is not None
    if dimension.less_is_better:
        assert greater.index <= fewer.index
    else:
        assert greater.index >= fewer.index
    assert 0 <= fewer.index <= 100


def test_a_dimension_without_data_is_left_out_and_the_others_weigh_more() -> None:
    whole = usual(MANY) | {"visiting": Tally(10, 100)}
    without = {id: tally for id, tally in whole.items() if id != "visiting"}
    assert score(whole, FORMULA).index == pytest.approx(50 + 50 * 5 / 100)
    left = score(without, FORMULA)
    assert left.index == pytest.approx(50)
    assert left.dimensions["visiting"] is None
    assert sum(one is not None for one in left.dimensions.values()) == 8
    assert score(without | {"visiting": Tally(0, 0)}, FORMULA) == left


def test_with_less_than_half_of_the_weight_there_is_no_index() -> None:
    half = {id: usual(MANY)[id] for id in ("disputes", "hazards", "warnings", "recurrence")}
    assert score(half, FORMULA).index is not None
    del half["recurrence"]
    found = score(half, FORMULA)
    assert (found.index, found.low, found.high) == (None, None, None)
    assert found.dimensions["disputes"]
    assert score({}, FORMULA).index is None


def test_a_weight_of_nothing_leaves_a_dimension_out_but_shows_it() -> None:
    formula = dict(FORMULA) | {"visiting": Scale(0, 0, 10)}
    found = score(usual(MANY) | {"visiting": Tally(10, 100)}, formula)
    assert found.index == pytest.approx(50)
    one = found.dimensions["visiting"]
    assert one
    assert one.points == 100


def test_grades_are_of_the_number_that_is_shown() -> None:
    assert [grade(one) for one in (0, 34.4, 34.6, 44, 45, 54.4, 54.5, 64, 64.9, 100)] == [
        *(0, 0, 1, 1, 2, 2, 3, 3, 4, 4)
    ]
    assert [whole_points(one) for one in (62.5, 63.5, 0.49)] == [63, 64, 0]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        # 50 is fair; low begins at 35 and good ends with 64
        ((50, 35, 64), False),
        ((50, 34.4, 60), True),
        ((50, 34.5, 60), False),
        ((50, 45, 64.5), True),
        ((50, 45, 64.4), False),
        # at the ends of the scale there is nothing beyond
        ((20, 0, 44), False),
        ((20, 0, 45), True),
        ((80, 55, 100), False),
        ((80, 54, 100), True),
        ((60, 60, 60), False),
    ],
)
def test_an_index_is_unsure_where_it_may_be_two_grades_off(
    interval: tuple[float, float, float], expected: bool
) -> None:
    assert unsure(*interval) is expected


def test_who_has_many_cases_is_sure_and_who_has_hardly_any_is_not() -> None:
    def of(homes: float) -> bool:
        found = score(usual(homes), FORMULA)
        assert found.index is not None
        assert found.low is not None
        assert found.high is not None
        return unsure(found.index, found.low, found.high)

    assert not of(MANY)
    assert of(1)


def test_ranks_are_as_wide_as_the_intervals_allow() -> None:
    scores = {
        "a": Score(80, 75, 85, {}),
        "b": Score(70, 60, 78, {}),
        "c": Score(50, 45, 59, {}),
        "d": Score(None, None, None, {}),
    }
    assert ranks(scores) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}


VALUE = {id: [scale.weight, scale.zero, scale.full] for id, scale in FORMULA.items()}


def test_a_formula_is_written_and_read() -> None:
    shown = written("safety_index", VALUE)
    assert shown["disputes"] == "15；16 → 1"
    assert parsed("safety_index", shown) == VALUE
    assert formula_of(VALUE) == FORMULA
    assert list(formula_of(VALUE)) == list(DIMENSIONS)
    assert parsed_scale(DISPUTES, "15, 16.5-1") == [15, 16.5, 1]
    assert len(POLICIES["safety_index"].fields) == 9


@pytest.mark.parametrize(
    ("id", "given"),
    [
        ("disputes", ""),
        ("disputes", "15"),
        ("disputes", "101；16 → 1"),
        ("disputes", "1.5；16 → 1"),
        ("disputes", "15；1 → 16"),
        ("disputes", "15；16 → 16"),
        ("disputes", "15；-16 → -20"),
        ("satisfaction", "10；100 → 65"),
        ("satisfaction", "10；65 → 101"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(id: str, given: str) -> None:
    fields = written("safety_index", VALUE) | {id: given}
    with pytest.raises(InvalidInput, match=DIMENSIONS[id].zh):
        parsed("safety_index", fields)


def test_a_formula_of_no_weight_is_refused() -> None:
    nothing = {id: [0, *scale[1:]] for id, scale in VALUE.items()}
    with pytest.raises(InvalidInput):
        parsed("safety_index", written("safety_index", nothing))


def test_scales_are_fitted_to_what_regions_differ_by_beyond_luck() -> None:
    """Rates of 4 and 12 of 1,000 in large regions: 8 is usual, and ± 8 are two deviations."""
    large = [dict(usual(MANY)) | {"disputes": Tally(r * 1e6, 1e6)} for r in (0.004, 0.012)] * 6
    found = fitted(FORMULA, large)
    assert (found["disputes"].zero, found["disputes"].full) == (16, 0)
    assert found["disputes"].weight == 15
    # the others do not differ: they reach a tenth of the mean for each deviation
    assert (found["hazards"].zero, found["hazards"].full) == (8.4, 5.6)
    assert (found["staffing"].zero, found["staffing"].full) == (64, 96)


def test_what_chance_makes_is_no_difference_between_regions() -> None:
    """Counts of 6 and 10 where 8 are expected are as far apart as Poisson's law has them."""
    small = [dict(usual(MANY)) | {"disputes": Tally(n, 1_000)} for n in (6, 10)] * 6
    found = fitted(FORMULA, small)["disputes"]
    assert (found.zero, found.full) == (9.6, 6.4)


def test_no_scale_is_fitted_to_too_little() -> None:
    few = [usual(MANY)] * 7
    assert fitted(FORMULA, few) == FORMULA
    rare = [dict(usual(MANY)) | {"disputes": Tally(0, 1_000)}] * 20
    assert fitted(FORMULA, rare)["disputes"] == FORMULA["disputes"]
    nothing = [dict.fromkeys(FORMULA, Tally(0, 0))] * 20
    assert fitted(FORMULA, nothing) == FORMULA


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), min_size=8, max_size=20))
def test_a_fitted_scale_is_one_that_may_be_decided(parts: list[tuple[int, int]]) -> None:
    tallies = [
        {id: Tally(min(n, of), of) if DIMENSIONS[id].most else Tally(n, of) for id in FORMULA}
        for n, of in parts
    ]
    found = fitted(FORMULA, tallies)
    value = {id: [one.weight, one.zero, one.full] for id, one in found.items()}
    assert formula_of(parsed("safety_index", written("safety_index", value))) == found
