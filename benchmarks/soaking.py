"""A wall that stays open: what its page and its browser hold after days' worth of events."""

import random
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright
from sqlalchemy import text

from benchmarks.world import World, rate
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.events import IncidentReported
from gridmap.operations import keys
from gridmap.operations.keys import NewKey
from gridmap.operations.record import record_all
from tests.conftest import SOFTWARE_GL
from tests.integration import runs

EVENTS = 64_000
"""What a province does in three days: 10,700 incidents, six events each."""

_AT_ONCE, _EVERY_S, _ROUNDS = 10, 0.1, 16
_MB = 1e6
_LIVE = "() => globalThis.gridmap?.ready && document.documentElement.dataset.condition === 'live'"
_INCIDENTS = """
SELECT county, path, id, category, severity FROM incident WHERE path <> '' ORDER BY id LIMIT 5000
"""


class _Held(NamedTuple):
    """What a page holds once its garbage is collected, and what all of its browser does (MB)."""

    heap: float
    nodes: float
    listeners: float
    browser: float


def wall(world: World) -> None:
    """One wall in Chromium, a hundred events a second to all of its panels and its map."""
    home = runs.Home(world.folder, runs.free_port())
    with runs.up(home, DATABASE_URL=world.url) as process:
        runs.wait_for_page(home, process)
        with _opened(f"http://127.0.0.1:{home.port}", _kiosk(world)) as page:
            _soak(world, page)


def _soak(world: World, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        incidents = connection.execute(text(_INCIDENTS)).all()
    begin, found = time.perf_counter(), [_held(session)]
    for _ in range(_ROUNDS):
        _happen(world, incidents, EVENTS // _ROUNDS)
        found.append(_held(session))
    rate("events told to an open wall", EVENTS, time.perf_counter() - begin)
    for name in _Held._fields:
        held = np.array([getattr(one, name) for one in found])
        half = 1 + _ROUNDS // 2
        print(
            f"  {name:<10} at first {held[0]:8.1f}   most in the first half"
            f" {held[1:half].max():8.1f}   in the second {held[half:].max():8.1f}"
        )
    print(f"  at the end the wall is {page.evaluate('document.documentElement.dataset.condition')}")


def _kiosk(world: World) -> str:
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return keys.make_kiosk(connection, NewKey("大屏", "", page="/wall"), world.given, source="")


@contextmanager
def _opened(address: str, secret: str) -> Iterator[Page]:
    """A wall that has drawn everything, opened by its link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=SOFTWARE_GL
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        page.goto(f"{address}/kiosk/{secret}")
        page.wait_for_function(_LIVE, timeout=120_000)
        yield page
        browser.close()


def _happen(world: World, incidents: Sequence[Any], count: int) -> None:
    """Reports come in at incidents that are there, at an even pace."""
    draw = random.Random(count)
    for _ in range(count // _AT_ONCE):
        due = time.perf_counter() + _EVERY_S
        told = [
            IncidentReported(one.county, one.path, one.id, "grid", True, one.category, one.severity)
            for one in draw.choices(incidents, k=_AT_ONCE)
        ]
        with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            record_all(connection, told, actor=LOCAL_ADMINISTRATOR, at=world.given.now)
        time.sleep(max(0.0, due - time.perf_counter()))


def _held(session: CDPSession) -> _Held:
    session.send("HeapProfiler.collectGarbage")
    told = session.send("Performance.getMetrics")["metrics"]
    of = {one["name"]: float(one["value"]) for one in told}
    return _Held(of["JSHeapUsedSize"] / _MB, of["Nodes"], of["JSEventListeners"], _browser_mb())


def _browser_mb() -> float:
    """Memory of all processes of Chromium, what they share counted once (PSS)."""
    return sum(_proportional_kb(one) for one in Path("/proc").glob("[0-9]*")) / 1024


def _proportional_kb(process: Path) -> int:
    try:
        if (process / "comm").read_text().strip() not in ("chromium", "chrome"):
            return 0
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
