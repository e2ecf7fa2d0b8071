"""What the packed columns are made from, and the builds that there are."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import XID8, Base, PGSnapshot

HEAT_CHANGE = Table(
    "heat_change",
    Base.metadata,
    Column("xid", XID8, server_default=text("pg_current_xact_id()"), nullable=False),
    Column("county", Integer, nullable=False),
    Column("cx", Integer, nullable=False),
    Column("cy", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("class", SmallInteger, nullable=False),
    Column("n", SmallInteger, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
)
"""A coming or going of an incident: rows without a key, alike ones add up."""


class HeatBuild(Base):
    """A set of column files; it exists through its row alone."""

    __tablename__ = "heat_build"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    parent: Mapped[int] = mapped_column(BigInteger, unique=True)
    snap: Mapped[str] = mapped_column(PGSnapshot)
    sysid: Mapped[int] = mapped_column(BigInteger)
    files: Mapped[Any] = mapped_column(JSONB)
    usable: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class HeatAtom(Base):
    """Incidents of a kind in a block of 30 days and a cell, three at least."""

    __tablename__ = "heat_atom"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    block: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    x: Mapped[int] = mapped_column(Integer, primary_key=True)
    y: Mapped[int] = mapped_column(Integer, primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class HeatClosed(Base):
    """A county's block of 30 days whose atoms are made."""

    __tablename__ = "heat_closed"

    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    block: Mapped[int] = mapped_column(Integer, primary_key=True)
