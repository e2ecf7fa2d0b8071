"""Households with people in the tiny world, for tests: put there by no viewer; all invented."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import sealing
from gridmap.database import psycopg2_url
from gridmap.ids import uuid7
from gridmap.sealing import Sealer
from tests.world import BEGIN

NAME, PHONE, IDENTITY, NOTES = "示例己", "19900001111", "11010519491231002X", "行动不便"


@dataclass(frozen=True)
class Home:
    """A household and the one person who lives there."""

    household: UUID
    person: UUID


def settle(url: str, ring: Sealer, path: str, *, code: str = "A-1") -> Home:
    """A household at a path of county 1, with one person of whom everything is known."""
    home = Home(uuid7(BEGIN), uuid7(BEGIN))
    where = {"household": home.household, "id": home.person, "path": path}
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO household (county, id, code, path, address, entered_by, entered_at,"
                " point) VALUES (1, :household, :code, :path, '松岭村一社1号', 'test', :at,"
                " (SELECT label FROM grid_version WHERE path = :path))"
            ),
            {**where, "code": code, "at": BEGIN},
        )
        connection.execute(
            text(
                "INSERT INTO person (county, id, household, position)"
                " VALUES (1, :id, :household, 1)"
            ),
            where,
        )
        connection.execute(
            text(
                "INSERT INTO person_private (county, id, household, path, name, phone_sealed,"
                " phone_hash, phone_tail_hash, identity_sealed, notes_sealed) VALUES"
                " (1, :id, :household, :path, :name, :phone, :hash, :tail, :identity, :notes)"
            ),
            where
            | {
                "name": NAME,
                "phone": sealing.seal(ring, PHONE, field="person.phone", row=home.person),
                "hash": sealing.keyed_hash(ring, PHONE),
                "tail": sealing.tail_hash(ring, PHONE),
                "identity": sealing.seal(ring, IDENTITY, field="person.identity", row=home.person),
                "notes": sealing.seal(ring, NOTES, field="person.notes", row=home.person),
            },
        )
    engine.dispose()
    return home
