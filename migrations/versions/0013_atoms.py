"""Closed atoms: the sums of which alone the heat is shown to whoever may not list incidents."""

from alembic import op

from migrations.policies import guard_by_path

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE heat_atom (
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            block integer NOT NULL, kind text NOT NULL, level smallint NOT NULL,
            x integer NOT NULL, y integer NOT NULL, n integer NOT NULL CHECK (n >= 3),
            PRIMARY KEY (county, block, kind, level, x, y));
        COMMENT ON TABLE heat_atom IS
            'Incidents of a kind in 30 days (block, since 2020-01-01) and a Web Mercator cell: never under 3.';
        COMMENT ON COLUMN heat_atom.path IS 'The area of the county: seen by who may see all of it.';
        CREATE TABLE heat_closed (
            county integer NOT NULL REFERENCES county, block integer NOT NULL,
            PRIMARY KEY (county, block));
        COMMENT ON TABLE heat_closed IS 'The blocks whose atoms are made, and never made again.';
        GRANT SELECT, INSERT ON heat_closed TO gridmap_job;
        GRANT SELECT ON heat_closed TO gridmap_app;
    """)
    guard_by_path("heat_atom", "density")
    op.execute("""
        REVOKE INSERT, UPDATE, DELETE ON heat_atom FROM gridmap_app;
        REVOKE UPDATE, DELETE ON heat_atom FROM gridmap_job;
        INSERT INTO guard.role_right VALUES
            ('department_officer', 'density', 'r'), ('heat', 'density', 'r'), ('heat', 'density', 'w');
    """)


def downgrade() -> None:
    op.execute("""
        DELETE FROM guard.role_right WHERE what = 'density';
        DROP TABLE heat_atom, heat_closed;
    """)
