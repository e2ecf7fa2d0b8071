"""Incidents as they stood at a moment: what changed since then is taken back, event by event."""

FROM_EVENTS = """
SELECT e.county, e.subject_id AS id,
       (array_agg(e.data ->> 'before' ORDER BY e.at, e.xid, e.id)
            FILTER (WHERE jsonb_typeof(e.data -> 'before') = 'string'))[1] AS state,
       (array_agg(e.data #>> '{{facts,category_before}}' ORDER BY e.at, e.xid, e.id)
            FILTER (WHERE e.data #> '{{facts,category_before}}' IS NOT NULL))[1] AS category,
       (array_agg(e.data #>> '{{facts,severity_before}}' ORDER BY e.at, e.xid, e.id)
            FILTER (WHERE e.data #> '{{facts,severity_before}}' IS NOT NULL))[1] AS severity,
       (array_agg(COALESCE(e.data #>> '{{before,path}}', e.data #>> '{{facts,from}}')
                  ORDER BY e.at, e.xid, e.id)
            FILTER (WHERE e.kind IN ('IncidentMoved', 'IncidentHandedOver')))[1] AS path,
       (array_agg(e.data -> 'before' ORDER BY e.at, e.xid, e.id)
            FILTER (WHERE e.kind = 'IncidentMoved'))[1] AS place
  FROM event AS e
 WHERE e.subject_kind = 'incident' AND e.at > :at AND {events}
 GROUP BY e.county, e.subject_id
"""
"""What each incident was before the first change after ``:at``; NULL where nothing changed."""

_DECIDED = """
SELECT DISTINCT ON (a.county, a.incident) a.*,
       EXISTS (SELECT FROM assignment AS b WHERE b.county = a.county AND b.incident = a.incident
                  AND b.n > a.n) AS replaced
  FROM assignment AS a WHERE a.at <= :at OR a.n = 1
 ORDER BY a.county, a.incident, a.n DESC
"""
"""The assignment in force; that of an imported incident was written later than it came in."""

_ENDED = """
SELECT e.county, e.subject_id AS id, max(e.at) AS at FROM event AS e
 WHERE e.subject_kind = 'incident' AND e.at <= :at AND {events}
   AND e.kind IN ('IncidentResolved', 'IncidentMerged')
 GROUP BY e.county, e.subject_id
"""

# An imported incident that ended later left no event: all that is known of the time between is
# that it had been taken in.
_PAST = f"""
SELECT i.county, i.id, i.number, i.occurred_at, i.received_at, i.accuracy_m,
       COALESCE(later.category::smallint, i.category) AS category,
       COALESCE(later.severity::smallint, i.severity) AS severity,
       COALESCE(later.state, CASE WHEN i.resolved_at > :at THEN 'taken_in' ELSE i.state END)
           AS state,
       COALESCE(ended.at, CASE WHEN i.resolved_at <= :at THEN i.resolved_at END) AS ended_at,
       COALESCE(later.path, CASE WHEN a.replaced THEN a.path END, i.path) AS path,
       a.how, a.today_grid, a.center,
       CASE WHEN later.place IS NULL THEN i.point
            ELSE ST_SetSRID(ST_MakePoint((later.place ->> 'lon')::float8,
                                         (later.place ->> 'lat')::float8), 4326) END AS point
  FROM incident AS i
  LEFT JOIN ({FROM_EVENTS}) AS later ON later.county = i.county AND later.id = i.id
  LEFT JOIN ({_ENDED}) AS ended ON ended.county = i.county AND ended.id = i.id
  LEFT JOIN ({_DECIDED}) AS a ON a.county = i.county AND a.incident = i.id
 WHERE i.received_at <= :at AND {{readable}}
"""

EXPORTED = f"""
SELECT p.number, c.zh AS category, p.severity, p.state, p.occurred_at, p.received_at,
       CASE WHEN p.state IN ('resolved', 'filed') THEN p.ended_at END AS resolved_at,
       p.accuracy_m, p.how, g.code AS grid, center.code AS center, p.path,
       ST_AsBinary(p.point) AS shape
  FROM ({_PAST}) AS p JOIN category AS c ON c.number = p.category
  LEFT JOIN grid AS g ON g.id = p.today_grid
  LEFT JOIN center ON center.id = p.center
 WHERE {{inside}}
 ORDER BY p.path, p.number
"""
"""Incidents as of ``:at``: state, severity, category, place and assignment as they were then.

``{{readable}}`` limits ``i.path``, where it lies today; ``{{inside}}`` limits ``p.path``, where it
lay; ``{{events}}`` limits ``e.path``. Those received later are not in it.
"""
