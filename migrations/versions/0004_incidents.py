"""Categories, incidents with their reports and assignments, warnings, receipts and events."""

from alembic import op

from migrations.policies import (
    guard_by_path,
    guard_child_of_incident,
    open_to_all,
    wall_may_read,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CATEGORIES = {
    "dispute": {
        1: ("邻里纠纷", "Neighbors"),
        2: ("婚姻家庭", "Family"),
        3: ("土地宅基地", "Land and homestead"),
        4: ("灌溉用水", "Irrigation water"),
        5: ("劳资纠纷", "Wages"),
        6: ("合同债务", "Contracts and debts"),
        7: ("物业纠纷", "Property management"),
        8: ("损害赔偿", "Damages"),
        9: ("其他纠纷", "Other disputes"),
    },
    "hazard": {
        32: ("消防隐患", "Fire"),
        33: ("用电用气", "Electricity and gas"),
        34: ("道路交通", "Road traffic"),
        35: ("地质灾害", "Geological"),
        36: ("山洪内涝", "Floods"),
        37: ("房屋安全", "Buildings"),
        38: ("危化物品", "Dangerous goods"),
        39: ("公共设施", "Public facilities"),
        41: ("其他隐患", "Other hazards"),
    },
    "service": {
        64: ("低保救助", "Welfare"),
        65: ("老人照料", "Care for the elderly"),
        66: ("就医就学", "Health and schooling"),
        67: ("证照办理", "Papers and permits"),
        68: ("供水供暖", "Water and heating"),
        69: ("环境卫生", "Sanitation"),
        70: ("农技服务", "Farm advice"),
        71: ("其他服务", "Other services"),
    },
}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE category (
            number smallint PRIMARY KEY CHECK (number BETWEEN 0 AND 127),
            kind text NOT NULL CHECK (kind IN ('dispute', 'hazard', 'service')),
            zh text NOT NULL, en text NOT NULL);
    """)
    for kind, entries in CATEGORIES.items():
        for number, (zh, en) in entries.items():
            op.execute(f"INSERT INTO category VALUES ({number}, '{kind}', '{zh}', '{en}')")
    op.execute("""
        CREATE TABLE incident (
            origin uuid, county integer NOT NULL, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, number text NOT NULL,
            point geometry(Point, 4326), accuracy_m real CHECK (accuracy_m >= 0),
            category smallint NOT NULL REFERENCES category,
            severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 4),
            title text NOT NULL DEFAULT '',
            occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL,
            state text NOT NULL CHECK
                (state IN ('taken_in', 'verified', 'dispatched', 'under_way', 'resolved', 'filed')),
            outcome text, due_at timestamptz, resolved_at timestamptz,
            household uuid,
            holder_duty uuid REFERENCES duty, holder_center uuid REFERENCES center,
            holder_department uuid REFERENCES department,
            CHECK (num_nonnulls(holder_duty, holder_center, holder_department) <= 1),
            PRIMARY KEY (county, id), UNIQUE (county, number),
            FOREIGN KEY (county, household) REFERENCES household (county, id));
        CREATE INDEX ON incident (path, occurred_at);
        CREATE INDEX ON incident USING gist (point);
        COMMENT ON COLUMN incident.holder_duty IS
            'Held by a duty, a center or a department; by none of them only in the queue of the whole installation.';

        CREATE TABLE report (
            county integer NOT NULL, id uuid NOT NULL, incident uuid NOT NULL,
            channel text NOT NULL, words text NOT NULL DEFAULT '',
            reporter_name_sealed bytea, reporter_phone_sealed bytea, reporter_phone_hash bytea,
            received_at timestamptz NOT NULL,
            PRIMARY KEY (county, id),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        CREATE INDEX ON report (county, incident);
        CREATE INDEX ON report (id);

        CREATE TABLE assignment (
            county integer NOT NULL, incident uuid NOT NULL, n smallint NOT NULL,
            at timestamptz NOT NULL, how text NOT NULL CHECK (how IN
                ('bound', 'named', 'inside', 'border', 'overlap', 'nearest', 'township', 'county', 'installation')),
            certain boolean NOT NULL, share real, distance_m real, border_m real, beyond text,
            grid_version uuid REFERENCES grid_version, today_grid uuid,
            duty uuid, center uuid,
            path text COLLATE "C" NOT NULL, alternatives jsonb NOT NULL DEFAULT '[]',
            PRIMARY KEY (county, incident, n),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE);
        COMMENT ON TABLE assignment IS
            'A record of how was decided: of the holders it keeps the ids, which may be gone by now.';
        COMMENT ON COLUMN assignment.grid_version IS 'By the boundary of the day of the event.';
        COMMENT ON COLUMN assignment.today_grid IS 'The grid whose worker of today holds it.';

        CREATE TABLE warning (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, point geometry(Point, 4326),
            subject_kind text NOT NULL CHECK (subject_kind IN ('grid', 'incident', 'household', 'region')),
            subject_id uuid NOT NULL, color smallint NOT NULL CHECK (color BETWEEN 1 AND 4),
            since timestamptz NOT NULL, why text NOT NULL,
            answered_at timestamptz, answered_by text, closed_at timestamptz,
            CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
            PRIMARY KEY (county, id));
        CREATE INDEX ON warning (path) WHERE closed_at IS NULL;
        CREATE INDEX ON warning USING gist (point) WHERE closed_at IS NULL;
        COMMENT ON COLUMN warning.color IS '1 blue, 2 yellow, 3 orange, 4 red';

        CREATE TABLE receipt (
            id uuid PRIMARY KEY, kind text NOT NULL, county integer NOT NULL,
            hash bytea NOT NULL, answer jsonb, at timestamptz NOT NULL);
        CREATE TABLE day_counter (
            county integer NOT NULL REFERENCES county, day date NOT NULL, n integer NOT NULL,
            PRIMARY KEY (county, day));
        CREATE TABLE class_break (
            measure text NOT NULL, depth smallint NOT NULL, version integer NOT NULL,
            limits double precision[] NOT NULL CHECK (cardinality(limits) = 4),
            PRIMARY KEY (measure, depth, version));

        CREATE TABLE event (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            path text COLLATE "C" NOT NULL, kind text NOT NULL,
            subject_kind text NOT NULL, subject_id uuid,
            at timestamptz NOT NULL, actor text NOT NULL, data jsonb NOT NULL DEFAULT '{}',
            PRIMARY KEY (county, id));
        CREATE INDEX ON event (xid);
        CREATE INDEX ON event (subject_id);
    """)
    _guard()
    _check_paths()


def _guard() -> None:
    guard_by_path("incident", "incident")
    wall_may_read(
        "incident",
        "county",
        "id",
        "path",
        "point",
        "category",
        "severity",
        "occurred_at",
        "received_at",
        "resolved_at",
        "state",
        "number",
        "due_at",
    )
    guard_child_of_incident("report")
    guard_child_of_incident("assignment")
    guard_by_path("warning", "warning")
    wall_may_read(
        "warning",
        "county",
        "id",
        "path",
        "point",
        "subject_kind",
        "subject_id",
        "color",
        "since",
        "answered_at",
        "closed_at",
    )
    guard_by_path("event", "event")
    op.execute("REVOKE UPDATE, DELETE ON event FROM gridmap_app, gridmap_job")
    wall_may_read(
        "event", "county", "id", "xid", "path", "kind", "subject_kind", "subject_id", "at"
    )
    open_to_all("category")
    open_to_all("class_break")
    for table in ("receipt", "day_counter"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO gridmap_app, gridmap_job")


def _check_paths() -> None:
    """Whatever lies somewhere lies in a grid or region that exists, or nowhere (the empty path)."""
    op.execute("""
        CREATE FUNCTION guard.check_paths() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE wrong record;
        BEGIN
            SELECT w.path, w.county INTO wrong
              FROM (SELECT path, county FROM written GROUP BY path, county) AS w
             WHERE NOT EXISTS (SELECT FROM county AS c WHERE c.no = w.county)
                OR w.path <> ''
               AND NOT EXISTS (SELECT FROM grid_version AS v WHERE v.path = w.path)
               AND NOT EXISTS (SELECT FROM region_version AS v WHERE v.path = w.path)
             LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'no grid or region has the path %, or no county the number %',
                    wrong.path, wrong.county USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NULL;
        END $$;
        ALTER FUNCTION guard.check_paths() OWNER TO gridmap_guard;
        GRANT SELECT ON grid_version, region_version, county TO gridmap_guard;
    """)
    for table in ("household", "incident", "warning"):
        op.execute(f"""
            CREATE TRIGGER check_paths_of_new AFTER INSERT ON {table}
                REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.check_paths();
            CREATE TRIGGER check_paths_of_moved AFTER UPDATE ON {table}
                REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION guard.check_paths();
        """)


def downgrade() -> None:
    op.execute(
        "DROP TABLE event, class_break, day_counter, receipt, warning, assignment, report, incident, category"
    )
    op.execute(
        "DROP TRIGGER check_paths_of_new ON household; DROP TRIGGER check_paths_of_moved ON household"
    )
    op.execute("DROP FUNCTION guard.check_paths()")
