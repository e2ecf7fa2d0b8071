"""Safety hazards per 1,000 households and 30 days."""

from gridmap.layers.base import Words
from gridmap.layers.figures import rates
from gridmap.layers.measure import Measure

MEASURE = Measure(
    id="hazard",
    order=3,
    title=Words("隐患密度", "Hazard density"),
    unit=Words("件／千户·30日", "per 1,000 households and 30 days"),
    what="incident",
    denominator="households",
    figures=rates,
    kinds=("hazard",),
)
