"""The declared tables are those that the migrations make."""

import pkgutil
from importlib import import_module
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.pool import NullPool

from gridmap import models
from gridmap.database import psycopg2_url
from gridmap.models.base import XID8, Base, PGSnapshot

_NOT_OURS = ("procrastinate_", "spatial_ref_sys", "alembic_version", "import_row")


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Tables and columns; indexes and exclusions are written in SQL, with their reasons."""
    return kind in {"table", "column", "foreign_key_constraint"} and not str(name).startswith(
        _NOT_OURS
    )


def test_models_and_migrations_agree(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for entity in pkgutil.iter_modules(models.__path__):
        import_module(f"gridmap.models.{entity.name}")
    monkeypatch.setitem(ischema_names, "xid8", XID8)
    monkeypatch.setitem(ischema_names, "pg_snapshot", PGSnapshot)
    engine = create_engine(psycopg2_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _ours, "compare_type": True}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert [one for one in differences if not _is_comment(one)] == []


def _is_comment(difference: Any) -> bool:
    """Comments are said in the database alone, for those who look at it there."""
    first = difference[0] if isinstance(difference, list) else difference
    return "comment" in first[0]
