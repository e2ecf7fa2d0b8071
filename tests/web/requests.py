"""Asking the web application as different people do."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}
"""An address of documentation (RFC 5737): not this machine."""

PROGRAM = {"X-Requested-With": "gridmap"}

_ID = "01900000-0000-7000-8000-00000000000a"
_VALUES = {
    "number": 1,
    "id": "grids",
    "county": 1,
    "layer": "incidents",
    "path": "99/01/01/101/201/001/",
    "filename": "icon.svg",
    "kind": "token",
    "what": "closed",
    "day": "2026-06-11",
    "z": 9,
    "x": 0,
    "y": 0,
}


def filled(app: Flask, rule: Rule) -> str:
    """An address of a route."""
    values: dict[str, Any] = {
        name: _ID if "uuid:" in rule.rule and name == "id" else _VALUES.get(name, _ID)
        for name in rule.arguments
    }
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return str(adapter.build(rule.endpoint, values))


def addresses(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, filled(app, rule)


def post(client: FlaskClient, address: str, /, **fields: str) -> tuple[int, str]:
    """Sends a form; the status, and the page or where it leads."""
    answer = client.post(address, data=fields, headers=PROGRAM)
    return answer.status_code, answer.location or answer.get_data(as_text=True)
