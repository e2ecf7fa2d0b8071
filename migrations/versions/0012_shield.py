"""Who looks which known names stand in a free text that leaves its circle."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO guard.role_right (role, what, act)
        SELECT 'shield', what, 'r' FROM unnest('{boundary,household,incident,name}'::text[]) what;
        INSERT INTO guard.appointment VALUES ('job:shield', 'shield', '');
    """)


def downgrade() -> None:
    op.execute("""
        DELETE FROM guard.appointment WHERE viewer = 'job:shield';
        DELETE FROM guard.role_right WHERE role = 'shield';
    """)
