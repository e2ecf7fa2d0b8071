"""Telling people and other systems what happened. When: every few seconds; the digest, daily."""

from gridmap.jobs.crew import Crew
from gridmap.operations import telling, webhooks
from gridmap.outside import mail
from gridmap.outside.webhooks import private_hosts

OFTEN = "* * * * * */3"
EVERY_MINUTE = "* * * * *"


def tell(crew: Crew) -> None:
    """Makes the notices of what happened, and the deliveries to other systems."""
    given = crew.circumstances(telling.TELLER)
    telling.tell(crew.database, given)
    webhooks.queue(crew.database, given)


def send(crew: Crew) -> None:
    """Sends what is due to other systems; a slow one keeps nobody from being told."""
    allowed = private_hosts(crew.settings.webhook_private_hosts)
    webhooks.send(crew.database, crew.clock, crew.sealer, allowed=allowed)


def digest(crew: Crew) -> None:
    """Tells what waited for the daily digest, by mail too where there is a server for it."""
    told = telling.digest(crew.database, crew.circumstances(telling.TELLER))
    if told and crew.settings.smtp:
        with crew.database.transaction(telling.TELLER) as connection:
            logins = telling.logins(connection, list(told))
        mail.send_counts(crew.settings, {logins[id]: n for id, n in told.items() if id in logins})
