"""Commands on accounts: list, create, link, appoint, dismiss, close, open, unlock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy import Connection

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import Session, session
from gridmap.operations import accounts, sessions
from gridmap.operations.accounts import GIVEN_ROLES, ROLES, WITH_BODY, NewAccount
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts as asked

_SOURCE = "cli"


@contextmanager
def _keeping() -> Iterator[tuple[Session, Connection, Circumstances]]:
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        yield given, connection, given.circumstances()


@click.group(name="account")
def account_commands() -> None:
    """Accounts, and their roles over areas."""


@account_commands.command(name="list")
@click.option("--match", "words", default="", help="a part of a login or name, or an area's path")
def list_accounts(words: str) -> None:
    """Prints every account with its roles."""
    with _keeping() as (_, connection, told):
        page, total = 1, 1
        while (page - 1) * asked.PAGE < total:
            total, found = asked.listing(connection, words, page=page)
            for one in found:
                click.echo(_line(connection, one, told.now))
            page += 1


def _line(connection: Connection, one: asked.Listed, now: datetime) -> str:
    roles = [f"{ROLES[a.role][0]} {a.path or '全部'}" for a in one.appointments if a.holds(now)]
    roles += [f"{ROLES['worker'][0]} {path}" for path in asked.duties(connection, one.row.id)]
    closed = "（已停用）" if one.row.closed_at else ""
    return f"{one.row.login:<20} {one.row.name}{closed}  {'；'.join(roles) or '没有角色'}"


@account_commands.command()
@click.argument("login")
@click.argument("name")
@click.option("--area", "path", default="", help="path of the area that keeps it; empty: all")
@click.option("--staff", "code", help="work number of the grid worker whose account it is")
def create(login: str, name: str, path: str, code: str | None) -> None:
    """Makes the account LOGIN of NAME, and prints a one-time link to sign in with."""
    with _keeping() as (given, connection, told):
        staff = asked.staff_of(connection, code) if code else None
        new = NewAccount(login, name, path, staff)
        account = accounts.create(connection, new, told, source=_SOURCE)
        connection.commit()
        click.echo(_link(given, account, told))


@account_commands.command()
@click.argument("login")
def link(login: str) -> None:
    """Prints a link that signs LOGIN in, once, within a day."""
    with _keeping() as (given, connection, told):
        found = asked.one(connection, asked.id_of(connection, login))
        accounts.note(connection, "link_made", found.row.id, found.row.path, told, _SOURCE, {})
        connection.commit()
        click.echo(_link(given, found.row.id, told))


def _link(given: Session, account: UUID, told: Circumstances) -> str:
    with given.database.transaction(DOOR) as connection:
        secret = sessions.make_link(connection, account, now=told.now)
    return f"登录链接（一天内用一次）：{given.settings.address}/sign-in/{secret}"


@account_commands.command()
@click.argument("login")
@click.argument("role", type=click.Choice(GIVEN_ROLES))
@click.option("--over", "path", required=True, help="path of the area; '' is everything")
@click.option("--body", "body", help="center or department, by its code, for whom they act")
@click.option("--from", "since", help="first day, 2026-05-20; none: from now on")
@click.option("--to", "until", help="last day; none: until it is taken back")
def appoint(
    login: str, role: str, path: str, body: str | None, since: str | None, until: str | None
) -> None:
    """Gives LOGIN the ROLE over an area; open sessions of theirs end."""
    with _keeping() as (given, connection, told):
        acts_for = asked.body_of(connection, WITH_BODY.get(role, ""), body) if body else None
        accounts.appoint(
            connection,
            asked.id_of(connection, login),
            role=role,
            path=path,
            body=acts_for,
            since=accounts.beginning(since, given.settings.zone),
            until=accounts.end(until, given.settings.zone),
            given=told,
            source=_SOURCE,
        )


@account_commands.command()
@click.argument("login")
@click.argument("role", type=click.Choice(GIVEN_ROLES))
@click.option("--over", "path", required=True, help="path of the area; '' is everything")
def dismiss(login: str, role: str, path: str) -> None:
    """Takes the ROLE over an area from LOGIN, at once."""
    with _keeping() as (_, connection, told):
        account = asked.id_of(connection, login)
        accounts.dismiss(connection, account, role=role, path=path, given=told, source=_SOURCE)


@account_commands.command()
@click.argument("login")
def close(login: str) -> None:
    """Closes LOGIN: nobody signs in with it, and its open sessions end."""
    _change(login, "closed")


@account_commands.command(name="open")
@click.argument("login")
def open_again(login: str) -> None:
    """Opens LOGIN again after it was closed."""
    _change(login, "opened")


@account_commands.command()
@click.argument("login")
def unlock(login: str) -> None:
    """Lets LOGIN try again at once after too many wrong passwords."""
    _change(login, "unlocked")


def _change(login: str, what: str) -> None:
    with _keeping() as (_, connection, told):
        accounts.change(connection, asked.id_of(connection, login), what, told, source=_SOURCE)


COMMANDS = (account_commands,)
