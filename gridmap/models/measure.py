"""What measures stand on: class limits, and sums that are kept."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, Double, Integer, SmallInteger, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class ClassBreak(Base):
    """The four class limits of a measure on a level, in versions."""

    __tablename__ = "class_break"

    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    depth: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    limits: Mapped[list[float]] = mapped_column(ARRAY(Double))


RATE_BASE = Table(
    "rate_base",
    Base.metadata,
    Column("kind", Text, nullable=False),
    Column("depth", SmallInteger, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("own", BigInteger, nullable=False),
)
"""Part of what an area holds of households or square meters: the sum of its rows is all."""

DAY_TALLY = Table(
    "day_tally",
    Base.metadata,
    Column("path", Text(collation="C"), nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("taken_in", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
)
"""Part of what a county had on a local day: the sum of its rows is all."""
