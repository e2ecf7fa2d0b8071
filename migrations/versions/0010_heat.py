"""What the packed columns are made from: each incident's cell, day and class, and their changes."""

from alembic import op

from migrations.policies import as_owner, wall_may_read
from migrations.zone import zone_literal

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

EPOCH = "2020-01-01"
CELLS = 2**20
TRIGGER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"


def upgrade() -> None:
    # stored, so that a row takes away exactly what it once added, whatever has rounded it
    op.execute(f"""
        ALTER TABLE incident
            ADD heat_cx integer NOT NULL GENERATED ALWAYS AS
                (COALESCE(floor((ST_X(point) + 180) / 360 * {CELLS}), -1)) STORED,
            ADD heat_cy integer NOT NULL GENERATED ALWAYS AS
                (COALESCE(floor((0.5 - asinh(tand(ST_Y(point))) / (2 * pi())) * {CELLS}), -1)) STORED,
            ADD heat_day integer NOT NULL GENERATED ALWAYS AS
                (CAST(occurred_at AT TIME ZONE '{zone_literal()}' AS date) - DATE '{EPOCH}') STORED,
            ADD heat_class smallint NOT NULL GENERATED ALWAYS AS
                (category * 8 + (severity - 1) * 2
                 + CASE WHEN state IN ('resolved', 'filed') THEN 1 ELSE 0 END) STORED;
        COMMENT ON COLUMN incident.heat_cx IS
            'Column of its Web Mercator cell of level 20; -1 without a point: in no tile, but in its area.';
        COMMENT ON COLUMN incident.heat_cy IS 'Row of its Web Mercator cell of level 20, or -1.';
        COMMENT ON COLUMN incident.heat_day IS 'Local day on which it occurred, since {EPOCH}.';

        CREATE TABLE heat_change (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(), county integer NOT NULL,
            cx integer NOT NULL, cy integer NOT NULL, day integer NOT NULL,
            class smallint NOT NULL, n smallint NOT NULL, path text COLLATE "C" NOT NULL);
        CREATE INDEX ON heat_change (xid);
        COMMENT ON TABLE heat_change IS
            'What came (1) and went (-1) since the last build but one: no incident, no person.';
        CREATE TABLE heat_build (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint NOT NULL UNIQUE,
            snap pg_snapshot NOT NULL, sysid bigint NOT NULL, files jsonb NOT NULL,
            usable boolean NOT NULL DEFAULT true);
        COMMENT ON TABLE heat_build IS
            'A set of column files, by county: it exists only through its row here.';
        GRANT SELECT, INSERT, UPDATE, DELETE ON heat_change, heat_build TO gridmap_job;
        GRANT INSERT ON heat_change TO gridmap_guard;
    """)
    wall_may_read("incident", "heat_cx", "heat_cy")
    _triggers()
    op.execute("""
        INSERT INTO guard.role_right VALUES ('heat', 'incident', 'r');
        INSERT INTO guard.appointment VALUES ('job:heat', 'heat', '');
    """)
    as_owner(
        "incident",
        """INSERT INTO heat_change (county, cx, cy, day, class, n, path)
           SELECT county, heat_cx, heat_cy, heat_day, heat_class, 1, path FROM incident
            WHERE merged_into IS NULL""",
    )


def _triggers() -> None:
    for name, table, sign in (("came", "written", 1), ("went", "gone", -1)):
        op.execute(f"""
            CREATE FUNCTION guard.heat_{name}() RETURNS trigger {TRIGGER} AS $$
            BEGIN
                INSERT INTO heat_change (county, cx, cy, day, class, n, path)
                SELECT county, heat_cx, heat_cy, heat_day, heat_class, {sign}, path FROM {table}
                 WHERE merged_into IS NULL;
                RETURN NULL;
            END $$;
        """)
    op.execute(f"""
        CREATE FUNCTION guard.heat_moved() RETURNS trigger {TRIGGER} AS $$
        BEGIN
            IF OLD.merged_into IS NULL THEN
                INSERT INTO heat_change (county, cx, cy, day, class, n, path) VALUES
                    (OLD.county, OLD.heat_cx, OLD.heat_cy, OLD.heat_day, OLD.heat_class, -1, OLD.path);
            END IF;
            IF NEW.merged_into IS NULL THEN
                INSERT INTO heat_change (county, cx, cy, day, class, n, path) VALUES
                    (NEW.county, NEW.heat_cx, NEW.heat_cy, NEW.heat_day, NEW.heat_class, 1, NEW.path);
            END IF;
            RETURN NULL;
        END $$;
        CREATE FUNCTION guard.heat_emptied() RETURNS trigger {TRIGGER} AS $$
        BEGIN
            RAISE EXCEPTION 'incident is not truncated: the heat would not notice; delete its rows';
        END $$;
        ALTER FUNCTION guard.heat_came() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.heat_went() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.heat_moved() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.heat_emptied() OWNER TO gridmap_guard;

        CREATE TRIGGER heat_came AFTER INSERT ON incident
            REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.heat_came();
        CREATE TRIGGER heat_went AFTER DELETE ON incident
            REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION guard.heat_went();
        CREATE TRIGGER heat_moved AFTER UPDATE ON incident FOR EACH ROW
            WHEN ((OLD.heat_cx, OLD.heat_cy, OLD.heat_day, OLD.heat_class, OLD.path, OLD.merged_into)
                  IS DISTINCT FROM
                  (NEW.heat_cx, NEW.heat_cy, NEW.heat_day, NEW.heat_class, NEW.path, NEW.merged_into))
            EXECUTE FUNCTION guard.heat_moved();
        CREATE TRIGGER heat_emptied BEFORE TRUNCATE ON incident
            FOR EACH STATEMENT EXECUTE FUNCTION guard.heat_emptied();
    """)


def downgrade() -> None:
    op.execute("""
        DELETE FROM guard.appointment WHERE viewer = 'job:heat';
        DELETE FROM guard.role_right WHERE role = 'heat';
        DROP FUNCTION guard.heat_came(), guard.heat_went(), guard.heat_moved(), guard.heat_emptied() CASCADE;
        DROP TABLE heat_change, heat_build;
        ALTER TABLE incident DROP heat_cx, DROP heat_cy, DROP heat_day, DROP heat_class;
    """)
