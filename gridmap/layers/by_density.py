"""Incidents of all kinds per 1,000 households and 30 days."""

from gridmap.layers.base import Words
from gridmap.layers.figures import rates
from gridmap.layers.measure import Measure

MEASURE = Measure(
    id="density",
    order=1,
    title=Words("事件密度", "Incident density"),
    unit=Words("件／千户·30日", "per 1,000 households and 30 days"),
    what="incident",
    denominator="households",
    figures=rates,
)
