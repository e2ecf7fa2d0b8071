"""Silent places: where nobody has reported or visited for longer than is to be expected there.

What is expected is the rate of the whole area asked about, by households; a place of a few
households may stay unheard for long without being silent.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.clock import local_day
from gridmap.layers.base import Words
from gridmap.layers.figures import bases_of, counts_of, last_days_of, rolled_up
from gridmap.layers.measure import Figure, Measure, Named, Question
from gridmap.queries.filters import Filters, day_range
from gridmap.rules.silence import silence

_REPORTED = """
SELECT i.path, count(*) AS n, max(i.occurred_at) AS last FROM incident AS i
 WHERE i.occurred_at >= :begin AND i.occurred_at < :end AND i.merged_into IS NULL
   AND ({areas}) AND {inside} GROUP BY i.path
"""
_VISITED = """
SELECT i.path, count(*) AS n, max(i.at) AS last FROM visit AS i
 WHERE i.at >= :begin AND i.at < :end AND ({areas}) AND {inside} GROUP BY i.path
"""


def _silent(connection: Connection, measure: Measure, asked: Question) -> dict[str, Figure]:
    everything = replace(asked, filters=Filters(asked.filters.first, asked.filters.last))
    counts, last = _heard(connection, measure, everything)
    bases = bases_of(connection, measure, asked)
    days = asked.filters.days
    per_household_day = (
        sum(counts.get(path, 0) for path in bases) / max(sum(bases.values()), 1) / days
    )
    found = {}
    for path, base in bases.items():
        gap = (asked.filters.last - last[path]).days if path in last else None
        how = silence(gap, base * per_household_day, looked_back_days=days)
        found[path] = Figure(counts.get(path, 0), base, gap, int(how), False)
    return found


def _heard(
    connection: Connection, measure: Measure, asked: Question
) -> tuple[dict[str, int], dict[str, date]]:
    """How often there was a report or a visit in each area of the level, and on which day last."""
    counts, last = _in_rows(connection, _VISITED, "visit", asked)
    reported = last_days_of(connection, asked)
    if reported is None:
        counts_of_reports, reported = _in_rows(connection, _REPORTED, "incident", asked)
    else:
        counts_of_reports = counts_of(connection, measure, asked)
    for path, n in counts_of_reports.items():
        counts[path] = counts.get(path, 0) + n
    for path, day in reported.items():
        last[path] = max(day, last.get(path, day))
    return counts, last


def _in_rows(
    connection: Connection, sql: str, what: str, asked: Question
) -> tuple[dict[str, int], dict[str, date]]:
    begin, end = day_range(asked.filters, asked.zone)
    statement = sql.format(
        areas=readable(connection, what, "i.path"),
        inside=range_sql(area.bounds(asked.within), "i.path"),
    )
    rows = connection.execute(text(statement), {"begin": begin, "end": end}).all()
    last: dict[str, date] = {}
    for row in rows:
        if (path := area.at_level(row.path, asked.depth)) is not None:
            day = local_day(row.last, asked.zone)
            last[path] = max(day, last.get(path, day))
    return rolled_up({row.path: row.n for row in rows}, asked.depth), last


MEASURE = Measure(
    id="silence",
    order=7,
    title=Words("静默网格", "Silent places"),
    unit=Words(
        "距上次上报或走访的天数，与按户数应有的相比",
        "days since a report or visit, against what its households lead to expect",
    ),
    what="incident",
    denominator=None,
    figures=_silent,
    named=(
        Named("--seq-0", Words("有声音", "heard of")),
        Named(
            "--seq-2",
            Words("比应有的久（不足 5% 的可能）", "longer than expected (chance under 5 %)"),
        ),
        Named("--seq-3", Words("静默（不足 1% 的可能）", "silent (chance under 1 %)")),
        Named("--seq-4", Words("所选时间内从未上报或走访", "not once in the time chosen")),
    ),
    stale_on=("IncidentReported", "IncidentMoved", "VisitMade"),
)
