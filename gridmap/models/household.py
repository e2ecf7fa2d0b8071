"""Households and the persons who live in them."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Household(Base):
    """People at an address point; a grid bound by name beats geometry."""

    __tablename__ = "household"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    address: Mapped[str] = mapped_column(Text)
    bound_grid: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("grid.id"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Person(Base):
    """A person of a household, without anything personal."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "household"], ["household.county", "household.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("county", "household", "position"),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    household: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(SmallInteger)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    moved_away_on: Mapped[date | None] = mapped_column(Date)


class PersonPrivate(Base):
    """The name of a person, and what is sealed."""

    __tablename__ = "person_private"
    __table_args__ = (
        ForeignKeyConstraint(["county", "id"], ["person.county", "person.id"], ondelete="CASCADE"),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    household: Mapped[UUID] = mapped_column(Uuid)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str] = mapped_column(Text)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_tail_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    notes_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
