"""What people did in the made-up county lately: steps, ratings, whistles, desks, visits.

Loaded once the map is up, so that no desk and no list of the sample is empty. Everything is
drawn from hashes of what is there: the same county always works the same way. In a made-up
province it is the first county alone that has worked.
"""

from datetime import timedelta

from sqlalchemy import Connection, text

from gridmap.operations.casework import clock
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import policies
from gridmap.rules.working_time import Mark

LATELY = timedelta(days=60)
_WORKED = "99/01/01/%"
_HASH = "(abs(hashtext({0} || :salt)) % 1000)"


REMOVE = tuple(
    f"DELETE FROM {table} WHERE path >= :prefix AND path < :next"
    for table in ("errand", "shift", "desk", "visit_plan", "visit", "handover_line")
)
"""What takes the work in the made-up areas out again, before those whom it names."""


def wanted(connection: Connection) -> bool:
    """Whether the made-up county is there and nobody has worked in it."""
    return bool(
        connection.scalar(text("SELECT sample AND NOT EXISTS (SELECT FROM desk) FROM installation"))
    )


def load(connection: Connection, given: Circumstances) -> None:
    """Writes the work of the last weeks on incidents that are there."""
    since = given.now - LATELY
    parameters = {"now": given.now, "since": since, "salt": "示例", "worked": _WORKED}
    for statement in _STATEMENTS:
        connection.execute(text(statement), parameters)
    _whistle(connection, given)
    _stop_clocks(connection, given)


_HELD = """
UPDATE incident AS i SET accepted_at = i.received_at + interval '40 min'
 WHERE i.received_at > :since AND i.state <> 'taken_in' AND i.path LIKE :worked
"""
_WHO = """
SELECT i.*, COALESCE(s.name, n.name, '总台') AS who, COALESCE(z.name, '综治中心') AS center,
       COALESCE(i.resolved_at, :now) - i.received_at AS span
  FROM incident AS i LEFT JOIN duty AS d ON d.id = i.holder_duty
  LEFT JOIN staff AS s ON s.id = d.staff LEFT JOIN center AS n ON n.id = i.holder_center
  LEFT JOIN center AS z ON z.path = substr(i.path, 1, 13)
 WHERE i.received_at > :since AND i.path LIKE :worked
"""
_STEPS = f"""
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor, data)
SELECT w.county, gen_random_uuid(), w.path, k.kind, 'incident', w.id, k.at, k.actor,
       jsonb_build_object('before', k.before, 'after', k.after, 'words', k.words,
                          'facts', k.facts)
  FROM ({_WHO}) AS w CROSS JOIN LATERAL (VALUES
    ('IncidentReported', w.received_at, '', 'taken_in', 'taken_in', '', '{{}}'::jsonb, 0),
    ('IncidentAccepted', w.received_at + w.span * 0.05, w.who, 'taken_in', 'taken_in', '',
     '{{}}'::jsonb, 1),
    ('IncidentVerified', w.received_at + w.span * 0.15, w.who, 'taken_in', 'verified',
     '到现场看过，情况属实。', '{{}}'::jsonb, 1),
    ('IncidentDispatched', w.received_at + w.span * 0.22, w.center, 'verified', 'dispatched', '',
     jsonb_build_object('holder', jsonb_build_object('name', w.who)), 2),
    ('IncidentBegun', w.received_at + w.span * 0.35, w.who, 'dispatched', 'under_way', '',
     '{{}}'::jsonb, 3),
    ('IncidentResolved', w.resolved_at, w.who, 'under_way', 'resolved', '已办好，当事人在场确认。',
     '{{"outcome": "resolved"}}'::jsonb, 4),
    ('IncidentFiled', w.resolved_at + interval '7 days', w.center, 'resolved', 'filed', '',
     '{{}}'::jsonb, 5))
    AS k (kind, at, actor, before, after, words, facts, step)
 WHERE k.at IS NOT NULL AND k.at <= :now
   AND k.step < array_position(
           '{{taken_in,verified,dispatched,under_way,resolved,filed}}', w.state)
"""
_RATED = f"""
UPDATE incident AS i SET outcome = 'resolved',
       rating = CASE WHEN h.draw >= 620 THEN NULL WHEN h.draw < 330 THEN 5 WHEN h.draw < 520 THEN 4
                     WHEN h.draw < 580 THEN 3 ELSE 2 END
  FROM (SELECT id, {_HASH.format("number")} AS draw FROM incident
         WHERE path LIKE :worked) AS h
 WHERE h.id = i.id AND i.state IN ('resolved', 'filed') AND i.resolved_at > :since
   AND i.path LIKE :worked
"""
_RATED_EVENTS = """
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor, data)
SELECT county, gen_random_uuid(), path, 'IncidentRated', 'incident', id,
       resolved_at + interval '5 hours', '居民', jsonb_build_object('before', 'resolved',
       'after', 'resolved', 'words', '', 'facts', jsonb_build_object('rating', rating))
  FROM incident WHERE rating IS NOT NULL AND resolved_at > :since
   AND resolved_at + interval '5 hours' < :now AND path LIKE :worked
"""
_DESKS = """
INSERT INTO desk (id, county, path, department, center, kind, phone)
SELECT gen_random_uuid(), c.county, c.path, d.id, c.id,
       (ARRAY['resident', 'rotating', 'on_call'])[1 + abs(hashtext(c.code || d.code)) % 3], c.phone
  FROM center AS c JOIN department AS d ON d.county = c.county
 WHERE c.path LIKE :worked AND length(c.path) - length(replace(c.path, '/', '')) IN (3, 4)
   AND (length(c.path) < 13 OR abs(hashtext(d.code || c.code)) % 3 = 0)
"""
_SHIFTS = """
INSERT INTO shift (id, desk, county, path, name, phone, during)
SELECT gen_random_uuid(), k.id, k.county, k.path,
       (ARRAY['示例赵', '示例钱', '示例孙', '示例李', '示例周', '示例吴'])
           [1 + (abs(hashtext(k.id::text)) + g.n) % 6],
       '0000-' || (100 + abs(hashtext(k.id::text)) % 800),
       tstzrange(date_trunc('day', CAST(:now AS timestamptz)) + g.n * interval '7 days',
                 date_trunc('day', CAST(:now AS timestamptz)) + (g.n + 1) * interval '7 days')
  FROM desk AS k, generate_series(-1, 2) AS g (n)
 WHERE k.path LIKE :worked AND k.kind <> 'on_call'
"""
_VISITS = f"""
INSERT INTO visit (county, id, path, household, by, at, received_at, seen)
SELECT h.county, gen_random_uuid(), h.path, h.id, s.name, v.at, v.at + interval '4 min',
       (ARRAY['家中有人，一切正常。', '老人身体还好，药按时吃。', '炉具烟道看过，已提醒开窗。',
              '敲门无人，明天再来。', '反映路灯不亮，已登记。'])[1 + h.draw % 5]
  FROM (SELECT *, {_HASH.format("code")} AS draw FROM household WHERE path LIKE :worked) AS h
  JOIN duty AS d ON d.path = h.path AND d.kind = 'lead' AND d.during @> CAST(:now AS timestamptz)
  JOIN staff AS s ON s.id = d.staff
  CROSS JOIN LATERAL (
       SELECT :now - (h.draw % 60) * interval '1 day'
              - (1 + h.draw % 9) * interval '1 hour' AS at) AS v
 WHERE h.draw < 60
"""
_PLANS = f"""
INSERT INTO visit_plan (county, id, path, household, every, next_on, until, why, planned_by)
SELECT h.county, gen_random_uuid(), h.path, h.id,
       (ARRAY['weekly', 'monthly', 'quarterly'])[1 + h.draw % 3],
       (CAST(:now AS timestamptz) + (h.draw % 14 - 3) * interval '1 day')::date, NULL,
       h.tags[1], '示例'
  FROM (SELECT *, {_HASH.format("code || 'plan'")} AS draw FROM household
         WHERE path LIKE :worked AND cardinality(tags) > 0) AS h
 WHERE h.draw < 90
"""


_HANDED = f"""
INSERT INTO handover_line (county, id, path, to_path, incident, at, why, line)
SELECT i.county, gen_random_uuid(), i.path, o.path, i.id, i.received_at + interval '30 min',
       '点在隔壁网格那边。', ST_MakeLine(v.label, o.label)
  FROM (SELECT *, {_HASH.format("number || 'handed'")} AS draw FROM incident
         WHERE received_at > :since AND path LIKE :worked) AS i
  JOIN grid_version AS v ON v.path = i.path AND upper_inf(v.during)
 CROSS JOIN LATERAL (
       SELECT n.path, n.label FROM grid_version AS n
        WHERE n.shape && ST_Expand(v.shape, 0.0001) AND n.path <> v.path AND upper_inf(n.during)
          AND ST_DWithin(n.shape, v.shape, 0.00001) ORDER BY n.path LIMIT 1) AS o
 WHERE i.draw < 15
"""


_WHISTLES = """
INSERT INTO errand (county, id, path, incident, kind, words, center, department, asked_by,
                    asked_at, due_at, arrived_at, arrived_by)
SELECT w.county, gen_random_uuid(), w.path, w.id, 'whistle', '请带人到现场一起看。',
       w.holder_center, d.id, '示例中心', w.asked, w.asked + interval '2 hours',
       CASE WHEN abs(hashtext(d.code || w.number)) % 3 > 0 THEN w.asked + interval '75 min' END,
       CASE WHEN abs(hashtext(d.code || w.number)) % 3 > 0 THEN d.name END
  FROM (SELECT i.*, :now - (row_number() OVER (ORDER BY i.number)) * interval '37 min' AS asked
          FROM incident AS i
         WHERE i.state = 'under_way' AND i.severity >= 3 AND i.path LIKE :worked
         ORDER BY i.number LIMIT 9) AS w
  JOIN LATERAL (SELECT * FROM department WHERE county = w.county
                 ORDER BY hashtext(code || w.number) LIMIT 2) AS d ON true
RETURNING county, incident, department, asked_at
"""
_LET_IN = """
INSERT INTO incident_access (county, incident, body, since)
SELECT county, incident, department, asked_at FROM errand
 WHERE kind = 'whistle' AND path LIKE :worked ON CONFLICT DO NOTHING
"""
_WHISTLED = """
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor, data)
SELECT e.county, gen_random_uuid(), e.path, 'DepartmentsWhistled', 'incident', e.incident,
       e.asked_at, '示例中心', jsonb_build_object('before', 'under_way', 'after', 'under_way',
       'words', '请带人到现场一起看。', 'facts', jsonb_build_object(
           'departments', jsonb_agg(d.name ORDER BY d.name), 'within_min', 120))
  FROM errand AS e JOIN department AS d ON d.id = e.department
 WHERE e.kind = 'whistle' AND e.path LIKE :worked GROUP BY 1, 3, 6, 7
"""


_STATEMENTS = (
    *(_HELD, _STEPS, _RATED, _RATED_EVENTS),
    *(_DESKS, _SHIFTS, _VISITS, _PLANS, _HANDED),
)


def _whistle(connection: Connection, given: Circumstances) -> None:
    parameters = {"now": given.now, "worked": _WORKED}
    for statement in (_WHISTLES, _LET_IN, _WHISTLED):
        connection.execute(text(statement), parameters)


_DONE = """
SELECT county, id, category, received_at, resolved_at FROM incident
 WHERE state IN ('resolved', 'filed') AND resolved_at > :since AND limit_min IS NULL
   AND path LIKE :worked
"""


def _stop_clocks(connection: Connection, given: Circumstances) -> None:
    """The time that was used by what was resolved lately, as its own events tell it."""
    rows = connection.execute(text(_DONE), {"since": given.now - LATELY, "worked": _WORKED}).all()
    calendar = policies.calendar(connection, given.zone, at=given.now)
    limits = {
        n: policies.rule_of(connection, n, at=given.now).limit for n in {r.category for r in rows}
    }
    shown = [
        clock.reading(
            [Mark(row.received_at, "start"), Mark(row.resolved_at, "stop")],
            limits[row.category],
            calendar,
            given.now,
        )
        for row in rows
    ]
    clock.keep(connection, rows, shown, given)
