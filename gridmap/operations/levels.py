"""Declaring the levels of regions: rows, not code; any nested areas work."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from gridmap.errors import Conflict, InvalidInput


@dataclass(frozen=True)
class NewLevel:
    """A level to declare; the order of declaration is its depth."""

    zh: str
    en: str
    is_county: bool = False
    answers: bool = False


def parse(given: str) -> NewLevel:
    """A level from ``县/County:county``; raises InvalidInput for another form."""
    names, *marks = given.split(":")
    zh, slash, en = names.partition("/")
    if not zh or (slash and not en) or not set(marks) <= {"county", "answers"}:
        raise InvalidInput("“{given}”不对；级别写成 县/County:county 这样。", given=given)
    return NewLevel(zh, en or zh, "county" in marks, "answers" in marks)


def declare(connection: Connection, levels: list[NewLevel]) -> None:
    """Declares all levels anew; raises Conflict where regions are already there."""
    if connection.scalar(text("SELECT EXISTS (SELECT FROM region)")):
        raise Conflict(
            "已经有行政区划了，级别不能再改；示例数据可先用 gridmap sample remove 移除。"
        )
    connection.execute(text("DELETE FROM level"))
    connection.execute(
        text("INSERT INTO level VALUES (:depth, :zh, :en, :answers, :is_county)"),
        [
            {
                "depth": depth,
                "zh": one.zh,
                "en": one.en,
                "answers": one.answers,
                "is_county": one.is_county,
            }
            for depth, one in enumerate(levels, start=1)
        ],
    )
