"""Published months of the safety index."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Double, ForeignKey, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class IndexMonth(Base):
    """The index of a region and month as it was published, with what it was computed from."""

    __tablename__ = "index_month"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    score: Mapped[float | None] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    present: Mapped[int] = mapped_column(SmallInteger)
    dimensions: Mapped[Any] = mapped_column(JSONB)
    formula_version: Mapped[int] = mapped_column(Integer)
    published_by: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
