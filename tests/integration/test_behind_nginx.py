"""The site of nginx before the application: what it keeps, what it must not, whom it lets in."""

import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests import nginx_site
from tests.conftest import served
from tests.integration.runs import free_port

TILE = "/tiles/regions/8/202/101.mvt"


@dataclass(frozen=True)
class Answer:
    """What nginx answered."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Site:
    """The port of nginx, and what came through to the application."""

    port: int
    came: list[str]

    def get(self, address: str) -> Answer:
        """The answer to an address, whosever certificate it is."""
        trust = ssl._create_unverified_context()
        with closing(
            http.client.HTTPSConnection("127.0.0.1", self.port, context=trust, timeout=30)
        ) as connection:
            connection.request("GET", address)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())

    def version(self) -> str:
        """The ``v=`` of the boundaries as they are."""
        (template,) = json.loads(self.get("/tiles/regions.json").body)["tiles"]
        return str(template).partition("?")[2]

    def times(self, address: str) -> int:
        """How often an address came through."""
        return self.came.count(address)


@pytest.fixture(scope="module")
def site(sample_app: Flask) -> Iterator[Site]:
    """nginx before the made-up county."""
    if (found := nginx_site.programs()) is None:
        pytest.skip("nginx or openssl is not installed")
    came: list[str] = []

    def through(environ: dict[str, Any], start: Any) -> Any:
        came.append(environ["PATH_INFO"])
        return sample_app(environ, start)

    with nginx_site.folder() as folder, served(sample_app, through) as address:
        port, behind = free_port(), urlsplit(address).port or 0
        ports = {80: free_port(), 443: port, 8000: behind, 8001: behind}
        configuration = nginx_site.written(folder, found[1], ports=ports)
        with nginx_site.running(found[0], configuration):
            yield Site(port, came)


def test_a_tile_of_the_version_in_force_is_asked_for_once(site: Site) -> None:
    address = f"{TILE}?{site.version()}"
    first, *others = [site.get(address) for _ in range(3)]
    assert first.status == 200
    assert {(one.status, one.body) for one in others} == {(200, first.body)}
    assert site.times(TILE) == 1
    # what another version holds may still change: it is answered, and not kept
    for n in range(2):
        assert site.get(f"{TILE}?v=former").body == first.body
        assert site.times(TILE) == n + 2


def test_a_tile_without_a_version_is_asked_for_each_time(site: Site) -> None:
    address = "/tiles/grids/9/404/202.mvt"
    for n in range(3):
        assert site.get(address).status == 200
        assert site.times(address) == n + 1


@pytest.mark.parametrize("layer", ["incidents", "heat", "households", "warnings"])
def test_private_layers_are_for_whoever_is_signed_in_and_are_never_kept(
    site: Site, layer: str
) -> None:
    """Who comes through nginx is not the administrator on this machine."""
    address = f"/tiles/{layer}/14/12941/6483.mvt"
    for n in range(2):
        assert site.get(f"{address}?{site.version()}").status == 401
        assert site.times(address) == n + 1


def test_it_asks_for_a_sign_in_and_tells_no_stranger_how_busy_it_is(site: Site) -> None:
    assert site.get("/").status == 401
    assert site.get("/metrics").status == 404
    assert site.times("/metrics") == 0
    assert b"event: gone" in site.get("/events").body
