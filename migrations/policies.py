"""What every guarded table gets: forced row-level security by area path, and its grants.

One operator against one value computed once per statement; COALESCE keeps the planner's
estimate of the policy from ruining plans that carry their ranges as literals.
"""

from alembic import op

READERS = "gridmap_app, gridmap_wall, gridmap_job"
WRITERS = "gridmap_app, gridmap_job"


def area_test(what: str, act: str, column: str = "path") -> str:
    """The policy's test on a row of ``what``."""
    return f"COALESCE({column} <@ (SELECT guard.area('{what}', '{act}')), false)"


def guard_by_path(table: str, what: str, *, column: str = "path", app_reads: bool = True) -> None:
    """Row security on a table with an area path; ``r`` and ``w`` on ``what`` decide."""
    read, write = area_test(what, "r", column), area_test(what, "w", column)
    _guard(table, read, write, app_reads=app_reads)


def guard_by_parent(table: str, condition: str) -> None:
    """Row security on a child: it shows and takes rows where its parent may be seen."""
    _guard(table, condition, condition, app_reads=True)


def _guard(table: str, read: str, write: str, *, app_reads: bool) -> None:
    op.execute(f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY r ON {table} FOR SELECT TO {READERS} USING ({read});
        CREATE POLICY i ON {table} FOR INSERT TO {WRITERS} WITH CHECK ({write});
        CREATE POLICY u ON {table} FOR UPDATE TO {WRITERS} USING ({write}) WITH CHECK ({write});
        CREATE POLICY d ON {table} FOR DELETE TO {WRITERS} USING ({write});
        GRANT INSERT, UPDATE, DELETE ON {table} TO {WRITERS};
    """)
    if app_reads:
        op.execute(f"GRANT SELECT ON {table} TO {WRITERS}")


def wall_may_read(table: str, *columns: str) -> None:
    """The wall's role sees these columns and nothing else of the table."""
    op.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO gridmap_wall")


def open_to_all(table: str, *, app_writes: bool = True) -> None:
    """A table without places or persons: every role reads it, the application writes it."""
    op.execute(f"GRANT SELECT ON {table} TO {READERS}")
    if app_writes:
        op.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {WRITERS}")
