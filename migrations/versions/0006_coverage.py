"""A whole township stays whole: checked once more at commit, exactly, with no tolerance.

Every directed edge of a township's grids must be met by its reverse, in a neighbor or in the
township's frame. Shared vertices are the same numbers in every ring, so equality is enough, and
edges that are left over are the places to show.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE coverage ADD COLUMN frame geometry(MultiPolygon, 4326)
            CHECK (guard.on_lattice(frame)), ADD CHECK (NOT whole OR frame IS NOT NULL);
        CREATE TABLE dirty_coverage (
            township uuid NOT NULL, xid xid8 NOT NULL, PRIMARY KEY (township, xid));
        GRANT SELECT, INSERT, DELETE ON dirty_coverage TO gridmap_guard;
        GRANT SELECT, UPDATE ON coverage TO gridmap_guard;

        CREATE FUNCTION guard.unmatched_edges(township_path text, township_frame geometry)
        RETURNS TABLE (x1 float8, y1 float8, x2 float8, y2 float8)
        LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
            WITH area AS (
                SELECT row_number() OVER () AS n, 1 AS sign, v.shape FROM grid_version AS v
                 WHERE upper_inf(v.during) AND v.path COLLATE "C" >= township_path COLLATE "C"
                   AND v.path COLLATE "C" < guard.after(township_path) COLLATE "C"
                 UNION ALL SELECT 0, -1, township_frame),
            ring AS (
                SELECT row_number() OVER () AS n, sign, r.geom AS ring
                  FROM area, ST_Dump(ST_ForcePolygonCCW(shape)) AS part, ST_DumpRings(part.geom) AS r),
            step AS (
                SELECT ring.n, sign, ST_X(p.geom) AS x, ST_Y(p.geom) AS y,
                       lead(ST_X(p.geom)) OVER walk AS next_x, lead(ST_Y(p.geom)) OVER walk AS next_y
                  FROM ring, ST_DumpPoints(ring) AS p
                WINDOW walk AS (PARTITION BY ring.n ORDER BY p.path)),
            edge AS (
                SELECT CASE WHEN (x, y) < (next_x, next_y) THEN sign ELSE -sign END AS sign,
                       CASE WHEN (x, y) < (next_x, next_y) THEN ARRAY[x, y, next_x, next_y]
                            ELSE ARRAY[next_x, next_y, x, y] END AS ends
                  FROM step WHERE next_x IS NOT NULL)
            SELECT ends[1], ends[2], ends[3], ends[4] FROM edge GROUP BY ends HAVING sum(sign) <> 0
        $$;
    """)
    op.execute(f"""
        CREATE FUNCTION guard.mark_coverage() RETURNS trigger {DEFINER} AS $$
        BEGIN
            INSERT INTO dirty_coverage (township, xid)
            SELECT c.township, pg_current_xact_id() FROM coverage AS c
             WHERE c.whole AND ((TG_OP <> 'INSERT' AND guard.within(OLD.path, c.path))
                             OR (TG_OP <> 'DELETE' AND guard.within(NEW.path, c.path)))
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$;
        CREATE FUNCTION guard.check_coverage() RETURNS trigger {DEFINER} AS $$
        DECLARE marked coverage; place record;
        BEGIN
            -- the update is the lock that orders two changes of one township
            UPDATE coverage SET version = version + 1 WHERE township = NEW.township
            RETURNING * INTO marked;
            IF marked.whole THEN
                SELECT * INTO place FROM guard.unmatched_edges(marked.path, marked.frame) LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'the grids of % leave a gap or an overlap at % %',
                        marked.path, place.x1, place.y1 USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END IF;
            DELETE FROM dirty_coverage WHERE township = NEW.township AND xid = NEW.xid;
            RETURN NULL;
        END $$;
        ALTER FUNCTION guard.mark_coverage() OWNER TO gridmap_guard;
        ALTER FUNCTION guard.check_coverage() OWNER TO gridmap_guard;
        REVOKE EXECUTE ON FUNCTION guard.unmatched_edges(text, geometry) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION guard.unmatched_edges(text, geometry) TO gridmap_guard;

        CREATE TRIGGER mark_coverage AFTER INSERT OR UPDATE OR DELETE ON grid_version
            FOR EACH ROW EXECUTE FUNCTION guard.mark_coverage();
        CREATE TRIGGER mark_new_coverage AFTER INSERT OR UPDATE OF whole, frame ON coverage
            FOR EACH ROW EXECUTE FUNCTION guard.mark_coverage();
        CREATE CONSTRAINT TRIGGER check_coverage AFTER INSERT ON dirty_coverage
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard.check_coverage();
    """)


def downgrade() -> None:
    op.execute("""
        DROP TRIGGER mark_coverage ON grid_version;
        DROP TRIGGER mark_new_coverage ON coverage;
        DROP TABLE dirty_coverage;
        DROP FUNCTION guard.check_coverage(), guard.mark_coverage(), guard.unmatched_edges(text, geometry);
        ALTER TABLE coverage DROP COLUMN frame;
    """)
