"""The people of imported households: sealed before they are staged, never in the clear.

A household's row may name up to six persons in the columns name1, phone1, identity1, name2 …
"""

import json
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import ids, sealing
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports.kind import Columns
from gridmap.rules.identity import is_identity_number

MOST = 6
WANTED = {
    field: names
    for n in range(1, MOST + 1)
    for field, names in (
        (f"name{n}", ("户主", "户主姓名", "姓名1") if n == 1 else (f"姓名{n}", f"成员{n}")),
        (f"phone{n}", ("电话", "联系电话", "手机", "电话1") if n == 1 else (f"电话{n}",)),
        (f"identity{n}", ("身份证号", "身份证号1") if n == 1 else (f"身份证号{n}",)),
    )
}


def staged(columns: Columns, given: Circumstances, bad: dict[int, str]) -> list[str | None]:
    """For each household its persons as JSON, with phones and identity numbers sealed.

    None where the file names no person; a wrong identity number makes a row bad.
    """
    named = [n for n in range(1, MOST + 1) if f"name{n}" in columns.mapping]
    if not named:
        return [None] * columns.length
    found: list[list[dict[str, object]]] = [[] for _ in range(columns.length)]
    for n in named:
        cells = zip(columns[f"name{n}"], columns[f"phone{n}"], columns[f"identity{n}"], strict=True)
        for position, (name, phone, identity) in enumerate(cells):
            if identity and not is_identity_number(identity.upper()):
                bad.setdefault(position, f"身份证号{n} 的校验位不对")
            elif name:
                found[position].append(_person(n, name, phone, identity, given))
    return [json.dumps(people, ensure_ascii=False) if people else None for people in found]


def _person(
    n: int, name: str, phone: str | None, identity: str | None, given: Circumstances
) -> dict[str, object]:
    id = ids.uuid7(given.now)
    person: dict[str, object] = {"n": n, "id": str(id), "name": name}
    for field, value in (("phone", phone), ("identity", identity)):
        if value:
            person |= _sealed(field, value, id, given)
    if phone and (tail := sealing.tail_hash(given.sealer, phone)):
        person["phone_tail_hash"] = tail.hex()
    said = "|".join((name, phone or "", identity or ""))
    return person | {"fingerprint": sealing.keyed_hash(given.sealer, said).hex()}


def _sealed(field: str, value: str, id: UUID, given: Circumstances) -> dict[str, object]:
    sealed = sealing.seal(given.sealer, value, field=f"person.{field}", row=id)
    hashed = sealing.keyed_hash(given.sealer, value)
    return {f"{field}_sealed": sealed.hex(), f"{field}_hash": hashed.hex()}


_STAGED = """
WITH staged AS (
    SELECT h.county, h.id AS household, h.path, p.*
      FROM own_import_row AS r
      JOIN household AS h ON h.county = r.county AND h.code = r.key
     CROSS JOIN LATERAL jsonb_to_recordset(r.fields[4]::jsonb) AS p
           (n smallint, id uuid, name text, fingerprint text, phone_sealed text, phone_hash text,
            phone_tail_hash text, identity_sealed text, identity_hash text)
     WHERE r.import = :import AND r.row BETWEEN :first AND :last AND r.fields[4] IS NOT NULL)
"""
# fingerprints are compared, not names: who imports people need not be able to read any
_CLEAR = f"""
{_STAGED},
theirs AS (
    SELECT county, household, jsonb_agg(jsonb_build_array(n, fingerprint) ORDER BY n) AS people
      FROM staged GROUP BY 1, 2),
ours AS (
    SELECT county, household, jsonb_agg(
           jsonb_build_array(position, encode(fingerprint, 'hex')) ORDER BY position) AS people
      FROM person WHERE (county, household) IN (SELECT county, household FROM theirs)
     GROUP BY 1, 2)
DELETE FROM person AS p USING theirs AS t JOIN ours AS o USING (county, household)
 WHERE p.county = t.county AND p.household = t.household AND o.people <> t.people
"""
# who is left is as the file says; asking for them beside the inserting, the planner read a table
# that it held for empty once for each row
_PEOPLE = f"""
{_STAGED}
INSERT INTO person (county, id, household, position, fingerprint)
SELECT county, id, household, n, decode(fingerprint, 'hex') FROM staged
ON CONFLICT (county, household, position) DO NOTHING
"""
_NAMES = f"""
{_STAGED}
INSERT INTO person_private (county, id, household, path, name, phone_sealed, phone_hash,
                            phone_tail_hash, identity_sealed, identity_hash)
SELECT s.county, s.id, s.household, s.path, s.name, decode(s.phone_sealed, 'hex'),
       decode(s.phone_hash, 'hex'), decode(s.phone_tail_hash, 'hex'),
       decode(s.identity_sealed, 'hex'), decode(s.identity_hash, 'hex')
  FROM staged AS s JOIN person AS p ON p.county = s.county AND p.id = s.id
"""


def load(connection: Connection, parameters: dict[str, object]) -> None:
    """Replaces the persons of households whose file names others than are there."""
    for statement in (_CLEAR, _PEOPLE, _NAMES):
        connection.execute(text(statement), parameters)
