"""The difference of two periods equals plain SQL, area by area, unequally long ones as well."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

_COUNTS = """
SELECT array_to_string((string_to_array(i.path, '/'))[1:4], '/') || '/' AS path,
       count(*) FILTER (WHERE day BETWEEN :first AND :last) AS now,
       count(*) FILTER (WHERE day BETWEEN :from AND :to) AS before
  FROM (SELECT path, CAST(occurred_at AT TIME ZONE 'Asia/Shanghai' AS date) AS day
          FROM incident WHERE merged_into IS NULL) AS i
 GROUP BY 1
"""
WITHIN = "99/01/01/"
MAY = {"first": date(2026, 5, 1), "last": date(2026, 5, 30)}


def asked(client: FlaskClient, **against: str) -> dict[str, Any]:
    """The change of May by townships."""
    answer = client.get(
        "/figures/change",
        query_string={"within": WITHIN, "level": 4, "from": "2026-05-01", "to": "2026-05-30"}
        | against,
    )
    assert answer.status_code == 200
    values: dict[str, Any] = answer.get_json()["values"]
    return values


@pytest.mark.parametrize(
    ("against", "begin", "end"),
    [
        ({}, date(2026, 4, 1), date(2026, 4, 30)),
        (
            {"against_from": "2025-05-01", "against_to": "2025-05-30"},
            date(2025, 5, 1),
            date(2025, 5, 30),
        ),
        (
            {"against_from": "2026-01-01", "against_to": "2026-04-30"},
            date(2026, 1, 1),
            date(2026, 4, 30),
        ),
    ],
)
def test_a_change_is_the_difference_that_plain_sql_counts(
    client: FlaskClient,
    sample_administrator: Connection,
    against: dict[str, str],
    begin: date,
    end: date,
) -> None:
    found = asked(client, **against)
    rows = sample_administrator.execute(text(_COUNTS), MAY | {"from": begin, "to": end}).all()
    expected = {row.path: (row.now, row.before) for row in rows if row.path.startswith(WITHIN)}
    assert {path: (one["count"], one["base"]) for path, one in found.items()} == expected
    days = (end - begin).days + 1
    for path, (now, before) in expected.items():
        # the thirty days of May against as many of the other period
        assert found[path]["rate"] == pytest.approx(now - before * 30 / days)


def test_few_cases_are_marked_and_have_no_class(client: FlaskClient) -> None:
    days = {"against_from": "2026-05-29", "against_to": "2026-05-29"}
    answer = client.get(
        "/figures/change",
        query_string={"within": WITHIN, "level": 6, "from": "2026-05-30", "to": "2026-05-30"}
        | days,
    ).get_json()
    assert answer["thin_share"] > 0.9
    for one in answer["values"].values():
        assert one["thin"] == (max(one["count"], one["base"]) < 5)
        assert (one["class"] is None) == one["thin"]


def test_a_comparison_that_makes_no_sense_is_refused(client: FlaskClient) -> None:
    wrong = {"against_from": "2026-05-02", "against_to": "2026-05-01"}
    answer = client.get("/figures/change", query_string={"within": WITHIN, "level": 4} | wrong)
    assert answer.status_code == 422
