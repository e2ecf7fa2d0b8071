"""The nine dimensions of the safety index: what each counts, per what, and which way is good."""

from dataclasses import dataclass
from enum import Enum


class Nature(Enum):
    """How luck bears on a dimension: events that come by themselves, shares of cases, or none."""

    rate = "rate"
    share = "share"
    whole = "whole"


@dataclass(frozen=True)
class Dimension:
    """A dimension as it is declared; its value is ``n`` ÷ ``of`` × ``per``, in its unit."""

    id: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    how_zh: str
    how_en: str
    missing_zh: str
    missing_en: str
    nature: Nature
    per: int
    less_is_better: bool

    @property
    def most(self) -> float | None:
        """The largest value there can be, for shares of something; None for others."""
        return float(self.per) if self.unit_zh == "%" else None


_PER_HOMES = ("件／千户·30日", "per 1,000 households and 30 days")
_PERCENT = ("%", "%")
_NEVER_HEARD = ("一年内没有任何上报，或没有住户", "nothing reported within a year, or no household")

DISPUTES = Dimension(
    "disputes",
    "矛盾纠纷",
    "Disputes",
    *_PER_HOMES,
    "当月发生的矛盾纠纷件数 ÷ 户数，折合每千户 30 日。",
    "Disputes that occurred in the month, per 1,000 households and 30 days.",
    *_NEVER_HEARD,
    Nature.rate,
    1000,
    True,
)
HAZARDS = Dimension(
    "hazards",
    "安全隐患",
    "Hazards",
    *_PER_HOMES,
    "当月发生的安全隐患件数 ÷ 户数，折合每千户 30 日。",
    "Safety hazards that occurred in the month, per 1,000 households and 30 days.",
    *_NEVER_HEARD,
    Nature.rate,
    1000,
    True,
)
WARNINGS = Dimension(
    "warnings",
    "预警",
    "Warnings",
    "个／百格",
    "per 100 grids",
    "当月有效（月末前发出、月初时还没解除）的预警个数，四级一样计，÷ 网格数，折合每百格。",
    "Warnings in force at some time of the month, of all four levels alike, per 100 grids.",
    "没有网格",
    "no grids",
    Nature.rate,
    100,
    True,
)
TIMELINESS = Dimension(
    "timeliness",
    "及时",
    "Timeliness",
    *_PERCENT,
    "当月在时限内办结的件数 ÷（这些加上当月超过时限的件数）；停表的时间不算。",
    "Resolved within their limit in the month, of these and those that went over it in the month.",
    "当月没有带时限的事件办结或到期",
    "nothing with a limit was resolved or fell due",
    Nature.share,
    100,
    False,
)
RESOLUTION = Dimension(
    "resolution",
    "办结",
    "Resolution",
    *_PERCENT,
    "当月办结的件数 ÷ 当月在办的件数（上月结转的加上当月受理的）。",
    "Resolved in the month, of all that was open in it: carried over and newly received.",
    "当月没有在办的事件，或者当月还没有过完",
    "nothing was open, or the month is not over",
    Nature.share,
    100,
    False,
)
RECURRENCE = Dimension(
    "recurrence",
    "复发",
    "Recurrence",
    *_PERCENT,
    "当月发生的纠纷和隐患里，同一处（同一网格内约 30 米见方）的同一类问题此前办结过的份额；"
    "此前指当月或再往前 90 天。",
    "Of the disputes and hazards of the month, the share where one of the same category at the same"
    " place (a square of about 30 m in the same grid) was resolved before, in the month or the 90"
    " days before it.",
    "当月没有带位置的纠纷和隐患",
    "no dispute or hazard with a place",
    Nature.share,
    100,
    True,
)
SATISFACTION = Dimension(
    "satisfaction",
    "满意",
    "Satisfaction",
    *_PERCENT,
    "当月办结并有评价的事件里，评 4 分和 5 分的份额。",
    "Of those resolved in the month and rated, the share rated 4 or 5.",
    "当月办结的事件没有评价",
    "nothing that was resolved has a rating",
    Nature.share,
    100,
    False,
)
VISITING = Dimension(
    "visiting",
    "走访覆盖",
    "Visiting",
    *_PERCENT,
    "当月走访过的户数 ÷ 户数。",
    "Households visited in the month, of all households.",
    "一年内没有登记过走访，没有住户，或者当月还没有过完",
    "no visit was kept within a year, no household, or the month is not over",
    Nature.whole,
    100,
    False,
)
STAFFING = Dimension(
    "staffing",
    "网格力量",
    "Staffing",
    "人／百格",
    "per 100 grids",
    "月末在岗的网格员人数（一人兼几格只算一人）÷ 网格数，折合每百格。",
    "Workers on duty at the month's end, each counted once, per 100 grids.",
    "没有网格",
    "no grids",
    Nature.whole,
    100,
    False,
)

DIMENSIONS: dict[str, Dimension] = {
    one.id: one
    for one in (
        DISPUTES,
        HAZARDS,
        WARNINGS,
        TIMELINESS,
        RESOLUTION,
        RECURRENCE,
        SATISFACTION,
        VISITING,
        STAFFING,
    )
}
"""In the order in which they are shown."""
