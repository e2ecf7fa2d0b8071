"""Tables of sums that triggers append to: right in every snapshot, and merged now and then."""

from alembic import op

from migrations.policies import guard_by_path

TRIGGER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"


def guard_sums(table: str, what: str) -> None:
    """Who holds ``what`` reads the sums of the area, walls too; the guard alone writes them."""
    guard_by_path(table, what)
    op.execute(f"""
        REVOKE INSERT, UPDATE, DELETE ON {table} FROM gridmap_app, gridmap_job;
        GRANT SELECT ON {table} TO gridmap_wall;
        GRANT SELECT, INSERT, DELETE ON {table} TO gridmap_guard;
        CREATE POLICY grows ON {table} FOR INSERT TO gridmap_guard WITH CHECK (true);
        CREATE POLICY merges ON {table} FOR DELETE TO gridmap_guard USING (true);
    """)


def merging(function: str, table: str, key: str, *sums: str) -> None:
    """A function by which rows of one key become one; two at a time take each row once."""
    added = ", ".join(f"sum({one})" for one in sums)
    any_left = " OR ".join(f"sum({one}) <> 0" for one in sums)
    old, many = (", ".join(f"{row}.{name}" for name in key.split(", ")) for row in ("t", "m"))
    op.execute(f"""
        CREATE FUNCTION guard.{function}() RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH many AS (SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1),
            gone AS (
                DELETE FROM {table} AS t USING many AS m WHERE ({old}) = ({many}) RETURNING t.*)
            INSERT INTO {table} ({key}, {", ".join(sums)})
            SELECT {key}, {added} FROM gone GROUP BY {key} HAVING {any_left} $$;
        ALTER FUNCTION guard.{function}() OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.{function}() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.{function}() TO gridmap_job;
    """)
