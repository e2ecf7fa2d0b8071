"""Governance centers and departments."""

from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, ForeignKey, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Center(Base):
    """A governance center of a region; its phone is the office's."""

    __tablename__ = "center"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    region: Mapped[UUID] = mapped_column(Uuid, ForeignKey("region.id"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str] = mapped_column(Text)
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    phone: Mapped[str | None] = mapped_column(Text)
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )


class Department(Base):
    """A department that answers in an area."""

    __tablename__ = "department"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str] = mapped_column(Text)
