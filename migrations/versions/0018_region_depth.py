"""A region's level is a column: the few of a level are found among all villages of a province.

An index of the expression would not be used under row security, whose functions may not be seen
to leak.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE region_version ADD COLUMN depth smallint NOT NULL
            GENERATED ALWAYS AS (length(path) - length(replace(path, '/', ''))) STORED;
        CREATE INDEX ON region_version (depth, path);
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE region_version DROP COLUMN depth")
