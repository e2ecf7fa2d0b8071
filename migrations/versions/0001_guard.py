"""The guard: who the viewer is, and which areas that viewer may read and write."""

from alembic import op

from migrations.policies import area_function

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTION = "LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
    op.execute("CREATE SCHEMA guard")
    op.execute(
        "GRANT USAGE ON SCHEMA guard, public TO gridmap_app, gridmap_wall, gridmap_job, gridmap_guard"
    )
    op.execute("""
        CREATE TYPE guard.pathrange AS RANGE
            (subtype = text, collation = "C", multirange_type_name = guard.pathmultirange);

        CREATE TABLE guard.viewer_key (key bytea NOT NULL);
        CREATE TABLE guard.role_right (
            role text NOT NULL, what text NOT NULL, act text NOT NULL CHECK (act IN ('r', 'w')),
            PRIMARY KEY (role, what, act));
        CREATE TABLE guard.appointment (
            viewer text NOT NULL, role text NOT NULL, path text COLLATE "C" NOT NULL,
            body uuid, during tstzrange NOT NULL DEFAULT '(,)', granted_by text,
            UNIQUE NULLS NOT DISTINCT (viewer, role, path, body));
        COMMENT ON TABLE guard.appointment IS
            'Who has which role over which area, and when; the viewer ''everyone'' stands for all of them.';
        COMMENT ON COLUMN guard.appointment.body IS 'The center or department for which somebody acts.';
        GRANT SELECT ON guard.viewer_key, guard.role_right, guard.appointment TO gridmap_guard;
    """)
    op.execute("""
        CREATE FUNCTION guard.after(path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT CASE WHEN path = '' THEN NULL ELSE left(path, -1) || '0' END $$;
        COMMENT ON FUNCTION guard.after IS 'The first path after all that lie within this one.';

        CREATE FUNCTION guard.within(path text, area text) RETURNS boolean
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT path COLLATE "C" >= area COLLATE "C"
              AND (area = '' OR path COLLATE "C" < guard.after(area) COLLATE "C") $$;
    """)
    op.execute(f"""
        CREATE FUNCTION guard.viewer() RETURNS text {FUNCTION} AS $$
        DECLARE
            given text := current_setting('gridmap.viewer', true);
            part text[] := string_to_array(given, '|');
            genuine boolean;
        BEGIN
            IF given IS NULL OR length(given) > 300 OR given !~ '^[^|]+\\|[0-9]{{1,12}}\\|[0-9]{{1,9}}\\|[0-9a-f]+$' THEN
                RETURN NULL;
            END IF;
            IF to_timestamp(part[2]::bigint) < now() OR part[3]::int NOT IN (0, pg_backend_pid())
               OR length(part[4]) <> 64 THEN
                RETURN NULL;
            END IF;
            SELECT sha256(public.hmac(convert_to(concat_ws('|', part[1], part[2], part[3]), 'UTF8'), key, 'sha256'))
                   = sha256(decode(part[4], 'hex'))
              INTO genuine FROM guard.viewer_key;
            RETURN CASE WHEN genuine THEN part[1] END;
        END $$;
    """)
    op.execute(area_function())
    op.execute("""
        GRANT CREATE, USAGE ON SCHEMA guard TO gridmap_guard, gridmap_owner;
        ALTER FUNCTION guard.viewer() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.area(text, text) OWNER TO gridmap_guard;
        REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA guard TO gridmap_app, gridmap_wall, gridmap_job, gridmap_guard;
    """)
    op.execute("""
        INSERT INTO guard.role_right (role, what, act)
        SELECT 'administrator', what, act
          FROM unnest('{boundary,center,department,duty,household,incident,warning,event,import}'::text[]) what,
               unnest('{r,w}'::text[]) act;
        INSERT INTO guard.role_right VALUES
            ('administrator', 'name', 'w'),
            ('stranger', 'boundary', 'r'), ('stranger', 'center', 'r'), ('stranger', 'duty', 'r'),
            ('stranger', 'department', 'r'),
            ('intake', 'incident', 'r'), ('intake', 'incident', 'w'), ('intake', 'household', 'r'),
            ('intake', 'event', 'r'), ('intake', 'event', 'w'),
            ('importer', 'import', 'r'), ('importer', 'import', 'w');
        INSERT INTO guard.appointment VALUES
            ('everyone', 'stranger', ''), ('local:administrator', 'administrator', ''),
            ('job:intake', 'intake', ''), ('job:import', 'importer', '');
    """)


def downgrade() -> None:
    op.execute("DROP SCHEMA guard CASCADE")
