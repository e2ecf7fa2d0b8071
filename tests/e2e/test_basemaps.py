"""Base maps of other hosts and of a file lie where the places are, those shifted in GCJ-02 too."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from playwright.sync_api import Browser
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gridmap import create_app
from gridmap.clock import fixed_clock
from gridmap.geo.coordinates import from_wgs84
from gridmap.settings import Settings
from tests.conftest import NOW, Server, served
from tests.e2e.conftest import ARTIFACTS, BARE, OF_THE_MACHINE, PATIENCE_MS, SIZE, Visit

PLACE = (104.6371, 35.4162)
"""In the made-up county, and in no middle of anything."""
BESIDE = PLACE[0] + 0.0007
TILE_PX = 256
CROSS_PX = 40
RED = (255, 0, 0)


def position(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Pixels of a place from the world's north-west corner, EPSG:3857 in tiles of 256."""
    size = TILE_PX * 2**z
    y = np.arcsinh(np.tan(np.radians(lat))) / np.pi
    return (lon + 180) / 360 * size, (1 - y) / 2 * size


def drawn(z: int, x: int, y: int, cross: tuple[float, float]) -> bytes:
    """A tile with its address, its frame, and its part of a red cross at a place."""
    image = Image.new("RGB", (TILE_PX, TILE_PX), (228, 232, 224))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, TILE_PX - 1, TILE_PX - 1), outline=(150, 160, 150))
    pen.text((8, 8), f"{z}/{x}/{y}", fill=(40, 60, 40))
    east, south = position(*cross, z)
    left, top = round(east) - x * TILE_PX, round(south) - y * TILE_PX
    # lines of two pixels, whose middle is the border between them
    pen.rectangle((left - CROSS_PX, top - 1, left + CROSS_PX - 1, top), fill=RED)
    pen.rectangle((left - 1, top - CROSS_PX, left, top + CROSS_PX - 1), fill=RED)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextmanager
def tiles_at(cross: tuple[float, float]) -> Iterator[str]:
    """The address template of a tile server of this test's own, on a port of its own."""

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            z, x, y = (int(part) for part in self.path.removesuffix(".png").split("/")[1:])
            content = drawn(z, x, y, cross)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/{{z}}/{{x}}/{{y}}.png"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def visiting(server: Server, sample_url: str, browser: Browser) -> Callable[..., Any]:
    """A way to look at the made-up county over a base map."""

    @contextmanager
    def look(allowed: str = "", **settings: str) -> Iterator[Visit]:
        wanted = replace(
            Settings(database_url=sample_url, instance=server.instance),
            **settings,  # type: ignore[arg-type]
        )
        app = create_app("web", settings=wanted, clock=fixed_clock(NOW))
        with served(app) as site:
            context = browser.new_context(
                viewport={"width": SIZE[0], "height": SIZE[1]},
                locale="zh-CN",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            made = Visit(page, site)
            page.on(
                "console",
                lambda said: made.complaints.append(said.text) if said.type == "error" else None,
            )
            page.on("request", lambda asked: made.hosts.add(urlsplit(asked.url).netloc))
            yield made
            context.close()
        app.extensions["gridmap"].database.dispose()
        assert [one for one in made.complaints if not any(p in one for p in OF_THE_MACHINE)] == []
        assert made.hosts <= {urlsplit(site).netloc, urlsplit(allowed).netloc, ""}

    return look


def opened(visit: Visit, z: int) -> None:
    """The map beside the place, with hardly anything over its base map."""
    visit.open(f"at={PLACE[1]},{BESIDE:.5f},{z - 1}&measure=none&{BARE},regions,grids,relief")


def off(visit: Visit, z: int, name: str) -> float:
    """How far the cross of tiles of zoom ``z`` is drawn from where the map has its place, pixels.

    The map's own zoom counts tiles of 512 pixels and is one less.
    """
    visit.ask(f"gridmap.map.jumpTo({{center: {[BESIDE, PLACE[1]]}, zoom: {z - 1}}})")
    visit.settle()
    visit.bare().ask(
        "gridmap.map.getStyle().layers.filter(({ id }) => id !== 'basemap')"
        ".forEach(({ id }) => gridmap.map.setLayoutProperty(id, 'visibility', 'none'))"
    )
    visit.settle()
    shot = visit.page.screenshot(path=ARTIFACTS / f"basemap-{name}-z{z}.png")
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=float)
    redness = np.clip((pixels[:, :, 0] - pixels[:, :, 1:].max(axis=2)) / 255, 0, 1)
    redness[redness < 0.1] = 0
    assert redness.sum() > 200, "no cross in sight"
    rows, columns = np.indices(redness.shape)
    x = float((redness * (columns + 0.5)).sum() / redness.sum())
    y = float((redness * (rows + 0.5)).sum() / redness.sum())
    wanted = visit.at(*PLACE)
    return float(np.hypot(x - wanted[0], y - wanted[1]))


@pytest.mark.parametrize("crs", ["wgs84", "gcj02"])
def test_tiles_of_another_host_lie_where_the_places_are(
    visiting: Callable[..., Any], crs: str
) -> None:
    there = tuple(from_wgs84(np.array([PLACE]), "gcj02")[0]) if crs == "gcj02" else PLACE
    with (
        tiles_at((float(there[0]), float(there[1]))) as url,
        visiting(url, basemap_kind="xyz", basemap_url=url, basemap_crs=crs) as visit,
    ):
        opened(visit, 12)
        for z in (12, 16):
            assert off(visit, z, crs) < 1, z
        assert urlsplit(url).netloc in visit.hosts


def test_shifted_tiles_taken_for_true_ones_lie_elsewhere(visiting: Callable[..., Any]) -> None:
    """What the composition is for; and that this test would see it missing."""
    lon, lat = from_wgs84(np.array([PLACE]), "gcj02")[0]
    with (
        tiles_at((float(lon), float(lat))) as url,
        visiting(url, basemap_kind="xyz", basemap_url=url) as visit,
    ):
        opened(visit, 16)
        assert off(visit, 16, "gcj02-taken-for-wgs84") > 100


def test_a_file_on_this_machine_is_a_base_map(visiting: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "base.pmtiles"
    write_pmtiles(file, 12)
    with visiting(basemap_kind="pmtiles", basemap_url=str(file)) as visit:
        opened(visit, 12)
        assert off(visit, 12, "pmtiles") < 1


def write_pmtiles(file: Path, z: int) -> None:
    """A file of the tiles around the place."""
    x0, y0 = (int(one // TILE_PX) for one in position(*PLACE, z))
    around = [(x0 + dx, y0 + dy) for dx in range(-4, 5) for dy in range(-3, 4)]
    with file.open("wb") as out:
        writer: Any = Writer(out)  # type: ignore[no-untyped-call]
        for x, y in sorted(around, key=lambda one: zxy_to_tileid(z, *one)):
            writer.write_tile(zxy_to_tileid(z, x, y), drawn(z, x, y, PLACE))
        writer.finalize(
            {
                "tile_type": TileType.PNG,
                "tile_compression": Compression.NONE,
                "min_zoom": z,
                "max_zoom": z,
                "min_lon_e7": int((PLACE[0] - 1) * 1e7),
                "min_lat_e7": int((PLACE[1] - 1) * 1e7),
                "max_lon_e7": int((PLACE[0] + 1) * 1e7),
                "max_lat_e7": int((PLACE[1] + 1) * 1e7),
                "center_zoom": z,
                "center_lon_e7": int(PLACE[0] * 1e7),
                "center_lat_e7": int(PLACE[1] * 1e7),
            },
            {},
        )


def test_without_a_file_there_is_nothing_to_fetch(client: FlaskClient) -> None:
    assert client.get("/basemap/base.pmtiles").status_code == 404
