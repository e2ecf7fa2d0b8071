"""The map of an area as one page that opens from a stick: colored areas, heat, legend, sources."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from gridmap import access
from gridmap.area import EVERYTHING
from gridmap.errors import NotAllowed
from gridmap.files.folium_page import Legend, Words, map_page
from gridmap.files.tokens import colors
from gridmap.layers import measure as measure_of
from gridmap.layers.figures import limits, restricted
from gridmap.layers.measure import Figure, Measure, Question
from gridmap.queries import cards, catalog, describe, map_areas
from gridmap.queries.filters import Filters
from gridmap.queries.map_areas import Area, Box, Extent

_ENGLISH = Words(
    lang="en",
    areas="Classes",
    heat="Heat",
    heat_note=(
        f"Heat shows only where cases lie more densely; cells of 1 km with fewer than"
        f" {map_areas.HEAT_LEAST} cases are left out"
    ),
    table="Table",
    place="Name",
    value="Value",
)
_CHINESE = Words(
    heat_note=f"热力只表示疏密的相对高低；1 公里格内不足 {map_areas.HEAT_LEAST} 件的不画"
)


@dataclass(frozen=True)
class Wanted:
    """Which map: the area, what colors it, the days and kinds that count, the language."""

    within: str
    measure: str
    filters: Filters
    lang: str = "zh"
    box: Box | None = None

    def say(self, zh: str, en: str) -> str:
        """The words of the map's language."""
        return en if self.lang == "en" else zh


@dataclass(frozen=True)
class Setting:
    """What the installation says of its maps."""

    now: datetime
    zone: str
    attribution: str
    approval_number: str


def last_day(connection: Connection, now: datetime, zone: str) -> date:
    """The last local day with an incident that the viewer may see; today where there is none."""
    return catalog.last_day(connection, now, zone)


def page(connection: Connection, wanted: Wanted, setting: Setting) -> str:
    """The page as HTML.

    Areas are of the deepest level that a page can carry. Raises NotFound for a measure that is
    none, NotAllowed for one that the viewer may not see, InvalidInput where there is nothing.
    """
    measure = measure_of(wanted.measure)
    if not access.areas(connection, measure.what):
        raise NotAllowed("你不能查看这个指标。")
    extent = Extent(wanted.within, wanted.box)
    depth = map_areas.best_depth(connection, extent)
    asked = restricted(measure, Question(wanted.within, depth, wanted.filters, setting.zone))
    figures = measure.figures(connection, measure, asked)
    areas = map_areas.areas(connection, extent, depth, setting.now)
    features = [_feature(one, figures.get(one.path), measure, wanted) for one in areas]
    return map_page(
        {"type": "FeatureCollection", "features": features},
        map_areas.heat(connection, extent, asked.filters, setting.zone),
        _legend(measure, limits(connection, measure.id, depth), wanted),
        title=_title(connection, measure, wanted, setting),
        attribution=_sources(connection, wanted, setting),
        words=_ENGLISH if wanted.lang == "en" else _CHINESE,
    )


def _feature(area: Area, figure: Figure | None, measure: Measure, wanted: Wanted) -> dict[str, Any]:
    is_thin = figure is not None and figure.thin
    properties = {
        "name": area.name,
        "value": _value(figure, measure, wanted),
        "color": _color(figure, measure),
        "thin": is_thin,
    }
    return {"type": "Feature", "properties": properties, "geometry": json.loads(area.outline)}


def _color(figure: Figure | None, measure: Measure) -> str | None:
    if figure is None or figure.class_ is None:
        return None
    if measure.named:
        return colors()[measure.named[figure.class_].token]
    # warnings count their colors from 1, rates their classes from 0
    position = figure.class_ if measure.denominator else figure.class_ - 1
    return colors()[measure.palette[position]]


def _value(figure: Figure | None, measure: Measure, wanted: Wanted) -> str:
    if figure is None:
        return "—"
    if measure.named:
        return _named(figure, measure, wanted)
    if not measure.denominator and figure.class_ is not None:
        return wanted.say(*cards.COLORS[figure.class_])
    if figure.thin or figure.rate is None:
        return _thin(measure, wanted)
    unit = wanted.say(*measure.unit)
    cases = wanted.say("件", " cases")
    return f"{figure.rate:.2f} {unit}（{figure.count}{cases}）"


def _named(figure: Figure, measure: Measure, wanted: Wanted) -> str:
    if figure.class_ is not None:
        return wanted.say(*measure.named[figure.class_].words)
    return _thin(measure, wanted) if figure.thin else "—"


def _thin(measure: Measure, wanted: Wanted) -> str:
    zh, en = measure.hatched
    return wanted.say(f"{zh}，不分级", f"{en}, no class")


def _legend(measure: Measure, class_limits: list[float], wanted: Wanted) -> Legend:
    heading = f"{wanted.say(*measure.title)} · {wanted.say(*measure.unit)}"
    if measure.named:
        shown = [(colors()[one.token], wanted.say(*one.words)) for one in measure.named]
        about = replace(wanted, filters=measure.days(wanted.filters))
        return Legend(heading, shown, _days(about), _thin(measure, wanted) if measure.few else "")
    swatches = [colors()[token] for token in measure.palette]
    if not measure.denominator:
        labels = [wanted.say(*cards.COLORS[number]) for number in sorted(cards.COLORS)]
        return Legend(heading, list(zip(swatches, labels, strict=True)))
    labels = _labels(class_limits)
    days = _days(wanted)
    return Legend(heading, list(zip(swatches, labels, strict=False)), days, _thin(measure, wanted))


def _labels(class_limits: list[float]) -> list[str]:
    """Between the limits, from the lowest class up; a rate on a limit is in the class above."""
    if not class_limits:
        return []
    said = [f"{limit:g}" for limit in class_limits]
    between = [f"{low} – {high}" for low, high in pairwise(said)]
    return [f"< {said[0]}", *between, f"≥ {said[-1]}"]


def _days(wanted: Wanted) -> str:
    first, last, n = wanted.filters.first, wanted.filters.last, wanted.filters.days
    return wanted.say(
        f"{first} 至 {last}，{n} 天，按发生时间",
        f"{first} to {last}, {n} days, by time of occurrence",
    )


def _title(connection: Connection, measure: Measure, wanted: Wanted, setting: Setting) -> str:
    names = describe.names_above(connection, [wanted.within], setting.now)
    place = "" if wanted.within == EVERYTHING else names.get(wanted.within, wanted.within)
    return f"{place} {wanted.say(*measure.title)}".strip()


_BOUNDARIES = "SELECT max(lower(during)) FROM grid_version WHERE upper_inf(during)"


def _sources(connection: Connection, wanted: Wanted, setting: Setting) -> str:
    """What stands on every map: source, approval number, boundary version, time range."""
    since = connection.scalar(text(_BOUNDARIES))
    day = since.astimezone(ZoneInfo(setting.zone)).date() if since else None
    is_sample = connection.scalar(text("SELECT sample FROM installation"))
    parts = [
        wanted.say("示例数据，均为虚构", "made-up sample data") if is_sample else "",
        setting.attribution,
        f"审图号：{setting.approval_number}" if setting.approval_number else "",
        wanted.say(f"界线 {day}", f"boundaries of {day}") if day else "",
        _days(wanted),
    ]
    return " · ".join(part for part in parts if part)
