"""Staff with their duties, households, and the persons who live in them."""

from alembic import op

from migrations.policies import guard_by_parent, guard_by_path, open_to_all

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
            code text NOT NULL, path text COLLATE "C" NOT NULL,
            point geometry(Point, 4326), address text NOT NULL,
            bound_grid uuid REFERENCES grid, tags text[] NOT NULL DEFAULT '{}',
            entered_by text NOT NULL, entered_at timestamptz NOT NULL,
            PRIMARY KEY (county, id), UNIQUE (county, code), UNIQUE (county, id, path));
        CREATE INDEX ON household (path);
        CREATE INDEX ON household USING gist (point);
        COMMENT ON COLUMN household.bound_grid IS 'A grid given by name beats geometry.';

        CREATE TABLE person (
            county integer NOT NULL, id uuid NOT NULL, household uuid NOT NULL,
            position smallint NOT NULL, tags text[] NOT NULL DEFAULT '{}',
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, household) REFERENCES household ON DELETE CASCADE);
        CREATE INDEX ON person (county, household);
        CREATE TABLE person_private (
            county integer NOT NULL, id uuid NOT NULL, household uuid NOT NULL,
            path text COLLATE "C" NOT NULL,
            name text NOT NULL, phone_sealed bytea, phone_hash bytea,
            identity_sealed bytea, identity_hash bytea, notes_sealed bytea,
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, household, path) REFERENCES household (county, id, path)
                ON UPDATE CASCADE ON DELETE CASCADE);
        CREATE INDEX ON person_private (path);
        CREATE INDEX ON person_private (county, household);
    """)
    guard_by_path("duty", "duty")
    guard_by_path("household", "household")
    guard_by_parent(
        "person",
        "EXISTS (SELECT FROM household AS h"
        " WHERE h.county = person.county AND h.id = person.household)",
    )
    guard_by_path("person_private", "name")
    open_to_all("staff")
    op.execute("REVOKE SELECT ON staff FROM gridmap_wall")


def downgrade() -> None:
    op.execute("DROP TABLE person_private, person, household, duty, staff")
