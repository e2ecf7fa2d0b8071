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


def everywhere_test(what: str, act: str) -> str:
    """The policy's test on tables that lie nowhere: the right must be held over everything."""
    return f"COALESCE(''::text <@ (SELECT guard.area('{what}', '{act}')), false)"


def guard_by_path(
    table: str, what: str, *, column: str = "path", app_reads: bool = True, or_reads: str = ""
) -> None:
    """Row security on a table with an area path; ``r`` and ``w`` on ``what`` decide.

    ``or_reads`` is a second reason for which a row may be read.
    """
    read, write = area_test(what, "r", column), area_test(what, "w", column)
    _guard(table, f"{read} OR {or_reads}" if or_reads else read, write, app_reads=app_reads)


def as_owner(table: str, *statements: str) -> None:
    """Runs statements that read or write a guarded table, whose policies bind its owner as well."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in statements:
        op.execute(statement)
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def guard_by_parent(
    table: str, condition: str, write: str | None = None, *, app_reads: bool = True
) -> None:
    """Row security on a child: it shows and takes rows where its parent may be seen.

    Where seeing the parent is not enough for writing, ``write`` says what is.
    """
    _guard(table, condition, write or condition, app_reads=app_reads)


def guard_child_of_incident(table: str, *, app_reads: bool = True) -> None:
    """A child of an incident: seen where the incident is, written where the incident may be."""
    parent = (
        f"SELECT FROM incident AS i WHERE i.county = {table}.county AND i.id = {table}.incident"
    )
    write = area_test("incident", "w", "i.path")
    guard_by_parent(
        table, f"EXISTS ({parent})", f"EXISTS ({parent} AND {write})", app_reads=app_reads
    )


def area_function(also_held: str = "") -> str:
    """``guard.area``: the ranges in which the viewer may act; ``also_held`` adds paths to them.

    ``wall:account:…`` is an account before a wall: its areas, and no more rights than a wall has.
    Its plan is kept: to plan costs more than to ask, and every policy asks.
    """
    return f"""
        CREATE OR REPLACE FUNCTION guard.area(what text, act text) RETURNS guard.pathmultirange
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        SET plan_cache_mode = force_generic_plan AS $$
        DECLARE
            given text := guard.viewer();
            who text := regexp_replace(given, '^wall:', '');
            account_id uuid := CASE WHEN who ~ '^account:[0-9a-f-]{{36}}$'
                                    THEN substring(who FROM 9)::uuid END;
            areas guard.pathmultirange;
        BEGIN
            IF who IS NULL OR given <> who AND NOT EXISTS (
                SELECT FROM guard.role_right AS r
                 WHERE r.role = 'wall' AND r.what = area.what AND r.act = area.act) THEN
                RETURN '{{}}';
            END IF;
            SELECT range_agg(guard.pathrange(held.path, guard.after(held.path))) INTO areas FROM (
                SELECT a.path FROM guard.appointment a JOIN guard.role_right r USING (role)
                 WHERE a.viewer IN (who, 'everyone') AND a.during @> now()
                   AND r.what = area.what AND r.act = area.act
                {also_held}) AS held;
            RETURN COALESCE(areas, '{{}}');
        END $$;
    """


DUTIES = """
                UNION ALL
                SELECT d.path FROM public.account AS c JOIN public.duty AS d ON d.staff = c.staff
                 WHERE c.id = account_id AND c.closed_at IS NULL AND d.during @> now()
                   AND EXISTS (SELECT FROM guard.role_right AS r
                                WHERE r.role = 'worker' AND r.what = area.what AND r.act = area.act)
                UNION ALL
                SELECT d.path FROM public.account AS c
                  JOIN public.stand_in AS s ON s.by_staff = c.staff AND s.during @> now()
                  JOIN public.duty AS d ON d.staff = s.staff AND guard.within(d.path, s.path)
                 WHERE c.id = account_id AND c.closed_at IS NULL AND d.during @> now()
                   AND EXISTS (SELECT FROM guard.role_right AS r
                                WHERE r.role = 'worker' AND r.what = area.what AND r.act = area.act)
"""
"""The paths of a worker's duties, and of those it stands in for; here, where plans are kept."""


def guard_everywhere(table: str, what: str, *, all_read: bool = False) -> None:
    """Row security on a table without places: who holds ``what`` over everything writes it.

    The same decides who reads it, unless it is open to be read by all.
    """
    _guard(
        table,
        "true" if all_read else everywhere_test(what, "r"),
        everywhere_test(what, "w"),
        app_reads=True,
    )
    if all_read:
        op.execute(f"GRANT SELECT ON {table} TO gridmap_wall")


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
