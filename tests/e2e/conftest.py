"""One Chromium for the run; a page of its own for each test, whose every request is watched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
SIZE = (1000, 640)
PATIENCE_MS = 30_000


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


OF_THE_MACHINE = ("GPU stall due to ReadPixels", "WebGL: CONTEXT_LOST", "swiftshader")
"""What a Chromium without a graphics card says of itself."""
