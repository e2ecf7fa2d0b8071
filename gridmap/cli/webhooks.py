"""Commands on webhooks."""

from uuid import UUID

import click

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import session
from gridmap.operations import webhooks
from gridmap.operations.webhooks import NewWebhook
from gridmap.outside.webhooks import private_hosts


@click.group(name="webhook")
def webhook_commands() -> None:
    """Signed messages to other systems about what happens."""


@webhook_commands.command()
@click.argument("url")
@click.option("--within", default="", help="area path; default everything")
@click.option("--kind", multiple=True, help="kind of event, several may be given; default all")
def add(url: str, within: str, kind: tuple[str, ...]) -> None:
    """Sends events to URL from now on; prints the secret that signs them, this once."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        allowed = private_hosts(given.settings.webhook_private_hosts)
        new = NewWebhook(url, within, kind)
        id, secret = webhooks.add(connection, new, given.circumstances(), allowed=allowed)
    click.echo(f"{id}\n签名密钥（只显示这一次）：{secret}")


@webhook_commands.command(name="list")
def list_webhooks() -> None:
    """Lists the webhooks with how many messages arrived, wait, and were given up."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        for one in webhooks.listed(connection):
            state = "已停" if one.stopped_at else "在用"
            counts = f"送达 {one.arrived}，待送 {one.waiting}，放弃 {one.given_up}"
            click.echo(f"{one.id}  {state}  {one.path or '/'}  {one.url}  {counts}")


@webhook_commands.command()
@click.argument("id", type=click.UUID)
def stop(id: UUID) -> None:
    """Sends nothing more to the webhook ID."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        webhooks.stop(connection, id, given.circumstances())
    click.echo("已停止。")


COMMANDS = (webhook_commands,)
