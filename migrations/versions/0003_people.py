"""Staff with their duties, households, and the persons who live in them."""

from alembic import op

from migrations.policies import area_test, guard_by_parent, guard_by_path, open_to_all

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE staff (
            origin uuid, id uuid PRIMARY KEY, code text NOT NULL UNIQUE, name text NOT NULL,
            search_keys text[] NOT NULL DEFAULT '{}', post text,
            phone_sealed bytea, phone_hash bytea);
        CREATE TABLE duty (
            origin uuid, id uuid PRIMARY KEY,
            staff uuid NOT NULL REFERENCES staff, grid uuid NOT NULL REFERENCES grid,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            kind text NOT NULL CHECK (kind IN ('lead', 'full_time', 'backup')),
            during tstzrange NOT NULL CHECK (NOT isempty(during)),
            EXCLUDE USING gist (staff WITH =, grid WITH =, during WITH &&));
        CREATE UNIQUE INDEX one_open_lead ON duty (grid) WHERE kind = 'lead' AND upper_inf(during);
        CREATE INDEX ON duty (grid);
        CREATE INDEX ON duty (path);
    """)
    op.execute("""
        CREATE TABLE household (
            origin uuid, county integer NOT NULL, id uuid NOT NULL,
            code text COLLATE "C" NOT NULL, path text COLLATE "C" NOT NULL,
            point geometry(Point, 4326), address text NOT NULL,
            bound_grid uuid REFERENCES grid, tags text[] NOT NULL DEFAULT '{}',
            entered_by text NOT NULL, entered_at timestamptz NOT NULL,
            PRIMARY KEY (county, id), UNIQUE (county, code));
        CREATE INDEX ON household (path);
        -- a point costs a third of what it costs in GiST to be added, and no less is found by it
        CREATE INDEX ON household USING spgist (point);
        COMMENT ON COLUMN household.bound_grid IS 'A grid given by name beats geometry.';

        CREATE TABLE person (
            county integer NOT NULL, id uuid NOT NULL, household uuid NOT NULL,
            position smallint NOT NULL, tags text[] NOT NULL DEFAULT '{}',
            fingerprint bytea, moved_away_on date,
            PRIMARY KEY (county, id), UNIQUE (county, household, position),
            FOREIGN KEY (county, household) REFERENCES household ON DELETE CASCADE);
        CREATE INDEX ON person (moved_away_on) WHERE moved_away_on IS NOT NULL;
        COMMENT ON COLUMN person.fingerprint IS
            'Keyed hash of what a file said of the person: imports compare it and read no name.';
        CREATE TABLE person_private (
            county integer NOT NULL, id uuid NOT NULL, household uuid NOT NULL,
            path text COLLATE "C" NOT NULL,
            name text NOT NULL, phone_sealed bytea, phone_hash bytea, phone_tail_hash bytea,
            identity_sealed bytea, identity_hash bytea, notes_sealed bytea,
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, id) REFERENCES person ON DELETE CASCADE);
        CREATE INDEX ON person_private (path);
        CREATE INDEX ON person_private (phone_tail_hash) WHERE phone_tail_hash IS NOT NULL;
        COMMENT ON COLUMN person_private.phone_tail_hash IS
            'Of the last four digits; its index narrows the search for a whole number, too.';
        CREATE INDEX ON person_private (county, household);
    """)
    guard_by_path("duty", "duty")
    guard_by_path("household", "household")
    home = "SELECT FROM household AS h WHERE h.county = person.county AND h.id = person.household"
    guard_by_parent(
        "person",
        f"EXISTS ({home})",
        f"EXISTS ({home} AND {area_test('household', 'w', 'h.path')})",
    )
    guard_by_path("person_private", "name")
    _keep_people_at_home()
    open_to_all("staff")
    op.execute("REVOKE SELECT ON staff FROM gridmap_wall")


def _keep_people_at_home() -> None:
    """A name lies where its household lies, and follows it.

    A composite key would say so, too, but its index costs every household as much as all others.
    """
    op.execute("""
        CREATE FUNCTION guard.check_homes() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF EXISTS (SELECT FROM written AS w
                         JOIN household AS h ON h.county = w.county AND h.id = w.household
                        WHERE h.path <> w.path) THEN
                RAISE EXCEPTION 'a person lies elsewhere than the household'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE FUNCTION guard.move_people() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            UPDATE person_private AS p SET path = w.path FROM written AS w
             WHERE p.county = w.county AND p.household = w.id AND p.path <> w.path;
            RETURN NULL;
        END $$;
        GRANT SELECT ON household TO gridmap_guard;
        GRANT SELECT, UPDATE (path) ON person_private TO gridmap_guard;
        CREATE POLICY moves ON person_private FOR UPDATE TO gridmap_guard USING (true);
        ALTER FUNCTION guard.check_homes() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.move_people() OWNER TO gridmap_guard;
        CREATE TRIGGER check_homes_of_new AFTER INSERT ON person_private
            REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.check_homes();
        CREATE TRIGGER check_homes_of_moved AFTER UPDATE ON person_private
            REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.check_homes();
        CREATE TRIGGER move_people AFTER UPDATE ON household
            REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.move_people();
    """)


def downgrade() -> None:
    op.execute("DROP TABLE person_private, person, household, duty, staff")
    op.execute("DROP FUNCTION guard.check_homes(), guard.move_people()")
