"""What hangs on an incident, and what is taken out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Attachment(Base):
    """A photo or document of an incident."""

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county", "incident"], ["incident.county", "incident.id"], ondelete="CASCADE"
        ),
    )

    county: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    incident: Mapped[UUID] = mapped_column(Uuid)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    media_type: Mapped[str | None] = mapped_column(Text)
    bytes: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    taken_lon: Mapped[float | None] = mapped_column(Double)
    taken_lat: Mapped[float | None] = mapped_column(Double)
    complete: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Export(Base):
    """Rows taken out into a file, by whom and what for."""

    __tablename__ = "export"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    options: Mapped[Any] = mapped_column(JSONB)
    why: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    rows: Mapped[int | None] = mapped_column(Integer)
    failure: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Download(Base):
    """One fetching of an export."""

    __tablename__ = "download"

    export: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("export.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    source: Mapped[str | None] = mapped_column(Text)
