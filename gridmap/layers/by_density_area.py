"""Incidents of all kinds per km² and 30 days."""

from gridmap.layers.base import Words
from gridmap.layers.figures import rates
from gridmap.layers.measure import Measure

MEASURE = Measure(
    id="density_area",
    order=2,
    title=Words("事件密度（按面积）", "Incident density by area"),
    unit=Words("件／km²·30日", "per km² and 30 days"),
    what="incident",
    denominator="km2",
    figures=rates,
)
