"""What an administrator changes of the catalog: categories with their limits, in versions."""

from sqlalchemy import Connection, text

from gridmap import access
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.trail import note

LONGEST_LIMIT_MIN = 366 * 1440

_NEXT_RULE = """
INSERT INTO category_rule (category, version, since, limit_min, around_the_clock, departments,
                           written_by)
SELECT :category, COALESCE(max(version), 0) + 1, :now, :limit, :always, :departments, :by
  FROM category_rule WHERE category = :category
"""


def set_rule(
    connection: Connection,
    category: int,
    *,
    limit_min: int,
    around_the_clock: bool,
    departments: list[str],
    given: Circumstances,
) -> None:
    """Writes the next version of a category's rule: it holds for what is received from now on.

    Raises NotAllowed without the right, NotFound for an unknown category, InvalidInput for a
    limit that is none.
    """
    _check(connection)
    if not 0 < limit_min <= LONGEST_LIMIT_MIN:
        raise InvalidInput("时限应在 1 分钟到一年之间，收到 {n} 分钟。", n=limit_min)
    _known(connection, category)
    connection.execute(
        text(_NEXT_RULE),
        {
            "category": category,
            "now": given.now,
            "limit": limit_min,
            "always": around_the_clock,
            "departments": departments,
            "by": str(given.actor),
        },
    )
    data = {"category": category, "limit_min": limit_min, "around_the_clock": around_the_clock}
    note(connection, "category_rule", kind="category", given=given, data=data)


def retire(connection: Connection, category: int, *, back: bool, given: Circumstances) -> None:
    """Takes a category out of use, or ``back`` into it: incidents keep the one that they have."""
    _check(connection)
    _known(connection, category)
    connection.execute(
        text("UPDATE category SET retired_at = :at WHERE number = :n"),
        {"at": None if back else given.now, "n": category},
    )
    what = "category_back" if back else "category_retired"
    note(connection, what, kind="category", given=given, data={"category": category})


def _check(connection: Connection) -> None:
    if not access.may(connection, "catalog", "w"):
        raise NotAllowed("你没有改类别的权限，可找管理员。")


def _known(connection: Connection, category: int) -> None:
    found = connection.scalar(
        text("SELECT count(*) FROM category WHERE number = :n"), {"n": category}
    )
    if not found:
        raise NotFound("没有编号为 {n} 的类别。", n=category)
