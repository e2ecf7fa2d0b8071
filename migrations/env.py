"""Runs the migrations on the administrative connection that set-up hands over."""

from alembic import context

from gridmap.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
