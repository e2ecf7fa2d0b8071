"""Safety hazards per km² and 30 days."""

from gridmap.layers.base import Words
from gridmap.layers.figures import rates
from gridmap.layers.measure import Measure

MEASURE = Measure(
    id="hazard_area",
    order=4,
    title=Words("隐患密度（按面积）", "Hazard density by area"),
    unit=Words("件／km²·30日", "per km² and 30 days"),
    what="incident",
    denominator="km2",
    figures=rates,
    kinds=("hazard",),
)
