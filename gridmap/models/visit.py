"""Visits made, and visits planned."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Date, DateTime, ForeignKey, ForeignKeyConstraint, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Visit(Base):
    """Who was there, when, and what was seen."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "household"], ["household.county", "household.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    household: Mapped[UUID | None] = mapped_column(Uuid)
    incident: Mapped[UUID | None] = mapped_column(Uuid)
    plan: Mapped[UUID | None] = mapped_column(Uuid)
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen: Mapped[str] = mapped_column(Text)
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )


class VisitPlan(Base):
    """A visit that comes round until it is done."""

    __tablename__ = "visit_plan"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "household"], ["household.county", "household.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    household: Mapped[UUID | None] = mapped_column(Uuid)
    incident: Mapped[UUID | None] = mapped_column(Uuid)
    every: Mapped[str] = mapped_column(Text)
    next_on: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    why: Mapped[str] = mapped_column(Text)
    planned_by: Mapped[str] = mapped_column(Text)
