"""Imports; staged rows have no model: they are copied in and read by SQL alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Import(Base):
    """An import of a file: whose it is, how it was read, how far it got."""

    __tablename__ = "import"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    file_hash: Mapped[bytes] = mapped_column(LargeBinary)
    mapping: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    crs: Mapped[str | None] = mapped_column(Text)
    options: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    state: Mapped[str] = mapped_column(Text)
    summary: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
