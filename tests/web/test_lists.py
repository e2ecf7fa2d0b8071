"""Lists beside layers, over HTTP."""

from flask.testing import FlaskClient


def colors(client: FlaskClient, query: str) -> list[str]:
    """The levels of the listed warnings, in Chinese."""
    answer = client.get(f"/api/lists/warnings{query}")
    assert answer.status_code == 200
    return [row["cells"][0][0] for row in answer.json["rows"]]  # type: ignore[index]


def test_warnings_are_listed_by_the_levels_that_the_map_shows(client: FlaskClient) -> None:
    every = colors(client, "")
    assert len(set(every)) == 4
    assert set(colors(client, "?color=3,4")) == {"红色", "橙色"}
    assert len(colors(client, "?color=4")) == every.count("红色")


def test_a_level_that_is_no_number_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/lists/warnings?color=red").status_code == 422
