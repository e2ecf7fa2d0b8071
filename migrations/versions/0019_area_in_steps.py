"""A viewer's areas, for which every statement waits, are found in two thirds of the time.

They are looked for in steps. What is joined is prepared at once, which costs more than to find a
row: rights are looked up for each of a viewer's few roles, duties only for accounts of staff. The range of an appointment
is kept beside its path.
"""

from alembic import op

from migrations.policies import DUTIES, area_function

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE guard.appointment ADD COLUMN range guard.pathrange NOT NULL
            GENERATED ALWAYS AS (guard.pathrange(path, guard.after(path))) STORED;
    """)
    op.execute(f"""
        CREATE OR REPLACE FUNCTION guard.area(what text, act text) RETURNS guard.pathmultirange
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        SET plan_cache_mode = force_generic_plan AS $$
        DECLARE
            given text := guard.viewer();
            who text := CASE WHEN starts_with(given, 'wall:') THEN substr(given, 6) ELSE given END;
            account_id uuid := CASE WHEN who LIKE 'account:________-____-____-____-____________'
                                    THEN substr(who, 9)::uuid END;
            staff_id uuid;
            areas guard.pathmultirange;
            on_duty guard.pathmultirange;
        BEGIN
            IF who IS NULL OR given <> who AND NOT {_held_by("'wall'")} THEN
                RETURN '{{}}';
            END IF;
            SELECT range_agg(a.range), (
                   SELECT c.staff FROM public.account AS c
                    WHERE c.id = account_id AND c.closed_at IS NULL)
              INTO areas, staff_id
              FROM guard.appointment AS a
             WHERE a.viewer IN (who, 'everyone') AND a.during @> now()
               AND {_held_by("a.role")};
            IF staff_id IS NOT NULL AND {_held_by("'worker'")} THEN
                SELECT range_agg(guard.pathrange(held.path, guard.after(held.path))) INTO on_duty
                  FROM (SELECT d.path FROM public.duty AS d
                         WHERE d.staff = staff_id AND d.during @> now()
                        UNION ALL
                        SELECT d.path FROM public.stand_in AS s
                          JOIN public.duty AS d
                            ON d.staff = s.staff AND guard.within(d.path, s.path)
                         WHERE s.by_staff = staff_id AND s.during @> now()
                           AND d.during @> now()) AS held;
            END IF;
            RETURN COALESCE(areas + on_duty, areas, on_duty, '{{}}');
        END $$;
    """)


def _held_by(role: str) -> str:
    """Whether the role has the right; without ``OFFSET`` it is joined, and all rights are read."""
    return f"""EXISTS (
                SELECT FROM guard.role_right AS r
                 WHERE r.role = {role} AND r.what = area.what AND r.act = area.act OFFSET 0)"""


def downgrade() -> None:
    op.execute(area_function(DUTIES))
    op.execute("ALTER TABLE guard.appointment DROP COLUMN range")
