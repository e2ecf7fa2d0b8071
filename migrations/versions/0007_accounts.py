"""Accounts with their sessions, links, tokens and kiosks; dated appointments; the audit trail."""

from alembic import op

from migrations.policies import (
    DUTIES,
    area_function,
    area_test,
    guard_by_path,
    guard_child_of_incident,
    guard_everywhere,
    open_to_all,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
RIGHTS = {
    "administrator": {
        "rw": "account catalog visit errand desk webhook export token kiosk",
        "r": "audit reveal notice",
    },
    "commander": {
        "r": "boundary center department duty household incident warning event errand visit desk export",
        "w": "warning event export",
    },
    "center_officer": {
        "r": "boundary center department duty reveal",
        "rw": "household incident warning event errand visit desk import export",
        "w": "name duty",
    },
    "worker": {
        "r": "boundary center department duty errand desk",
        "rw": "household name incident event visit",
    },
    "planner": {
        "r": "center department duty household incident warning event",
        "rw": "boundary import export",
        "w": "event",
    },
    "department_officer": {"r": "boundary center department duty desk", "rw": "export"},
    "auditor": {"r": "boundary audit"},
    "wall": {"r": "boundary center incident warning event errand visit"},
    "token_read": {"r": "boundary center incident warning event"},
    "token_report": {"r": "boundary center"},
    "door": {"rw": "account door", "r": "center"},
    "caseworker": {
        "rw": "incident event errand visit",
        "r": "boundary center department duty household account desk",
    },
    "clock": {
        "rw": "incident event errand notice",
        "r": "boundary center department duty account visit",
    },
    "teller": {
        "rw": "notice webhook",
        "r": "boundary center duty event incident errand account warning visit",
    },
    "eraser": {"rw": "household name incident event", "r": "boundary"},
    "keysmith": {"rw": "name incident account webhook", "r": "household boundary"},
    "archivist": {"rw": "paper"},
    "follower": {"r": "boundary center"},
}
"""Role → which acts on what; over which area is a row of its own for each viewer."""
JOBS = {
    "door": "door",
    "casework": "caseworker",
    "clock": "clock",
    "teller": "teller",
    "eraser": "eraser",
    "keys": "keysmith",
    "exports": "archivist",
}


def upgrade() -> None:
    _accounts()
    _bodies()
    _appointments()
    _keeping()
    _audit()
    _rights()


def _accounts() -> None:
    op.execute("""
        CREATE TABLE account (
            id uuid PRIMARY KEY, login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
            name text NOT NULL, staff uuid REFERENCES staff,
            path text COLLATE "C" NOT NULL,
            password text, totp_sealed bytea, totp_on boolean NOT NULL DEFAULT false,
            totp_step bigint NOT NULL DEFAULT 0, oidc_subject text UNIQUE,
            failures smallint NOT NULL DEFAULT 0, locked_until timestamptz,
            closed_at timestamptz, created_at timestamptz NOT NULL, looked_at timestamptz);
        CREATE INDEX ON account (staff);
        COMMENT ON COLUMN account.path IS 'The area whose administrator keeps the account.';
        COMMENT ON COLUMN account.totp_step IS 'The last time step that was used: no code opens twice.';
        CREATE TABLE web_session (
            id bytea PRIMARY KEY, account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            viewing_as uuid REFERENCES account ON DELETE CASCADE,
            created_at timestamptz NOT NULL, seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL, source text NOT NULL,
            how text NOT NULL DEFAULT 'password' CHECK (how IN ('password', 'link', 'oidc')));
        CREATE INDEX ON web_session (account);
        COMMENT ON COLUMN web_session.id IS 'The SHA-256 of the cookie: a stolen table opens nothing.';
        CREATE TABLE sign_in_link (
            id bytea PRIMARY KEY, account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            expires_at timestamptz NOT NULL, used_at timestamptz);
        CREATE TABLE api_token (
            id uuid PRIMARY KEY, hash bytea NOT NULL UNIQUE, name text NOT NULL,
            path text COLLATE "C" NOT NULL, created_by text NOT NULL,
            created_at timestamptz NOT NULL, expires_at timestamptz, revoked_at timestamptz,
            used_at timestamptz);
        CREATE TABLE kiosk (
            id uuid PRIMARY KEY, hash bytea NOT NULL UNIQUE, name text NOT NULL,
            path text COLLATE "C" NOT NULL, page text NOT NULL, created_by text NOT NULL,
            created_at timestamptz NOT NULL, revoked_at timestamptz, seen_at timestamptz);
        CREATE TABLE stand_in (
            id uuid PRIMARY KEY, staff uuid NOT NULL REFERENCES staff, by_staff uuid NOT NULL REFERENCES staff,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            during tstzrange NOT NULL CHECK (NOT isempty(during)), why text NOT NULL,
            CHECK (staff <> by_staff),
            EXCLUDE USING gist (staff WITH =, during WITH &&));
        COMMENT ON COLUMN stand_in.during IS 'Until the visible date of return.';
        CREATE UNLOGGED TABLE rate (
            key text NOT NULL, window_start timestamptz NOT NULL, n integer NOT NULL,
            PRIMARY KEY (key, window_start));
        COMMENT ON TABLE rate IS 'How often something was tried, over all processes; hashed keys.';
    """)
    guard_by_path(
        "account", "account", app_reads=False, or_reads="'account:' || id = (SELECT guard.viewer())"
    )
    public = "id, login, name, staff, path, totp_on, failures, locked_until, closed_at, created_at, looked_at"
    op.execute(f"""
        GRANT SELECT ({public}) ON account TO gridmap_app;
        REVOKE INSERT, UPDATE, DELETE ON account FROM gridmap_app;
        GRANT INSERT (id, login, name, staff, path, created_at) ON account TO gridmap_app;
        GRANT UPDATE (name, staff, path, failures, locked_until, closed_at), DELETE ON account TO gridmap_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON account TO gridmap_job;
    """)
    for table in ("web_session", "sign_in_link"):
        guard_everywhere(table, "door")
        op.execute(
            f"REVOKE SELECT, INSERT, UPDATE, DELETE ON {table} FROM gridmap_app, gridmap_wall"
        )
    for table, what in (("api_token", "token"), ("kiosk", "kiosk")):
        guard_by_path(
            table, what, or_reads="COALESCE(''::text <@ (SELECT guard.area('door', 'r')), false)"
        )
        op.execute(f"""
            CREATE POLICY used ON {table} FOR UPDATE TO gridmap_job
                USING (COALESCE(''::text <@ (SELECT guard.area('door', 'r')), false));
        """)
    guard_by_path("stand_in", "duty")
    open_to_all("rate")


def _bodies() -> None:
    """For whom a viewer acts: its centers and departments; and what they were called in to."""
    op.execute(f"""
        CREATE TABLE incident_access (
            county integer NOT NULL, incident uuid NOT NULL, body uuid NOT NULL,
            since timestamptz NOT NULL, until timestamptz,
            PRIMARY KEY (county, incident, body),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON incident_access (body);
        COMMENT ON TABLE incident_access IS
            'Centers and departments that may see an incident outside their area, beside the path.';

        -- plpgsql keeps its plans, and every statement on incidents asks these
        CREATE FUNCTION guard.bodies() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL RESTRICTED {DEFINER} AS $$
        DECLARE who text := guard.viewer();
        BEGIN
            RETURN (SELECT COALESCE(array_agg(a.body), '{{}}') FROM guard.appointment AS a
                     WHERE a.viewer = who AND a.body IS NOT NULL AND a.during @> now());
        END $$;
        CREATE FUNCTION guard.called_in() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL RESTRICTED {DEFINER} AS $$
        DECLARE
            who text := guard.viewer();
            own uuid[];
        BEGIN
            IF who ~ '^follow:[0-9a-f-]{{36}}$' THEN
                RETURN ARRAY(SELECT r.incident FROM report AS r WHERE r.id = substring(who FROM 8)::uuid);
            END IF;
            own := guard.bodies();
            IF own = '{{}}' THEN
                RETURN own;
            END IF;
            RETURN ARRAY(SELECT i.incident FROM incident_access AS i
                          WHERE i.body = ANY (own) AND (i.until IS NULL OR i.until > now()));
        END $$;
        CREATE INDEX ON report (id);
        COMMENT ON FUNCTION guard.called_in IS
            'Incidents that the viewer may see beside its area: called in to, or followed by code.';
        ALTER FUNCTION guard.bodies() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.called_in() OWNER TO gridmap_guard;
        GRANT SELECT ON incident_access, report, duty, account, staff, stand_in TO gridmap_guard;
        DROP POLICY r ON incident;
        CREATE POLICY r ON incident FOR SELECT TO gridmap_app, gridmap_wall, gridmap_job USING (
            COALESCE(path <@ (SELECT guard.area('incident', 'r')), false)
            OR id = ANY ((SELECT guard.called_in())::uuid[]));
    """)
    guard_child_of_incident("incident_access")


def _appointments() -> None:
    """A worker's area is that of the duty; all else is appointed by who keeps the area's accounts."""
    op.execute(f"""
        CREATE FUNCTION guard.held_duties(account uuid) RETURNS TABLE (duty uuid, path text)
        LANGUAGE sql STABLE PARALLEL RESTRICTED {DEFINER} AS $$
            SELECT d.id, d.path FROM account AS a
              JOIN duty AS d ON d.staff = a.staff OR d.staff IN (
                   SELECT s.staff FROM stand_in AS s
                    WHERE s.by_staff = a.staff AND s.during @> now() AND guard.within(d.path, s.path))
             WHERE a.id = held_duties.account AND a.closed_at IS NULL AND d.during @> now() $$;
        COMMENT ON FUNCTION guard.held_duties IS 'The duties of an account, and of those it stands in for.';
        ALTER FUNCTION guard.held_duties(uuid) OWNER TO gridmap_guard;
    """)
    op.execute(area_function(DUTIES))
    op.execute(f"""
        CREATE FUNCTION guard.may_appoint(over text) RETURNS boolean LANGUAGE sql STABLE AS
            $$ SELECT COALESCE(over <@ guard.area('account', 'w'), false) $$;
        CREATE FUNCTION guard.may_act_for(body uuid) RETURNS boolean LANGUAGE sql STABLE AS
            $$ SELECT body IS NULL
                   OR EXISTS (SELECT FROM center AS c WHERE c.id = body AND guard.may_appoint(c.path))
                   OR EXISTS (SELECT FROM department AS d WHERE d.id = body AND guard.may_appoint(d.path)) $$;
        COMMENT ON FUNCTION guard.may_act_for IS
            'Who acts for a body sees what it is called in to: only who keeps the body''s area gives that.';
        CREATE FUNCTION guard.fits(who text, role text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
            $$ SELECT who ~ '^(account|token|kiosk):[0-9a-f-]{{36}}$' AND role = ANY (
                   CASE split_part(who, ':', 1) WHEN 'kiosk' THEN '{{wall}}'::text[]
                        WHEN 'token' THEN '{{token_read,token_report}}'
                        ELSE '{{administrator,commander,center_officer,planner,department_officer,auditor}}'
                   END) $$;
        CREATE FUNCTION guard.roles(who text) RETURNS TABLE (role text, path text, body uuid)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT a.role, a.path, a.body FROM guard.appointment AS a
             WHERE a.viewer = who AND a.during @> now()
               AND (who = guard.viewer() OR guard.may_appoint(a.path) OR guard.viewer() = 'job:door')
            UNION
            SELECT 'worker', d.path, NULL FROM account AS c, guard.held_duties(c.id) AS d
             WHERE 'account:' || c.id = who
               AND (who = guard.viewer() OR guard.may_appoint(d.path) OR guard.viewer() = 'job:door') $$;
        CREATE FUNCTION guard.appoint(
            who text, as_role text, over text, for_body uuid, since timestamptz, until timestamptz)
        RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF NOT guard.may_appoint(over) OR NOT guard.may_act_for(for_body)
               OR NOT guard.fits(who, as_role) THEN
                RAISE EXCEPTION 'not allowed to appoint over %', over USING ERRCODE = '42501';
            END IF;
            INSERT INTO guard.appointment (viewer, role, path, body, during, granted_by)
            VALUES (who, as_role, over, for_body, tstzrange(since, until), guard.viewer())
            ON CONFLICT (viewer, role, path, body)
            DO UPDATE SET during = EXCLUDED.during, granted_by = EXCLUDED.granted_by;
        END $$;
        CREATE FUNCTION guard.dismiss(who text, role text, over text) RETURNS integer
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE gone integer;
        BEGIN
            DELETE FROM guard.appointment AS a
             WHERE a.viewer = who AND a.role = dismiss.role AND a.path = over AND guard.may_appoint(over);
            GET DIAGNOSTICS gone = ROW_COUNT;
            RETURN gone;
        END $$;
        CREATE FUNCTION guard.display(who text) RETURNS text LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT COALESCE((SELECT name FROM account WHERE 'account:' || id = who),
                            (SELECT name FROM api_token WHERE 'token:' || id = who),
                            (SELECT name FROM kiosk WHERE 'kiosk:' || id = who), who) $$;
        COMMENT ON FUNCTION guard.display IS 'The name of who acted: of staff and officers, never of residents.';
        CREATE FUNCTION guard.someone_signed_in() RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT EXISTS (SELECT FROM account WHERE looked_at IS NOT NULL) $$;
    """)
    op.execute(f"""
        CREATE FUNCTION guard.households_in(low text, high text)
        RETURNS TABLE (path text, n bigint) LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT h.path, count(*) FROM household AS h
             WHERE h.path COLLATE "C" >= low AND (high IS NULL OR h.path COLLATE "C" < high)
               AND COALESCE(h.path <@ (SELECT guard.area('incident', 'r')), false)
             GROUP BY h.path $$;
        COMMENT ON FUNCTION guard.households_in IS
            'How many households each grid has, for viewers who may see none of them: the base of rates.';
        GRANT SELECT ON household TO gridmap_guard;
    """)
    for name in (
        "households_in(text, text)",
        "may_appoint(text)",
        "may_act_for(uuid)",
        "fits(text, text)",
        "roles(text)",
        "appoint(text, text, text, uuid, timestamptz, timestamptz)",
        "dismiss(text, text, text)",
        "display(text)",
        "someone_signed_in()",
    ):
        op.execute(f"ALTER FUNCTION guard.{name} OWNER TO gridmap_guard")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON guard.appointment TO gridmap_guard")
    op.execute("GRANT SELECT ON api_token, kiosk, center, department TO gridmap_guard")


def _keeping() -> None:
    """Who keeps an account; and that a change of its rights ends its sessions in the same breath."""
    op.execute(f"""
        CREATE FUNCTION guard.appointments(who text)
        RETURNS TABLE (role text, path text, body uuid, since timestamptz, until timestamptz)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT a.role, a.path, a.body, lower(a.during), upper(a.during) FROM guard.appointment AS a
             WHERE a.viewer = who AND (who = guard.viewer() OR guard.may_appoint(a.path)) $$;
        COMMENT ON FUNCTION guard.appointments IS 'Past and coming ones too, for who keeps them.';
        CREATE FUNCTION guard.manages(account uuid) RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT EXISTS (SELECT FROM account AS a WHERE a.id = manages.account AND guard.may_appoint(a.path))
               AND NOT EXISTS (
                   SELECT FROM guard.appointment AS p
                    WHERE p.viewer = 'account:' || manages.account
                      AND COALESCE(upper(p.during) > now(), true) AND NOT guard.may_appoint(p.path))
               AND NOT EXISTS (
                   SELECT FROM guard.held_duties(manages.account) AS d WHERE NOT guard.may_appoint(d.path)) $$;
        COMMENT ON FUNCTION guard.manages IS
            'A link or a view opens all that the account may see: all of it must lie in the keeper''s area.';
        CREATE FUNCTION guard.keepers() RETURNS TABLE (name text, path text)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT DISTINCT k.name, p.path FROM account AS a
              JOIN guard.appointment AS p ON p.role = 'administrator' AND p.during @> now()
                   AND guard.within(a.path, p.path)
              JOIN account AS k ON 'account:' || k.id = p.viewer AND k.closed_at IS NULL
             WHERE 'account:' || a.id = guard.viewer() $$;
        COMMENT ON FUNCTION guard.keepers IS 'The administrators over the viewer''s account: whom to ask.';
        CREATE FUNCTION guard.token_reports(token text, place text) RETURNS boolean
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT EXISTS (SELECT FROM guard.appointment AS p
                            WHERE p.viewer = token AND p.role = 'token_report' AND p.during @> now()
                              AND guard.within(place, p.path)) $$;
        CREATE FUNCTION guard.dismiss_all(over text) RETURNS void LANGUAGE sql {DEFINER} AS $$
            DELETE FROM guard.appointment AS a
             WHERE over <> '' AND guard.within(a.path, over) AND guard.may_appoint(over) $$;

        CREATE FUNCTION guard.end_sessions() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE viewers text[] := ARRAY[]::text[];
        BEGIN
            IF TG_TABLE_NAME = 'account' THEN
                viewers := ARRAY['account:' || NEW.id];
            ELSE
                viewers := ARRAY[CASE WHEN TG_OP <> 'DELETE' THEN NEW.viewer END,
                                 CASE WHEN TG_OP <> 'INSERT' THEN OLD.viewer END];
            END IF;
            DELETE FROM web_session AS s
             WHERE 'account:' || s.account = ANY (viewers) OR 'account:' || s.viewing_as = ANY (viewers);
            RETURN NULL;
        END $$;
        CREATE FUNCTION guard.staff_is_kept() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF EXISTS (SELECT FROM duty AS d WHERE d.staff = NEW.staff AND d.during @> now()
                          AND NOT guard.may_appoint(d.path)) THEN
                RAISE EXCEPTION 'not allowed to give these duties' USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        END $$;
        COMMENT ON FUNCTION guard.staff_is_kept IS
            'An account of a worker has the worker''s grids: who makes it must keep them.';
    """)
    for name in (
        "appointments(text)",
        "manages(uuid)",
        "keepers()",
        "token_reports(text, text)",
        "dismiss_all(text)",
        "end_sessions()",
        "staff_is_kept()",
    ):
        op.execute(f"ALTER FUNCTION guard.{name} OWNER TO gridmap_guard")
    op.execute("""
        GRANT SELECT, DELETE ON web_session TO gridmap_guard;
        CREATE POLICY ends ON web_session FOR DELETE TO gridmap_guard USING (true);
        CREATE TRIGGER rights_changed AFTER INSERT OR UPDATE OR DELETE ON guard.appointment
            FOR EACH ROW EXECUTE FUNCTION guard.end_sessions();
        CREATE TRIGGER rights_changed AFTER UPDATE OF closed_at, staff, path ON account
            FOR EACH ROW EXECUTE FUNCTION guard.end_sessions();
        CREATE TRIGGER staff_is_kept BEFORE INSERT OR UPDATE OF staff ON account
            FOR EACH ROW WHEN (NEW.staff IS NOT NULL AND current_user = 'gridmap_app')
            EXECUTE FUNCTION guard.staff_is_kept();
    """)


def _audit() -> None:
    op.execute(f"""
        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(), at timestamptz NOT NULL,
            who text NOT NULL, what text NOT NULL, subject_kind text NOT NULL,
            county integer, subject_id uuid, path text COLLATE "C" NOT NULL,
            source text, why text, data jsonb NOT NULL DEFAULT '{{}}',
            stamped_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX ON audit (at);
        COMMENT ON COLUMN audit.stamped_at IS 'By the database''s own clock, whatever the program says.';
        CREATE FUNCTION guard.never() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION guard.never();
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION guard.never();
        ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
        ALTER TABLE audit FORCE ROW LEVEL SECURITY;
        CREATE POLICY r ON audit FOR SELECT TO gridmap_app, gridmap_job
            USING (COALESCE(path <@ (SELECT guard.area('audit', 'r')), false));
        CREATE POLICY writes ON audit FOR INSERT TO gridmap_guard WITH CHECK (true);
        GRANT SELECT ON audit TO gridmap_app;
        GRANT SELECT, INSERT ON audit TO gridmap_guard;

        CREATE FUNCTION guard.write_audit(
            at timestamptz, what text, subject_kind text, county integer, subject_id uuid,
            path text, source text, why text, data jsonb)
        RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE made bigint;
        BEGIN
            IF guard.viewer() IS NULL THEN
                RAISE EXCEPTION 'nobody acts' USING ERRCODE = '42501';
            END IF;
            INSERT INTO audit (at, who, what, subject_kind, county, subject_id, path, source, why, data)
            VALUES (at, guard.viewer(), what, subject_kind, county, subject_id, path, source, why, data)
            RETURNING id INTO made;
            RETURN made;
        END $$;
        CREATE FUNCTION guard.audit(
            at timestamptz, what text, subject_kind text, county integer, subject_id uuid,
            path text, source text, why text, data jsonb)
        RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF what IN ('reveal', 'number_searched') THEN
                RAISE EXCEPTION 'not allowed to write a ticket' USING ERRCODE = '42501';
            END IF;
            RETURN guard.write_audit(at, what, subject_kind, county, subject_id, path, source, why, data);
        END $$;
        COMMENT ON FUNCTION guard.audit IS
            'All acts but those whose row is a ticket: these write it where the right was checked.';
        ALTER FUNCTION guard.write_audit(timestamptz, text, text, integer, uuid, text, text, text, jsonb)
            OWNER TO gridmap_guard;
        ALTER FUNCTION guard.audit(timestamptz, text, text, integer, uuid, text, text, text, jsonb)
            OWNER TO gridmap_guard;

        CREATE FUNCTION guard.reveal_ask(
            at timestamptz, kind text, county integer, id uuid, why text, source text)
        RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE place text;
        BEGIN
            IF COALESCE(length(trim(why)), 0) < 2 THEN
                RAISE EXCEPTION 'a reason is needed' USING ERRCODE = '22023';
            END IF;
            IF kind = 'person' THEN
                SELECT p.path INTO place FROM person_private AS p
                 WHERE p.county = reveal_ask.county AND p.id = reveal_ask.id;
            ELSE
                SELECT i.path INTO place FROM report AS r
                  JOIN incident AS i ON i.county = r.county AND i.id = r.incident
                 WHERE r.county = reveal_ask.county AND r.id = reveal_ask.id;
            END IF;
            IF NOT COALESCE(place <@ guard.area('reveal', 'r'), false) THEN
                RAISE EXCEPTION 'not allowed to reveal' USING ERRCODE = '42501';
            END IF;
            RETURN guard.write_audit(at, 'reveal', kind, county, id, place, source, why, '{{}}');
        END $$;
        CREATE FUNCTION guard.ticket(number bigint, what text) RETURNS audit
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE asked audit;
        BEGIN
            SELECT * INTO asked FROM audit AS a
             WHERE a.id = number AND a.what = ticket.what AND a.who = guard.viewer()
               AND a.stamped_at > now() - interval '60 s'
               AND a.xid <> pg_current_xact_id() AND pg_xact_status(a.xid) = 'committed';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no such ticket' USING ERRCODE = '42501';
            END IF;
            RETURN asked;
        END $$;
        CREATE FUNCTION guard.reveal_get(ticket bigint)
        RETURNS TABLE (kind text, id uuid, name text, name_sealed bytea, phone_sealed bytea,
                       identity_sealed bytea, notes_sealed bytea)
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE asked audit := guard.ticket(ticket, 'reveal');
        BEGIN
            IF asked.subject_kind = 'person' THEN
                RETURN QUERY SELECT 'person', p.id, p.name, NULL::bytea, p.phone_sealed,
                       p.identity_sealed, p.notes_sealed
                  FROM person_private AS p WHERE p.county = asked.county AND p.id = asked.subject_id;
            ELSE
                RETURN QUERY SELECT 'report', r.id, NULL::text, r.reporter_name_sealed,
                       r.reporter_phone_sealed, NULL::bytea, NULL::bytea
                  FROM report AS r WHERE r.county = asked.county AND r.id = asked.subject_id;
            END IF;
        END $$;
        COMMENT ON FUNCTION guard.reveal_get IS
            'A ticket that was committed before is the price: no value leaves without its audit row.';
        CREATE FUNCTION guard.number_ask(
            at timestamptz, tail bytea, whole bytea, why text, source text)
        RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE over guard.pathmultirange := guard.area('reveal', 'r');
        BEGIN
            IF COALESCE(length(trim(why)), 0) < 2 THEN
                RAISE EXCEPTION 'a reason is needed' USING ERRCODE = '22023';
            END IF;
            IF isempty(over) THEN
                RAISE EXCEPTION 'not allowed to look for a number' USING ERRCODE = '42501';
            END IF;
            RETURN guard.write_audit(at, 'number_searched', 'number', NULL, NULL, lower(over), source, why,
                jsonb_build_object('tail', encode(tail, 'hex'), 'whole', encode(whole, 'hex')));
        END $$;
        CREATE FUNCTION guard.number_get(ticket bigint)
        RETURNS TABLE (kind text, county integer, id uuid, path text, name text)
        LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            asked audit := guard.ticket(ticket, 'number_searched');
            tail bytea := decode(asked.data->>'tail', 'hex');
            whole bytea := decode(asked.data->>'whole', 'hex');
            over guard.pathmultirange := guard.area('reveal', 'r');
        BEGIN
            RETURN QUERY SELECT 'household', v.county, v.household, v.path, left(v.name, 1) || '*'
              FROM person_private AS v
             WHERE v.phone_tail_hash = tail AND (whole IS NULL OR v.phone_hash = whole)
               AND v.path <@ over
             ORDER BY v.path, v.id LIMIT 50;
            RETURN QUERY SELECT 'incident', i.county, i.id, i.path, NULL::text
              FROM report AS r JOIN incident AS i ON i.county = r.county AND i.id = r.incident
             WHERE r.reporter_phone_hash = whole AND i.path <@ over
             ORDER BY r.received_at DESC LIMIT 50;
        END $$;
        COMMENT ON FUNCTION guard.number_get IS
            'Whose number it is, masked; like a reveal it has its price, a ticket committed before.';
        CREATE FUNCTION guard.masked_people(county integer, household uuid)
        RETURNS TABLE (id uuid, seat smallint, tags text[], name text, phone_sealed bytea, has_identity boolean)
        LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT p.id, p.position, p.tags, left(v.name, 1) || '*', v.phone_sealed,
                   v.identity_sealed IS NOT NULL
              FROM household AS h JOIN person AS p ON p.county = h.county AND p.household = h.id
              JOIN person_private AS v ON v.county = p.county AND v.id = p.id
             WHERE h.county = masked_people.county AND h.id = masked_people.household
               AND COALESCE(h.path <@ guard.area('household', 'r'), false)
             ORDER BY p.position $$;
        GRANT SELECT ON person_private, person, household, incident TO gridmap_guard;
    """)
    for name in (
        "ticket(bigint, text)",
        "number_ask(timestamptz, bytea, bytea, text, text)",
        "number_get(bigint)",
        "reveal_ask(timestamptz, text, integer, uuid, text, text)",
        "reveal_get(bigint)",
        "masked_people(integer, uuid)",
    ):
        op.execute(f"ALTER FUNCTION guard.{name} OWNER TO gridmap_guard")
    op.execute("""
        REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA guard FROM PUBLIC;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA guard
            TO gridmap_app, gridmap_wall, gridmap_job, gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.ticket, guard.write_audit FROM gridmap_app, gridmap_wall, gridmap_job;
        REVOKE EXECUTE ON FUNCTION guard.number_ask, guard.number_get, guard.reveal_ask,
            guard.reveal_get, guard.masked_people,
            guard.appoint, guard.dismiss, guard.dismiss_all, guard.appointments FROM gridmap_wall;
        REVOKE SELECT ON report FROM gridmap_app;
        GRANT SELECT (county, id, incident, channel, words, received_at) ON report TO gridmap_app;
    """)


def _rights() -> None:
    for role, acts in RIGHTS.items():
        for letters, whats in acts.items():
            for what in whats.split():
                for act in letters:
                    op.execute(
                        "INSERT INTO guard.role_right VALUES"
                        f" ('{role}', '{what}', '{act}') ON CONFLICT DO NOTHING"
                    )
    for job, role in JOBS.items():
        op.execute(f"INSERT INTO guard.appointment VALUES ('job:{job}', '{role}', '')")


def downgrade() -> None:
    op.execute(area_function())
    op.execute(f"""
        DROP POLICY r ON incident;
        CREATE POLICY r ON incident FOR SELECT TO gridmap_app, gridmap_wall, gridmap_job
            USING ({area_test("incident", "r")});
        DROP INDEX report_id_idx;
        GRANT SELECT ON report TO gridmap_app;
        DROP TRIGGER rights_changed ON guard.appointment;
        DROP FUNCTION guard.masked_people, guard.number_get, guard.number_ask, guard.reveal_get,
            guard.ticket, guard.reveal_ask, guard.audit, guard.write_audit,
            guard.dismiss_all, guard.token_reports, guard.keepers, guard.manages, guard.appointments,
            guard.someone_signed_in, guard.households_in, guard.display, guard.dismiss, guard.appoint, guard.roles,
            guard.fits, guard.may_act_for, guard.may_appoint, guard.held_duties,
            guard.called_in, guard.bodies;
        DROP TABLE audit, rate, stand_in, kiosk, api_token, sign_in_link, web_session, incident_access, account;
        DROP FUNCTION guard.never, guard.end_sessions, guard.staff_is_kept;
        DELETE FROM guard.appointment
         WHERE role NOT IN ('administrator', 'stranger', 'intake', 'importer');
    """)
