"""Figures: the same numbers as plain SQL, classes by their limits, and no class for few cases."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.layers import measures
from gridmap.layers.base import Words
from gridmap.layers.figures import rates
from gridmap.layers.measure import THIN_BELOW, Question
from gridmap.queries.filters import KINDS, Filters
from tests import world
from tests.conftest import ZONE

LAST = date(2026, 6, 10)
COUNTY, TOWNSHIP, GRID = 3, 4, 6
RATES = [one.id for one in measures().values() if one.denominator]

_INCIDENTS = """
SELECT array_to_string((string_to_array(i.path, '/'))[1:{depth}], '/') || '/' AS path,
       count(*) AS n
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE starts_with(i.path, :within)
   AND CAST(i.occurred_at AT TIME ZONE '{zone}' AS date) BETWEEN :first AND :last
   AND (:kinds = '' OR c.kind = ANY(string_to_array(:kinds, ',')))
   AND (:severities = '' OR i.severity = ANY(CAST(string_to_array(:severities, ',') AS int[])))
   AND (:categories = '' OR i.category = ANY(CAST(string_to_array(:categories, ',') AS int[])))
   AND array_length(string_to_array(i.path, '/'), 1) > {depth}
 GROUP BY 1
"""
_BASE = {
    "households": """
SELECT array_to_string((string_to_array(path, '/'))[1:{depth}], '/') || '/' AS path, count(*) AS n
  FROM household WHERE starts_with(path, :within) GROUP BY 1
""",
    "km2": """
SELECT array_to_string((string_to_array(path, '/'))[1:{depth}], '/') || '/' AS path,
       sum(ST_Area(CAST(shape AS geography))) / 1e6 AS n
  FROM grid_version WHERE starts_with(path, :within) AND upper_inf(during) GROUP BY 1
""",
}


def asked_at_random(seed: int) -> dict[str, Any]:
    """A question with random filters; the parts that are '' filter nothing."""
    draw = random.Random(seed)
    last = LAST - timedelta(days=draw.randrange(300))
    return {
        "measure": draw.choice(RATES),
        "within": draw.choice(["", "99/01/01/", "99/01/01/101/", "99/01/01/203/201/"]),
        "level": draw.choice([COUNTY, TOWNSHIP, 5, GRID]),
        "from": last - timedelta(days=draw.choice([0, 6, 29, 364])),
        "to": last,
        "kind": ",".join(draw.sample(KINDS, draw.randrange(3))),
        "severity": draw.choice(["", "", "1", "3,4"]),
        "category": draw.choice(["", "", "", "1,2,32,64"]),
    }


def plain(connection: Connection, asked: Mapping[str, Any]) -> dict[str, tuple[int, float]]:
    """Count and base by path, by SQL of its own."""
    kinds = asked["kind"]
    if measures()[asked["measure"]].kinds:
        kinds = "hazard" if kinds in {"", "hazard"} or "hazard" in kinds else "none"
    parameters = {
        "within": asked["within"],
        "first": asked["from"],
        "last": asked["to"],
        "kinds": kinds,
        "severities": asked["severity"],
        "categories": asked["category"],
    }
    denominator = measures()[asked["measure"]].denominator
    assert denominator is not None
    counts = connection.execute(
        text(_INCIDENTS.format(depth=asked["level"], zone=ZONE)), parameters
    )
    by_path = {row.path: row.n for row in counts}
    bases = connection.execute(
        text(_BASE[denominator].format(depth=asked["level"])), {"within": asked["within"]}
    )
    return {path: (by_path.get(path, 0), float(n)) for path, n in bases}


@pytest.mark.parametrize("seed", range(24))
def test_figures_are_those_of_plain_sql(
    client: FlaskClient, sample_administrator: Connection, seed: int
) -> None:
    asked = asked_at_random(seed)
    query = "&".join(f"{key}={value}" for key, value in asked.items() if value != "")
    answer = client.get(f"/figures/{asked['measure']}?{query}").get_json()
    truth = plain(sample_administrator, asked)
    assert truth
    assert set(answer["values"]) == set(truth)
    per = 1000 if measures()[asked["measure"]].denominator == "households" else 1
    limits = answer["limits"]
    assert len(limits) == 4
    assert limits == sorted(limits)
    for path, (count, base) in truth.items():
        figure = answer["values"][path]
        assert figure["count"] == count
        # grids are summed in whole square meters
        assert figure["base"] == pytest.approx(base, abs=1e-5)
        rate = count * per * 30 / answer["days"] / figure["base"]
        assert figure["rate"] == pytest.approx(rate)
        assert figure["thin"] == (count < THIN_BELOW)
        reached = sum(figure["rate"] >= limit for limit in limits)
        assert figure["class"] == (None if count < THIN_BELOW else reached)
    thin = sum(count < THIN_BELOW for count, _ in truth.values()) / len(truth)
    assert answer["thin_share"] == pytest.approx(thin)


def test_the_opening_view_says_something(client: FlaskClient) -> None:
    """Under 30 % of the populated grids have too few cases over a year."""
    first = LAST - timedelta(days=364)
    answer = client.get(f"/figures/density?level={GRID}&from={first}&to={LAST}").get_json()
    assert len(answer["values"]) > 1_000
    assert answer["thin_share"] < 0.3
    classes = [figure["class"] for figure in answer["values"].values()]
    for one in range(5):
        assert classes.count(one) > 0.02 * len(classes)


@pytest.mark.parametrize("measure", RATES)
def test_the_limits_are_those_of_the_catalog(client: FlaskClient, measure: str) -> None:
    described = client.get("/api/catalog").get_json()["measures"]
    (one,) = (each for each in described if each["id"] == measure)
    for depth in (COUNTY, TOWNSHIP, GRID):
        answer = client.get(f"/figures/{measure}?level={depth}").get_json()
        assert answer["limits"] == one["classes"][str(depth)]


def test_an_outlier_far_away_changes_no_other_class(own_app: Any) -> None:
    client, made = own_app.test_client(), own_app.extensions["gridmap"]
    first = LAST - timedelta(days=364)
    ask = f"/figures/density?level={GRID}&from={first}&to={LAST}"
    before = client.get(ask).get_json()
    far = max(before["values"])
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO incident (county, id, path, number, category, severity,"
                " occurred_at, received_at, state)"
                " SELECT 1, gen_random_uuid(), :path, 'X' || n, 1, 1, CAST(:at AS timestamptz),"
                " CAST(:at AS timestamptz), 'filed' FROM generate_series(1, 9000) AS n"
            ),
            {"path": far, "at": f"{LAST} 12:00+08"},
        )
    after = client.get(ask).get_json()
    assert after["values"][far]["count"] == before["values"][far]["count"] + 9_000
    assert after["values"][far]["class"] == 4
    assert after["limits"] == before["limits"]
    del before["values"][far], after["values"][far]
    assert after["values"] == before["values"]


@pytest.mark.parametrize("depth", [COUNTY, TOWNSHIP, GRID])
def test_the_warning_measure_is_the_worst_that_is_open(
    client: FlaskClient, sample_administrator: Connection, depth: int
) -> None:
    answer = client.get(f"/figures/warning?level={depth}").get_json()
    rows = sample_administrator.execute(
        text(
            "SELECT array_to_string((string_to_array(path, '/'))[1:CAST(:depth AS int)], '/')"
            " || '/' AS area, max(color), count(*) FROM warning WHERE closed_at IS NULL GROUP BY 1"
        ),
        {"depth": depth},
    )
    truth = {area: (color, n) for area, color, n in rows}
    found = {path: (one["class"], one["count"]) for path, one in answer["values"].items()}
    assert found == truth
    assert sum(n for _, n in truth.values()) > 40


def test_a_household_or_a_square_kilometer_is_what_is_divided_by(connection: Connection) -> None:
    """Nine hazards in thirty days among three households on a square of about one km²."""
    world.build(connection)
    at = f"{LAST} 12:00+08"
    connection.execute(
        text(
            "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
            " SELECT 1, gen_random_uuid(), 'H' || n, :path, '', '', CAST(:at AS timestamptz)"
            " FROM generate_series(1, 3) AS n"
        ),
        {"path": world.A1, "at": at},
    )
    connection.execute(
        text(
            "INSERT INTO incident (county, id, path, number, category, severity, occurred_at,"
            " received_at, state) SELECT 1, gen_random_uuid(), :path, 'X' || n, 32, 1,"
            " CAST(:at AS timestamptz), CAST(:at AS timestamptz), 'filed'"
            " FROM generate_series(1, 9) AS n"
        ),
        {"path": world.A1, "at": at},
    )
    asked = Question("", GRID, Filters(LAST - timedelta(days=29), LAST), ZONE)
    by_home = rates(connection, measures()["hazard"], asked)
    assert by_home[world.A1].rate == pytest.approx(3_000)
    assert set(by_home) == {world.A1}, "grids without a household have no rate"
    by_area = rates(connection, measures()["density_area"], asked)
    km2 = 0.01**2 * 90.83 * 110.955  # 0.01 degrees at 35.405° north
    assert by_area[world.A1].rate == pytest.approx(9 / km2, rel=1e-3)
    assert by_area[world.A2].count == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("within=99/01&level=4", "within"),
        ("level=x", "level"),
        ("", "level"),
        ("level=4&kind=x", "x"),
        ("level=4&from=2026-13-01", "from"),
    ],
)
def test_what_is_asked_wrongly_is_named(client: FlaskClient, query: str, name: str) -> None:
    response = client.get(f"/figures/density?{query}")
    assert response.status_code == 422
    assert name in response.get_json()["error"]["message"]


def test_an_unknown_measure_is_not_found(client: FlaskClient) -> None:
    assert client.get("/figures/joy?level=4").status_code == 404


def test_a_measure_says_what_it_is_in_both_languages() -> None:
    for one in measures().values():
        for words in (one.title, one.unit):
            assert isinstance(words, Words)
            assert words.zh
            assert words.en


def test_hot_spots_are_of_rates_by_household(client: FlaskClient) -> None:
    """The sample has its troubled places; most grids are neither hot nor cold."""
    answer = client.get(f"/figures/hot?level=6&from=2025-06-11&to={LAST}").get_json()["values"]
    classes = [one["class"] for one in answer.values()]
    hot = [path for path, one in answer.items() if one["class"] > 4]
    assert len(hot) > 5
    assert classes.count(3) > len(classes) / 3
    everywhere = [one["rate"] for one in answer.values()]
    assert sum(answer[path]["rate"] for path in hot) / len(hot) > 1.5 * sum(everywhere) / len(
        everywhere
    )


def test_few_places_are_neither_hot_nor_cold(client: FlaskClient) -> None:
    answer = client.get(f"/figures/hot?level=4&from=2025-06-11&to={LAST}").get_json()["values"]
    assert {one["class"] for one in answer.values()} == {3}


def test_a_place_that_nobody_reports_or_visits_is_silent_until_somebody_does(
    connection: Connection,
) -> None:
    """Two grids of like size: one is reported from each week, of the other nothing is heard."""
    world.build(connection)
    for path in (world.A1, world.A2):
        connection.execute(
            text(
                "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
                " SELECT 1, gen_random_uuid(), :path || n, :path, '', '',"
                " CAST('2025-01-01' AS timestamptz) FROM generate_series(1, 50) AS n"
            ),
            {"path": path},
        )
    connection.execute(
        text(
            "INSERT INTO incident (county, id, path, number, category, severity, occurred_at,"
            " received_at, state) SELECT 1, gen_random_uuid(), :path, 'X' || n, 32, 1,"
            " CAST(:at AS timestamptz) - n * interval '7 days', CAST(:at AS timestamptz), 'filed'"
            " FROM generate_series(0, 50) AS n"
        ),
        {"path": world.A1, "at": f"{LAST} 12:00+08"},
    )
    asked = Question("", GRID, Filters(LAST - timedelta(days=364), LAST), ZONE)
    measure = measures()["silence"]
    found = measure.figures(connection, measure, asked)
    assert (found[world.A1].class_, found[world.A2].class_) == (0, 3)
    assert found[world.A1].rate == 0
    connection.execute(
        text(
            "INSERT INTO visit (county, id, path, household, by, at, received_at, seen)"
            " SELECT county, gen_random_uuid(), path, id, '示例', CAST(:at AS timestamptz),"
            " CAST(:at AS timestamptz), '' FROM household WHERE path = :path LIMIT 1"
        ),
        {"path": world.A2, "at": f"{LAST - timedelta(days=3)} 12:00+08"},
    )
    found = measure.figures(connection, measure, asked)
    assert (found[world.A2].class_, found[world.A2].rate, found[world.A2].count) == (0, 3, 1)
