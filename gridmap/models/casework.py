"""How an incident is worked: rules with versions, hand-overs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class CategoryRule(Base):
    """Time limit and departments of a category, in versions."""

    __tablename__ = "category_rule"

    category: Mapped[int] = mapped_column(
        SmallInteger, ForeignKey("category.number"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    limit_min: Mapped[int] = mapped_column(Integer)
    around_the_clock: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    departments: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    written_by: Mapped[str] = mapped_column(Text)


class CalendarDay(Base):
    """A day that differs from its weekday."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(Text, server_default=text("''::text"))
    source: Mapped[str] = mapped_column(Text)


class Policy(Base):
    """What an administrator decides, in versions."""

    __tablename__ = "policy"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    value: Mapped[Any] = mapped_column(JSONB)
    written_by: Mapped[str] = mapped_column(Text)


class IncidentHousehold(Base):
    """A household that an incident concerns."""

    __tablename__ = "incident_household"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["household_county", "household"],
            ["household.county", "household.id"],
            ondelete="CASCADE",
        ),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    incident: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    household_county: Mapped[int] = mapped_column(Integer, primary_key=True)
    household: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class HandoverLine(Base):
    """From the grid that said 'not mine' to the one that took it."""

    __tablename__ = "handover_line"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    to_path: Mapped[str] = mapped_column(Text(collation="C"))
    incident: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    why: Mapped[str] = mapped_column(Text)
    line: Mapped[WKBElement | None] = mapped_column(
        Geometry("LINESTRING", srid=4326, spatial_index=False)
    )


class StandIn(Base):
    """Who holds whose queue, until when."""

    __tablename__ = "stand_in"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    staff: Mapped[UUID] = mapped_column(Uuid, ForeignKey("staff.id"))
    by_staff: Mapped[UUID] = mapped_column(Uuid, ForeignKey("staff.id"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    why: Mapped[str] = mapped_column(Text)
