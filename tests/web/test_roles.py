"""Every viewer at every endpoint, by a table that is read and not computed; and no row of others.

In the table ``+`` means that the viewer gets through: to an answer, or to being told what is
wrong with what was sent. A number is the status that refuses. Addresses name real things of the
made-up county where a viewer's area matters: an incident and a grid of the officer's township, an
account that the sample's administrator keeps.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.area import bounds
from gridmap.operations import accounts, keys
from gridmap.operations.accounts import NewAccount
from gridmap.operations.keys import NewKey
from gridmap.queries import accounts as asked
from tests.conftest import Server
from tests.web.offices import database_of, signed_in
from tests.web.requests import ELSEWHERE, PROGRAM, filled

WHO = ["adm", "com", "off", "wor", "pla", "dep", "aud", "nob", "str", "kio", "rea", "rep"]
"""Administrator, commander, center officer, worker, planner, department officer, auditor, an
account without a role, a stranger, a kiosk, a token that reads, a token that reports."""

TABLE = """
# endpoint                      adm com off wor pla dep aud nob str kio rea rep
static                     GET  +   +   +   +   +   +   +   +   +   +   +   +
language.messages          GET  +   +   +   +   +   +   +   +   +   +   +   +
pages.map_page             GET  +   +   +   +   +   +   +   +   401 +   +   +
basemap.file               GET  404 404 404 404 404 404 404 404 404 404 404 404
pages.relief               GET  +   +   +   +   +   +   +   +   +   +   +   +
auth.sign_in_page          GET  +   +   +   +   +   +   +   +   +   +   +   +
auth.sign_in               POST +   +   +   +   +   +   +   +   +   403 403 403
auth.by_link               GET  404 404 404 404 404 404 404 404 404 404 404 404
auth.stop_viewing          POST +   +   +   +   +   +   +   +   401 403 403 403
auth.to_issuer             GET  +   +   +   +   +   +   +   +   +   +   +   +
auth.from_issuer           GET  +   +   +   +   +   +   +   +   +   +   +   +
account.page               GET  +   +   +   +   +   +   +   +   401 403 403 403
account.change_password    POST +   +   +   +   +   +   +   +   401 403 403 403
account.begin_codes        POST +   +   +   +   +   +   +   +   401 403 403 403
account.confirm_codes      POST +   +   +   +   +   +   +   +   401 403 403 403
account.stop_codes         POST +   +   +   +   +   +   +   +   401 403 403 403
account.end_session        POST +   +   +   +   +   +   +   +   401 403 403 403
account.end_others         POST +   +   +   +   +   +   +   +   401 403 403 403
admin.front                GET  +   403 403 403 403 403 +   403 401 403 403 403
admin.accounts_page        GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.create_account       POST +   403 403 403 403 403 403 403 401 403 403 403
admin.account_page         GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.appoint              POST +   403 403 403 403 403 403 403 401 403 403 403
admin.dismiss              POST 404 403 403 403 403 403 403 403 401 403 403 403
admin.make_link            POST +   403 403 403 403 403 403 403 401 403 403 403
admin.bodies               GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.audit_page           GET  +   403 403 403 403 403 +   403 401 403 403 403
admin.audit_table          GET  +   403 403 403 403 403 +   403 401 403 403 403
admin.tokens_page          GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.make_token           POST +   403 403 403 403 403 403 403 401 403 403 403
admin.kiosks_page          GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.make_kiosk           POST +   403 403 403 403 403 403 403 401 403 403 403
admin.revoke               POST 404 403 403 403 403 403 403 403 401 403 403 403
admin.categories_page      GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.category_rule        POST +   403 403 403 403 403 403 403 401 403 403 403
admin.policies_page        GET  +   403 403 403 403 403 403 403 401 403 403 403
# policies belong to who administers everything
admin.decide_policy        POST 403 403 403 403 403 403 403 403 401 403 403 403
admin.calendar_page        GET  +   403 403 403 403 403 403 403 401 403 403 403
admin.calendar_day         POST +   403 403 403 403 403 403 403 401 403 403 403
kiosk.open_kiosk           GET  404 404 404 404 404 404 404 404 404 404 404 404
cases.desk                 GET  +   +   +   +   +   +   +   +   401 +   +   +
cases.queue                GET  +   +   +   +   +   +   +   +   401 403 +   +
cases.words_of_life        GET  +   +   +   +   +   +   +   +   401 +   +   +
# an incident of the officer's township, in a grid that is not the worker's
cases.one_case             GET  +   +   +   404 +   404 404 404 401 403 +   404
cases.who_could            GET  +   +   +   404 +   404 404 404 401 403 +   404
cases.take_step            POST +   +   +   404 +   404 404 404 401 403 403 403
cases.take_many            POST +   +   +   +   +   +   +   +   401 403 403 403
cases.figures_page         GET  +   +   +   +   +   +   +   +   401 +   +   +
cases.figures              GET  +   +   +   +   +   +   +   +   401 403 +   +
cases.figures_file         GET  404 404 404 404 404 404 404 404 401 404 404 404
api.catalog_of_map         GET  +   +   +   +   +   +   +   +   401 +   +   +
api.figures_of_measure     GET  404 404 404 404 404 404 404 404 401 404 404 404
api.locate_point           GET  +   +   +   +   +   +   +   +   +   +   +   +
# a whole report at that incident's place
api.take_report            POST +   403 +   +   403 403 403 403 401 403 403 +
api.grid_card              GET  +   +   +   +   +   +   +   +   401 403 +   +
api.incident_card          GET  +   +   +   404 +   404 404 404 401 403 +   404
api.warning_card           GET  404 404 404 404 404 404 404 404 401 403 404 404
api.find                   POST +   +   +   +   +   +   +   +   401 +   +   +
api.list_layer             GET  +   +   +   +   +   +   +   +   401 +   +   +
api.summarize              GET  +   +   +   +   +   +   +   +   401 +   +   +
tiles.tile_json            GET  +   +   +   +   +   +   +   +   +   +   +   +
tiles.tile                 GET  +   +   +   +   +   +   +   +   +   +   +   +
exports.map_file           GET  +   +   +   +   +   403 403 403 401 +   +   403
# whoever is not known is told so in the stream itself, and nothing else
stream.events              GET  +   +   +   +   +   +   +   +   +   +   +   +
wall.page                  GET  +   +   +   +   +   +   +   +   +   +   403 403
wall.catalog_of_wall       GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.place                 GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.numbers               GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.warnings              GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.kinds                 GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.attention             GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.whistles              GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.latest                GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.since                 GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.replay                GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.figures               GET  404 404 404 404 404 404 404 404 401 404 403 403
wall.tile_json             GET  +   +   +   +   +   +   +   +   401 +   403 403
wall.tile                  GET  +   +   +   +   +   +   +   +   401 +   403 403
health.alive               GET  +   +   +   +   +   +   +   +   +   +   +   +
health.ready               GET  +   +   +   +   +   +   +   +   +   +   +   +
health.metrics             GET  403 403 403 403 403 403 403 403 403 403 403 403
imports.page               GET  +   +   +   +   +   +   +   +   401 +   +   +
# who may import somewhere
imports.list_imports       GET  +   403 +   403 +   403 403 403 401 403 403 403
imports.upload             POST +   403 +   403 +   403 403 403 401 403 403 403
imports.one_import         GET  404 404 404 404 404 404 404 404 401 403 404 404
imports.how_it_reads       GET  404 404 404 404 404 404 404 404 401 403 404 404
imports.preview            GET  404 404 404 404 404 404 404 404 401 403 404 404
imports.rejects            GET  404 404 404 404 404 404 404 404 401 403 404 404
imports.stage              POST 404 404 404 404 404 404 404 404 401 403 403 403
imports.load               POST 404 403 404 403 404 403 403 403 401 403 403 403
imports.throw_away         POST 404 404 404 404 404 404 404 404 401 403 403 403
imports.take_back          POST 404 404 404 404 404 404 404 404 401 403 403 403
following.follow_page      GET  +   +   +   +   +   +   +   +   +   +   +   +
# whoever has the code; none was sent
following.look_up          POST 404 404 404 404 404 404 404 404 404 403 403 403
following.rate             POST 404 404 404 404 404 404 404 404 404 403 403 403
following.add_words        POST 404 404 404 404 404 404 404 404 404 403 403 403
following.add_photo        POST +   +   +   +   +   +   +   +   +   403 403 403
papers.list_attachments    GET  +   +   +   404 +   404 404 404 401 403 +   404
papers.add_attachment      POST +   +   +   +   +   +   +   +   401 403 403 403
papers.one_attachment      GET  404 404 404 404 404 404 404 404 401 403 404 404
papers.possible_duplicates GET  +   +   +   404 +   404 404 404 401 403 +   404
papers.list_households     GET  +   +   +   404 +   404 404 404 401 403 +   404
papers.add_households      POST +   +   +   +   +   +   +   +   401 403 403 403
papers.remove_households   POST +   +   +   +   +   +   +   +   401 403 403 403
public.report_page         GET  +   +   +   +   +   +   +   +   +   +   +   +
public.options             GET  +   +   +   +   +   +   +   +   +   +   +   +
public.find_place          POST +   +   +   +   +   +   +   +   +   403 403 403
public.whose_place         POST +   +   +   +   +   +   +   +   +   403 403 403
public.send_report         POST +   +   +   +   +   +   +   +   +   403 403 403
notices.page               GET  +   +   +   +   +   +   +   +   401 403 403 403
notices.mine               GET  +   +   +   +   +   +   +   +   401 403 403 403
notices.count              GET  +   +   +   +   +   +   +   +   401 403 403 403
notices.log                GET  +   +   +   +   +   +   +   +   401 403 403 403
notices.seen               POST +   +   +   +   +   +   +   +   401 403 403 403
visits.page                GET  +   +   +   +   +   +   +   +   401 403 403 403
visits.due                 GET  +   +   +   +   +   +   +   +   401 403 403 403
visits.made                GET  404 404 404 404 404 404 404 404 401 403 403 403
visits.make                POST +   +   +   +   +   +   +   +   401 403 403 403
visits.plan                POST +   +   +   +   +   +   +   +   401 403 403 403
visits.end_plan            POST 404 404 404 404 404 404 404 404 401 403 403 403
absence.page               GET  +   +   +   +   +   +   +   +   401 403 403 403
absence.workers            GET  +   +   +   +   +   +   +   +   401 403 403 403
absence.stand_ins          GET  +   +   +   +   +   +   +   +   401 403 403 403
absence.name_stand_in      POST +   +   +   +   +   +   +   +   401 403 403 403
absence.end_stand_in       POST 404 404 404 404 404 404 404 404 401 403 403 403
absence.holdings           GET  404 404 404 404 404 404 404 404 401 403 403 403
absence.hand_on            POST +   +   +   +   +   +   +   +   401 403 403 403
desks.page                 GET  +   +   +   +   +   +   +   +   401 403 403 403
desks.on_day               GET  +   +   +   +   +   +   +   +   401 403 403 403
desks.put_desk             POST +   +   +   +   +   +   +   +   401 403 403 403
desks.remove_desk          DELETE 404 404 404 404 404 404 404 404 401 403 403 403
desks.put_shift            POST +   +   +   +   +   +   +   +   401 403 403 403
desks.remove_shift         DELETE 404 404 404 404 404 404 404 404 401 403 403 403
desks.near_incident        GET  +   +   +   404 +   404 404 404 401 403 403 403
desks.near_area            POST +   +   +   +   +   +   +   +   401 403 403 403
errands.waiting            GET  +   +   +   +   +   +   +   +   401 403 403 403
errands.arrive             POST 404 404 404 404 404 404 404 404 401 403 403 403
errands.answer             POST +   +   +   +   +   +   +   +   401 403 403 403
export_jobs.page           GET  +   +   +   +   +   +   +   +   401 403 403 403
export_jobs.list_exports   GET  +   +   +   +   +   +   +   +   401 403 403 403
export_jobs.ask            POST +   +   +   +   +   +   +   +   401 403 403 403
export_jobs.fetch          GET  404 404 404 404 404 404 404 404 401 403 403 403
safety_index.page          GET  +   +   +   +   +   +   +   +   401 +   +   +
safety_index.ranking       GET  +   +   +   403 +   403 403 403 401 403 +   403
safety_index.trend         GET  +   +   +   +   +   +   +   +   401 +   +   +
safety_index.file          GET  404 404 404 404 404 404 404 404 401 404 404 404
safety_index.publish       POST +   +   +   +   +   +   +   +   401 403 403 403
# scales belong to who administers everything
safety_index.fit           POST 403 403 403 403 403 403 403 403 401 403 403 403
households.card            GET  404 404 404 404 404 404 404 404 401 403 403 403
households.moved_away      POST 404 404 404 404 404 404 404 404 401 403 403 403
households.find_named      POST +   +   +   +   +   +   +   +   401 403 403 403
households.find_numbered   POST +   +   +   +   +   +   +   +   401 403 403 403
households.reveal          POST +   +   +   +   +   +   +   +   401 403 403 403
admin.change_account       POST 404 403 403 403 403 403 403 403 401 403 403 403
admin.view_as              POST +   403 403 403 403 403 403 403 401 403 403 403
auth.sign_out              POST +   +   +   +   +   +   +   +   +   403 403 403
"""


@dataclass
class Town:
    """The made-up county with a browser for each viewer."""

    app: Flask
    accounts: dict[str, Viewer]
    kiosk: str
    headers: dict[str, dict[str, str]]
    values: dict[str, Any]
    township: str
    report: dict[str, Any]
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Gives every viewer a browser of its own."""
        self.clients = {who: signed_in(self.app, one) for who, one in self.accounts.items()}
        self.clients |= {who: self.app.test_client() for who in ("str", "kio", "rea", "rep")}
        self.clients["kio"].set_cookie("gridmap_kiosk", self.kiosk)

    def ask(self, who: str, method: str, path: str) -> int:
        """The status that a viewer gets; a report is whole, other bodies are empty."""
        body = self.report if path == "/api/incidents" else {}
        answer = self.clients[who].open(
            path,
            method=method,
            headers=PROGRAM | self.headers.get(who, {}),
            environ_overrides=ELSEWHERE,
            json=body if method != "GET" else None,
            # a stream has no end to wait for
            buffered=path != "/events",
        )
        answer.close()
        return answer.status_code


@pytest.fixture(scope="module")
def county(server: Server, sample_template: str) -> Iterator[Town]:
    """A copy of the made-up county, its accounts, a kiosk and two tokens of its township."""
    with server.clone(sample_template) as url:
        app = server.app(url)
        yield _populated(app, server)
        database_of(app).dispose()


@pytest.fixture
def town(county: Town) -> Town:
    """The county, with everybody signed in anew."""
    county.sign_in()
    return county


def _populated(app: Flask, server: Server) -> Town:
    database, given = database_of(app), server.circumstances()
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        officer = asked.one(connection, asked.id_of(connection, "center_officer"))
        township = officer.row.path
        accounts.create(connection, NewAccount("nobody", "示例新人", township), given)
        ids = {who: asked.id_of(connection, login) for who, login in LOGINS.items()}
        later = given.now + timedelta(days=20_000)
        secrets = {
            verb: keys.make_token(
                connection, NewKey(verb, township, "/", (verb,), later), given, source=""
            )
            for verb in ("read", "report")
        }
        kiosk = keys.make_kiosk(connection, NewKey("screen", township), given, source="")
        low, high = bounds(township)
        county, incident, place, lon, lat = connection.execute(
            text(
                "SELECT county, id, path, ST_X(point), ST_Y(point) FROM incident"
                " WHERE path >= :low AND path < :high ORDER BY received_at DESC LIMIT 1"
            ),
            {"low": low, "high": high},
        ).one()
    viewers = {who: Viewer("account", str(id)) for who, id in ids.items()}
    headers = {
        who: {"Authorization": f"Bearer {secrets[verb]}"}
        for who, verb in (("rea", "read"), ("rep", "report"))
    }
    values = {
        "county": county,
        "incident": str(incident),
        "account": str(ids["wor"]),
        "path": place,
    }
    report = {"category": 1, "lon": lon, "lat": lat, "words": "示例"}
    return Town(app, viewers, kiosk, headers, values, township, report)


LOGINS = {
    "adm": "administrator",
    "com": "commander",
    "off": "center_officer",
    "wor": "worker",
    "pla": "planner",
    "dep": "department_officer",
    "aud": "auditor",
    "nob": "nobody",
}
LAST = ("admin.change_account", "admin.view_as", "auth.sign_out")
"""What changes who a browser is, or closes an account, is asked last, in this order."""


def address(town: Town, rule: Rule) -> str:
    """An address of a route, with things that are there."""
    special: dict[str, Any] = {"county": town.values["county"], "path": town.values["path"]}
    if rule.endpoint.startswith("admin.") and "id" in rule.arguments:
        special["id"] = town.values["account"]
    elif {"county", "id"} <= set(rule.arguments):
        special["id"] = town.values["incident"]
    with town.app.test_request_context():
        adapter = town.app.url_map.bind("localhost")
        given = {name: special[name] for name in rule.arguments if name in special}
        if set(given) == set(rule.arguments):
            return str(adapter.build(rule.endpoint, given))
    return filled(town.app, rule)


def routes(town: Town) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of every route, those that end a session last."""
    rules = sorted(
        town.app.url_map.iter_rules(),
        key=lambda one: LAST.index(one.endpoint) if one.endpoint in LAST else -1,
    )
    for rule in rules:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address(town, rule)


def expected() -> dict[tuple[str, str], list[str]]:
    """Endpoint and method → what each viewer gets."""
    rows = (line.split() for line in TABLE.strip().splitlines() if not line.startswith("#"))
    return {(endpoint, method): cells for endpoint, method, *cells in rows}


def cell(status: int) -> str:
    return str(status) if status in {401, 403, 404, 500} else "+"


def test_every_viewer_at_every_endpoint(town: Town) -> None:
    table, wrong = expected(), []
    asked_for = set()
    for endpoint, method, path in routes(town):
        asked_for.add((endpoint, method))
        cells = [cell(town.ask(who, method, path)) for who in WHO]
        if table.get((endpoint, method)) != cells:
            wrong.append(f"{endpoint} {method} {' '.join(cells)}")
    assert not wrong, "\n".join(["not as in the table:", *wrong])
    assert asked_for == set(table), "the table has a row of a route that is no more"


TOWNS_OWN = {"off": "township", "rea": "township", "wor": "grids", "nob": "nothing"}


def ranges_of(town: Town, who: str) -> list[tuple[str, str | None]]:
    """The ranges of paths that are a viewer's own, as the made-up county was set up."""
    if TOWNS_OWN[who] == "nothing":
        return []
    if TOWNS_OWN[who] == "township":
        return [bounds(town.township)]
    with database_of(town.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        account = asked.id_of(connection, LOGINS[who])
        return [bounds(path) for path in asked.duties(connection, account)]


def is_own(ranges: list[tuple[str, str | None]], path: str) -> bool:
    return any(low <= path and (high is None or path < high) for low, high in ranges)


def get(town: Town, who: str, path: str) -> Any:
    """The JSON that a viewer gets; nothing where it is refused for want of any area."""
    answer = town.clients[who].get(
        path, headers=town.headers.get(who, {}), environ_overrides=ELSEWHERE
    )
    if who == "nob" and answer.status_code == 403:
        return {"rows": [], "values": {}, "results": [], "total": 0}
    assert answer.status_code == 200, path
    return answer.get_json()


YEAR = "from=2025-06-11&to=2026-06-10"


@pytest.mark.parametrize("who", TOWNS_OWN)
def test_nothing_of_another_area_is_in_a_list_a_figure_or_a_search_hit(
    town: Town, who: str
) -> None:
    ranges = ranges_of(town, who)
    shown = []
    for layer in ("incidents", "households", "warnings"):
        found = get(town, who, f"/api/lists/{layer}?{YEAR}")
        shown += [row["path"] for row in found["rows"]]
        assert found["total"] or not found["rows"]
    for level in (4, 6):
        values = get(town, who, f"/figures/density?within=&level={level}&{YEAR}")["values"]
        shown += [path for path, one in values.items() if one["count"] and level == 6]
        counted = [path for path, one in values.items() if one["count"]]
        assert all(path == town.township for path in counted) or level == 6
    for words in ("村", "路", "号", "社区"):
        hits = (
            town.clients[who]
            .post(
                "/api/search",
                json={"q": words},
                headers=PROGRAM | town.headers.get(who, {}),
                environ_overrides=ELSEWHERE,
            )
            .get_json()["results"]
        )
        shown += [one["path"] for one in hits if one["kind"] == "household"]
    if who != "rea":
        shown += [row["path"] for row in get(town, who, "/api/cases?queue=center")["rows"]]
    assert [path for path in shown if not is_own(ranges, path)] == []
    assert bool(shown) == bool(ranges)


@pytest.mark.parametrize("who", TOWNS_OWN)
@pytest.mark.parametrize("layer", ["incidents", "households"])
def test_nothing_of_another_area_is_in_a_decoded_tile(town: Town, who: str, layer: str) -> None:
    ranges = ranges_of(town, who)
    table = {"incidents": "incident", "households": "household"}[layer]
    with database_of(town.app).transaction(LOCAL_ADMINISTRATOR) as connection:
        low, high = (ranges or [bounds(town.township)])[0]
        tiles = connection.execute(
            text(_TILES.format(table=table)), {"low": low, "high": high}
        ).all()
        paths: dict[str, str] = {
            str(row.id): row.path
            for row in connection.execute(text(f"SELECT id, path FROM {table}"))
        }
    seen = []
    for x, y in tiles:
        answer = town.clients[who].get(
            f"/tiles/{layer}/{ZOOM}/{x}/{y}.mvt?{YEAR}",
            headers=town.headers.get(who, {}),
            environ_overrides=ELSEWHERE,
        )
        if answer.status_code in {401, 403, 204}:
            continue
        content = answer.data
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        decoded = mapbox_vector_tile.decode(content)
        seen += [paths[one["properties"]["id"]] for one in decoded[layer]["features"]]
    assert tiles
    assert [path for path in seen if not is_own(ranges, path)] == []
    assert bool(seen) == bool(ranges and not (who == "rea" and layer == "households"))


ZOOM = 14
_TILES = f"""
SELECT DISTINCT floor((ST_X(point) + 180) / 360 * {1 << ZOOM})::int AS x,
       floor((1 - asinh(tan(radians(ST_Y(point)))) / pi()) / 2 * {1 << ZOOM})::int AS y
  FROM {{table}} WHERE point IS NOT NULL AND path >= :low AND path < :high ORDER BY 1, 2 LIMIT 12
"""
"""Tiles with something of the viewer's own area, in which others' things lie as well."""
