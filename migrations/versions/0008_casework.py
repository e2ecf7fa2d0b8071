"""How a report is worked: its fields and clock, hand-overs, merges, categories' rules, calendar."""

from alembic import op

from migrations.policies import (
    guard_by_path,
    guard_child_of_incident,
    guard_everywhere,
    open_to_all,
    wall_may_read,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LIMITS_MIN = {"dispute": 15 * 450, "hazard": 3 * 450, "service": 5 * 450}
"""Working minutes from being taken in to being resolved; a working day has 7.5 hours."""
URGENT_MIN = {32: 24 * 60, 33: 24 * 60, 35: 24 * 60, 36: 24 * 60, 38: 24 * 60}
"""Dangers that do not wait for working hours: minutes around the clock."""


def upgrade() -> None:
    _incident()
    _categories()
    _children()


def _incident() -> None:
    op.execute("""
        ALTER TABLE incident
            ADD fields jsonb NOT NULL DEFAULT '{}', ADD not_ours_with text,
            ADD clock text NOT NULL DEFAULT 'running' CHECK (clock IN ('running', 'paused', 'stopped')),
            ADD clock_from timestamptz, ADD clock_at timestamptz, ADD limit_min integer, ADD used_min integer NOT NULL DEFAULT 0,
            ADD told_share smallint NOT NULL DEFAULT 0, ADD climbed_depth smallint,
            ADD accepted_at timestamptz, ADD rating smallint CHECK (rating BETWEEN 1 AND 5),
            ADD filed_at timestamptz, ADD merged_into uuid,
            ADD CHECK (outcome IN ('resolved', 'no_remedy', 'duplicate', 'not_ours'));
        -- all that figures and their policy ask of a range of days, so that they read no row
        CREATE INDEX ON incident (occurred_at) INCLUDE (path, category, severity, merged_into, id);
        CREATE INDEX ON incident (received_at);
        CREATE INDEX ON incident (resolved_at) WHERE resolved_at IS NOT NULL;
        CREATE INDEX ON incident (due_at) WHERE state NOT IN ('resolved', 'filed') AND clock = 'running';
        CREATE INDEX ON incident (county, household) WHERE household IS NOT NULL;
        CREATE INDEX ON incident (holder_duty) WHERE state NOT IN ('resolved', 'filed');
        CREATE INDEX ON incident (holder_center) WHERE state NOT IN ('resolved', 'filed');
        COMMENT ON COLUMN incident.clock_from IS
            'When its clock began, where that is not when it was received: it came by import.';
        COMMENT ON COLUMN incident.used_min IS
            'Minutes used up to clock_at; what runs since is added when asked.';
        COMMENT ON COLUMN incident.told_share IS 'The last share of the limit (50, 80, 100) that was told.';
        COMMENT ON COLUMN incident.climbed_depth IS 'The level that an overdue incident has climbed to.';
        ALTER TABLE report
            ADD follow_code_hash bytea UNIQUE, ADD wants_no_name boolean NOT NULL DEFAULT false,
            ADD rating smallint CHECK (rating BETWEEN 1 AND 5), ADD rated_at timestamptz,
            ADD continues uuid;
        GRANT SELECT (rating, rated_at, wants_no_name, continues) ON report TO gridmap_app;
        COMMENT ON COLUMN report.continues IS 'The report to which its sender added these words.';
        COMMENT ON COLUMN report.follow_code_hash IS 'Of the code by which its reporter follows it.';
    """)
    wall_may_read("incident", "clock", "climbed_depth", "merged_into")


def _categories() -> None:
    op.execute("""
        ALTER TABLE category ADD retired_at timestamptz;
        CREATE TABLE category_rule (
            category smallint NOT NULL REFERENCES category, version integer NOT NULL,
            since timestamptz NOT NULL, limit_min integer NOT NULL CHECK (limit_min > 0),
            around_the_clock boolean NOT NULL DEFAULT false,
            departments text[] NOT NULL DEFAULT '{}', written_by text NOT NULL,
            PRIMARY KEY (category, version));
        COMMENT ON COLUMN category_rule.limit_min IS
            'Minutes until it should be resolved: of working time, or around the clock.';
        COMMENT ON COLUMN category_rule.departments IS 'Names of the departments that answer for it.';
        CREATE TABLE calendar_day (
            day date PRIMARY KEY, works boolean NOT NULL, name text NOT NULL DEFAULT '',
            source text NOT NULL);
        COMMENT ON TABLE calendar_day IS 'Days that differ from the week: holidays and make-up days.';
        CREATE TABLE policy (
            name text NOT NULL, version integer NOT NULL, since timestamptz NOT NULL,
            value jsonb NOT NULL, written_by text NOT NULL, PRIMARY KEY (name, version));
        COMMENT ON TABLE policy IS 'What an administrator decides, in versions: hours, shares, years.';
    """)
    for kind, minutes in LIMITS_MIN.items():
        op.execute(
            "INSERT INTO category_rule (category, version, since, limit_min, written_by)"
            f" SELECT number, 1, '-infinity', {minutes}, 'gridmap' FROM category WHERE kind = '{kind}'"
        )
    for number, minutes in URGENT_MIN.items():
        op.execute(
            f"UPDATE category_rule SET limit_min = {minutes}, around_the_clock = true"
            f" WHERE category = {number}"
        )
    op.execute("""
        INSERT INTO policy VALUES
            ('working_hours', 1, '-infinity', '[["08:30", "12:00"], ["14:30", "18:30"]]', 'gridmap'),
            ('told_shares', 1, '-infinity', '[50, 80, 100]', 'gridmap'),
            ('file_unrated_after_days', 1, '-infinity', '7', 'gridmap'),
            ('duplicate_near', 1, '-infinity', '{"meters": 100, "hours": 72}', 'gridmap'),
            ('erase_after_years', 1, '-infinity', '{"moved_away": 3, "reporters": 3}', 'gridmap'),
            ('digest_at', 1, '-infinity', '"17:30"', 'gridmap'),
            ('escalate_every_min', 1, '-infinity', '450', 'gridmap'),
            ('call_back_after_days', 1, '-infinity', '7', 'gridmap');
    """)
    op.execute("REVOKE INSERT, UPDATE, DELETE ON category FROM gridmap_app, gridmap_job")
    for table in ("category_rule", "calendar_day", "policy"):
        guard_everywhere(table, "catalog", all_read=True)
    op.execute("""
        CREATE POLICY seeds ON calendar_day TO gridmap_guard USING (true) WITH CHECK (true);
        GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_day TO gridmap_guard;
    """)
    op.execute("REVOKE SELECT ON category FROM gridmap_app, gridmap_job, gridmap_wall")
    guard_everywhere("category", "catalog", all_read=True)
    op.execute("REVOKE UPDATE, DELETE ON category_rule, policy FROM gridmap_app, gridmap_job")


def _children() -> None:
    op.execute("""
        CREATE TABLE incident_household (
            county integer NOT NULL, incident uuid NOT NULL,
            household_county integer NOT NULL, household uuid NOT NULL,
            PRIMARY KEY (county, incident, household_county, household),
            FOREIGN KEY (county, incident) REFERENCES incident ON DELETE CASCADE,
            FOREIGN KEY (household_county, household) REFERENCES household (county, id) ON DELETE CASCADE);
        CREATE INDEX ON incident_household (household_county, household);
        CREATE TABLE handover_line (
            county integer NOT NULL REFERENCES county, id uuid NOT NULL,
            path text COLLATE "C" NOT NULL, to_path text COLLATE "C" NOT NULL,
            incident uuid NOT NULL, at timestamptz NOT NULL, why text NOT NULL,
            line geometry(LineString, 4326), PRIMARY KEY (county, id));
        CREATE INDEX ON handover_line (path);
        COMMENT ON TABLE handover_line IS
            '"Not my grid": from one grid to its neighbor; many of them ask for a new border.';
    """)
    guard_child_of_incident("incident_household")
    guard_by_path("handover_line", "incident")


def downgrade() -> None:
    op.execute("""
        DROP INDEX incident_received_at_idx, incident_resolved_at_idx;
        DROP TABLE handover_line, incident_household, policy, calendar_day,
            category_rule;
        DROP POLICY r ON category; DROP POLICY i ON category;
        DROP POLICY u ON category; DROP POLICY d ON category;
        ALTER TABLE category NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE category DISABLE ROW LEVEL SECURITY;
        ALTER TABLE category DROP retired_at;
        ALTER TABLE report DROP follow_code_hash, DROP wants_no_name, DROP rating, DROP rated_at,
            DROP continues;
        ALTER TABLE incident DROP fields, DROP not_ours_with, DROP clock, DROP clock_from, DROP clock_at, DROP limit_min, DROP used_min,
            DROP told_share, DROP climbed_depth, DROP accepted_at, DROP rating, DROP filed_at,
            DROP merged_into;
    """)
    open_to_all("category")
