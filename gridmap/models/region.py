"""Regions with their dated boundary versions."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, Computed, ForeignKey, Integer, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base

_DEPTH = "length(path) - length(replace(path, '/', ''))"


class Region(Base):
    """A region's identity: its code, for ever."""

    __tablename__ = "region"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)


class RegionVersion(Base):
    """A dated boundary and name of a region; versions cannot overlap in time."""

    __tablename__ = "region_version"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    region: Mapped[UUID] = mapped_column(Uuid, ForeignKey("region.id"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    depth: Mapped[int] = mapped_column(SmallInteger, Computed(_DEPTH))
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    shape: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    label: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )


class Simplified(Base):
    """A boundary in force, simplified together with its neighbors, for a band of zooms."""

    __tablename__ = "simplified"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    county: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    level: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=3857, spatial_index=False)
    )
