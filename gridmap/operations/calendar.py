"""The working calendar: what the package knows, what a file brings, what an administrator says.

A day that an administrator or a file has spoken of is never overwritten by the package.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from gridmap import access
from gridmap.errors import FileRefused, InvalidInput, NotAllowed
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.limits import settle_open
from gridmap.operations.trail import note
from gridmap.queries.policies import BY_FILE, BY_PACKAGE

CHINESE_ZONES = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar", "PRC"}
)
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_TRUE = {"1", "true", "yes", "是", "上班", "班"}
_FALSE = {"0", "false", "no", "否", "放假", "休"}
LONGEST_NAME = 40


@dataclass(frozen=True)
class Day:
    """A day that differs from the week: whether people work on it, and what it is called."""

    day: date
    works: bool
    name: str = ""


def announced() -> list[Day]:
    """The holidays on weekdays and the working days at weekends that the package knows."""
    from chinese_calendar import constants

    off = [Day(day, False, _name(called)) for day, called in constants.holidays.items()]
    on = [Day(day, True, f"{_name(called)}补班") for day, called in constants.workdays.items()]
    differing = [one for one in (*off, *on) if one.works != (one.day.weekday() < 5)]
    return sorted(differing, key=lambda one: one.day)


def _name(called: str) -> str:
    return NAMES.get(called, called)


_SEED = """
WITH given AS (
    SELECT * FROM unnest(CAST(:day AS date[]), CAST(:works AS boolean[]), CAST(:name AS text[]))
        AS g (day, works, name)),
withdrawn AS (
    DELETE FROM calendar_day AS c
     WHERE c.source = :source AND NOT EXISTS (SELECT FROM given AS g WHERE g.day = c.day))
INSERT INTO calendar_day AS c (day, works, name, source)
SELECT day, works, name, :source FROM given
ON CONFLICT (day) DO UPDATE SET works = EXCLUDED.works, name = EXCLUDED.name
 WHERE c.source = :source AND (c.works, c.name) <> (EXCLUDED.works, EXCLUDED.name)
"""


def seed(connection: Connection, *, zone: str) -> None:
    """Brings the calendar to what the package knows; of the world outside China it knows nothing.

    Runs at set-up and at every migration, on the administrative connection.
    """
    if zone in CHINESE_ZONES:
        # the administrative login owns no table; row security binds it like everyone
        connection.execute(text("SET LOCAL ROLE gridmap_guard"))
        connection.execute(text(_SEED), _columns(announced()) | {"source": BY_PACKAGE})
        connection.execute(text("RESET ROLE"))


def read(content: bytes) -> list[Day]:
    """The days of a CSV file with the columns day, works and name.

    Raises FileRefused, naming the line, for what is no day, says neither that people work nor
    that they do not, or comes twice.
    """
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        if not {"day", "works"} <= set(rows.fieldnames or ()):
            raise FileRefused("日历文件的表头应有 day、works、name。")
        days = list(_days(rows))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused("日历文件不是 UTF-8 编码的 CSV。") from error
    if not days:
        raise FileRefused("日历文件里一天也没有。")
    if len({one.day for one in days}) < len(days):
        raise FileRefused("日历文件里有重复的日期。")
    return days


def _days(rows: Iterable[dict[str, str]]) -> Iterator[Day]:
    for line, row in enumerate(rows, start=2):
        works = (row["works"] or "").strip().lower()
        try:
            day = date.fromisoformat((row["day"] or "").strip())
            if works not in _TRUE | _FALSE:
                raise ValueError(works)
        except ValueError as error:
            raise FileRefused(
                "日历文件第 {line} 行不对：日期如 2027-02-06，上班写 1，放假写 0。", line=line
            ) from error
        yield Day(day, works in _TRUE, (row.get("name") or "").strip()[:LONGEST_NAME])


_PUT = """
INSERT INTO calendar_day (day, works, name, source)
SELECT day, works, name, :source
  FROM unnest(CAST(:day AS date[]), CAST(:works AS boolean[]), CAST(:name AS text[]))
       AS g (day, works, name)
ON CONFLICT (day) DO UPDATE
   SET works = EXCLUDED.works, name = EXCLUDED.name, source = EXCLUDED.source
"""


def load(connection: Connection, days: list[Day], given: Circumstances) -> None:
    """Takes the days of a file; the years up to its last one count as announced.

    What is open falls due by the new calendar at once. Raises NotAllowed for anybody but an
    administrator of everything.
    """
    _put(connection, days, BY_FILE, given)
    span = {"first": min(one.day for one in days), "last": max(one.day for one in days)}
    note(connection, "calendar_loaded", kind="calendar", given=given, data=span)


def set_day(connection: Connection, day: Day, given: Circumstances) -> None:
    """Says of one day whether people work on it; errors as in ``load``."""
    if len(day.name) > LONGEST_NAME:
        raise InvalidInput("名称太长，最多 {most} 字。", most=LONGEST_NAME)
    _put(connection, [day], str(given.actor), given)
    note(connection, "calendar_day_set", kind="calendar", given=given, data=vars(day))


def _put(connection: Connection, days: list[Day], source: str, given: Circumstances) -> None:
    if not access.may(connection, "catalog", "w"):
        raise NotAllowed("工作日历只有管全部区域的管理员能改。")
    connection.execute(text(_PUT), _columns(days) | {"source": source})
    settle_open(connection, given)


def _columns(days: list[Day]) -> dict[str, list[object]]:
    return {
        "day": [one.day for one in days],
        "works": [one.works for one in days],
        "name": [one.name for one in days],
    }
