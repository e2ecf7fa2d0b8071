"""What all tables are declared on."""

from typing import Any

from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    """The registry of tables."""


class XID8(UserDefinedType[str]):
    """A 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """The type's name in PostgreSQL."""
        return "xid8"


class PGSnapshot(UserDefinedType[str]):
    """Which transactions were still open at a moment."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """The type's name in PostgreSQL."""
        return "pg_snapshot"
