"""The invented persons of the made-up county: loaded once the map is up, which needs none."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area, ids, sealing
from gridmap.access import range_sql
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import Store, insert_columns
from gridmap.operations.sample_loading import Home
from gridmap.synth.batch import Batch


def wanted(connection: Connection) -> bool:
    """Whether the made-up county is there and its persons are not."""
    return bool(connection.scalar(text("SELECT sample AND NOT sample_people FROM installation")))


def load(connection: Connection, batches: Iterable[Batch], given: Circumstances) -> int:
    """Loads the persons of the batches into the households that are there; returns how many."""
    inside = range_sql(area.bounds(area.EVERYTHING), "path")
    rows = connection.execute(text(f"SELECT code, county, id, path FROM household WHERE {inside}"))
    homes = {code: Home(county, id.bytes, path) for code, county, id, path in rows}
    return load_into(connection, homes, batches, given)


def load_into(
    connection: Connection,
    homes: Mapping[str, Home],
    batches: Iterable[Batch],
    given: Circumstances,
    store: Store = insert_columns,
) -> int:
    """Loads the persons of the batches into these households (by code); returns how many."""
    count = 0
    for batch in batches:
        if batch.table == "person":
            _persons(connection, dict(batch.columns), homes, given, store)
            count += len(batch)
    connection.execute(text("UPDATE installation SET sample_people = true"))
    return count


def _persons(
    connection: Connection,
    columns: dict[str, Any],
    homes: Mapping[str, Home],
    given: Circumstances,
    store: Store,
) -> None:
    live_in = [homes[code] for code in columns["household_code"]]
    made = ids.many(given.now, len(live_in))
    where: dict[str, tuple[str, Any]] = {
        "county": ("integer", [home.county for home in live_in]),
        "id": ("uuid", made),
        "household": ("uuid", [home.id for home in live_in]),
    }
    store(
        connection,
        "person",
        where
        | {"position": ("smallint", columns["position"]), "tags": ("text[]", columns["tags"])},
    )
    ring, phones = given.sealer, columns["phone"]
    sealed = [
        sealing.seal(ring, phone, field="person.phone", row=UUID(bytes=id)) if phone else None
        for id, phone in zip(made, phones, strict=True)
    ]
    # made-up phones are few, and many share one
    hash_of = {phone: sealing.keyed_hash(ring, phone) for phone in set(phones) if phone}
    tail_of = {phone: sealing.tail_hash(ring, phone) for phone in hash_of}
    store(
        connection,
        "person_private",
        where
        | {
            "path": ("text", [home.path for home in live_in]),
            "name": ("text", columns["name"]),
            "phone_sealed": ("bytea", sealed),
            "phone_hash": ("bytea", [hash_of.get(phone) for phone in phones]),
            "phone_tail_hash": ("bytea", [tail_of.get(phone) for phone in phones]),
        },
    )
