"""Ids made in bulk are UUIDv7 like any other, and rise."""

from datetime import UTC, datetime
from uuid import UUID

from gridmap import ids

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


def test_ids_made_in_bulk_are_rising_uuids_of_their_moment() -> None:
    made = [UUID(bytes=row.tobytes()) for row in ids.many_bytes(NOW, 5_000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert {one.int >> 80 for one in made} == {ids.uuid7(NOW).int >> 80}


def test_two_batches_of_one_moment_share_no_id() -> None:
    batches = [{row.tobytes() for row in ids.many_bytes(NOW, 1_000)} for _ in range(2)]
    assert batches[0].isdisjoint(batches[1])
