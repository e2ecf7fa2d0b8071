"""Class limits of measures."""

from sqlalchemy import ARRAY, Double, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class ClassBreak(Base):
    """The four class limits of a measure on a level, in versions."""

    __tablename__ = "class_break"

    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    depth: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    limits: Mapped[list[float]] = mapped_column(ARRAY(Double))
