"""The page of policies: what holds, what will hold from which day, and what held before."""

from datetime import datetime
from typing import Any

from flask import redirect, request
from sqlalchemy import Row

from gridmap import access
from gridmap.errors import GridmapError
from gridmap.operations import policies
from gridmap.queries import policies as asked
from gridmap.rules.policies import POLICIES, written
from gridmap.web import parse
from gridmap.web.admin_frame import Page, admin, check_right, rendered
from gridmap.web.context import circumstances, reading, services, today


@admin.get("/admin/policies")
def policies_page() -> tuple[str, int]:
    """Every policy with its versions."""
    return _page()


@admin.post("/admin/policies/<name>")
def decide_policy(name: str) -> Page:
    """Writes the next version of a policy."""
    try:
        with reading() as connection:
            from_day = parse.day(request.form, "from")
            policies.decide(
                connection, name, request.form, from_day=from_day, given=circumstances()
            )
    except GridmapError as error:
        return _page(name, error)
    return redirect(f"/admin/policies?done=policy#{name}")


def _page(wrong: str = "", problem: GridmapError | None = None) -> tuple[str, int]:
    now = services().clock()
    with reading() as connection:
        check_right(connection, "catalog")
        versions = asked.versions(connection)
        may = access.may(connection, "catalog", "w")
    shown = [_policy(name, versions.get(name, []), now) for name in POLICIES]
    if wrong:
        shown = [one | {"fields": request.form} if one["name"] == wrong else one for one in shown]
    return rendered(
        "policies",
        problem,
        tab="policies",
        found=shown,
        wrong=wrong,
        may=may,
        today=today(),
    )


def _policy(name: str, versions: list[Row[Any]], now: datetime) -> dict[str, Any]:
    """What holds is the newest version that has begun; newer ones are yet to come."""
    told = [
        {
            "version": row.version,
            "since": row.since,
            "who": row.who,
            "package": row.written_by == "gridmap",
            "values": written(name, row.value),
            "to_come": row.since is not None and row.since > now,
        }
        for row in versions
    ]
    holds = next(one for one in told if not one["to_come"])
    return {
        "name": name,
        "policy": POLICIES[name],
        "holds": holds,
        "to_come": [one for one in told if one["to_come"] and one["version"] > holds["version"]],
        "before": [one for one in told if one["version"] < holds["version"]],
        "fields": {id or "value": value for id, value in holds["values"].items()},
    }
