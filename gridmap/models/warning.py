"""Warnings."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import DateTime, ForeignKey, Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Warning(Base):
    """A four-color warning on a subject: since when, why, answered, closed."""

    __tablename__ = "warning"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    color: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    why: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
