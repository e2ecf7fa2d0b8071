"""The command that rotates the sealing keys."""

import click

from gridmap.cli.session import session
from gridmap.operations import rotation


@click.command(name="rotate-keys")
@click.option("--forget", is_flag=True, help="take old keys out of the secrets, once all is done")
def rotate_keys(forget: bool) -> None:
    """Seals phones, identity numbers and notes with a new key; goes on where it was interrupted."""
    with session() as given:
        file = given.settings.instance / "secrets"
        told = given.circumstances()
        if forget:
            gone = rotation.forget(given.database, file, told)
            click.echo(f"已从 secrets 中去掉 {len(gone)} 把旧密钥。")
            return
        done = rotation.rotate(given.database, file, told)
    for column, count in done.items():
        click.echo(f"{column:<40} {count:>10}")
    click.echo("已全部改用新密钥；旧密钥仍在 secrets 中，确认后可用 --forget 去掉。")


COMMANDS = (rotate_keys,)
