"""What is asked of whom: errands, desks with their rota, visits; what is told, and to whom."""

from alembic import op

from migrations.policies import (
    area_test,
    as_owner,
    guard_by_path,
    guard_child_of_incident,
    guard_everywhere,
    wall_may_read,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _errands()
    _desks()
    _visits()
    _papers()
    _telling()
    _leaving()


def _errands() -> None:
    op.execute("""
        CREATE TABLE errand (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, incident uuid,
            kind text NOT NULL CHECK (kind IN
                ('whistle', 'mediation', 'referral', 'meeting', 'task', 'follow_up')),
            words text NOT NULL DEFAULT '', center uuid REFERENCES center,
            department uuid REFERENCES department,
            asked_by text NOT NULL, asked_at timestamptz NOT NULL, due_at timestamptz NOT NULL,
            arrived_at timestamptz, arrived_by text, arrived_point geometry(Point, 4326),
            answered_at timestamptz, answered_by text, answer text, outcome text,
            late_at timestamptz,
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON errand (path) WHERE answered_at IS NULL;
        CREATE INDEX ON errand (county, incident);
        CREATE INDEX ON errand (department) WHERE answered_at IS NULL;
        CREATE INDEX ON errand (due_at) WHERE arrived_at IS NULL AND answered_at IS NULL AND late_at IS NULL;
        COMMENT ON COLUMN errand.late_at IS 'When it was told that nobody had arrived by then.';
        COMMENT ON TABLE errand IS 'Something asked of someone; a whistle calls one department each.';
    """)
    mine = "department = ANY ((SELECT guard.bodies())::uuid[])"
    guard_by_path("errand", "errand", or_reads=mine)
    op.execute(f"""
        DROP POLICY u ON errand;
        CREATE POLICY u ON errand FOR UPDATE TO gridmap_app, gridmap_job
            USING ({area_test("errand", "w")} OR {mine})
            WITH CHECK ({area_test("errand", "w")} OR {mine});
    """)
    wall_may_read(
        "errand",
        "county",
        "id",
        "path",
        "incident",
        "kind",
        "due_at",
        "asked_at",
        "arrived_at",
        "answered_at",
    )


def _desks() -> None:
    op.execute("""
        CREATE TABLE desk (
            id uuid PRIMARY KEY, county integer NOT NULL REFERENCES county,
            path text COLLATE "C" NOT NULL, department uuid NOT NULL REFERENCES department,
            center uuid NOT NULL REFERENCES center,
            kind text NOT NULL CHECK (kind IN ('resident', 'rotating', 'on_call')),
            phone text, UNIQUE (department, center));
        COMMENT ON TABLE desk IS 'A department at a center: resident, rotating or on call.';
        CREATE TABLE shift (
            id uuid PRIMARY KEY, desk uuid NOT NULL REFERENCES desk ON DELETE CASCADE,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            name text NOT NULL, phone text, during tstzrange NOT NULL CHECK (NOT isempty(during)));
        CREATE INDEX ON shift (desk);
    """)
    op.execute("""
        CREATE FUNCTION guard.departments_for(place text) RETURNS TABLE (id uuid, name text, path text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT d.id, d.name, d.path FROM department AS d
             WHERE guard.within(place, d.path)
               AND COALESCE(place COLLATE "C" <@ guard.area('department', 'r'), false) $$;
        COMMENT ON FUNCTION guard.departments_for IS
            'Departments, also those above the viewer''s area, whose jurisdiction covers a place in it.';
        ALTER FUNCTION guard.departments_for(text) OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.departments_for(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.departments_for(text) TO gridmap_app, gridmap_job;
    """)
    guard_by_path("desk", "desk")
    guard_by_path("shift", "desk")


def _visits() -> None:
    op.execute("""
        CREATE TABLE visit (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, household uuid, incident uuid, plan uuid,
            by text NOT NULL, at timestamptz NOT NULL, received_at timestamptz NOT NULL,
            seen text NOT NULL, point geometry(Point, 4326),
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, household) REFERENCES household (county, id) ON DELETE CASCADE,
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON visit (path, at);
        CREATE INDEX ON visit (county, household);
        CREATE INDEX ON visit (county, incident) WHERE incident IS NOT NULL;
        CREATE TABLE visit_plan (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, household uuid, incident uuid,
            every text NOT NULL CHECK (every IN ('once', 'weekly', 'monthly', 'quarterly')),
            next_on date, until date, why text NOT NULL, planned_by text NOT NULL,
            PRIMARY KEY (county, id), CHECK (num_nonnulls(household, incident) >= 1),
            FOREIGN KEY (county, household) REFERENCES household (county, id) ON DELETE CASCADE,
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON visit_plan (path, next_on);
        CREATE INDEX ON visit_plan (county, household);
        CREATE INDEX ON visit_plan (county, incident) WHERE incident IS NOT NULL;
        CREATE UNIQUE INDEX one_call_back ON visit_plan (county, incident) WHERE why = 'call_back';
        COMMENT ON COLUMN visit_plan.next_on IS 'NULL once nothing is left to do.';
    """)
    guard_by_path("visit", "visit")
    # when somebody was in which grid, not with whom or what was seen
    wall_may_read("visit", "county", "path", "at")
    guard_by_path("visit_plan", "visit")


def _papers() -> None:
    op.execute("""
        CREATE TABLE attachment (
            county integer NOT NULL, id uuid NOT NULL, incident uuid NOT NULL,
            sha256 bytea, media_type text, bytes integer,
            name text NOT NULL, taken_lon double precision, taken_lat double precision,
            complete boolean NOT NULL DEFAULT false, added_by text NOT NULL, added_at timestamptz NOT NULL,
            PRIMARY KEY (county, id),
            CHECK (NOT complete OR num_nulls(sha256, media_type, bytes) = 0),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON attachment (county, incident);
        COMMENT ON COLUMN attachment.complete IS 'Not yet: its sender said that it will come.';
        COMMENT ON COLUMN attachment.taken_lon IS 'Where the picture says it was taken; stripped from the file.';
        CREATE TABLE export (
            id uuid PRIMARY KEY, owner text NOT NULL, what text NOT NULL, options jsonb NOT NULL,
            why text NOT NULL, state text NOT NULL CHECK (state IN ('asked', 'ready', 'failed', 'expired')),
            file_name text, rows integer, failure text, asked_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL);
        CREATE TABLE download (
            export uuid NOT NULL REFERENCES export ON DELETE CASCADE, n integer NOT NULL,
            who text NOT NULL, at timestamptz NOT NULL, source text, PRIMARY KEY (export, n));
    """)
    guard_child_of_incident("attachment")
    owner = "owner = (SELECT guard.viewer())"
    for table, test in (
        ("export", f"{owner} OR COALESCE(''::text <@ (SELECT guard.area('paper', 'r')), false)"),
        ("download", "EXISTS (SELECT FROM export AS e WHERE e.id = download.export)"),
    ):
        op.execute(f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON {table} TO gridmap_app, gridmap_job USING ({test}) WITH CHECK ({test});
            GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO gridmap_app, gridmap_job;
        """)


def _telling() -> None:
    op.execute("""
        CREATE TABLE notice (
            id uuid PRIMARY KEY, account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            kind text NOT NULL, urgent boolean NOT NULL, subject_kind text NOT NULL, subject_id uuid,
            why text NOT NULL, n integer NOT NULL DEFAULT 1, data jsonb NOT NULL DEFAULT '{}',
            batch uuid NOT NULL, made_at timestamptz NOT NULL,
            told_at timestamptz, seen_at timestamptz, UNIQUE (account, batch));
        CREATE INDEX ON notice (account, made_at);
        CREATE INDEX ON notice (made_at) WHERE told_at IS NULL;
        COMMENT ON COLUMN notice.n IS 'Of how many things the batch tells; which ones, is in data.';
        COMMENT ON COLUMN notice.told_at IS 'NULL until the daily digest, which tells it.';
        COMMENT ON TABLE notice IS 'Who was told what, when and why; one batch is one notice.';
        CREATE TABLE reader (name text PRIMARY KEY, snapshot pg_snapshot NOT NULL);
        COMMENT ON TABLE reader IS 'Up to where each follower of events has read: a snapshot, never an id.';
        CREATE TABLE webhook (
            id uuid PRIMARY KEY, url text NOT NULL, secret_sealed bytea NOT NULL,
            path text COLLATE "C" NOT NULL, kinds text[] NOT NULL DEFAULT '{}',
            created_by text NOT NULL, created_at timestamptz NOT NULL, stopped_at timestamptz);
        CREATE TABLE delivery (
            webhook uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
            county integer NOT NULL, event uuid NOT NULL, tries smallint NOT NULL DEFAULT 0,
            next_at timestamptz, done_at timestamptz, status integer,
            PRIMARY KEY (webhook, event));
        CREATE INDEX ON delivery (next_at) WHERE done_at IS NULL;
        COMMENT ON COLUMN delivery.next_at IS 'NULL once it arrived, or was given up.';

        CREATE FUNCTION guard.appointed()
        RETURNS TABLE (account uuid, role text, path text, body uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT c.id, a.role, a.path, a.body FROM guard.appointment AS a
              JOIN account AS c ON 'account:' || c.id = a.viewer AND c.closed_at IS NULL
             WHERE guard.viewer() = 'job:teller' AND a.during @> now() $$;
        COMMENT ON FUNCTION guard.appointed IS 'Who holds which role where: for who tells them.';
        ALTER FUNCTION guard.appointed() OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.appointed() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.appointed() TO gridmap_job;
    """)
    mine = "'account:' || account = (SELECT guard.viewer())"
    guard_by_path("notice", "notice", or_reads=mine)
    op.execute(f"""
        CREATE POLICY seen ON notice FOR UPDATE TO gridmap_app USING ({mine}) WITH CHECK ({mine});
        REVOKE INSERT, UPDATE, DELETE ON notice FROM gridmap_app;
        GRANT UPDATE (seen_at) ON notice TO gridmap_app;
    """)
    guard_by_path("webhook", "webhook")
    guard_everywhere("reader", "notice")
    guard_everywhere("delivery", "webhook")


def _leaving() -> None:
    """Whoever gives a worker's duties may close the account of one who leaves, and no other."""
    op.execute("""
        CREATE FUNCTION guard.close_leaver(leaver uuid, at timestamptz)
        RETURNS TABLE (id uuid, path text, closed boolean)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM duty AS d WHERE d.staff = leaver AND d.during @> now())
               OR EXISTS (SELECT FROM duty AS d WHERE d.staff = leaver AND d.during @> now()
                             AND NOT COALESCE(d.path <@ guard.area('duty', 'w'), false)) THEN
                RAISE EXCEPTION 'not allowed to end these duties' USING ERRCODE = '42501';
            END IF;
            RETURN QUERY
            WITH gone AS (
                UPDATE account AS a SET closed_at = at
                 WHERE a.staff = leaver AND a.closed_at IS NULL AND NOT EXISTS (
                       SELECT FROM guard.appointment AS p
                        WHERE p.viewer = 'account:' || a.id AND p.during @> now())
                RETURNING a.id)
            SELECT a.id, a.path, a.id IN (SELECT gone.id FROM gone)
              FROM account AS a WHERE a.staff = leaver AND a.closed_at IS NULL;
        END $$;
        COMMENT ON FUNCTION guard.close_leaver IS
            'Who holds another role, too, keeps the account: only who keeps accounts may close it.';
        ALTER FUNCTION guard.close_leaver(uuid, timestamptz) OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.close_leaver(uuid, timestamptz) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.close_leaver(uuid, timestamptz) TO gridmap_app;
        GRANT UPDATE (closed_at) ON account TO gridmap_guard;
        CREATE POLICY leaves ON account FOR UPDATE TO gridmap_guard USING (true) WITH CHECK (true);
    """)
    as_owner(
        "policy",
        """INSERT INTO policy VALUES
               ('keep_days', 1, '-infinity', '{"notices": 365, "deliveries": 90}', 'gridmap')""",
    )


def downgrade() -> None:
    as_owner("policy", "DELETE FROM policy WHERE name = 'keep_days'")
    op.execute("""
        DROP FUNCTION guard.close_leaver;
        DROP POLICY leaves ON account;
        DROP TABLE delivery, webhook, reader, notice, download, export, attachment, visit_plan, visit,
            shift, desk, errand;
        DROP FUNCTION guard.appointed, guard.departments_for;
    """)
