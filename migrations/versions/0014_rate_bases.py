"""What rates are divided by, kept as sums for every area: households, and square meters of grids.

Triggers append what came and went; sums over the rows are right in every snapshot, and merging
rows now and then (``guard.merge_rate_bases``) changes none of them.
"""

from alembic import op

from migrations.policies import as_owner
from migrations.sums import TRIGGER, guard_sums, merging

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# of each kind: the table, and what a row of it adds
SOURCES = {
    "household": ("household", "1"),
    "m2": ("grid_version", "CASE WHEN upper_inf(during) THEN CAST(area_m2 AS bigint) ELSE 0 END"),
}
CHANGES = {
    "came": ("INSERT", "NEW TABLE AS written", "SELECT path, {adds} AS n FROM written"),
    "went": ("DELETE", "OLD TABLE AS gone", "SELECT path, -({adds}) AS n FROM gone"),
    "moved": (
        "UPDATE",
        "NEW TABLE AS written OLD TABLE AS gone",
        "SELECT path, {adds} AS n FROM written UNION ALL SELECT path, -({adds}) FROM gone",
    ),
}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE rate_base (
            kind text NOT NULL CHECK (kind IN ('household', 'm2')), depth smallint NOT NULL,
            path text COLLATE "C" NOT NULL, n bigint NOT NULL, own bigint NOT NULL);
        CREATE INDEX ON rate_base (kind, depth, path) INCLUDE (n);
        CREATE INDEX ON rate_base (kind, path) INCLUDE (own) WHERE own <> 0;
        COMMENT ON TABLE rate_base IS
            'What an area holds is the sum of its rows: households, or m² of the grids of today.';
        COMMENT ON COLUMN rate_base.n IS 'In the area and all below it.';
        COMMENT ON COLUMN rate_base.own IS 'Of it what lies in no area below.';
    """)
    guard_sums("rate_base", "rate")
    op.execute("""
        INSERT INTO guard.role_right
            SELECT DISTINCT role, 'rate', 'r' FROM guard.role_right
             WHERE what IN ('household', 'incident') AND act = 'r';
    """)
    for kind, (table, adds) in SOURCES.items():
        as_owner(
            "rate_base",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            _added(kind, f"SELECT path, {adds} AS n FROM {table}"),
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        )
        _triggers(kind, table, adds)
    merging("merge_rate_bases", "rate_base", "kind, depth, path", "n", "own")
    op.execute("DROP FUNCTION guard.households_in(text, text)")


def _added(kind: str, rows: str) -> str:
    """Rows of (path, n) are added to every area above them."""
    return f"""
        INSERT INTO rate_base (kind, depth, path, n, own)
        SELECT '{kind}', k.depth, k.path, sum(w.n), COALESCE(sum(w.n) FILTER (WHERE k.path = w.path), 0)
          FROM (SELECT path, sum(n) AS n FROM ({rows}) AS r GROUP BY path HAVING sum(n) <> 0) AS w,
               LATERAL (SELECT d AS depth, array_to_string(
                            (string_to_array(w.path, '/'))[1:d], '/') || '/' AS path
                          FROM generate_series(1, length(w.path) - length(replace(w.path, '/', '')))
                            AS d) AS k
         GROUP BY k.depth, k.path HAVING sum(w.n) <> 0 OR bool_or(k.path = w.path)
    """


def _triggers(kind: str, table: str, adds: str) -> None:
    for name, (act, changed, rows) in CHANGES.items():
        function = f"guard.{kind}_{name}"
        op.execute(f"""
            CREATE FUNCTION {function}() RETURNS trigger {TRIGGER} AS $$
            BEGIN
                {_added(kind, rows.format(adds=adds))};
                RETURN NULL;
            END $$;
            ALTER FUNCTION {function}() OWNER TO gridmap_guard;
            CREATE TRIGGER rate_base_{name} AFTER {act} ON {table}
                REFERENCING {changed} FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        """)


def downgrade() -> None:
    for kind, (table, _) in SOURCES.items():
        for name in CHANGES:
            op.execute(f"DROP TRIGGER rate_base_{name} ON {table}")
            op.execute(f"DROP FUNCTION guard.{kind}_{name}()")
    op.execute("""
        DROP FUNCTION guard.merge_rate_bases();
        DROP TABLE rate_base;
        DELETE FROM guard.role_right WHERE what = 'rate';
        CREATE FUNCTION guard.households_in(low text, high text)
        RETURNS TABLE (path text, n bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT h.path, count(*) FROM household AS h
             WHERE h.path COLLATE "C" >= low AND (high IS NULL OR h.path COLLATE "C" < high)
               AND COALESCE(h.path <@ (SELECT guard.area('incident', 'r')), false)
             GROUP BY h.path $$;
        ALTER FUNCTION guard.households_in(text, text) OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.households_in(text, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.households_in(text, text)
            TO gridmap_app, gridmap_wall, gridmap_job;
    """)
