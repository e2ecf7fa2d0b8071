"""People who serve, and their duties."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Staff(Base):
    """A person who serves; the phone is sealed."""

    __tablename__ = "staff"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    post: Mapped[str | None] = mapped_column(Text)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class Duty(Base):
    """A worker's dated duty in a grid."""

    __tablename__ = "duty"

    origin: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    staff: Mapped[UUID] = mapped_column(Uuid, ForeignKey("staff.id"))
    grid: Mapped[UUID] = mapped_column(Uuid, ForeignKey("grid.id"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    kind: Mapped[str] = mapped_column(Text)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
