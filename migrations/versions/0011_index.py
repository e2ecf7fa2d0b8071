"""The safety index: who may read and publish it, its formula, and the months that were published."""

from alembic import op

from migrations.policies import area_test, as_owner, guard_by_path, wall_may_read

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RIGHTS = {
    "administrator": "rw",
    "commander": "rw",
    "center_officer": "r",
    "planner": "r",
    "wall": "r",
    "token_read": "r",
}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE index_month (
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            month date NOT NULL CHECK (extract(day FROM month) = 1),
            level smallint NOT NULL, name text NOT NULL,
            score double precision, low double precision, high double precision,
            present smallint NOT NULL, dimensions jsonb NOT NULL, formula_version integer NOT NULL,
            published_by text NOT NULL CHECK (published_by LIKE 'account:%'),
            publisher text NOT NULL, published_at timestamptz NOT NULL,
            PRIMARY KEY (county, path, month));
        CREATE INDEX ON index_month (month, path);
        COMMENT ON TABLE index_month IS
            'The safety index of a region and month as it was published: frozen, with what it was computed from.';
        COMMENT ON COLUMN index_month.present IS 'How many dimensions had data.';
        COMMENT ON COLUMN index_month.formula_version IS 'The version of the policy safety_index.';
        COMMENT ON COLUMN index_month.publisher IS 'The name of who published it, as it was then.';
    """)
    guard_by_path("index_month", "index")
    op.execute(f"""
        REVOKE UPDATE, DELETE ON index_month FROM gridmap_app, gridmap_job;
        REVOKE INSERT ON index_month FROM gridmap_job;
        DROP POLICY u ON index_month;
        DROP POLICY d ON index_month;
        DROP POLICY i ON index_month;
        CREATE POLICY i ON index_month FOR INSERT TO gridmap_app WITH CHECK (
            {area_test("index", "w")} AND published_by = (SELECT guard.viewer()));
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON index_month
            FOR EACH ROW EXECUTE FUNCTION guard.never();
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON index_month
            FOR EACH STATEMENT EXECUTE FUNCTION guard.never();
    """)
    wall_may_read(
        "index_month", "county", "path", "month", "level", "score", "low", "high", "present"
    )
    for role, letters in RIGHTS.items():
        for act in letters:
            op.execute(f"INSERT INTO guard.role_right VALUES ('{role}', 'index', '{act}')")
    as_owner(
        "policy",
        """INSERT INTO policy VALUES ('safety_index', 1, '-infinity', '{
            "disputes": [15, 16, 1], "hazards": [15, 14, 0], "warnings": [10, 6, 0],
            "timeliness": [15, 80, 100], "resolution": [15, 70, 100], "recurrence": [10, 6, 0],
            "satisfaction": [10, 65, 100], "visiting": [5, 0, 6], "staffing": [5, 50, 110]}',
            'gridmap')""",
    )


def downgrade() -> None:
    as_owner("policy", "DELETE FROM policy WHERE name = 'safety_index'")
    op.execute("""
        DELETE FROM guard.role_right WHERE what = 'index';
        DROP TABLE index_month;
    """)
