"""One Chromium for the run; a page of its own for each test, whose every request is watched."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect
from gridmap.operations import sample_work, sessions
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts
from tests.conftest import NOW, Server, served
from tests.web.offices import database_of

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
SIZE = (1000, 640)
PATIENCE_MS = 30_000
BARE = "hide=incidents,warnings,whistles,centers,region-labels,grid-labels,buildings,roads,rivers"
"""A map with areas alone: half as dear to draw, for tests that do not look at what stands on it."""

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visit:
    """A page on the site, and what it said and asked for."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that a test provokes."""

    def open(self, query: str = "") -> "Visit":
        """Opens the map and waits until everything is drawn."""
        self.page.goto(f"{self.site}/?{query}")
        return self.until("globalThis.gridmap?.ready").settle()

    def until(self, condition: str) -> "Visit":
        """Waits, frame by frame, until an expression is true in the page."""
        self.page.evaluate(
            f"async () => {{ const end = performance.now() + {PATIENCE_MS};"
            f" while (!({condition})) {{ if (performance.now() > end) throw new Error('late');"
            " await new Promise(requestAnimationFrame); } }"
        )
        return self

    def settle(self) -> "Visit":
        """Waits until tiles and figures have come and are drawn."""
        self.page.evaluate("gridmap.idle()")
        return self

    def ask(self, script: str, given: Any = None) -> Any:
        """The value of an expression in the page, or of a function of ``given``."""
        return self.page.evaluate(script, given)

    def state(self, name: str) -> Any:
        """A part of what the page shows."""
        return self.ask(f"gridmap.state().{name}")

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies on the screen, pixels."""
        x, y = self.ask(
            "([lon, lat]) => { const p = gridmap.map.project([lon, lat]);"
            " const b = gridmap.map.getContainer().getBoundingClientRect();"
            " return [p.x + b.left, p.y + b.top]; }",
            [lon, lat],
        )
        return float(x), float(y)

    def bare(self) -> "Visit":
        """Takes away what floats over the map."""
        self.ask(
            "document.querySelectorAll('.stage > :not(#map)')"
            ".forEach((each) => { each.style.display = 'none'; })"
        )
        return self


@pytest.fixture
def visit(browser: Browser, sample_site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A page that must not complain and must not ask anyone but its own site."""
    context = browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]},
        locale="zh-CN",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    made = Visit(page, sample_site)
    page.on(
        "console",
        lambda said: (
            made.complaints.append(said.text) if said.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("request", lambda asked: made.hosts.add(urlsplit(asked.url).netloc))
    yield made
    ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    page.screenshot(path=ARTIFACTS / f"{name}.png")
    context.close()
    unexpected = [
        one
        for one in made.complaints
        if not any(part in one for part in (*made.expected, *OF_THE_MACHINE))
    ]
    assert not unexpected
    # data: and blob: addresses have no host
    assert made.hosts <= {urlsplit(sample_site).netloc, ""}


@contextmanager
def desk_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page at the size of a desk on a site of its own; no script of it may fail."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": 1280, "height": 800},
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


@pytest.fixture(scope="session")
def worked_template(server: Server, sample_template: str) -> str:
    """The name of a database that holds the made-up county in which people worked lately."""
    server.execute(f"CREATE DATABASE template_worked TEMPLATE {sample_template} STRATEGY FILE_COPY")
    loaded = connect(server.url("template_worked"), server.secrets)
    with loaded.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample_work.load(connection, server.circumstances())
    loaded.dispose()
    server.execute("VACUUM ANALYZE", database="template_worked")
    return "template_worked"


@pytest.fixture
def worked_app(server: Server, worked_template: str) -> Iterator[Flask]:
    """The web application on such a county of its own."""
    with server.clone(worked_template) as url:
        app = server.app(url)
        yield app
        database_of(app).dispose()


@contextmanager
def signed_in(app: Flask, browser: Browser, role: str) -> Iterator[Page]:
    """The page of the sample's account for a role."""
    database = database_of(app)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        account = accounts.id_of(connection, role)
    with database.transaction(DOOR) as connection:
        link = sessions.make_link(connection, UUID(str(account)), now=NOW)
    with served(app) as address, desk_page(browser, address) as page:
        page.goto(f"/sign-in/{link}")
        yield page


OF_THE_MACHINE = ("GPU stall due to ReadPixels", "WebGL: CONTEXT_LOST", "swiftshader")
"""What a Chromium without a graphics card says of itself."""
