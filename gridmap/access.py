"""Viewers, and what each may do: the database's own policy is asked, so that one decides."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.area import Range


@dataclass(frozen=True)
class Viewer:
    """Who asks: its kind chooses the login, its name the rights."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


LOCAL_ADMINISTRATOR = Viewer("local", "administrator")
STRANGER = Viewer("stranger", "stranger")
INTAKE = Viewer("job", "intake")
IMPORTER = Viewer("job", "import")

_AREAS = "SELECT lower(r), upper(r) FROM unnest(guard.area(:what, :act)) AS r"
_SEES_WHOLE = "SELECT COALESCE(CAST(:path AS text) <@ guard.area(:what, 'r'), false)"
_KNOWN = "gridmap areas"


def areas(connection: Connection, what: str, act: str = "r") -> list[Range]:
    """The ranges of paths in which the transaction's viewer may ``act`` ('r', 'w') on ``what``.

    They are those of the first asking until another viewer is named or the transaction ends.
    """
    known: dict[tuple[str, str], list[Range]] = connection.info.setdefault(_KNOWN, {})
    if (what, act) not in known:
        rows = connection.execute(text(_AREAS), {"what": what, "act": act})
        known[what, act] = [(low, high) for low, high in rows]
    return known[what, act]


def forget_areas(connection: Connection) -> None:
    """Forgets what was known of a viewer's areas: another one asks."""
    connection.info.pop(_KNOWN, None)


def may(connection: Connection, what: str, act: str, path: str = area.EVERYTHING) -> bool:
    """Whether the viewer may ``act`` on ``what`` at that path."""
    return area.covers(areas(connection, what, act), path)


def sees_whole(connection: Connection, what: str, path: str) -> bool:
    """Whether the viewer may read ``what`` in all of an area, as the policy itself says."""
    return bool(connection.scalar(text(_SEES_WHOLE), {"path": path, "what": what}))


def readable(connection: Connection, what: str, column: str = "path") -> str:
    """The viewer's ranges as an SQL condition of literals.

    The policy decides what is seen; literals are what lets the index be used under it.
    """
    return ranges_sql(areas(connection, what), column)


def ranges_sql(ranges: Iterable[Range], column: str) -> str:
    """Any of some ranges as an SQL condition on a column of paths; of none, one never met."""
    return " OR ".join(f"({range_sql(one, column)})" for one in ranges) or "false"


def range_sql(one: Range, column: str) -> str:
    """One range of paths as an SQL condition on a column; the bounds are escaped literals."""
    low, high = one
    upper = f" AND {column} < {_literal(high)}" if high is not None else ""
    return f"{column} >= {_literal(low)}{upper}"


def _literal(path: str) -> str:
    # a colon would start a bind parameter
    return "'" + path.replace("'", "''").replace(":", "\\:") + "'"
