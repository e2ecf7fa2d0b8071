"""The invented persons of the made-up county: loaded once the map is up, which needs none."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area, ids, sealing
from gridmap.access import range_sql
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import insert_columns
from gridmap.synth.batch import Batch


class Home(NamedTuple):
    """The household that a code stands for."""

    county: int
    id: UUID
    path: str


def wanted(connection: Connection) -> bool:
    """Whether the made-up county is there and its persons are not."""
    return bool(connection.scalar(text("SELECT sample AND NOT sample_people FROM installation")))


def load(
    connection: Connection,
    batches: Iterable[Batch],
    given: Circumstances,
    *,
    within: str = area.EVERYTHING,
) -> int:
    """Loads the persons of the batches into their households, all ``within`` an area.

    Returns how many.
    """
    inside = range_sql(area.bounds(within), "path")
    rows = connection.execute(text(f"SELECT code, county, id, path FROM household WHERE {inside}"))
    homes = {code: Home(county, id, path) for code, county, id, path in rows}
    count = 0
    for batch in batches:
        if batch.table == "person":
            _persons(connection, dict(batch.columns), homes, given)
            count += len(batch)
    connection.execute(text("UPDATE installation SET sample_people = true"))
    return count


def _persons(
    connection: Connection, columns: dict[str, Any], homes: dict[str, Home], given: Circumstances
) -> None:
    live_in = [homes[code] for code in columns["household_code"]]
    made = ids.many(given.now, len(live_in))
    where: dict[str, tuple[str, Any]] = {
        "county": ("integer", [home.county for home in live_in]),
        "id": ("uuid", [str(id) for id in made]),
        "household": ("uuid", [str(home.id) for home in live_in]),
    }
    insert_columns(
        connection,
        "person",
        where
        | {
            "position": ("smallint", columns["position"]),
            "_tags": ("text", [" ".join(tags) for tags in columns["tags"]]),
        },
        expressions={"tags": "string_to_array(u._tags, ' ')"},
    )
    ring, phones = given.sealer, columns["phone"]
    sealed = [
        sealing.seal(ring, phone, field="person.phone", row=id) if phone else None
        for id, phone in zip(made, phones, strict=True)
    ]
    hashes = [sealing.keyed_hash(ring, phone) if phone else None for phone in phones]
    insert_columns(
        connection,
        "person_private",
        where
        | {
            "path": ("text", [home.path for home in live_in]),
            "name": ("text", columns["name"]),
            "phone_sealed": ("bytea", sealed),
            "phone_hash": ("bytea", hashes),
        },
    )
