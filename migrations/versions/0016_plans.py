"""The plan of ``guard.area`` is kept: every policy asks it, and planning cost more than asking."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_AREA = "ALTER FUNCTION guard.area(text, text)"


def upgrade() -> None:
    op.execute(f"{_AREA} SET plan_cache_mode = force_generic_plan")


def downgrade() -> None:
    op.execute(f"{_AREA} RESET plan_cache_mode")
