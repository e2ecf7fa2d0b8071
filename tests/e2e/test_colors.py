"""Colors do not lie: what the canvas shows is the class that SQL and the limits say."""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import Connection, text

from tests.e2e.conftest import BARE, Visit

Floats = NDArray[np.float64]

LAST = date(2026, 6, 10)
ONLY_AREAS = "hide=incidents,warnings,centers,region-labels,grid-labels,rivers,roads,buildings"
ZOOM = 11.0
CLEAR_PX = 9
"""So far from every border a point shows its own grid's fill alone."""

RELIEF_MAY_SHIFT_L = 4.0

ROUND_ABOUT = [(x, y) for x in range(-6, 7) for y in range(-6, 7)]


def lab(rgb: Any) -> Floats:
    """CIE L*a*b* (D65) of sRGB colors, 0 to 255, last axis 3."""
    linear = np.asarray(rgb, float) / 255
    linear = np.where(linear > 0.04045, ((linear + 0.055) / 1.055) ** 2.4, linear / 12.92)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1
    )


def tokens(visit: Visit, names: list[str]) -> Floats:
    """The colors of tokens in the theme in force."""
    found = visit.ask(
        "(names) => { const c = getComputedStyle(document.documentElement);"
        " return names.map((name) => c.getPropertyValue(name).trim()); }",
        names,
    )
    return np.array([[int(one[n : n + 2], 16) for n in (1, 3, 5)] for one in found], float)


def seen(visit: Visit) -> Floats:
    """The page's colors, shape (height, width, 3)."""
    image = Image.open(BytesIO(visit.page.screenshot())).convert("RGB")
    return np.asarray(image, float)


@dataclass(frozen=True)
class Sighting:
    """A grid on the canvas: what is seen around its label point."""

    path: str
    around: Floats


def sightings(visit: Visit, connection: Connection) -> list[Sighting]:
    """Grids in view whose label point lies clear of every border."""
    west, south, east, north = visit.ask("gridmap.map.getBounds().toArray().flat()")
    degrees = (east - west) / visit.ask("gridmap.map.getContainer().clientWidth") * CLEAR_PX
    rows = connection.execute(
        text(
            "SELECT path, ST_X(label) AS lon, ST_Y(label) AS lat FROM grid_version"
            " WHERE upper_inf(during) AND label && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"
            " AND ST_Distance(label, ST_Boundary(shape)) > :clear ORDER BY path"
        ),
        {"w": west, "s": south, "e": east, "n": north, "clear": degrees},
    ).all()
    picture = seen(visit)
    top = visit.ask("gridmap.map.getContainer().getBoundingClientRect().top")
    found = []
    for row in rows:
        x, y = (round(one) for one in visit.at(row.lon, row.lat))
        if 8 <= x < picture.shape[1] - 8 and top + 8 <= y < picture.shape[0] - 8:
            around = np.array([picture[y + dy, x + dx] for dx, dy in ROUND_ABOUT])
            found.append(Sighting(row.path, around))
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_fill_is_the_color_of_the_class(
    visit: Visit, sample_connection: Connection, theme: str
) -> None:
    visit.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    visit.open(f"at=35.4,104.6,{ZOOM}&{ONLY_AREAS}").bare().settle()
    assert visit.ask("gridmap.map.getLayoutProperty('relief', 'visibility')") == "visible"
    first = LAST - timedelta(days=364)
    answer = visit.page.request.get(
        f"{visit.site}/figures/density?level=6&from={first}&to={LAST}"
    ).json()
    palette = tokens(visit, [f"--seq-{n}" for n in range(5)])
    opacity = visit.ask("gridmap.map.getPaintProperty('choropleth-6', 'fill-opacity')")
    painted = lab(palette * opacity + tokens(visit, ["--m-land"]) * (1 - opacity))
    classes = lab(palette)
    colored, hatched = 0, 0
    for one in sightings(visit, sample_connection):
        figure = answer["values"].get(one.path)
        if figure is None:
            continue
        around = lab(one.around)
        if figure["thin"]:
            # lines of ink over the ground: two colors where a class has one
            assert np.ptp(around[:, 0]) > 2 * RELIEF_MAY_SHIFT_L, one.path
            hatched += 1
            continue
        color = np.median(around, axis=0)
        distance = np.linalg.norm(classes - color, axis=1)
        assert distance.argmin() == figure["class"], one.path
        assert abs(color[0] - painted[figure["class"], 0]) <= RELIEF_MAY_SHIFT_L, one.path
        colored += 1
    assert colored >= 30
    assert hatched >= 1


def test_the_legend_shows_the_colors_of_the_map(visit: Visit) -> None:
    visit.open(BARE)
    swatches = visit.ask(
        "[...document.querySelectorAll('map-legend *')].map((each) =>"
        " getComputedStyle(each).backgroundColor).filter((c) => c !== 'rgba(0, 0, 0, 0)')"
    )
    wanted = tokens(visit, [f"--seq-{n}" for n in range(5)]).astype(int).tolist()
    for red, green, blue in wanted:
        assert f"rgb({red}, {green}, {blue})" in swatches


_FIELD = """
SELECT p.n, COALESCE(sum(exp(-d * d / (2 * :sigma * :sigma)) / (2 * pi() * :sigma * :sigma)), 0)
  FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[]))
       WITH ORDINALITY AS p (lon, lat, n)
  LEFT JOIN LATERAL (
       SELECT ST_Distance(CAST(i.point AS geography),
                          CAST(ST_SetSRID(ST_Point(lon, lat), 4326) AS geography)) / 1000 AS d
         FROM incident AS i
        WHERE i.point && ST_Expand(ST_SetSRID(ST_Point(lon, lat), 4326), 0.03)
          AND i.occurred_at >= '2025-06-11 00:00+08' AND i.occurred_at < '2026-06-11 00:00+08'
  ) AS near ON d < 3 * :sigma
 GROUP BY p.n ORDER BY p.n
"""


NEAR_A_LIMIT = 0.25
"""A few incidents weigh up to a fifth more or less from the middles of their cells of z10."""


@pytest.mark.parametrize("zoom", [10.0, 12.0])
def test_heat_is_the_gaussian_sum_of_the_incidents(
    visit: Visit, sample_administrator: Connection, zoom: float
) -> None:
    """Cases per km² and 30 days, the same at every zoom; near a limit either class may show."""
    visit.open(f"at=35.4,104.6,{zoom}&measure=none&show=heat&{ONLY_AREAS},relief,regions,grids")
    visit.bare().settle()
    layers = visit.page.request.get(f"{visit.site}/api/catalog").json()["layers"]
    (style,) = next(one for one in layers if one["id"] == "heat")["style"]
    scale = style["metadata"]["heat"]
    limits = np.array(scale["limits"])
    places = [(120 + 76 * n, 90 + 78 * m) for n in range(10) for m in range(7)]
    top = visit.ask("gridmap.map.getContainer().getBoundingClientRect().top")
    lonlats = np.array(
        visit.ask(
            "([places, top]) => places.map(([x, y]) =>"
            " gridmap.map.unproject([x, y - top]).toArray())",
            [places, top],
        )
    )
    rows = sample_administrator.execute(
        text(_FIELD),
        {
            "lons": lonlats[:, 0].tolist(),
            "lats": lonlats[:, 1].tolist(),
            "sigma": scale["radius_km"] / 3,
        },
    )
    density = np.array([total for _, total in rows]) * 30 / 365
    picture = seen(visit)
    opacity = 0.85
    ground = tokens(visit, ["--bg"])
    fills = tokens(visit, [f"--seq-{n}" for n in range(1, 5)])[: len(limits)]
    ramp = lab(np.vstack([ground, ground * (1 - opacity) + fills * opacity]))
    compared = 0
    for (x, y), truth in zip(places, density, strict=True):
        if (np.abs(truth / limits - 1) < NEAR_A_LIMIT).any():
            continue
        color = np.median(lab(picture[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)), axis=0)
        shown = int(np.linalg.norm(ramp - color, axis=1).argmin())
        assert shown == int((truth >= limits).sum()), (x, y, truth)
        compared += 1
    assert compared > 20
