"""Levels, regions, centers, departments and grids, with their dated boundary versions."""

from alembic import op

from migrations.policies import guard_by_path, open_to_all, wall_may_read

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION guard.on_lattice(shape public.geometry) RETURNS boolean
        LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
            SELECT NOT EXISTS (
                SELECT FROM ST_DumpPoints(shape) AS p
                 WHERE ST_X(p.geom) <> round(ST_X(p.geom) * 1e7) / 1e7
                    OR ST_Y(p.geom) <> round(ST_Y(p.geom) * 1e7) / 1e7) $$;
        GRANT EXECUTE ON FUNCTION guard.on_lattice(public.geometry)
            TO gridmap_app, gridmap_wall, gridmap_job, gridmap_guard;

        CREATE TABLE installation (
            single boolean PRIMARY KEY DEFAULT true CHECK (single),
            zone text NOT NULL, sample boolean NOT NULL DEFAULT false,
            sample_people boolean NOT NULL DEFAULT false);
        CREATE TABLE level (
            depth smallint PRIMARY KEY CHECK (depth > 0), zh text NOT NULL, en text NOT NULL,
            answers boolean NOT NULL DEFAULT false, is_county boolean NOT NULL DEFAULT false);
        CREATE TABLE county (no integer PRIMARY KEY, path text COLLATE "C" NOT NULL UNIQUE);
        INSERT INTO county VALUES (0, '');
    """)
    op.execute("""
        CREATE TABLE region (id uuid PRIMARY KEY, code text NOT NULL UNIQUE);
        CREATE TABLE region_version (
            origin uuid, id uuid PRIMARY KEY,
            region uuid NOT NULL REFERENCES region,
            county integer NOT NULL REFERENCES county,
            during tstzrange NOT NULL CHECK (NOT isempty(during)),
            path text COLLATE "C" NOT NULL CHECK (path LIKE '%/'),
            name text NOT NULL, name_en text, search_keys text[] NOT NULL DEFAULT '{}',
            shape geometry(MultiPolygon, 4326) CHECK (guard.on_lattice(shape)),
            label geometry(Point, 4326),
            EXCLUDE USING gist (region WITH =, during WITH &&),
            EXCLUDE USING gist (path WITH =, during WITH &&));
        CREATE INDEX ON region_version USING gist (shape);
        CREATE INDEX ON region_version USING gist (label);
        CREATE INDEX ON region_version (path);

        CREATE TABLE grid (id uuid PRIMARY KEY, code text NOT NULL UNIQUE);
        CREATE TABLE grid_version (
            origin uuid, id uuid PRIMARY KEY,
            grid uuid NOT NULL REFERENCES grid,
            county integer NOT NULL REFERENCES county,
            during tstzrange NOT NULL CHECK (NOT isempty(during)),
            path text COLLATE "C" NOT NULL CHECK (path LIKE '%/'),
            number text NOT NULL, name text,
            shape geometry(MultiPolygon, 4326) NOT NULL
                CHECK (ST_IsValid(shape)) CHECK (guard.on_lattice(shape)),
            label geometry(Point, 4326) NOT NULL,
            area_m2 double precision NOT NULL CHECK (area_m2 > 0),
            EXCLUDE USING gist (grid WITH =, during WITH &&),
            EXCLUDE USING gist (path WITH =, during WITH &&));
        CREATE INDEX ON grid_version USING gist (shape);
        CREATE INDEX ON grid_version USING gist (label);
        CREATE INDEX ON grid_version (path);

        CREATE TABLE coverage (
            township uuid PRIMARY KEY REFERENCES region,
            county integer NOT NULL REFERENCES county,
            path text COLLATE "C" NOT NULL,
            whole boolean NOT NULL, version integer NOT NULL DEFAULT 1);
        CREATE TABLE layer_version (
            layer text NOT NULL, county integer NOT NULL REFERENCES county,
            version integer NOT NULL, PRIMARY KEY (layer, county));
        CREATE TABLE simplified (
            layer text NOT NULL, band smallint NOT NULL, version_id uuid NOT NULL,
            county integer NOT NULL, path text COLLATE "C" NOT NULL,
            level smallint NOT NULL, name text NOT NULL,
            shape geometry(MultiPolygon, 3857) NOT NULL, PRIMARY KEY (layer, band, version_id));
        COMMENT ON TABLE simplified IS
            'Boundaries in force, simplified together, as a coverage, per band of zooms; can be rebuilt.';
        CREATE INDEX ON simplified USING gist (layer, band, shape);
        CREATE INDEX ON simplified (layer, county);
    """)
    op.execute("""
        CREATE TABLE center (
            origin uuid, id uuid PRIMARY KEY, code text NOT NULL UNIQUE, region uuid NOT NULL REFERENCES region,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            name text NOT NULL, search_keys text[] NOT NULL DEFAULT '{}', phone text,
            point geometry(Point, 4326));
        CREATE INDEX ON center (path);
        CREATE TABLE department (
            id uuid PRIMARY KEY, code text NOT NULL UNIQUE,
            county integer NOT NULL REFERENCES county, path text COLLATE "C" NOT NULL,
            name text NOT NULL);
        CREATE TABLE guide (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('river', 'road', 'building')),
            rank smallint NOT NULL, name text, shape geometry(Geometry, 4326) NOT NULL);
        CREATE INDEX ON guide USING gist (kind, shape);
        COMMENT ON TABLE guide IS 'Rivers, roads and buildings: what makes the ground readable.';
    """)
    for table in ("region_version", "grid_version", "coverage", "simplified"):
        guard_by_path(table, "boundary")
        op.execute(f"GRANT SELECT ON {table} TO gridmap_wall")
    guard_by_path("center", "center")
    guard_by_path("department", "department")
    wall_may_read("center", "id", "code", "region", "county", "path", "name", "point")
    for table in ("region", "grid", "level", "county", "layer_version", "guide"):
        open_to_all(table)
    open_to_all("installation")


def downgrade() -> None:
    op.execute("""
        DROP TABLE guide, department, center, simplified, layer_version, coverage, grid_version, grid,
            region_version, region, county, level, installation;
        DROP FUNCTION guard.on_lattice(geometry);
    """)
