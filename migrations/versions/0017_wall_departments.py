"""A wall reads which departments were called and what they are called, and nothing else of them."""

from alembic import op

from migrations.policies import wall_may_read

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO guard.role_right VALUES ('wall', 'department', 'r')")
    wall_may_read("department", "id", "path", "name")
    wall_may_read("errand", "department")


def downgrade() -> None:
    op.execute("""
        REVOKE SELECT (department) ON errand FROM gridmap_wall;
        REVOKE SELECT (id, path, name) ON department FROM gridmap_wall;
        DELETE FROM guard.role_right WHERE role = 'wall' AND what = 'department';
    """)
