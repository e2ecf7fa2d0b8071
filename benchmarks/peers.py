"""Other programs to measure beside: tipg, a tile server, where a Python that has it is named."""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import make_url

from benchmarks.world import World
from tests.integration.runs import free_port

PYTHON_WITH_TIPG = "GRIDMAP_TIPG"
"""The environment's name of an interpreter in which tipg and uvicorn are installed."""

Tile = Callable[[int, int, int, int], bytes]
_PAUSE_S, _PATIENCE = 0.2, 300


@contextmanager
def tipg(world: World) -> Iterator[Tile | None]:
    """A tile (z, x, y, days) of the raw incidents over HTTP, or None where tipg is not there.

    It reads as the owner, without row security, and sends one property a point.
    """
    python = os.environ.get(PYTHON_WITH_TIPG)
    if not python:
        yield None
        return
    port = free_port()
    process = subprocess.Popen(
        [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"],
        env=os.environ | _settings(world),
    )
    try:
        _until_it_answers(process, f"http://127.0.0.1:{port}/healthz")
        yield lambda z, x, y, days: _ask(world, port, z, x, y, days)
    finally:
        process.terminate()
        process.wait(20)


def _settings(world: World) -> dict[str, str]:
    url = make_url(world.url)
    folder = quote(str(url.query["host"]), safe="")
    return {
        "DATABASE_URL": f"postgresql://{url.username}:{url.password}@{folder}/{url.database}",
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": '["public.incident"]',
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_MAX_FEATURES_PER_TILE": "10000000",
    }


def _until_it_answers(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(_PATIENCE):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            try:
                process.wait(_PAUSE_S)
            except subprocess.TimeoutExpired:
                continue
            raise
        else:
            return
    raise TimeoutError(address)


def _ask(world: World, port: int, z: int, x: int, y: int, days: int) -> bytes:
    since = world.given.now - timedelta(days=days)
    wanted = urlencode(
        {
            "datetime": f"{since:%Y-%m-%dT%H:%M:%SZ}/..",
            "datetime-column": "occurred_at",
            "properties": "severity",
        }
    )
    address = f"http://127.0.0.1:{port}/collections/public.incident/tiles/WebMercatorQuad"
    with urllib.request.urlopen(f"{address}/{z}/{x}/{y}?{wanted}", timeout=600) as answer:
        told: bytes = answer.read()
    return told
