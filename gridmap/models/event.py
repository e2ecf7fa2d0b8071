"""What happened, and what was answered once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import XID8, Base


class Event(Base):
    """Something that happened: written once, in the transaction that it tells of."""

    __tablename__ = "event"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    xid: Mapped[str] = mapped_column(XID8, server_default=text("pg_current_xact_id()"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    kind: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    data: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class Receipt(Base):
    """An id that was answered; the same id again gets the same answer."""

    __tablename__ = "receipt"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    county: Mapped[int] = mapped_column(Integer)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[Any | None] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
