"""Imports: staged rows that only their owner sees, and the jobs' queue."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE import (
            id uuid PRIMARY KEY, owner text NOT NULL, kind text NOT NULL,
            file_name text NOT NULL, file_hash bytea NOT NULL,
            mapping jsonb NOT NULL DEFAULT '{}', crs text, options jsonb NOT NULL DEFAULT '{}',
            state text NOT NULL CHECK (state IN
                ('uploaded', 'staging', 'staged', 'loading', 'loaded', 'thrown_away', 'taken_back', 'failed')),
            summary jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL,
            finished_at timestamptz);
        ALTER TABLE import ENABLE ROW LEVEL SECURITY;
        ALTER TABLE import FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON import TO gridmap_app USING (owner = (SELECT guard.viewer()))
            WITH CHECK (owner = (SELECT guard.viewer()));
        CREATE POLICY job ON import TO gridmap_job USING ((SELECT guard.viewer()) = 'job:import')
            WITH CHECK ((SELECT guard.viewer()) = 'job:import');
        GRANT SELECT, INSERT, UPDATE ON import TO gridmap_app, gridmap_job;

        CREATE UNLOGGED TABLE import_row (
            import uuid NOT NULL, row integer NOT NULL, id uuid NOT NULL, county integer NOT NULL,
            path text COLLATE "C" NOT NULL, key text NOT NULL, fields text[] NOT NULL,
            shape geometry(Geometry, 4326));
        CREATE INDEX ON import_row (import, row);
        GRANT SELECT, INSERT, UPDATE, DELETE ON import_row TO gridmap_job;
        CREATE VIEW own_import_row WITH (security_barrier) AS
            SELECT r.* FROM import_row AS r JOIN import AS i ON i.id = r.import
             WHERE i.owner = (SELECT guard.viewer());
        ALTER VIEW own_import_row OWNER TO gridmap_guard;
        GRANT SELECT, DELETE ON import_row TO gridmap_guard;
        GRANT SELECT ON import TO gridmap_guard;
        GRANT SELECT ON own_import_row TO gridmap_app;
        COMMENT ON VIEW own_import_row IS 'Staged rows, seen by the owner of their import only.';
    """)
    connection = op.get_bind().connection
    with connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())
    op.execute("""
        GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events,
            procrastinate_periodic_defers, procrastinate_workers TO gridmap_job;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gridmap_job;

        -- the application hands jobs over in its own transaction and sees nothing of the queue
        CREATE FUNCTION guard.enqueue(task text, args jsonb, one_at_a_time text) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF guard.viewer() IS NULL THEN
                RAISE insufficient_privilege USING MESSAGE = 'no viewer';
            END IF;
            RETURN (procrastinate_defer_jobs_v1(ARRAY[ROW('default', task, 0, one_at_a_time, NULL,
                args, NULL)::procrastinate_job_to_defer_v1]))[1];
        END $$;
        ALTER FUNCTION guard.enqueue(text, jsonb, text) OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.enqueue(text, jsonb, text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.enqueue(text, jsonb, text) TO gridmap_app, gridmap_job;
        GRANT SELECT, INSERT ON procrastinate_jobs, procrastinate_events TO gridmap_guard;
        GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq
            TO gridmap_guard;
    """)


def downgrade() -> None:
    op.execute("""
        DROP FUNCTION guard.enqueue(text, jsonb, text);
        DROP VIEW own_import_row;
        DROP TABLE import_row, import;
        DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
    """)
    op.execute("""
        DO $$ DECLARE f regprocedure; t regtype; BEGIN
            FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE 'DROP FUNCTION ' || f || ' CASCADE';
            END LOOP;
            FOR t IN SELECT oid FROM pg_type WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
                EXECUTE 'DROP TYPE ' || t || ' CASCADE';
            END LOOP;
        END $$
    """)
