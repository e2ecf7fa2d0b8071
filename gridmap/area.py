"""The area path: code segments from the top level down, each ended by a slash.

``62/29/22/103/201/004/`` is a grid; ``62/29/22/`` its county; the empty path is everything.
"Within" is one range under collation "C": from the path itself to the path with its last
slash turned into the next character. This test stands here and, in SQL, in ``guard.within``.
"""

from collections.abc import Iterable

Range = tuple[str, str | None]
"""Lower bound, and upper bound (not included); None has no upper bound."""

EVERYTHING = ""
_AFTER_SLASH = chr(ord("/") + 1)


def bounds(path: str) -> Range:
    """The range of all paths within ``path``."""
    return (path, path[:-1] + _AFTER_SLASH) if path else ("", None)


def within(path: str, area: str) -> bool:
    """Whether ``path`` is ``area`` or lies below it."""
    return path.startswith(area)


def level(path: str) -> int:
    """How many segments a path has: 0 for everything."""
    return path.count("/")


def parents(path: str) -> list[str]:
    """The paths above, from the top level down, without the path itself."""
    segments = path.split("/")[:-1]
    return ["/".join(segments[:n]) + "/" for n in range(1, len(segments))]


def at_level(path: str, depth: int) -> str | None:
    """The ancestor (or the path itself) with that many segments; None where it is shorter."""
    segments = path.split("/")[:-1]
    return "/".join(segments[:depth]) + "/" if 0 < depth <= len(segments) else None


def join(parent: str, segment: str) -> str:
    """The path of a child."""
    return f"{parent}{segment}/"


def covers(ranges: Iterable[Range], path: str) -> bool:
    """Whether any of the ranges holds the path."""
    return any(low <= path and (high is None or path < high) for low, high in ranges)


def narrowed(ranges: Iterable[Range], area: str) -> list[Range]:
    """What of the ranges lies within an area."""
    low, high = bounds(area)
    found = ((max(low, one), _lower(high, two)) for one, two in ranges)
    return [(one, two) for one, two in found if two is None or one < two]


def _lower(one: str | None, two: str | None) -> str | None:
    return min(one, two) if one is not None and two is not None else one or two
