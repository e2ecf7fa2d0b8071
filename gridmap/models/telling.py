"""What is told to people and to other systems."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base, PGSnapshot


class Notice(Base):
    """Who was told what, when and why."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account: Mapped[UUID] = mapped_column(Uuid, ForeignKey("account.id", ondelete="CASCADE"))
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"))
    path: Mapped[str] = mapped_column(Text(collation="C"))
    kind: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(Boolean)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    why: Mapped[str] = mapped_column(Text)
    n: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    data: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    batch: Mapped[UUID] = mapped_column(Uuid)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Reader(Base):
    """How far a follower of events has read."""

    __tablename__ = "reader"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    snapshot: Mapped[str] = mapped_column(PGSnapshot)


class Webhook(Base):
    """Another system that is told of events."""

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    stopped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Delivery(Base):
    """The telling of one event to one system."""

    __tablename__ = "delivery"

    webhook: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True
    )
    county: Mapped[int] = mapped_column(Integer)
    event: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    next_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    status: Mapped[int | None] = mapped_column(Integer)
