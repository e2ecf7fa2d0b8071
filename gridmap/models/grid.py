"""Grid cells with their dated boundary versions, and what keeps them a partition."""

from datetime import datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Boolean, Double, ForeignKey, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import XID8, Base


class Grid(Base):
    """A grid's identity: its code, for ever."""

    __tablename__ = "grid"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)


class GridVersion(Base):
    """A dated boundary of a grid, on the lattice; versions cannot overlap in time."""

    __tablename__ = "grid_version"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    grid: Mapped[UUID] = mapped_column(Uuid, ForeignKey("grid.id"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    label: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    area_m2: Mapped[float] = mapped_column(Double)


class Coverage(Base):
    """Whether a township's grids are whole, and the frame that they fill."""

    __tablename__ = "coverage"

    township: Mapped[UUID] = mapped_column(Uuid, ForeignKey("region.id"), primary_key=True)
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    whole: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    frame: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )


class DirtyCoverage(Base):
    """A township whose grids were changed in a transaction, to be checked at commit."""

    __tablename__ = "dirty_coverage"

    township: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    xid: Mapped[str] = mapped_column(XID8, primary_key=True)
