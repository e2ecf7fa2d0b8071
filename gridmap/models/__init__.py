"""Tables: columns, keys, constraints; no behavior. One file per entity."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What all tables are declared on."""
