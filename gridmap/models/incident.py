"""Incidents with their reports and assignments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    REAL,
    Boolean,
    Date,
    DateTime,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Category(Base):
    """A category of incidents; its number is given once and never used again."""

    __tablename__ = "category"

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Incident(Base):
    """What is worked; held by a duty, a center or a department."""

    __tablename__ = "incident"
    __table_args__ = (
        ForeignKeyConstraint(["county", "household"], ["household.county", "household.id"]),
    )

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    number: Mapped[str] = mapped_column(Text)
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    category: Mapped[int] = mapped_column(SmallInteger, ForeignKey("category.number"))
    severity: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(Text, server_default=text("''::text"))
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    household: Mapped[UUID | None] = mapped_column(Uuid)
    holder_duty: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("duty.id"))
    holder_center: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("center.id"))
    holder_department: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("department.id"))
    fields: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    not_ours_with: Mapped[str | None] = mapped_column(Text)
    clock: Mapped[str] = mapped_column(Text, server_default=text("'running'::text"))
    clock_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    clock_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    limit_min: Mapped[int | None] = mapped_column(Integer)
    used_min: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    told_share: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    climbed_depth: Mapped[int | None] = mapped_column(SmallInteger)
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    filed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    merged_into: Mapped[UUID | None] = mapped_column(Uuid)
    heat_cx: Mapped[int] = mapped_column(Integer, FetchedValue())
    heat_cy: Mapped[int] = mapped_column(Integer, FetchedValue())
    heat_day: Mapped[int] = mapped_column(Integer, FetchedValue())
    heat_class: Mapped[int] = mapped_column(SmallInteger, FetchedValue())


class Report(Base):
    """One person's account of an incident; the reporter is sealed."""

    __tablename__ = "report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    incident: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, server_default=text("''::text"))
    reporter_name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reporter_phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reporter_phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    follow_code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    wants_no_name: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    continues: Mapped[UUID | None] = mapped_column(Uuid)


class Assignment(Base):
    """Who answers for an incident, and why; each new answer is a new row."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    incident: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    how: Mapped[str] = mapped_column(Text)
    certain: Mapped[bool] = mapped_column(Boolean)
    share: Mapped[float | None] = mapped_column(REAL)
    distance_m: Mapped[float | None] = mapped_column(REAL)
    border_m: Mapped[float | None] = mapped_column(REAL)
    beyond: Mapped[str | None] = mapped_column(Text)
    grid_version: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("grid_version.id"))
    today_grid: Mapped[UUID | None] = mapped_column(Uuid)
    duty: Mapped[UUID | None] = mapped_column(Uuid)
    center: Mapped[UUID | None] = mapped_column(Uuid)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    alternatives: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))


class DayCounter(Base):
    """The count of incidents per county and day, for the number that people read."""

    __tablename__ = "day_counter"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
