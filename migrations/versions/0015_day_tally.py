"""How many incidents came and were resolved on each local day in each county, kept as sums.

A wall of a prefecture or more counts a year from these; what lies closer is counted one by one.
"""

from alembic import op

from migrations.policies import as_owner
from migrations.sums import TRIGGER, guard_sums, merging
from migrations.zone import zone_literal

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHANGES = "county, path, category, merged_into, received_at, resolved_at"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE day_tally (
            path text COLLATE "C" NOT NULL, day date NOT NULL, kind text NOT NULL,
            taken_in integer NOT NULL, resolved integer NOT NULL);
        CREATE INDEX ON day_tally (path, day) INCLUDE (kind, taken_in, resolved);
        COMMENT ON TABLE day_tally IS
            'What a county had on a local day is the sum of its rows; above counties by its own path.';
        CREATE INDEX incident_was_late ON incident (resolved_at) INCLUDE (due_at, received_at, path)
            WHERE resolved_at > due_at AND merged_into IS NULL;
    """)
    guard_sums("day_tally", "incident")
    op.execute("GRANT SELECT ON category TO gridmap_guard")
    as_owner(
        "day_tally",
        "ALTER TABLE incident NO FORCE ROW LEVEL SECURITY",
        _added("SELECT i.*, 1 AS sign FROM incident AS i"),
        "ALTER TABLE incident FORCE ROW LEVEL SECURITY",
    )
    _triggers()
    merging("merge_day_tallies", "day_tally", "path, day, kind", "taken_in", "resolved")


def _added(rows: str) -> str:
    """Rows of incidents, each with a sign, are added to the days on which they came and ended."""
    return f"""
        INSERT INTO day_tally (path, day, kind, taken_in, resolved)
        SELECT CASE WHEN c.path <> '' AND starts_with(r.path, c.path) THEN c.path ELSE r.path END,
               CAST(d.at AT TIME ZONE '{zone_literal()}' AS date), k.kind,
               sum(d.taken_in * r.sign), sum(d.resolved * r.sign)
          FROM ({rows}) AS r JOIN county AS c ON c.no = r.county
          JOIN category AS k ON k.number = r.category,
               LATERAL (VALUES (r.received_at, 1, 0), (r.resolved_at, 0, 1))
                   AS d (at, taken_in, resolved)
         WHERE r.merged_into IS NULL AND d.at IS NOT NULL
         GROUP BY 1, 2, 3 HAVING sum(d.taken_in * r.sign) <> 0 OR sum(d.resolved * r.sign) <> 0
    """


def _triggers() -> None:
    for name, act, rows in (
        ("came", "INSERT", "SELECT w.*, 1 AS sign FROM written AS w"),
        ("went", "DELETE", "SELECT w.*, -1 AS sign FROM written AS w"),
    ):
        table = "NEW" if act == "INSERT" else "OLD"
        op.execute(f"""
            CREATE FUNCTION guard.day_{name}() RETURNS trigger {TRIGGER} AS $$
            BEGIN
                {_added(rows)};
                RETURN NULL;
            END $$;
            ALTER FUNCTION guard.day_{name}() OWNER TO gridmap_guard;
            CREATE TRIGGER day_{name} AFTER {act} ON incident REFERENCING {table} TABLE AS written
                FOR EACH STATEMENT EXECUTE FUNCTION guard.day_{name}();
        """)
    old, new = (
        ", ".join(f"{row}.{column}" for column in CHANGES.split(", ")) for row in ("OLD", "NEW")
    )
    op.execute(f"""
        CREATE FUNCTION guard.day_moved() RETURNS trigger {TRIGGER} AS $$
        BEGIN
            {_added("SELECT NEW.*, 1 AS sign UNION ALL SELECT OLD.*, -1")};
            RETURN NULL;
        END $$;
        ALTER FUNCTION guard.day_moved() OWNER TO gridmap_guard;
        CREATE TRIGGER day_moved AFTER UPDATE ON incident FOR EACH ROW
            WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION guard.day_moved();
    """)


def downgrade() -> None:
    for name in ("came", "went", "moved"):
        op.execute(f"DROP TRIGGER day_{name} ON incident")
        op.execute(f"DROP FUNCTION guard.day_{name}()")
    op.execute("""
        DROP FUNCTION guard.merge_day_tallies();
        DROP INDEX incident_was_late;
        DROP TABLE day_tally;
    """)
