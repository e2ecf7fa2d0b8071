"""Publishing the safety index of a month, after which it is frozen; fitting its scales anew."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from gridmap import access, area
from gridmap.clock import local_day
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.events import IndexPublished
from gridmap.ids import uuid7
from gridmap.operations import policies
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record
from gridmap.operations.trail import note
from gridmap.queries import holders, index_counts
from gridmap.queries import safety_index as asked
from gridmap.queries.index_counts import Asked, last_day_of
from gridmap.rules.index_scales import fitted
from gridmap.rules.safety_index import written_scale

FITTED_MONTHS = 12

_FREEZE = """
INSERT INTO index_month (county, path, month, level, name, score, low, high, present, dimensions,
                         formula_version, published_by, publisher, published_at)
VALUES (:county, :path, :month, :level, :name, :score, :low, :high, :present,
        CAST(:dimensions AS jsonb), :version, :by, guard.display(:by), :now)
"""
_COUNTIES = "SELECT path, no FROM county WHERE path <> ''"


def publish(connection: Connection, within: str, month: date, given: Circumstances) -> int:
    """Freezes the index of an area and of every region in it for a month that is over.

    What was published before stays as it is; returns how many regions were added. Raises NotAllowed
    without an account of one's own or the right to publish there, InvalidInput for a month that is
    not over, Conflict where all of it is published already. Ask in one snapshot.
    """
    _check(connection, within, month, given)
    version, _ = asked.formula_at(connection, given.now)
    counties = {row.path: row.no for row in connection.execute(text(_COUNTIES))}
    rows = [
        _row(one, month, given) | {"county": _county(counties, one.path), "version": version}
        for one in _unpublished(connection, within, month, given)
    ]
    if not rows:
        raise Conflict("{month} 的平安指数已经全部发布，不能改。", month=f"{month:%Y-%m}")
    try:
        connection.execute(text(_FREEZE), rows)
    except IntegrityError as error:
        raise Conflict("刚刚有人发布了同一个月；请刷新后再看。") from error
    told = {"month": f"{month:%Y-%m}", "regions": len(rows), "formula_version": version}
    happened = IndexPublished(_county(counties, within), within, uuid7(given.now), **told)  # type: ignore[arg-type]
    record(connection, happened, actor=given.actor, at=given.now)
    note(connection, "index_published", kind="index", given=given, path=within, data=told)
    return len(rows)


def _check(connection: Connection, within: str, month: date, given: Circumstances) -> None:
    if given.actor.kind != "account":
        raise NotAllowed("发布要落到人：请用自己的账号登录后再发布。")
    if not access.may(connection, "index", "w", within):
        raise NotAllowed("你不能发布这个区域的平安指数；请找它的指挥长或管理员。")
    if within and within not in asked.names_of(connection, within, area.level(within)):
        raise NotFound("没有这个行政区划：{path}", path=within)
    if not asked.computable(connection, [within]):
        raise NotAllowed("这个区域的数据你看不全，算不出平安指数。")
    if last_day_of(month) >= local_day(given.now, given.zone):
        raise InvalidInput("{month} 还没有过完，过完才能发布。", month=f"{month:%Y-%m}")


def _unpublished(
    connection: Connection, within: str, month: date, given: Circumstances
) -> list[asked.Region]:
    """The area itself and all regions in it, as they stand, unless they are frozen already."""
    first = max(1, area.level(within))
    deepest = max((one.depth for one in holders.levels(connection)), default=first)
    wanted = Asked(within, first, month, also=tuple(range(first + 1, deepest + 1)))
    found = asked.regions(connection, wanted, now=given.now, zone=given.zone)
    return [one for one in found if not one.published]


def _row(region: asked.Region, month: date, given: Circumstances) -> dict[str, Any]:
    score = region.score
    return {
        "path": region.path,
        "month": month,
        "level": area.level(region.path),
        "name": region.name,
        "score": score.index,
        "low": score.low,
        "high": score.high,
        "present": asked.present(score),
        "dimensions": json.dumps(asked.kept(region)),
        "by": str(given.actor),
        "now": given.now,
    }


def _county(counties: Mapping[str, int], path: str) -> int:
    """The number of the county that a region is or lies in; 0 above the counties."""
    return next((counties[one] for one in (path, *area.parents(path)) if one in counties), 0)


def fit(connection: Connection, given: Circumstances) -> int:
    """Decides a formula whose scales fit the last twelve months; returns how many changed.

    The regions are those whose centers answer for grids, over the whole installation. Weights
    stay. Raises NotAllowed for who may not decide policies; where nothing changes, no version is
    written.
    """
    if not access.may(connection, "catalog", "w"):
        raise NotAllowed("规则只有管全部区域的管理员能改。")
    depth = holders.answering_depth(holders.levels(connection))
    month = local_day(given.now, given.zone).replace(day=1)
    found = []
    for _ in range(FITTED_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        counted = index_counts.tallies(
            connection, Asked("", depth, month), now=given.now, zone=given.zone
        )
        found += list(counted.values())
    _, formula = asked.formula_at(connection, given.now)
    new = fitted(formula, found)
    changed = sum(new[id] != scale for id, scale in formula.items())
    if changed:
        fields = {id: written_scale((one.weight, one.zero, one.full)) for id, one in new.items()}
        policies.decide(connection, "safety_index", fields, from_day=None, given=given)
    return changed
