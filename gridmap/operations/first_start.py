"""The first administrator: made where nobody has an account yet, who signs in by a link."""

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import accounts, sessions
from gridmap.operations.accounts import NewAccount
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts as asked

LOGIN, NAME = "admin", "管理员"


def first_link(database: Database, given: Circumstances) -> str | None:
    """The secret of a one-time sign-in link of a new administrator over everything.

    None where there is any account: the link is made once.
    """
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if asked.any_account(connection):
            return None
        account = accounts.create(connection, NewAccount(LOGIN, NAME, ""), given)
        accounts.appoint(
            connection,
            account,
            role="administrator",
            path="",
            body=None,
            since=None,
            until=None,
            given=given,
        )
    with database.transaction(DOOR) as connection:
        return sessions.make_link(connection, account, now=given.now)
