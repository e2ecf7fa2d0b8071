"""What is asked of whom, and the desks of departments."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Errand(Base):
    """Something asked of a center or a department, with due time and answer."""

    __tablename__ = "errand"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    incident: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, server_default=text("''::text"))
    center: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("center.id"))
    department: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("department.id"))
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    arrived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    arrived_by: Mapped[str | None] = mapped_column(Text)
    arrived_point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    late_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Desk(Base):
    """A department's desk at a center."""

    __tablename__ = "desk"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    department: Mapped[UUID] = mapped_column(Uuid, ForeignKey("department.id"))
    center: Mapped[UUID] = mapped_column(Uuid, ForeignKey("center.id"))
    kind: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)


class Shift(Base):
    """Who sits at a desk, and when."""

    __tablename__ = "shift"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    desk: Mapped[UUID] = mapped_column(Uuid, ForeignKey("desk.id", ondelete="CASCADE"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
